"""`flask roster import`: a file of graduates → the roster, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from surveys.audit import record
from surveys.cli.output import Result, emit, json_option, refusals, refuse, say
from surveys.cli.progress import watched
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.i18n import format_integer
from surveys.roster.cells import Reason
from surveys.roster.fields import Field
from surveys.roster.importing import import_roster
from surveys.roster.rejecting import RejectsNotWritten, check_rejects_path, write_rejects
from surveys.roster.remarks import Remark
from surveys.roster.running import ImportResult, Reject
from surveys.roster.tables import open_table

SHOWN_REJECTS = 20
SHOWN_REMARKS = 20
LISTED_REJECTS = 10_000
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "unmailable")

Mapping = dict[str, Field]


@dataclass(frozen=True)
class Wish:
    """What the command line asked for."""

    file: Path
    mapping: Mapping
    rejects: Path | None
    is_dry_run: bool
    is_demo: bool
    as_json: bool


@click.group(cls=AppGroup)
def roster() -> None:
    """Import graduates; show, hand over or erase one person."""


def _read_mapping(given: Sequence[str]) -> Mapping:
    """Return heading → field of `COLUMN=FIELD …`; click reports a wrong one with exit code 2."""
    mapping: Mapping = {}
    for pair in given:
        column, _, name = pair.rpartition("=")
        if not column or name not in set(Field):
            raise click.BadParameter(
                say(
                    N_("“%(pair)s” is not COLUMN=FIELD. Fields: %(fields)s."),
                    pair=pair,
                    fields=", ".join(Field),
                ),
                param_hint="--map",
            )
        if Field(name) in mapping.values():
            raise click.BadParameter(
                say(N_("Only one column can be %(field)s. Map it once."), field=name),
                param_hint="--map",
            )
        mapping[column] = Field(name)
    return mapping


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="Take the column COLUMN as FIELD; may be given several times.",
)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Count only; change nothing.")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the rejected rows with their reasons to OUT (.xlsx or .csv).",
)
@click.option("--demo", "is_demo", is_flag=True, help="Demo graduates: they never count.")
@json_option
def import_command(mapping: Sequence[str], **given: Any) -> None:
    """Import the graduates of FILE (CSV or XLSX) into the roster.

    All rows that can be taken are, or none if anything breaks. Importing a file twice changes
    nothing; columns that FILE lacks stay as they are.
    """
    wish = Wish(mapping=_read_mapping(mapping), **given)
    with refusals(as_json=wish.as_json):
        if wish.rejects:
            check_rejects_path(wish.rejects, source=wish.file)
        result = _import(wish)
    _write_rejects(result, wish)
    emit(_as_result(result, wish), _words(result, wish), as_json=wish.as_json)


def _write_rejects(result: ImportResult, wish: Wish) -> None:
    """Write the rejected rows where they are wanted; a refusal then comes with the counts."""
    if wish.rejects is None:
        return
    try:
        write_rejects(
            result.rejects,
            source=wish.file,
            mapping=wish.mapping,
            path=wish.rejects,
            language=toolbox().settings.default_language,
        )
    except RejectsNotWritten as error:
        lines = _words(result, replace(wish, rejects=None))
        refuse(error, lines, as_json=wish.as_json, **_as_result(result, wish))


def _import(wish: Wish) -> ImportResult:
    box = toolbox()
    now = box.clock.now()
    with (
        open_table(wish.file, mapping=wish.mapping) as table,
        watched(table.rows, total=table.row_count, is_quiet=wish.as_json) as rows,
    ):
        seen = replace(table, rows=rows)
        if wish.is_dry_run:
            return import_roster(
                reader(),
                table=seen,
                keys=box.keys,
                now=now,
                is_demo=wish.is_demo,
                is_dry_run=True,
            )
        with transaction() as session:
            result = import_roster(
                session, table=seen, keys=box.keys, now=now, is_demo=wish.is_demo
            )
            counts = {name: getattr(result, name) for name in COUNTS}
            record(
                session,
                actor="cli",
                action="roster.import",
                subject="roster",
                now=now,
                is_demo=wish.is_demo,
                **counts,
            )
        return result


def _as_result(result: ImportResult, wish: Wish) -> Result:
    return {
        **{name: getattr(result, name) for name in COUNTS},
        "is_dry_run": wish.is_dry_run,
        "is_demo": wish.is_demo,
        "rejects": [
            {
                "row": reject.row,
                "column": reject.column,
                "value": reject.value,
                "reason": _sentence(reject.reason),
                "code": reject.reason.code,
                "kept": reject.is_kept,
            }
            for reject in result.rejects[:LISTED_REJECTS]
        ],
        "reject_count": len(result.rejects),
        "warnings": [
            {"code": remark.reason.code, "message": _sentence(remark.reason), "row": remark.row}
            for remark in result.remarks
        ],
    }


def _words(result: ImportResult, wish: Wish) -> Iterator[str]:
    language = toolbox().settings.default_language
    counts = {name: format_integer(getattr(result, name), language) for name in COUNTS}
    if wish.is_dry_run:
        yield say(N_("Dry run: nothing was saved."))
    yield say(
        N_(
            "Rows read: %(read)s. New: %(created)s, changed: %(updated)s, the same: %(unchanged)s,"
            " rejected: %(rejected)s."
        ),
        **counts,
    )
    if result.unmailable:
        yield say(N_("People who can't be mailed: %(unmailable)s"), **counts)
    yield from (_remark_line(remark) for remark in result.remarks[:SHOWN_REMARKS])
    unshown = len(result.remarks) - SHOWN_REMARKS
    if unshown > 0:
        yield say(
            N_("… and %(count)s more warnings. List all of them with --json."),
            count=format_integer(unshown, language),
        )
    yield from (_reject_line(reject) for reject in result.rejects[:SHOWN_REJECTS])
    left = len(result.rejects) - SHOWN_REJECTS
    if left > 0:
        yield say(
            N_("… and %(count)s more. Write all of them to a file with --rejects OUT.xlsx."),
            count=format_integer(left, language),
        )
    if wish.rejects:
        yield say(N_("Rejected rows are in: %(path)s"), path=wish.rejects)


def _remark_line(remark: Remark) -> str:
    return say(N_("Warning: %(message)s"), message=_sentence(remark.reason))


def _reject_line(reject: Reject) -> str:
    if not reject.column:
        return say(
            N_("Row %(row)s, “%(value)s”: %(reason)s"),
            row=reject.row,
            value=reject.value,
            reason=_sentence(reject.reason),
        )
    return say(
        N_("Row %(row)s, %(column)s “%(value)s”: %(reason)s"),
        row=reject.row,
        column=reject.column,
        value=reject.value,
        reason=_sentence(reject.reason),
    )


def _sentence(reason: Reason) -> str:
    return reason.explain(toolbox().settings.default_language)
