"""What the plan of a launched survey posts: other words or time, a stop, one more, the closing.

Each says how many people it concerns; two people at one mailing: the second is told.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Mailing, Role, Survey
from surveys import audit
from surveys.building.cleaning import EditRefused
from surveys.building.finding import get_survey
from surveys.building.local_time import format_local
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.changing import Words, add_reminder, change_mailing, stop_mailing
from surveys.inviting.closing import move_closing
from surveys.inviting.lifecycle import take_running
from surveys.inviting.proposing import propose_subject, propose_time
from surveys.inviting.stored_plan import list_mailings
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import own_path
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.plan.letter_page import get_mailing
from surveys.web.staff.plan.mail_fields import to_words, typed_form, with_faults
from surveys.web.staff.plan.mails_page import render_mails
from surveys.web.staff.plan.words import say_fault
from surveys.web.staff.saying import go
from surveys.web.words import gettext

saying.register(
    mailing_changed_live=N_("Saved. Everybody who has not got this e-mail yet gets it like this."),
    mailing_stopped=N_("The e-mail was stopped. Whoever has not got it yet won't get it."),
    reminder_added=N_("A reminder was added. Look at its date and words."),
    closing_moved=N_("The closing was moved; e-mails still to go out name the new day."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the forms."""
    routes: dict[str, Callable[..., ResponseReturnValue]] = {
        "mailings": add_mailing_live,
        "mailings/<int:key>": change_mailing_live,
        "mailings/<int:key>/stop": stop_mailing_live,
        "closing": move_closing_live,
    }
    for rule, view in routes.items():
        blueprint.add_url_rule(f"/surveys/<code>/{rule}", view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def change_mailing_live(code: str, key: int) -> ResponseReturnValue:
    """Save other words or another time of what has not gone out."""
    survey = get_survey(reader(), code=code)
    get_mailing(survey, key)
    form = typed_form(request.form, survey.definition["languages"])
    try:
        with transaction() as session:
            mailing = session.get_one(Mailing, key)
            count = _change(session, mailing, to_words(form))
            _record(session, "mailing.change", code, mailing=mailing.position, people=count)
    except EditRefused as refusal:
        wrong = with_faults(form, refusal)
        return render_mails(_again(code), opened=key, form=wrong, status=422)
    except DonutError as error:
        faults = [(f"mail-{key}", _say(error))]
        return render_mails(_again(code), opened=key, form=form, faults=faults, status=error.status)
    return go(f"/surveys/{code}/mails#mail-{key}", "mailing_changed_live")


@staff_only(Role.EDITOR)
def stop_mailing_live(code: str, key: int) -> ResponseReturnValue:
    """Stop what has not gone out of a mailing."""
    get_mailing(get_survey(reader(), code=code), key)
    now = toolbox().clock.now()
    try:
        with transaction() as session:
            mailing = session.get_one(Mailing, key)
            count = stop_mailing(session, mailing=mailing, now=now)
            _record(session, "mailing.stop", code, mailing=mailing.position, people=count)
    except DonutError as error:
        faults = [(f"mail-{key}", _say(error))]
        return render_mails(_again(code), faults=faults, status=error.status)
    return go(own_path(request.form.get("next") or f"/surveys/{code}"), "mailing_stopped")


@staff_only(Role.EDITOR)
def add_mailing_live(code: str) -> ResponseReturnValue:
    """Add a reminder on the next good day to a survey that runs."""
    box = toolbox()
    now = box.clock.now()
    try:
        with transaction() as session:
            survey = get_survey(session, code=code)
            take_running(session, survey, now)
            words = _propose(session, survey, now)
            added = add_reminder(session, survey=survey, words=words, keys=box.keys, now=now)
            _record(session, "mailing.add", code, mailing=added.position)
            key = added.id
    except EditRefused as refusal:
        faults = [("mails", say_fault(fault)) for fault in refusal.faults]
        return render_mails(_again(code), faults=faults, status=422)
    return go(f"/surveys/{code}/mails?open={key}#mail-{key}", "reminder_added")


@staff_only(Role.EDITOR)
def move_closing_live(code: str) -> ResponseReturnValue:
    """Move the closing of a survey that runs."""
    at, now = request.form.get("closes_at", ""), toolbox().clock.now()
    try:
        base = datetime.fromisoformat(request.form.get("base", ""))
        with transaction() as session:
            survey = get_survey(session, code=code)
            moved = move_closing(session, survey=survey, at=at, base=base, now=now)
            _record(session, "survey.move_closing", code, closes_at=at, **vars(moved))
    except ValueError:
        refusal = EditRefused.of("closes_at", N_("This is no date and time."))
        faults = [(fault.place, say_fault(fault)) for fault in refusal.faults]
        return _closing_again(code, faults, 422)
    except EditRefused as refused:
        faults = [(fault.place, say_fault(fault)) for fault in refused.faults]
        return _closing_again(code, faults, 422)
    except DonutError as error:
        return _closing_again(code, [("closes_at", _say(error))], error.status)
    return go(f"/surveys/{code}/mails#closing", "closing_moved")


def _change(session: Session, mailing: Mailing, words: Words) -> int:
    box = toolbox()
    return change_mailing(
        session,
        mailing=mailing,
        words=words,
        base_revision=request.form.get("rev", 0, type=int),
        keys=box.keys,
        now=box.clock.now(),
    )


def _propose(session: Session, survey: Survey, now: datetime) -> Words:
    zone = ZoneInfo(survey.definition["timezone"])
    mailings = list_mailings(session, survey=survey)
    here = format_local(now.astimezone(zone))
    last = max([here, *(m.local_at for m in mailings if m.kind != "thanks")])
    closes_at = format_local(survey.closes_at.astimezone(zone))
    taken = [mailing.subject for mailing in mailings]
    return Words(
        subject=propose_subject(taken, survey.definition["languages"]),
        text=None,
        at=propose_time(last=last, closes_at=closes_at),
    )


def _closing_again(code: str, faults: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    typed = {"closes_at": request.form.get("closes_at", "")}
    return render_mails(_again(code), closing_form=typed, faults=faults, status=status)


def _again(code: str) -> Survey:
    return get_survey(reader(), code=code)


def _record(session: Session, action: str, code: str, **details: object) -> None:
    now = toolbox().clock.now()
    audit.record(
        session, actor=acting(), action=action, subject=f"survey:{code}", now=now, **details
    )


def _say(error: DonutError) -> str:
    return gettext(error.message, **error.params)
