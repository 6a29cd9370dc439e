"""What staff are told at once, and once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Indicator, IndicatorTarget, StaffMail, Survey
from surveys.delivery.brakes import pause_sending
from surveys.notifying.alerts import is_failing, list_alerts, queue_alerts
from surveys.settings import Settings
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_alumnus, make_document, make_mailing, make_messages, make_survey
from tests.notifying.members import make_staff


@pytest.fixture
def zone(settings: Settings) -> Any:
    return settings.zone


def keys(session: Session, zone: Any, *, at: Any = NOW) -> list[str]:
    return [alert.key for alert in list_alerts(session, now=at, zone=zone)]


def make_measured(session: Session, *, target: str = "10", **over: Any) -> Survey:
    """A survey of 20 people, 1 of whom has answered, that serves PG3.3.5."""
    indicator = Indicator(
        code="PG3.3.5", name={"tr": "Geri dönüş"}, denominator="registered", created_at=NOW
    )
    indicator.targets.append(IndicatorTarget(year=2026, value=Decimal(target)))
    session.add(indicator)
    document = make_document(code="anket")
    survey = make_survey(session, document=document, indicator_code="PG3.3.5", year=2026, **over)
    people = add_people(session, 20)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:1])
    return survey


def test_survey_behind_its_target_is_told_a_week_before_closing(
    session: Session, zone: Any
) -> None:
    survey = make_measured(session)
    week_before = survey.closes_at - timedelta(days=7)

    assert keys(session, zone, at=week_before - timedelta(minutes=1)) == []
    assert keys(session, zone, at=week_before) == ["behind:anket"]


def test_short_survey_is_told_of_at_half_its_time(session: Session, zone: Any) -> None:
    make_measured(session, opens_at=NOW, closes_at=NOW + timedelta(days=2))

    assert keys(session, zone, at=NOW + timedelta(hours=23)) == []
    assert keys(session, zone, at=NOW + timedelta(hours=24)) == ["behind:anket"]


def test_survey_that_reached_its_target_is_not_told_of(session: Session, zone: Any) -> None:
    survey = make_measured(session, target="5")

    assert keys(session, zone, at=survey.closes_at - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("failed", "settled", "expected"),
    [(1, 20, False), (2, 20, True), (19, 19, False), (5, 100, False), (6, 100, True)],
)
def test_mailing_fails_above_five_percent_of_twenty(
    *, failed: int, settled: int, expected: bool
) -> None:
    assert is_failing(failed, settled) is expected


def test_failing_mailing_is_told_of(session: Session, zone: Any) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 18, survey=survey, mailing=mailing, state="sent", sent_at=NOW)
    make_messages(session, 2, survey=survey, mailing=mailing, state="failed", reason="refused")

    assert keys(session, zone) == [f"failing:{mailing.id}"]


def test_brake_is_told_of_unless_staff_set_it(session: Session, zone: Any) -> None:
    pause_sending(session, reason="login_refused", now=NOW)
    assert keys(session, zone) == ["stopped:2026-11-23T09:00:00"]


def test_brake_that_staff_set_is_no_news_to_them(session: Session, zone: Any) -> None:
    pause_sending(session, reason="staff", now=NOW, reply="Metin yanlış")

    assert keys(session, zone) == []


def test_held_mailing_is_told_of(session: Session, zone: Any) -> None:
    mailing = make_mailing(session, survey=make_survey(session), state="held", held_at=NOW)

    assert keys(session, zone) == [f"held:{mailing.id}:2026-11-23T09:00:00"]


def test_mailing_paused_by_itself_is_told_of(session: Session, zone: Any) -> None:
    paused = {"paused_at": NOW, "paused_reason": "canary_failed"}
    mailing = make_mailing(session, survey=make_survey(session), state="enqueued", **paused)

    assert keys(session, zone) == [f"paused:{mailing.id}:2026-11-23T09:00:00"]


def test_end_of_a_survey_is_told_while_it_is_news(session: Session, zone: Any) -> None:
    survey = make_survey(session, document=make_document(code="biten"))

    assert keys(session, zone, at=survey.closes_at) == ["ended:biten"]
    assert keys(session, zone, at=survey.closes_at + timedelta(days=3)) == []


def test_demo_survey_is_silent_beside_real_graduates(session: Session, zone: Any) -> None:
    survey = make_survey(session, document=make_document(code="demo"), is_demo=True)
    make_alumnus(session, is_demo=True)
    assert keys(session, zone, at=survey.closes_at) == ["ended:demo"]

    make_alumnus(session)

    assert keys(session, zone, at=survey.closes_at) == []


def test_each_reader_is_told_once(session: Session, zone: Any) -> None:
    survey = make_survey(session, document=make_document(code="biten"))
    make_staff(session)
    make_staff(session, email="b@example.edu.tr")
    make_staff(session, email="c@example.edu.tr", wants_digest=False)
    make_staff(session, email="d@example.edu.tr", disabled_at=NOW)

    counts = [queue_alerts(session, now=survey.closes_at, zone=zone) for _ in range(2)]

    mails = session.scalars(select(StaffMail)).all()
    assert counts == [2, 0]
    assert {(mail.kind, mail.key) for mail in mails} == {("alert", "ended:biten")}
    assert mails[0].params == {"occasion": "ended", "survey": "biten"}
