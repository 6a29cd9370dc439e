"""The morning's summary: queued once a day and reader, and only when something has changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, Staff, StaffMail, StaffMailKind, Survey
from surveys.notifying.queueing import find_mail
from surveys.notifying.scope import list_readers, list_surveys, queue_once

FIRST_HOUR = 9
# A summary that is late by more belongs to the next morning.
LAST_HOUR = 18
LONGEST_SPAN = timedelta(days=31)
FIRST_SPAN = timedelta(days=1)


def queue_digests(session: Session, *, now: datetime, zone: tzinfo) -> int:
    """Queue today's summary for each reader who has none and has missed something."""
    local = now.astimezone(zone)
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        return 0
    key = local.date().isoformat()
    surveys = list_surveys(session)
    return sum(
        _queue(session, reader, surveys, key=key, now=now) for reader in list_readers(session)
    )


def has_changed(
    session: Session, surveys: Sequence[Survey], *, since: datetime, until: datetime
) -> bool:
    """Tell whether anybody answered, a mailing went out, or a survey began or ended meanwhile."""
    ids = [survey.id for survey in surveys]
    if any(since < moment <= until for survey in surveys for moment in _turns(survey)):
        return True
    answered = exists().where(
        Invitation.survey_id.in_(ids),
        Invitation.responded_at > since,
        Invitation.responded_at <= until,
    )
    mailed = exists().where(
        Mailing.survey_id.in_(ids), Mailing.enqueued_at > since, Mailing.enqueued_at <= until
    )
    return bool(session.scalar(select(or_(answered, mailed))))


def _queue(
    session: Session, reader: Staff, surveys: Sequence[Survey], *, key: str, now: datetime
) -> int:
    kind = StaffMailKind.DIGEST
    if find_mail(session, staff_id=reader.id, kind=kind, key=key) is not None:
        return 0
    since = _find_start(session, reader, now)
    if not has_changed(session, surveys, since=since, until=now):
        return 0
    params = {"since": since.isoformat(), "until": now.isoformat()}
    return queue_once(session, reader=reader, kind=kind, key=key, params=params, now=now)


def _find_start(session: Session, reader: Staff, now: datetime) -> datetime:
    """Return where the last summary ended; the first looks back one day."""
    last = session.scalar(
        select(func.max(StaffMail.created_at)).where(
            StaffMail.staff_id == reader.id, StaffMail.kind == StaffMailKind.DIGEST
        )
    )
    return max(last, now - LONGEST_SPAN) if last else now - FIRST_SPAN


def _turns(survey: Survey) -> list[datetime]:
    return [moment for moment in (survey.launched_at, survey.ends_at()) if moment is not None]
