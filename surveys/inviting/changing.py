"""What staff change in the plan of a launched survey: words, time or stop of a mailing, one more.

Everything binds the next mail that goes out: a sender asks for a mailing's revision before each.
Two people at one mailing: the second is told, by the revision that their form was made from.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import false, update
from sqlalchemy.orm import Session

from models import Mailing, MailingKind, MailingState, Message, MessageState, Survey
from surveys.building.cleaning import EditRefused, Reader, clean, line, lines
from surveys.building.definition import Definition, Text, from_document
from surveys.building.faults import Fault
from surveys.building.local_time import to_instant
from surveys.building.mailings import SUBJECT_LENGTH, TEXT_LENGTH
from surveys.building.merging import merge_text
from surveys.building.problems import list_problems
from surveys.building.values import as_local_time
from surveys.delivery.eligibility import Obstacle
from surveys.errors import N_, DonutError
from surveys.inviting.headcount import count_heads
from surveys.inviting.lifecycle import take_running
from surveys.inviting.obstacles import block_on_empty
from surveys.inviting.stored_plan import (
    WAITING,
    Progress,
    list_mailings,
    list_progress,
    select_invited,
    to_document,
    to_planned,
)
from surveys.tokens import Keys

READERS: dict[str, Reader] = {
    "subject": line(SUBJECT_LENGTH),
    "text": lines(TEXT_LENGTH),
    "at": as_local_time,
}


class MailingChanged(DonutError):
    """Somebody else changed the mailing since the form was made; nothing was saved."""

    code = "mailing_changed"
    status = 409
    message = N_(
        "Somebody changed this e-mail meanwhile. What you typed is still here, but not saved: look"
        " at the newer version, then save again."
    )


class MailingOver(DonutError):
    """Nothing of the mailing waits any more: it went out, or it was stopped."""

    code = "mailing_over"
    status = 409
    message = N_("This e-mail has gone out or was stopped; nothing of it can be changed any more.")


@dataclass(frozen=True)
class Words:
    """What staff say in a mailing and when: texts by language, the local time of the survey.

    `text` None: the kind's own words. `at` None: the time stays.
    """

    subject: Text
    text: Text | None
    at: str | None


def change_mailing(
    session: Session,
    *,
    mailing: Mailing,
    words: Words,
    base_revision: int,
    keys: Keys,
    now: datetime,
) -> int:
    """Give what has not gone out other words or another time; return how many people it concerns.

    A new time moves all of it that waits; a mailing that is held goes out then.
    Raises MailingChanged, MailingOver, SurveyOver, EditRefused.
    """
    progress = _take(session, mailing, now=now)
    if mailing.revision != base_revision:
        raise MailingChanged
    cleaned = _clean(words, mailing.survey)
    mailing.subject, mailing.text = cleaned.subject, cleaned.text
    if cleaned.at is not None and cleaned.at != mailing.local_at:
        _move(session, mailing, cleaned.at, now=now)
    mailing.revision += 1
    _renumber(session, mailing.survey)
    _judge(session, mailing, keys)
    return progress.waiting_count


def stop_mailing(session: Session, *, mailing: Mailing, now: datetime) -> int:
    """Cancel what has not gone out, whatever it says by now; return how many get no mail of it.

    Raises MailingOver, SurveyOver.
    """
    progress = _take(session, mailing, now=now)
    mailing.state, mailing.stopped_at = MailingState.CANCELLED, now
    mailing.revision += 1
    session.execute(
        update(Message)
        .where(Message.mailing_id == mailing.id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.SUPPRESSED, reason=Obstacle.STOPPED)
        .execution_options(synchronize_session=False)
    )
    return progress.waiting_count


def add_reminder(
    session: Session, *, survey: Survey, words: Words, keys: Keys, now: datetime
) -> Mailing:
    """Plan one more reminder of a survey that runs; `words.at` is needed.

    Raises SurveyNotLaunched, SurveyOver, EditRefused.
    """
    take_running(session, survey, now)
    cleaned = _clean(words, survey)
    if cleaned.at is None:
        raise EditRefused.of("at", NO_TIME)
    mailings = list_mailings(session, survey=survey)
    zone = survey.definition["timezone"]
    mailing = Mailing(
        survey=survey,
        position=mailings[-1].position + 1,
        kind=MailingKind.REMINDER,
        local_at=cleaned.at,
        timezone=zone,
        due_at=_due_at(cleaned.at, zone, now=now),
        subject=cleaned.subject,
        text=cleaned.text,
        state=MailingState.PLANNED,
    )
    session.add(mailing)
    session.flush()
    _renumber(session, survey)
    _judge(session, mailing, keys)
    return mailing


def _clean(words: Words, survey: Survey) -> Words:
    """Return what staff typed as it is kept: composed letters, nothing empty.

    Raises EditRefused.
    """
    keys = {"subject": words.subject, "text": words.text, "at": words.at}
    cleaned = clean(keys, READERS, survey.definition["languages"])
    return Words(
        subject=merge_text(None, cleaned["subject"] or {}),
        text=merge_text(None, cleaned["text"] or {}) or None,
        at=cleaned["at"],
    )


def _take(session: Session, mailing: Mailing, *, now: datetime) -> Progress:
    """Lock a mailing with its plan and return how far it has come, or refuse to change it."""
    take_running(session, mailing.survey, now)
    session.refresh(mailing, with_for_update=True)
    progress = next(
        found
        for found in list_progress(session, survey=mailing.survey)
        if found.mailing.id == mailing.id
    )
    if not progress.is_open:
        raise MailingOver
    return progress


def _move(session: Session, mailing: Mailing, at: str, *, now: datetime) -> None:
    """Plan what waits of a mailing for another time; mails that are made already go along."""
    mailing.due_at = _due_at(at, mailing.timezone, now=now)
    mailing.local_at = to_instant(at, mailing.timezone).local
    mailing.state, mailing.held_at = MailingState.PLANNED, None
    session.execute(
        update(Message)
        .where(Message.mailing_id == mailing.id, Message.state.in_(WAITING))
        .values(due_at=mailing.due_at)
        .execution_options(synchronize_session=False)
    )


def _due_at(at: str, timezone: str, *, now: datetime) -> datetime:
    due_at = to_instant(at, timezone).at
    if due_at <= now:
        raise EditRefused.of("at", PAST)
    return due_at


def _renumber(session: Session, survey: Survey) -> None:
    """Let the positions follow the times: no reminder goes before what stands above it."""
    mailings = sorted(list_mailings(session, survey=survey), key=lambda m: (m.due_at, m.position))
    if [m.position for m in mailings] == sorted(m.position for m in mailings):
        return
    beyond = max(m.position for m in mailings)
    for start in (beyond, 0):
        for number, mailing in enumerate(mailings, start=1):
            mailing.position = start + number
        session.flush()


def _judge(session: Session, mailing: Mailing, keys: Keys) -> None:
    """Refuse a plan that a launch would refuse. Raises EditRefused."""
    survey = mailing.survey
    live = [m for m in list_mailings(session, survey=survey) if m.state != MailingState.CANCELLED]
    document = to_document(survey, live)
    own = f"mailings[{live.index(mailing)}]."
    faults = [
        _in_form(fault, own)
        for fault in list_problems(document).blocking
        if fault.place.startswith("mailings")
    ]
    faults = faults or _find_empty(session, mailing, from_document(document), keys)
    if faults:
        raise EditRefused(faults)


def _in_form(fault: Fault, own: str) -> Fault:
    """Return a fault at its field; one of another mailing or of the plan comes from the time."""
    field = fault.place.removeprefix(own)
    return replace(fault, place=field if field != fault.place else "at")


def _find_empty(
    session: Session, mailing: Mailing, definition: Definition, keys: Keys
) -> list[Fault]:
    planned = to_planned(mailing)
    alone = replace(definition, mailings=[planned.mailing])
    people = select_invited(mailing.survey)
    heads = count_heads(session, people=people, lately=false(), definition=alone, keys=keys)
    field = "text" if mailing.text else "subject"
    return [
        Fault(f"{field}.{empty.params['language']}", empty.message, empty.params)
        for empty in block_on_empty([planned], heads)
    ]


NO_TIME = N_("Say when this e-mail goes out.")
PAST = N_("This time is past. Choose one to come.")
