"""`/surveys/<code>/export`: the answers as a file; what is in it, and how to handle it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role, Survey
from surveys.audit import record
from surveys.building.finding import get_survey
from surveys.exporting.chasing import count_people
from surveys.exporting.rows import Reading
from surveys.exporting.source import measure_extent, open_source
from surveys.exporting.words import Wording
from surveys.exporting.writing import HANDLING, Export, Format, write_archive, write_export
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.exporting.sending_file import make_file, send, stem_of
from surveys.web.words import current_language, gettext

PAGE = "/surveys/<code>/export"


@dataclass(frozen=True)
class Wish:
    """What the form asks for; anything else than its own values means the first of each."""

    format: Format
    wording: Wording
    keeps_personal_data: bool


def attach(blueprint: Blueprint) -> None:
    """Register the page and its download."""
    blueprint.add_url_rule(PAGE, view_func=show_export, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=download_answers, methods=["POST"])


@staff_only(Role.EDITOR)
def show_export(code: str) -> ResponseReturnValue:
    """Show what can be exported of a survey."""
    session = reader()
    survey = get_survey(session, code=code)
    source = open_source(survey)
    return render_template(
        "staff/exporting/export.html",
        survey=survey,
        source=source,
        extent=measure_extent(session, survey_id=survey.id),
        to_call=count_people(session, survey=survey),
        handling=HANDLING,
    )


@staff_only(Role.EDITOR)
def download_answers(code: str) -> ResponseReturnValue:
    """Write the wished file, note it in the audit trail, and send it."""
    wish = _read_wish()
    session = reader()
    export = _open(get_survey(session, code=code), wish)
    stem = stem_of(code, gettext("answers"), on=export.now.astimezone(export.source.zone))
    if wish.format is Format.CSV:
        write = partial(_write_archive, export=export, stem=stem)
    else:
        write = partial(_write_one, export=export, wish=wish)
    file, count = make_file(write)
    _record(export, wish, count)
    return send(file, name=f"{stem}.{'zip' if wish.format is Format.CSV else wish.format}")


def _read_wish() -> Wish:
    format_, wording = request.form.get("format"), request.form.get("wording")
    return Wish(
        format=Format(format_) if format_ in set(Format) else Format.XLSX,
        wording=Wording(wording) if wording in set(Wording) else Wording.WORDS,
        keeps_personal_data=request.form.get("keeps_personal_data") == "1",
    )


def _open(survey: Survey, wish: Wish) -> Export:
    tools = toolbox()
    reading = Reading(tools.keys, current_language(), wish.keeps_personal_data)
    return Export(open_source(survey), reading, wish.wording, tools.clock.now())


def _write_archive(path: Path, *, export: Export, stem: str) -> int:
    return write_archive(reader(), export, path=path, stem=stem)


def _write_one(path: Path, *, export: Export, wish: Wish) -> int:
    return write_export(reader(), export, format=wish.format, path=path)


def _record(export: Export, wish: Wish, count: int) -> None:
    actor = f"staff:{get_signed_in().staff_id}"
    with transaction() as session:
        record(
            session,
            actor=actor,
            action="survey.export",
            subject=f"survey:{export.source.code}",
            now=export.now,
            format=wish.format,
            rows=count,
            keeps_personal_data=wish.keeps_personal_data,
        )
