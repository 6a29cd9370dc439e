"""The brake keeps its first reason until it is let go; broken texts call for it."""

import pytest
from sqlalchemy.orm import Session

from models import Mailing
from surveys.delivery.brakes import Brake, find_brake, is_text_broken, pause_sending, resume_sending
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey


def _mailing(session: Session, *, sent: int, broken: int) -> Mailing:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey)
    over = {"survey": survey, "mailing": mailing}
    make_messages(session, sent, state="sent", sent_at=NOW, **over)
    make_messages(session, broken, state="failed", reason="not_rendered", **over)
    return mailing


def test_brake_is_loose_at_first(session: Session) -> None:
    assert find_brake(session) is None


def test_pause_keeps_the_first_reason(session: Session) -> None:
    assert pause_sending(session, reason="policy_refused", now=NOW)
    assert not pause_sending(session, reason="staff", now=NOW)
    assert find_brake(session) == Brake(NOW, "policy_refused")


def test_resume_lets_go_once(session: Session) -> None:
    pause_sending(session, reason="staff", now=NOW)

    assert resume_sending(session)
    assert not resume_sending(session)
    assert find_brake(session) is None


@pytest.mark.parametrize(
    ("sent", "broken", "expected"),
    [(0, 0, False), (0, 1, True), (19, 1, True), (20, 1, True), (200, 0, False)],
)
def test_text_is_broken_when_one_of_the_first_mails_is(
    session: Session, sent: int, broken: int, *, expected: bool
) -> None:
    mailing = _mailing(session, sent=sent, broken=broken)

    assert is_text_broken(session, mailing_id=mailing.id) is expected
