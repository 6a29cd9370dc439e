"""Mails that came back about the running survey, one of every kind."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing, MailReport, Message, MessageState, Survey
from tests.conftest import NOW

RETURNED: tuple[tuple[str, str, str | None, str], ...] = (
    ("bounce", "suppressed", "5.1.1", "550 5.1.1 <…@…>: Recipient address rejected: User unknown"),
    ("bounce", "counted", "5.2.2", "552 5.2.2 user is over quota"),
    ("bounce", "alerted", "5.7.26", "550-5.7.26 This mail has been blocked: unauthenticated"),
    ("auto_reply", "noted", None, "Otomatik yanıt: Mezun anketi"),
    ("complaint", "suppressed", None, "abuse"),
    ("delayed", "ignored", "4.4.1", "connect to mx.example.com: Connection timed out"),
    ("unrecognised", "kept", None, "Re: Mezun anketi"),
)
WRITTEN = (
    "From: Ayşe Yıldız <ayse@example.com>\nSubject: Re: Mezun anketi\n\n"
    "Merhaba, anketi doldurdum. İyi çalışmalar.\n"
)


def add_returns(session: Session, running: Survey) -> None:
    """Add them, the last about none of our mails."""
    sent = session.scalars(
        select(Message)
        .join(Mailing)
        .where(Mailing.survey_id == running.id, Message.state == MessageState.SENT)
        .order_by(Message.id)
        .limit(len(RETURNED) - 1)
    ).all()
    for number, (kind, verdict, status, diagnostic) in enumerate(RETURNED):
        message = sent[number] if number < len(sent) else None
        if message is not None and kind == "bounce":
            message.bounced_at = NOW
        session.add(
            MailReport(
                source="imap",
                content_hash=sha256(diagnostic.encode()).hexdigest(),
                received_at=NOW - timedelta(minutes=number),
                kind=kind,
                verdict=verdict,
                status=status,
                diagnostic=diagnostic,
                reporter="mx.example.com",
                message_id=None if message is None else message.id,
                matched_by=None if message is None else "verp",
                raw=WRITTEN.encode() if verdict == "kept" else None,
            )
        )
