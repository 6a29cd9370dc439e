"""What other systems are told of surveys: that one opened or ended, and its rate as it changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Announcement, Document, Survey
from surveys.reporting.announced import (
    OPENED,
    Subject,
    Terms,
    has_had,
    hold,
    is_due,
    make_happening,
    note_occasion,
    note_told,
    read_announcements,
    say,
)
from surveys.reporting.listing import list_all
from surveys.reporting.response_rates import response_rate_document
from surveys.reporting.revisions import Known, read_survey_revision, survey_resource
from surveys.reporting.wire import survey_name, survey_path, to_instant
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.types import EventType


def find_surveys_to_tell(session: Session, *, terms: Terms) -> Sequence[int]:
    """Return the ids of launched surveys of which something is due; nothing is counted for it."""
    listed = list_all(session)
    told = read_announcements(session, resources=[survey_resource(one.survey.id) for one in listed])
    return [
        one.survey.id
        for one in listed
        if _has_news(told.get(survey_resource(one.survey.id)), one.survey, one.known, terms)
    ]


def announce_survey(
    session: Session, *, survey_id: int, terms: Terms, at_once: str | None = None
) -> int:
    """Tell what is due of one survey; return how many events that made.

    `at_once` names an occasion for which the rate is told even if it was told a moment ago.
    """
    told = hold(session, resource=survey_resource(survey_id))
    survey = session.get_one(Survey, survey_id)
    known = read_survey_revision(session, survey_id=survey_id)
    count = 0
    if _has_opened(survey, told, terms.now):
        note_occasion(told, OPENED)
        count += _say_of(session, EventType.SURVEY_OPENED, survey, known, terms, OPENED)
    ending = _ending_of(survey)
    if _has_ended(survey, told, terms.now):
        note_occasion(told, ending)
        count += _say_of(session, EventType.SURVEY_CLOSED, survey, known, terms, ending)
        at_once = at_once or ending
    if at_once is not None or is_due(told, revision=known.revision, terms=terms):
        count += _tell_rate(session, told, survey, terms, at_once)
    session.flush()
    return count


def _has_news(told: Announcement | None, survey: Survey, known: Known, terms: Terms) -> bool:
    return (
        _has_opened(survey, told, terms.now)
        or _has_ended(survey, told, terms.now)
        or is_due(told, revision=known.revision, terms=terms)
    )


def _has_opened(survey: Survey, told: Announcement | None, now: datetime) -> bool:
    return survey.opens_at <= now and not has_had(told, OPENED)


def _has_ended(survey: Survey, told: Announcement | None, now: datetime) -> bool:
    """A survey whose end was moved and came again has ended twice."""
    return survey.ends_at() <= now and not has_had(told, _ending_of(survey))


def _ending_of(survey: Survey) -> str:
    return f"closed:{to_instant(survey.ends_at())}"


def _say_of(
    session: Session, kind: EventType, survey: Survey, known: Known, terms: Terms, occasion: str
) -> int:
    data = {
        **_named(survey, known.revision),
        "opens_at": to_instant(survey.opens_at),
        "closes_at": to_instant(survey.ends_at()),
        "href": terms.base_url + survey_path(survey.public_id),
    }
    subject = _subject(survey)
    return say(session, kind, subject=subject, occasion=occasion, data=data, now=terms.now)


def make_rate_happening(
    session: Session, *, survey: Survey, base_url: str, occasion: str | None, now: datetime
) -> Happening:
    """Return what an event says of a survey's rate: `rr1` in totals, and where the rest is read.

    `occasion` tells it from others at the same revision; None for the usual one.
    """
    document = response_rate_document(session, survey=survey, now=now)
    revision, headline = document["revision"], document["rates"][0]
    data = {
        **_named(survey, revision),
        "completed": headline["numerator"],
        "eligible": headline["denominator"],
        "rate": headline["value"],
        "href": base_url + document["links"]["self"],
    }
    kind, subject = EventType.RESPONSE_RATE_UPDATED, _subject(survey)
    name = ":".join([str(revision), *([occasion] if occasion else [])])
    return make_happening(kind, subject=subject, occasion=name, data=data)


def _tell_rate(
    session: Session, told: Announcement, survey: Survey, terms: Terms, at_once: str | None
) -> int:
    happening = make_rate_happening(
        session, survey=survey, base_url=terms.base_url, occasion=at_once, now=terms.now
    )
    note_told(told, revision=happening.revision, now=terms.now)
    return int(record_event(session, happening=happening, now=terms.now) is not None)


def _named(survey: Survey, revision: int) -> Document:
    return {
        "survey_id": survey_name(survey.public_id),
        "indicator": survey.indicator_code,
        "year": survey.year,
        "revision": revision,
    }


def _subject(survey: Survey) -> Subject:
    return Subject(
        resource=survey_resource(survey.id),
        is_demo=survey.is_demo,
        indicator_code=survey.indicator_code,
    )
