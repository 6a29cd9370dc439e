"""`GET /s/<token>`: the form where its person left it, or the thanks when they are done."""

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Invitation
from surveys.answering import sections
from surveys.answering.opening import Sheet, open_sheet
from surveys.answering.prefill import fill_fields, read_preselection
from surveys.building.definition import Definition
from surveys.delivery.letters import closing_day, estimate_minutes
from surveys.extensions import reader, toolbox
from surveys.tokens import Purpose
from surveys.web.access import public
from surveys.web.respondent.entrance import enter, languages_of, links_of
from surveys.web.respondent.pages import Fields, FormPage, make_page
from surveys.web.words import current_language

CHANGE = "change"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/s/<token>", view_func=show_survey, methods=["GET"])


@public
def show_survey(token: str) -> ResponseReturnValue:
    """Show the form, one section at a time; the final submit turns it into the thanks."""
    session, now = reader(), toolbox().clock.now()
    invitation = enter(session, token, Purpose.ANSWER)
    if invitation.responded_at is not None and CHANGE not in request.args:
        return render_thanks(invitation)
    sheet = open_sheet(session, invitation=invitation, now=now)
    return render_form(invitation, _page_to_show(sheet), is_return=_is_return(sheet))


def render_form(
    invitation: Invitation, page: FormPage, *, is_return: bool = False, notice: str | None = None
) -> str:
    """Return the form's HTML. `is_return` greets who comes back; `notice` stands above it."""
    return render_template(
        "respondent/survey.html",
        page=page,
        invitation=invitation,
        links=links_of(invitation),
        languages=languages_of(invitation),
        minutes=estimate_minutes(invitation.survey_version.definition),
        is_return=is_return,
        notice=notice,
    )


def render_thanks(invitation: Invitation) -> str:
    """Return the thank-you page, with the way back to the answers while the survey is open."""
    return render_template(
        "respondent/thanks.html",
        invitation=invitation,
        links=links_of(invitation),
        languages=languages_of(invitation),
        is_late="late" in request.args,
        is_open=toolbox().clock.now() < invitation.survey.ends_at(),
        closing_day=closing_day(
            invitation.survey,
            zone=ZoneInfo(invitation.survey_version.definition["timezone"]),
            language=current_language(),
        ),
    )


def _page_to_show(sheet: Sheet) -> FormPage:
    definition, answers = sheet.definition, sheet.answers
    chosen = read_preselection(definition, request.args.get("s", ""))
    fields: Fields = fill_fields(definition, answers, language=current_language())
    wished = _wished_section()
    if wished is None and sheet.is_changing:
        wished = 0
    news = {name: values for name, values in chosen.items() if fields.get(name) != values}
    if news:
        wished = _section_of(definition, news)
    section = sections.choose_section(definition, answers, wished)
    return make_page(sheet, section=section, answers=answers, fields={**fields, **news})


def _wished_section() -> int | None:
    number = request.args.get("section", type=int)
    return None if number is None else number - 1


def _section_of(definition: Definition, fields: Fields) -> int:
    return sections.find_section(definition, definition.question_by_code[next(iter(fields))])


def _is_return(sheet: Sheet) -> bool:
    return bool(sheet.answers) and not sheet.is_changing and "section" not in request.args
