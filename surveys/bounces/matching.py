"""Which of our mails came back: by the address that only it had, by its Message-ID, by whom for.

The first two are tagged with a key of ours, so nobody can make a report match that isn't ours.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, MessageState, Survey
from surveys.bounces.report import Report
from surveys.delivery.links import ROW_ID_BYTES
from surveys.tokens import Keys, tag_row

OURS = re.compile(r"<m\.(\d{1,13})\.([a-z2-7]{8})@")
# How a mail was matched that bears no tag of ours.
BY_RECIPIENT = "recipient"
NAME_LENGTH, TAG_LENGTH = 16, 8
# How far back a report may speak of a mail that it names by its recipient alone.
RECIPIENT_WINDOW = timedelta(days=30)
WENT = (MessageState.SENT, MessageState.UNKNOWN)


@dataclass(frozen=True)
class Match:
    """The outbox row that a report answers, whom it was for, and how that was found.

    `address` is the person's own of today, None when it isn't the one that the mail went to.
    """

    message_id: int
    mailing_id: int
    invitation_id: int
    alumnus_id: int
    address: str | None
    is_demo: bool
    matched_by: str


def find_match(
    session: Session, *, report: Report, bounce_pattern: str | None, keys: Keys, now: datetime
) -> Match | None:
    """Return the message that a report is about, or None when that can't be told."""
    for row_id in _by_address(report.trail.delivered_to, bounce_pattern, keys.hash):
        if match := _load(session, row_id, "verp"):
            return _of_then(match, report)
    for row_id in _by_message_id(report.trail.message_ids, keys.hash):
        if match := _load(session, row_id, "message_id"):
            return _of_then(match, report)
    last = _by_recipient(session, report.recipients, now)
    return None if last is None else _load(session, last, BY_RECIPIENT)


def _of_then(match: Match, report: Report) -> Match:
    """Return the match without the address where the person has had another one since the mail.

    The returned mail says whom it was written to. A report's own recipient proves nothing against
    it: mail that is forwarded fails at an address that we never knew.
    """
    written_to = report.trail.written_to
    if not written_to or match.address in {*written_to, *report.recipients}:
        return match
    return replace(match, address=None)


def _by_address(
    addresses: Iterable[str], pattern: str | None, keys: Sequence[bytes]
) -> Iterable[int]:
    if pattern is None:
        return
    before, _star, after = (re.escape(part) for part in pattern.lower().partition("*"))
    shape = re.compile(f"{before}([a-z2-7]{{{NAME_LENGTH}}}){after}")
    for address in addresses:
        found = shape.fullmatch(address)
        if found is None:
            continue
        row_id = _read_row_id(found[1][:TAG_LENGTH])
        if row_id is not None and _is_ours("bounce", row_id, found[1][TAG_LENGTH:], keys):
            yield row_id


def _by_message_id(message_ids: Iterable[str], keys: Sequence[bytes]) -> Iterable[int]:
    for message_id in message_ids:
        found = OURS.match(message_id)
        if found is not None and _is_ours("message", int(found[1]), found[2], keys):
            yield int(found[1])


def _by_recipient(session: Session, recipients: Sequence[str], now: datetime) -> int | None:
    """Return the last mail that went to one of these addresses, if it went lately."""
    if not recipients:
        return None
    return session.scalar(
        select(Message.id)
        .join(Message.invitation)
        .join(Invitation.alumnus)
        .where(
            Alumnus.email.in_(recipients),
            Message.state.in_(WENT),
            Message.sending_at > now - RECIPIENT_WINDOW,
        )
        .order_by(Message.sending_at.desc(), Message.id.desc())
        .limit(1)
    )


def _load(session: Session, row_id: int, matched_by: str) -> Match | None:
    """Return a message that may have gone; what is still queued can't have come back."""
    row = session.execute(
        select(
            Message.id,
            Message.mailing_id,
            Message.invitation_id,
            Invitation.alumnus_id,
            Alumnus.email,
            Survey.is_demo,
        )
        .join(Message.invitation)
        .join(Invitation.alumnus)
        .join(Message.mailing)
        .join(Mailing.survey)
        .where(
            Message.id == row_id,
            # In doubt after a restore, when the database has forgotten that it began to send.
            or_(Message.sending_at.is_not(None), Message.state == MessageState.UNKNOWN),
        )
    ).one_or_none()
    return None if row is None else Match(*row, matched_by)


def _read_row_id(letters: str) -> int | None:
    try:
        raw = base64.b32decode(letters.upper())
    except binascii.Error:
        return None
    return int.from_bytes(raw[:ROW_ID_BYTES], "big")


def _is_ours(label: str, row_id: int, tag: str, keys: Sequence[bytes]) -> bool:
    made = [tag_row(key, label=label, row_id=row_id) for key in keys]
    return any([hmac.compare_digest(tag, one) for one in made])  # noqa: C419 - all are compared, so that time tells nothing
