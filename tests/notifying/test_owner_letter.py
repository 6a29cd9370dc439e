"""The mail to whoever looks after a receiver: what happened, why, and where to mend it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import EndpointStatus, StaffMail, WebhookEndpoint
from surveys.delivery.house import read_house
from surveys.notifying.letters import Context, StaffLetter
from surveys.notifying.outbox import find_obstacle
from surveys.notifying.owner_letter import queue_owner_mail, write_owner_letter
from surveys.settings import Settings
from surveys.webhooks.settling import Occasion
from tests.conftest import NOW
from tests.notifying.members import make_staff
from tests.webhooks.receivers import make_receiver


def write(
    session: Session,
    settings: Settings,
    endpoint: WebhookEndpoint,
    occasion: Occasion,
    language: str = "tr",
) -> StaffLetter | None:
    queue_owner_mail(session, endpoint=endpoint, occasion=occasion, language=language, now=NOW)
    mail = session.scalars(select(StaffMail).order_by(StaffMail.id.desc())).first()
    assert mail is not None
    assert find_obstacle(session, mail=mail) is None
    context = Context(house=read_house(settings), keys=settings.keys(), zone=settings.zone, now=NOW)
    return write_owner_letter(session, mail, context)


@pytest.fixture
def failing(session: Session) -> WebhookEndpoint:
    return make_receiver(session, state={"failing_since": NOW - timedelta(days=3)})


def test_letter_on_what_was_given_up_tells_since_when(
    session: Session, settings: Settings, failing: WebhookEndpoint
) -> None:
    letter = write(session, settings, failing, Occasion.EXHAUSTED)

    assert letter is not None
    assert letter.subject == "Bildirimler ulaşmıyor: Mezun Bilgi Sistemi"
    assert "mezun.example.edu.tr" in letter.text
    assert "20 Kasım 2026" in letter.text
    assert f"/webhooks/whe_{failing.public_id}" in letter.text
    assert f"/webhooks/whe_{failing.public_id}" in letter.html
    assert "sorumlusu" in letter.text


@pytest.mark.parametrize(("reason", "words"), [("gone", "HTTP 410"), ("failing", "five days")])
def test_letter_on_switching_off_tells_why(
    session: Session, settings: Settings, reason: str, words: str
) -> None:
    endpoint = make_receiver(
        session, state={"status": EndpointStatus.DISABLED, "disabled_reason": reason}
    )

    letter = write(session, settings, endpoint, Occasion.DISABLED, "en")

    assert letter is not None
    assert letter.subject == "Messages switched off: Mezun Bilgi Sistemi"
    assert words in letter.text


def test_owner_with_an_account_is_written_to_by_name_in_their_language(
    session: Session, settings: Settings, failing: WebhookEndpoint
) -> None:
    member = make_staff(session, language="en")
    failing.owner_email = member.email
    session.flush()

    letter = write(session, settings, failing, Occasion.EXHAUSTED)

    assert letter is not None
    assert letter.subject.startswith("Messages don't arrive")
    assert "you have an account" in letter.text


@pytest.mark.parametrize("state", [{"failing_since": None}, {"deleted_at": NOW}])
def test_nothing_is_written_once_the_receiver_is_well_or_gone(
    session: Session, settings: Settings, failing: WebhookEndpoint, state: dict[str, object]
) -> None:
    for column, value in state.items():
        setattr(failing, column, value)
    session.flush()

    assert write(session, settings, failing, Occasion.EXHAUSTED) is None


def test_owner_is_told_of_one_failing_once(session: Session, failing: WebhookEndpoint) -> None:
    told = [
        queue_owner_mail(
            session, endpoint=failing, occasion=Occasion.EXHAUSTED, language="tr", now=NOW
        )
        for _ in range(2)
    ]

    assert told == [True, False]
