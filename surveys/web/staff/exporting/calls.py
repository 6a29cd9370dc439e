"""`/surveys/<code>/calls.xlsx`: whom to call, with name and telephone number, to work through."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models import Role
from surveys.audit import record
from surveys.building.finding import get_survey
from surveys.exporting.chasing import HEADINGS, Person, list_lines, list_people
from surveys.exporting.workbook import Workbook
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.exporting.sending_file import make_file, send, stem_of
from surveys.web.words import current_language, gettext


def attach(blueprint: Blueprint) -> None:
    """Register the download."""
    rule = "/surveys/<code>/calls.xlsx"
    blueprint.add_url_rule(rule, view_func=download_calls, methods=["POST"])


@staff_only(Role.EDITOR)
def download_calls(code: str) -> ResponseReturnValue:
    """Write the list, note it in the audit trail, and send it."""
    tools, session = toolbox(), reader()
    now = tools.clock.now()
    people = list_people(session, survey=get_survey(session, code=code), keys=tools.keys)
    file, count = make_file(partial(_write, people=people, now=now))
    actor = f"staff:{get_signed_in().staff_id}"
    with transaction() as session:
        subject = f"survey:{code}"
        record(session, actor=actor, action="survey.calls", subject=subject, now=now, rows=count)
    stem = stem_of(code, gettext("calls"), on=now.astimezone(tools.settings.zone))
    return send(file, name=f"{stem}.xlsx")


def _write(path: Path, *, people: list[Person], now: datetime) -> int:
    language = current_language()
    headings: Sequence[str] = [gettext(heading) for heading in HEADINGS]
    book = Workbook(path, language=language, now=now)
    count = book.add_sheet(gettext("People to call"), headings, list_lines(people, language))
    book.close()
    return count
