"""The steps on which people are lost, and answers by local day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, MailingKind
from surveys.rates.census import take_census
from surveys.rates.curve import Mark, Point, cumulate, instants_of, list_marks, list_slices
from surveys.rates.funnel import Funnel, add_up
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_survey

ISTANBUL = ZoneInfo("Europe/Istanbul")


def test_funnel_counts_each_step_over_all_its_surveys(session: Session) -> None:
    first, second = make_survey(session), make_survey(session)
    counts = {"answered_count": 9, "applicable_count": 10}
    make_invitation(session, survey=first)
    make_invitation(session, survey=first, mail_state="unknown")
    make_invitation(session, survey=first, mail_state="sent")
    make_invitation(session, survey=second, mail_state="sent", started_at=NOW)
    make_invitation(session, survey=second, started_at=NOW, answered_count=1, applicable_count=10)
    make_invitation(
        session, survey=second, mail_state="sent", started_at=NOW, responded_at=NOW, **counts
    )
    make_invitation(session, survey=make_survey(session), mail_state="sent")

    funnel = add_up(take_census(session, survey_ids=[first.id, second.id]))

    assert funnel == Funnel(
        invited=6, mailed=3, started=2, completed=1, unfinished=1, reachable=4, not_mailed=2
    )


def test_funnel_of_nothing_is_empty(session: Session) -> None:
    assert add_up(take_census(session, survey_ids=[])) == Funnel()


def test_funnel_does_not_reach_those_who_want_no_mail_or_died(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, mail_state="sent", declined_at=NOW)
    make_invitation(session, survey=survey, mail_state="sent", manual_code="2.31")
    make_invitation(session, survey=survey, mail_state="sent", started_at=NOW, declined_at=NOW)

    funnel = add_up(take_census(session, survey_ids=[survey.id]))

    assert (funnel.invited, funnel.reachable, funnel.unfinished) == (3, 0, 0)


def test_curve_of_a_survey_ends_at_its_complete_cases(session: Session) -> None:
    survey = make_survey(session)
    done = {"started_at": NOW, "responded_at": NOW, "applicable_count": 10}
    make_invitation(session, survey=survey, **done, answered_count=9)
    make_invitation(session, survey=survey, **done, answered_count=6)
    make_invitation(session, survey=make_survey(session), **done, answered_count=9)

    slices = list_slices(session, instants=instants_of(survey.id))

    assert slices == [(NOW, 1)]


@pytest.mark.parametrize("zone_name", ["Europe/Istanbul", "Asia/Kathmandu"])
def test_curve_adds_up_by_local_day(session: Session, zone_name: str) -> None:
    survey, zone = make_survey(session), ZoneInfo(zone_name)
    midnight = datetime(2026, 11, 24, tzinfo=zone)
    for instant in (
        midnight - timedelta(days=2),
        midnight - timedelta(microseconds=1),
        midnight,
        midnight + timedelta(hours=23),
    ):
        make_invitation(session, survey=survey, started_at=instant, responded_at=instant)
    instants = select(Invitation.responded_at.label("at")).subquery()

    points = cumulate(list_slices(session, instants=instants), zone=zone)

    assert points == [
        Point(date(2026, 11, 22), 1),
        Point(date(2026, 11, 23), 2),
        Point(date(2026, 11, 24), 4),
    ]


def test_reminder_keeps_its_number_when_an_earlier_one_was_stopped(session: Session) -> None:
    survey = make_survey(session)
    later = NOW + timedelta(days=1)
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW, state="cancelled")
    make_mailing(session, survey=survey, kind="reminder", due_at=later, state="planned")

    marks = list_marks(session, survey_ids=[survey.id], zone=ISTANBUL)

    assert [(mark.number, mark.is_planned) for mark in marks] == [(2, True)]


def test_mailing_that_was_stopped_midway_is_a_mark(session: Session) -> None:
    survey = make_survey(session)
    stopped = make_mailing(session, survey=survey, due_at=NOW, state="cancelled")
    case = make_invitation(session, survey=survey)
    make_message(session, mailing=stopped, invitation=case, state="sent", sent_at=NOW)

    marks = list_marks(session, survey_ids=[survey.id], zone=ISTANBUL)

    assert [(mark.kind, mark.is_planned) for mark in marks] == [("invitation", False)]


def test_marks_are_the_mailings_that_went_out_or_will(session: Session) -> None:
    survey = make_survey(session)
    late_evening = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    make_mailing(session, survey=survey, due_at=late_evening, state="enqueued")
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW + timedelta(days=7))
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW + timedelta(days=9))
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW, state="held")
    make_mailing(session, survey=survey, kind="thanks", due_at=NOW)
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW, state="cancelled")

    marks = list_marks(session, survey_ids=[survey.id], zone=ISTANBUL)

    assert marks == [
        Mark(date(2026, 11, 23), MailingKind.INVITATION, 1, is_planned=False),
        Mark(date(2026, 11, 30), MailingKind.REMINDER, 3, is_planned=True),
        Mark(date(2026, 12, 2), MailingKind.REMINDER, 4, is_planned=True),
    ]
