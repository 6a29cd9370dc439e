"""`/surveys/<code>/mails`: what goes out when, as a timeline in which each mailing opens in place.

`?open=<key>` opens one. Of a draft the plan can be changed freely; of a launched survey, what has
not gone out.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role, Survey
from surveys.building.finding import get_survey
from surveys.delivery.placeholders import PLACEHOLDERS
from surveys.delivery.rendering import default_text
from surveys.extensions import reader, toolbox
from surveys.inviting.audience import AudienceRuleUnusable
from surveys.inviting.checking import Check, check
from surveys.inviting.sample import find_person
from surveys.inviting.stored_plan import list_progress
from surveys.notifying.trial_letter import list_tests
from surveys.web.access import staff_only
from surveys.web.headers import CONTENT_SECURITY_POLICY
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.plan import timeline
from surveys.web.staff.plan.mail_fields import MailForm, write_form
from surveys.web.staff.plan.trial_words import say_trial
from surveys.web.words import gettext

POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
USUAL_PLACES = ("ad|Mezunumuz", "ad", "ad_soyad", "program", "birim", "mezuniyet_yili", "anket")
PLACES = [
    *USUAL_PLACES,
    *sorted(PLACEHOLDERS - {place.partition("|")[0] for place in USUAL_PLACES}),
]


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys/<code>/mails", view_func=show_mails, methods=["GET"])


@staff_only(Role.VIEWER)
def show_mails(code: str) -> ResponseReturnValue:
    """Show the plan."""
    survey = get_survey(reader(), code=code)
    return render_mails(survey, opened=request.args.get("open", type=int))


def render_mails(
    survey: Survey,
    *,
    opened: int | None = None,
    form: MailForm | None = None,
    closing_form: Mapping[str, str] | None = None,
    faults: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """Return the page with mailing `opened`, or with what was typed for it or for the closing."""
    checked, broken = _check(survey)
    rows = _list_rows(survey, checked) if checked else []
    row = next((row for row in rows if row.key == opened and row.is_open), None)
    shown = form or (write_form(row) if row else None)
    wrong = list(shown.faults.items()) if shown else []
    page = render_step(
        "staff/plan/mails.html",
        survey=survey,
        rows=rows,
        row=row,
        form=shown if row else None,
        closing=timeline.closing_of(survey),
        closing_form=closing_form or {},
        faults=[*(faults or []), *broken, *wrong],
        can_edit=current_user.role != Role.VIEWER,
        **_about(survey, checked),
        **_beside(survey, row),
    )
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _check(survey: Survey) -> tuple[Check | None, list[tuple[str, str]]]:
    box = toolbox()
    try:
        return check(reader(), survey=survey, keys=box.keys, now=box.clock.now()), []
    except AudienceRuleUnusable as unusable:
        return None, [("mails", gettext(unusable.message, **unusable.params))]


def _list_rows(survey: Survey, checked: Check) -> list[timeline.Row]:
    if survey.launched_at is None:
        return timeline.draft_rows(checked)
    return timeline.live_rows(list_progress(reader(), survey=survey), checked)


def _about(survey: Survey, checked: Check | None) -> dict[str, Any]:
    definition = survey.definition
    zone = ZoneInfo(definition["timezone"])
    return {
        "zone": definition["timezone"],
        "languages": definition["languages"],
        "warnings": timeline.other_warnings(checked, zone) if checked else [],
        "experience": checked.experience if checked else None,
        "is_over": survey.launched_at is not None and toolbox().clock.now() >= survey.ends_at(),
        "is_live": survey.launched_at is not None,
    }


def _beside(survey: Survey, row: timeline.Row | None) -> dict[str, Any]:
    """Return what stands beside an open mailing: its words by default, a person, its last test."""
    if row is None:
        return {"person": None, "places": PLACES, "standard": {}, "trial": None}
    after = request.args.get("after", 0, type=int)
    return {
        "person": find_person(reader(), survey=survey, after=after),
        "places": PLACES,
        "standard": {
            language: default_text(language, row.kind)
            for language in survey.definition["languages"]
        },
        "trial": say_trial(list_tests(reader(), survey=survey), row.key),
    }
