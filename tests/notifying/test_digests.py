"""The morning's summary: once a day, and only when something has changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StaffMail, StaffMailKind
from surveys.delivery.house import read_house
from surveys.notifying.digest_letter import write_digest_letter
from surveys.notifying.digests import queue_digests
from surveys.notifying.letters import Context, StaffLetter
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_messages, make_survey
from tests.notifying.members import make_staff
from tests.notifying.test_alerts import make_measured

# Nine in the morning in Istanbul.
NINE = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def zone(settings: Settings) -> Any:
    return settings.zone


def answer(session: Session, at: datetime) -> None:
    survey = make_survey(session, launched_at=NOW - timedelta(days=9))
    make_invitation(session, survey=survey, started_at=at, responded_at=at)


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (NINE - timedelta(minutes=1), 0),
        (NINE, 1),
        (NINE + timedelta(hours=8, minutes=59), 1),
        (NINE + timedelta(hours=9), 0),
    ],
)
def test_summary_is_queued_in_office_hours(
    session: Session, zone: Any, at: datetime, count: int
) -> None:
    make_staff(session)
    answer(session, NINE - timedelta(hours=2))

    assert queue_digests(session, now=at, zone=zone) == count


def test_summary_is_queued_once_a_day_and_reader(session: Session, zone: Any) -> None:
    make_staff(session)
    make_staff(session, email="b@example.edu.tr", wants_digest=False)
    answer(session, NINE - timedelta(hours=2))

    counts = [queue_digests(session, now=NINE + timedelta(minutes=m), zone=zone) for m in (0, 5, 5)]

    assert counts == [1, 0, 0]
    assert session.scalars(select(StaffMail.key)).all() == ["2026-11-24"]


def test_summary_is_not_queued_when_nothing_changed_since_the_last(
    session: Session, zone: Any
) -> None:
    make_staff(session)
    answer(session, NINE - timedelta(hours=2))
    queue_digests(session, now=NINE, zone=zone)

    days = [queue_digests(session, now=NINE + timedelta(days=d), zone=zone) for d in (1, 2)]
    answer(session, NINE + timedelta(days=2, hours=1))
    after = queue_digests(session, now=NINE + timedelta(days=3), zone=zone)

    assert (days, after) == ([0, 0], 1)


def test_clock_that_jumps_a_day_ahead_and_back_tells_nothing_twice(
    session: Session, zone: Any
) -> None:
    make_staff(session)
    for days in (0, 1):
        answer(session, NINE + timedelta(days=days, hours=-2))

    ahead, back, next_day = (
        queue_digests(session, now=NINE + timedelta(days=d), zone=zone) for d in (1, 0, 1)
    )

    assert (ahead, back, next_day) == (1, 0, 0)


@pytest.mark.parametrize("change", ["mailed", "launched", "ended"])
def test_mailing_launch_and_end_are_changes_too(session: Session, zone: Any, change: str) -> None:
    at = NINE - timedelta(hours=1)
    old = NOW - timedelta(days=9)
    make_staff(session)
    survey = make_survey(session, launched_at=at if change == "launched" else old)
    survey.closed_at = at if change == "ended" else None
    if change == "mailed":
        make_mailing(session, survey=survey, state="enqueued", enqueued_at=at)
    session.flush()

    assert queue_digests(session, now=NINE, zone=zone) == 1


def write(session: Session, settings: Settings, **over: Any) -> StaffLetter:
    person = make_staff(session, **over)
    span = {"since": (NOW - timedelta(days=1)).isoformat(), "until": NINE.isoformat()}
    values = {"kind": StaffMailKind.DIGEST, "key": "d", "due_at": NOW, "created_at": NOW}
    mail = StaffMail(staff_id=person.id, params=span, **values)
    context = Context(
        house=read_house(settings), keys=settings.keys(), zone=settings.zone, now=NINE
    )
    letter = write_digest_letter(session, mail, context)
    assert letter is not None
    return letter


def test_letter_tells_new_answers_rate_target_and_what_waits(
    session: Session, settings: Settings
) -> None:
    survey = make_measured(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 3, survey=survey, mailing=mailing, state="unknown", reason="crashed")

    letter = write(session, settings)

    assert letter.subject == "Dönüt özeti, 24 Kasım 2026: 1 yeni yanıt"
    assert "Mezun Anketi\n  1 yeni yanıt\n" in letter.text
    assert "PG3.3.5, 2026: 1 / " in letter.text
    assert "3 e-postanın ulaşıp ulaşmadığı bilinmiyor" in letter.text
    assert "https://anket.example.edu.tr/outbox" in letter.html


def test_letter_speaks_english(session: Session, settings: Settings) -> None:
    make_measured(session)

    letter = write(session, settings, language="en")

    assert letter.subject == "Dönüt summary, 24 November 2026: new answers: 1"
    assert "Graduate Survey\n  New answers: 1\n" in letter.text


def test_letter_without_new_answers_says_so_in_its_subject(
    session: Session, settings: Settings
) -> None:
    make_survey(session)

    assert write(session, settings).subject == "Dönüt özeti, 24 Kasım 2026"
