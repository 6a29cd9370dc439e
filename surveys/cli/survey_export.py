"""`flask survey export CODE OUT`: the responses of a survey as a file, with a codebook."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from surveys import audit
from surveys.building.finding import get_survey
from surveys.cli.output import emit, json_option, refusals, say
from surveys.cli.survey import survey
from surveys.cli.survey_words import number
from surveys.errors import N_, DonutError
from surveys.exporting.rows import Reading
from surveys.exporting.source import open_source
from surveys.exporting.words import Wording
from surveys.exporting.writing import Export, Format, write_codebook, write_export
from surveys.extensions import reader, toolbox, transaction


class ExportFileRefused(DonutError):
    """The file can't be written where the user wants it, or its format is none of ours."""

    code = "export_file_refused"
    message = N_(
        "The answers can't be written to “%(name)s”. Name a file that ends in .csv, .xlsx or .sav,"
        " in a folder where you may write."
    )


@survey.command("export")
@click.argument("code")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--words", "in_words", is_flag=True, help="Write words where codes would stand.")
@click.option(
    "--keep-personal-data",
    is_flag=True,
    help="Keep addresses and telephone numbers that people wrote into their answers.",
)
@json_option
def export_command(
    code: str, out: Path, *, in_words: bool, keep_personal_data: bool, as_json: bool
) -> None:
    """Write the responses to the survey CODE to OUT, with a codebook.

    The ending of OUT, .csv, .xlsx or .sav, says the format; the codebook of a .csv stands beside.
    """
    wording = Wording.WORDS if in_words else Wording.CODES
    with refusals(as_json=as_json):
        format_ = _read_format(out)
        export = _open(code, wording, keep_personal_data=keep_personal_data)
        files, count = _write(export, format_, out)
        _record(export, format_, count)
    done = N_("%(count)s answers are written to %(files)s.")
    words = say(done, count=number(count), files=", ".join(file.name for file in files))
    result = {"code": code, "rows": count, "files": [str(file) for file in files]}
    emit(result, [words], as_json=as_json)


def _read_format(out: Path) -> Format:
    try:
        return Format(out.suffix.lower().removeprefix("."))
    except ValueError:
        raise ExportFileRefused(name=out.name) from None


def _open(code: str, wording: Wording, *, keep_personal_data: bool) -> Export:
    tools = toolbox()
    reading = Reading(tools.keys, tools.settings.default_language, keep_personal_data)
    source = open_source(get_survey(reader(), code=code))
    return Export(source, reading, wording, tools.clock.now())


def _write(export: Export, format_: Format, out: Path) -> tuple[list[Path], int]:
    """Write beside the place first, so that no half of a file ever stands there."""
    codebook = out.with_name(f"{out.stem}-{say('codebook')}.csv")
    try:
        with TemporaryDirectory(dir=out.absolute().parent, prefix=".") as folder:
            spare = Path(folder) / "rows"
            count = write_export(reader(), export, format=format_, path=spare)
            if format_ is not Format.CSV:
                return [spare.replace(out)], count
            beside = Path(folder) / "codebook"
            write_codebook(export, path=beside)
            return [spare.replace(out), beside.replace(codebook)], count
    except OSError:
        raise ExportFileRefused(name=out.name) from None


def _record(export: Export, format_: Format, count: int) -> None:
    with transaction() as session:
        audit.record(
            session,
            actor="cli",
            action="survey.export",
            subject=f"survey:{export.source.code}",
            now=export.now,
            format=format_,
            rows=count,
            keeps_personal_data=export.reading.keeps_personal_data,
        )
