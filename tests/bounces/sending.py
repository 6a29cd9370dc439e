"""Mails that went, and what comes back about them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Alumnus, Invitation, MailReport, Message, ReportSource
from surveys.bounces.ingest import Ingested, Returned, ingest
from surveys.delivery.names import bounce_address, message_id
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_mailing, make_message, make_survey

CORPUS = Path(__file__).parent / "corpus"
PATTERN = "b+*@bounce.example.edu.tr"
KEYS = Keys(link=[bytes(32)], hash=[bytes(range(32)), bytes(range(1, 33))])


def make_sent(session: Session, **over: Any) -> Message:
    """One mail that was sent an hour ago; `alumnus`, `survey` and `mailing` may be given."""
    survey = over.pop("survey", None) or make_survey(session)
    before = NOW - timedelta(days=1)
    alumnus = over.pop("alumnus", None) or make_alumnus(session, updated_at=before)
    mailing = over.pop("mailing", None) or make_mailing(session, survey=survey, state="enqueued")
    invitation = over.pop("invitation", None) or make_invitation(
        session, survey=survey, alumnus=alumnus, mail_state="sent"
    )
    sent_at = NOW - timedelta(hours=1)
    values = {"state": "sent", "sending_at": sent_at, "sent_at": sent_at, **over}
    return make_message(session, mailing=mailing, invitation=invitation, **values)


def person_of(session: Session, message: Message) -> Alumnus:
    invitation = session.get_one(Invitation, message.invitation_id)
    return session.get_one(Alumnus, invitation.alumnus_id)


def verp(message: Message, key: bytes = KEYS.hash[0]) -> str:
    public_id = message.invitation.public_id
    return bounce_address(key, pattern=PATTERN, row_id=message.id, public_id=public_id)


def named(message: Message, key: bytes = KEYS.hash[0], *, domain: str = "example.edu.tr") -> str:
    public_id = message.invitation.public_id
    return message_id(key, row_id=message.id, public_id=public_id, domain=domain)


def written(session: Session, name: str, message: Message, **over: str) -> bytes:
    """A mail of the corpus as it would come back about `message`."""
    values = {
        "VERP": verp(message),
        "MESSAGE_ID": named(message),
        "RECIPIENT": person_of(session, message).email or "",
        **over,
    }
    text = (CORPUS / f"{name}.eml").read_text(encoding="utf-8")
    for placeholder, value in values.items():
        text = text.replace(f"@{placeholder}@", value)
    return text.encode()


def take(session: Session, raw: bytes, *, key: str | None = None, **over: Any) -> Ingested:
    returned = Returned(raw, ReportSource.STDIN, key)
    values = {"bounce_pattern": PATTERN, "keys": KEYS, "now": NOW, **over}
    return ingest(session, returned=returned, **values)


def report_of(session: Session) -> MailReport:
    """The report that was taken in last."""
    return session.query(MailReport).order_by(MailReport.id.desc()).first()  # type: ignore[return-value] # a test that has none fails by it
