"""Pause, resume, close: by staff and by the calendar."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Draft, Mailing, Survey
from surveys.errors import DonutError
from surveys.extensions import transaction
from surveys.inviting.due import enqueue_due
from surveys.inviting.lifecycle import (
    SurveyAlreadyPaused,
    SurveyNotLaunched,
    SurveyNotPaused,
    SurveyOver,
    close,
    close_ended,
    pause,
    resume,
)
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_survey

DAY = timedelta(days=1)
ACTS: list[Callable[..., None]] = [pause, resume, close]


def add_plan_and_draft(session: Session, survey: Survey) -> None:
    make_mailing(session, survey=survey, state="enqueued")
    make_mailing(session, survey=survey, due_at=NOW + 7 * DAY)
    make_mailing(session, survey=survey, state="held")
    invitation = make_invitation(session, survey=survey, started_at=NOW)
    session.add(Draft(invitation=invitation, answers={"nps": 9}, updated_at=NOW))
    session.commit()


def plan(session: Session, survey: Survey) -> list[str]:
    mailings = select(Mailing.state).where(Mailing.survey_id == survey.id).order_by(Mailing.id)
    return list(session.scalars(mailings))


def drafts(session: Session) -> int:
    return len(session.scalars(select(Draft.invitation_id)).all())


def test_pause_stops_what_falls_due_and_resume_lets_it_go(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)

    pause(session, survey=survey, now=NOW)
    paused = enqueue_due(session, now=NOW).message_count
    resume(session, survey=survey, now=NOW)
    resumed = enqueue_due(session, now=NOW).message_count

    assert (paused, resumed) == (0, 1)


def test_pause_is_refused_when_paused(session: Session) -> None:
    survey = make_survey(session, paused_at=NOW)

    with pytest.raises(SurveyAlreadyPaused, match=survey.code):
        pause(session, survey=survey, now=NOW + DAY)

    assert survey.paused_at == NOW


def test_resume_is_refused_when_not_paused(session: Session) -> None:
    with pytest.raises(SurveyNotPaused):
        resume(session, survey=make_survey(session), now=NOW)


@pytest.mark.parametrize("act", ACTS)
def test_draft_survey_has_nothing_to_change(session: Session, act: Callable[..., None]) -> None:
    survey = make_survey(session, launched_at=None)

    with pytest.raises(SurveyNotLaunched, match="Launch it first"):
        act(session, survey=survey, now=NOW)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("ended", ["closed_at", "closes_at"])
def test_closed_survey_stays_closed(session: Session, act: Callable[..., None], ended: str) -> None:
    over: dict[str, Any] = {ended: NOW}
    survey = make_survey(session, **over)

    with pytest.raises(SurveyOver):
        act(session, survey=survey, now=NOW)


def test_close_cancels_the_plan_and_deletes_drafts(session: Session) -> None:
    survey = make_survey(session)
    add_plan_and_draft(session, survey)

    close(session, survey=survey, now=NOW)

    assert (survey.closed_at, survey.ends_at()) == (NOW, NOW)
    assert plan(session, survey) == ["enqueued", "cancelled", "cancelled"]
    assert drafts(session) == 0


def test_close_leaves_other_surveys_alone(session: Session) -> None:
    other = make_survey(session)
    add_plan_and_draft(session, other)

    close(session, survey=make_survey(session), now=NOW)

    assert plan(session, other) == ["enqueued", "planned", "held"]
    assert drafts(session) == 1


def test_close_ended_tidies_a_survey_from_its_closing_time_on(session: Session) -> None:
    survey = make_survey(session, closes_at=NOW + DAY)
    add_plan_and_draft(session, survey)

    before = close_ended(session, now=NOW + DAY - timedelta(microseconds=1))
    after = close_ended(session, now=NOW + DAY)
    again = close_ended(session, now=NOW + DAY)

    assert (before, after, again) == (0, 3, 0)
    assert plan(session, survey) == ["enqueued", "cancelled", "cancelled"]
    assert drafts(session) == 0


def test_close_ended_leaves_open_surveys_and_unlaunched_drafts(session: Session) -> None:
    add_plan_and_draft(session, make_survey(session))
    add_plan_and_draft(session, make_survey(session, launched_at=None, closes_at=NOW))

    assert close_ended(session, now=NOW) == 0
    assert drafts(session) == 2


def test_two_who_close_at_once_do_it_once(app: Flask, session: Session) -> None:
    survey_id = make_survey(session).id
    session.commit()
    together = Barrier(2)

    def try_closing(_: int) -> str:
        with app.app_context():
            together.wait()
            try:
                with transaction() as own:
                    close(own, survey=own.get_one(Survey, survey_id), now=NOW)
            except DonutError as error:
                return error.code
            return "closed"

    with ThreadPoolExecutor(2) as staff:
        outcomes = sorted(staff.map(try_closing, range(2)))

    assert outcomes == ["closed", "survey_over"]
