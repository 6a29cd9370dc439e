"""Which of our mails came back: by the address that only it had, by its Message-ID, by whom for.

The first two are tagged with a key of ours, so nobody can make a report match that isn't ours.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, MessageState, Survey
from surveys.bounces.report import Report
from surveys.delivery.names import ROW_ID_BYTES, MailName, Place
from surveys.tokens import Keys

OURS = re.compile(r"<m\.(\d{1,13})\.([a-z2-7]{8})@")
# How a mail was matched that bears no tag of ours.
BY_RECIPIENT = "recipient"
MATCHED_BY: Mapping[Place, str] = {Place.BOUNCE_ADDRESS: "verp", Place.MESSAGE_ID: "message_id"}
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


@dataclass(frozen=True)
class _Found:
    """A row of the outbox that may be meant, and the invitation's id that proves it.

    `is_unchanged`: nothing about the person has changed since the mail began to go.
    """

    public_id: str
    match: Match
    is_unchanged: bool


def find_match(
    session: Session, *, report: Report, bounce_pattern: str | None, keys: Keys, now: datetime
) -> Match | None:
    """Return the message that a report is about, or None when that can't be told."""
    names = [
        *_by_address(report.trail.delivered_to, bounce_pattern),
        *_by_message_id(report.trail.message_ids),
    ]
    for name in names:
        if match := _load_named(session, name, report, keys):
            return match
    last = _by_recipient(session, report.recipients, now)
    found = None if last is None else _load(session, last, BY_RECIPIENT)
    return None if found is None else found.match


def _of_then(found: _Found, report: Report) -> Match:
    """Return the match without the address where the person may have had another one then.

    The returned mail says whom it was written to. A report's own recipient proves nothing against
    it: mail that is forwarded fails at an address that we never knew. Where the mail is not
    returned, the address is that of then if nothing about the person has changed since.
    """
    match, written_to = found.match, report.trail.written_to
    is_named = match.address in {*written_to, *report.recipients}
    if is_named or (not written_to and found.is_unchanged):
        return match
    return replace(match, address=None)


def _by_address(addresses: Iterable[str], pattern: str | None) -> Iterator[MailName]:
    if pattern is None:
        return
    before, _star, after = (re.escape(part) for part in pattern.lower().partition("*"))
    shape = re.compile(f"{before}([a-z2-7]{{{NAME_LENGTH}}}){after}")
    for address in addresses:
        found = shape.fullmatch(address)
        row_id = None if found is None else _read_row_id(found[1][:TAG_LENGTH])
        if found is not None and row_id is not None:
            yield MailName(Place.BOUNCE_ADDRESS, row_id, found[1][TAG_LENGTH:])


def _by_message_id(message_ids: Iterable[str]) -> Iterator[MailName]:
    for message_id in message_ids:
        if found := OURS.match(message_id):
            yield MailName(Place.MESSAGE_ID, int(found[1]), found[2])


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


def _load_named(session: Session, name: MailName, report: Report, keys: Keys) -> Match | None:
    """Return the message that bears a name of ours, if we gave it that."""
    found = _load(session, name.row_id, MATCHED_BY[name.place])
    if found is None or not name.is_ours(public_id=found.public_id, keys=keys.hash):
        return None
    return _of_then(found, report)


def _load(session: Session, row_id: int, matched_by: str) -> _Found | None:
    """Return a message that may have gone; what is still queued can't have come back."""
    row = session.execute(
        select(
            Invitation.public_id,
            Message.id,
            Message.mailing_id,
            Message.invitation_id,
            Invitation.alumnus_id,
            Alumnus.email,
            Alumnus.updated_at,
            Message.sending_at,
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
    if row is None:
        return None
    match = Match(
        message_id=row.id,
        mailing_id=row.mailing_id,
        invitation_id=row.invitation_id,
        alumnus_id=row.alumnus_id,
        address=row.email,
        is_demo=row.is_demo,
        matched_by=matched_by,
    )
    is_unchanged = row.sending_at is not None and row.updated_at <= row.sending_at
    return _Found(row.public_id, match, is_unchanged)


def _read_row_id(letters: str) -> int | None:
    try:
        raw = base64.b32decode(letters.upper())
    except binascii.Error:
        return None
    return int.from_bytes(raw[:ROW_ID_BYTES], "big")
