"""One pass of each job: what it finds in the tables, and the beat it leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Beat, Message
from surveys.jobs.claimer import live_claimer
from surveys.jobs.table import JOBS, Job, JobUnknown, get_job, run_job
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_messages, make_survey

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def _beat(session: Session, name: str) -> Beat | None:
    session.expire_all()
    session.rollback()
    return session.get(Beat, name)


@pytest.mark.parametrize("name", [job.name for job in JOBS if job.is_stamped])
def test_job_with_nothing_to_do_leaves_its_beat(app: Flask, session: Session, name: str) -> None:
    result = run_job(app, get_job(name))

    beat = _beat(session, name)
    assert set(result.values()) == {0}
    assert beat is not None
    assert beat.result == result
    assert beat.at > LONG_AGO


def test_job_that_fails_leaves_its_beat_too(app: Flask, session: Session) -> None:
    def fail() -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_job(app, Job("failing", 1, fail))

    assert _beat(session, "failing") is not None


def test_later_pass_moves_the_beat(app: Flask, session: Session) -> None:
    session.add(Beat(name="close-surveys", at=LONG_AGO, by="one", result={"ended": 7}))
    session.commit()

    run_job(app, get_job("close-surveys"))

    beat = _beat(session, "close-surveys")
    assert beat is not None
    assert beat.at > LONG_AGO
    assert beat.result == {"ended": 0}


def test_plan_puts_what_is_due_into_the_outbox_once(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)
    session.commit()

    first, second = run_job(app, get_job("plan-mailings")), run_job(app, get_job("plan-mailings"))

    assert first == {"mailings": 1, "messages": 1, "held": 0}
    assert set(second.values()) == {0}
    assert session.scalars(select(Message.state)).all() == ["queued"]


def test_plan_holds_what_is_too_late(app: Flask, session: Session) -> None:
    survey = make_survey(session, opens_at=NOW - timedelta(days=9))
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, due_at=NOW - timedelta(hours=25))
    session.commit()

    assert run_job(app, get_job("plan-mailings")) == {"mailings": 0, "messages": 0, "held": 1}


def test_recovery_takes_back_expired_claims(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    over = {"claimed_by": "elsewhere:1:1:x:0", "lease_until": LONG_AGO, "survey": survey}
    make_messages(session, 2, state="claimed", **over)
    make_messages(session, 1, state="sending", **over)

    assert run_job(app, get_job("recover-claims")) == {"queued": 2, "unknown": 1}


def test_recovery_leaves_a_running_drain_alone(app: Flask, session: Session) -> None:
    with live_claimer() as running:
        name = running.connection(0)
        make_messages(session, 1, state="claimed", claimed_by=name, lease_until=FAR)
        is_sqlite = session.connection().dialect.name == "sqlite"
        session.rollback()

        result = run_job(app, get_job("recover-claims"))

    # On SQLite a drain that runs would hold the sender's place; this one does not.
    assert result["queued"] == (1 if is_sqlite else 0)


def test_job_of_another_name_is_refused_with_the_names() -> None:
    with pytest.raises(JobUnknown, match="plan-mailings"):
        get_job("nope")
