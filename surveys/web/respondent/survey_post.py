"""`POST /s/<token>`: what a form sent, saved; then the next section, the mistakes or the thanks.

Names that begin with an underscore are the form's own: no question's code can.
"""

import re
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InternalError, OperationalError

from models import Invitation
from surveys.answering.opening import open_sheet
from surveys.answering.prefill import fill_fields
from surveys.answering.reading import merge_form
from surveys.answering.sections import choose_section
from surveys.answering.taking import Action, Outcome, Post, Step, take_form
from surveys.extensions import db, reader, toolbox, transaction
from surveys.tokens import Purpose
from surveys.web.access import public
from surveys.web.errors import RETRY_AFTER_S
from surveys.web.respondent.entrance import enter
from surveys.web.respondent.pages import make_page
from surveys.web.respondent.survey_form import CHANGE, render_form
from surveys.web.words import current_language, gettext

log = structlog.get_logger(__name__)

SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
SWITCH_LANGUAGE = "language"
ACTIONS = {action.value: action for action in Action}


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/s/<token>", view_func=take_survey, methods=["POST"])


@public
def take_survey(token: str) -> ResponseReturnValue:
    """Save a form and say where to go on; a database that can't write loses no typed text."""
    _receive_whole()
    if request.form.get("_action") == SWITCH_LANGUAGE:
        return _switch_language(token)
    try:
        with transaction() as session:
            invitation = enter(session, token, Purpose.ANSWER, is_writing=True)
            post = _read_post(invitation)
            now = toolbox().clock.now()
            outcome = take_form(session, invitation=invitation, post=post, now=now)
    except (OperationalError, InternalError) as error:
        return _tell_unsaved(token, error)
    if post.action == Action.SAVE:
        return _answer_script(outcome)
    if outcome.step == Step.FAULTY:
        return _show_mistakes(invitation, post, outcome), 422
    return redirect(_where_next(token, post, outcome), code=303)


def _receive_whole() -> None:
    """Take the body in before the database is locked: a phone in a tunnel must stop nobody else.

    A body that was cut off is refused, or the fields that are missing would count as emptied.
    """
    body = request.get_data(cache=True)
    if request.content_length is not None and len(body) != request.content_length:
        abort(HTTPStatus.BAD_REQUEST)


def _read_post(invitation: Invitation) -> Post:
    """Return the form; a page of another version than now counts its sections otherwise."""
    form, version = request.form, invitation.survey_version.number
    is_old = _whole(form.get("_version", "")) not in {None, version}
    return Post(
        form=form.to_dict(flat=False),
        action=ACTIONS.get(form.get("_action", ""), Action.NONE),
        section=None if is_old else _whole(form.get("_section", ""), less=1),
        revision=_whole(form.get("_revision", "")),
        language=current_language(),
        wants_change="_change" in form,
    )


def _switch_language(token: str) -> ResponseReturnValue:
    """Show the same page in the language of `?lang=` with all that was typed, and save nothing."""
    invitation = enter(reader(), token, Purpose.ANSWER)
    post = _read_post(invitation)
    if invitation.responded_at is not None and not post.wants_change:
        return redirect(url_for("respondent.show_survey", token=token, lang=post.language), 303)
    return _show_typed(invitation, post)


def _whole(text: str, *, less: int = 0) -> int | None:
    return int(text) - less if SMALL_NUMBER.fullmatch(text) else None


def _answer_script(outcome: Outcome) -> ResponseReturnValue:
    said = (
        gettext("One answer isn't saved yet.")
        if outcome.faults
        else gettext("Your answers are saved.")
    )
    return jsonify(revision=outcome.revision, message=said)


def _where_next(token: str, post: Post, outcome: Outcome) -> str:
    if outcome.step == Step.FINISHED:
        return url_for("respondent.show_survey", token=token)
    if outcome.step == Step.TOO_LATE:
        return url_for("respondent.show_survey", token=token, late=1, lang=post.language)
    values: dict[str, Any] = {"section": outcome.section + 1}
    if post.wants_change:
        values[CHANGE] = 1
    return url_for("respondent.show_survey", token=token, **values)


def _show_mistakes(invitation: Invitation, post: Post, outcome: Outcome) -> str:
    sheet = open_sheet(reader(), invitation=invitation, now=toolbox().clock.now())
    merged = merge_form(
        sheet.definition, stored=sheet.answers, form=post.form, section=post.section
    )
    stored = fill_fields(sheet.definition, merged.answers, language=current_language())
    # The section to mend may be another one than was posted: its answers must not look empty.
    fields = post.form if outcome.section == post.section else {**stored, **post.form}
    page = make_page(
        sheet,
        section=outcome.section,
        answers=merged.answers,
        fields=fields,
        faults=outcome.faults,
    )
    return render_form(invitation, page)


def _tell_unsaved(token: str, error: Exception) -> ResponseReturnValue:
    """Show the form again with all that was typed, status 503, when reading still works."""
    db.session.rollback()
    log.error("answers_unsaved", kind=type(error).__name__)
    headers = {"Retry-After": RETRY_AFTER_S}
    if request.form.get("_action") == Action.SAVE:
        return jsonify(message=gettext("The server can't save just now.")), 503, headers
    told = gettext(
        "Your answers could not be saved just now. What you typed still stands below:"
        " please send it again in a minute."
    )
    invitation = enter(reader(), token, Purpose.ANSWER)
    return _show_typed(invitation, _read_post(invitation), notice=told), 503, headers


def _show_typed(invitation: Invitation, post: Post, *, notice: str | None = None) -> str:
    sheet = open_sheet(reader(), invitation=invitation, now=toolbox().clock.now())
    merged = merge_form(
        sheet.definition, stored=sheet.answers, form=post.form, section=post.section
    )
    section = choose_section(sheet.definition, merged.answers, post.section)
    stored = fill_fields(sheet.definition, merged.answers, language=current_language())
    fields = {**stored, **post.form}
    page = make_page(sheet, section=section, answers=merged.answers, fields=fields)
    return render_form(invitation, page, notice=notice)
