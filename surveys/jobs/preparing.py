"""The last look before messages go: may they still, what do they say, are they still ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Mailing
from surveys.delivery.addressed import Addressed
from surveys.delivery.addresses import Mailbox, check_mailbox
from surveys.delivery.claiming import Claim
from surveys.delivery.eligibility import Obstacle, Standing, read_standings
from surveys.delivery.house import House
from surveys.delivery.letters import Letter, read_letter
from surveys.delivery.settling import Reached, mark_sending, settle_suppressed
from surveys.delivery.writing import Envelope, write_mail
from surveys.jobs.verdicts import settle_unwritten
from surveys.tokens import Keys

log = structlog.get_logger()


class Halt(Enum):
    """The message is not ours any more, or sending is paused: nothing of the batch may go now."""

    HALT = auto()


# An edit of a mailing raises its revision, so that the next mail already says the new words.
_Key = tuple[int, int, str]


def _key(addressed: Addressed) -> _Key:
    return addressed.mailing_id, addressed.mailing_revision, addressed.language


class Writer:
    """Makes the mails of one connection; what all mails of a mailing share is read once a batch."""

    def __init__(self, *, house: House, keys: Keys) -> None:
        self._house = house
        self.keys = keys
        self._letters: dict[_Key, Letter | None] = {}

    def forget(self) -> None:
        """Read all letters anew from now on: a closing day may have moved."""
        self._letters.clear()

    def learn(self, session: Session, addressed: Addressed) -> None:
        """Read what this person's mailing says, unless it is known."""
        key = _key(addressed)
        if key not in self._letters:
            language = addressed.language
            self._letters[key] = self._read_letter(session, addressed.mailing_id, language)

    def draft(self, addressed: Addressed, *, now: datetime) -> Envelope | None:
        """Return the mail, or None when none can be made; its letter must have been learnt."""
        letter = self._letters[_key(addressed)]
        if letter is None:
            return None
        try:
            envelope = write_mail(
                letter, addressee=addressed.addressee, house=self._house, keys=self.keys, now=now
            )
            # The bounce address comes from a pattern of the settings.
            check_mailbox("MAIL FROM", Mailbox("", envelope.sender))
        except Exception as fault:  # noqa: BLE001 - whatever a text or a name trips over concerns this mail, not the sender
            log.warning(
                "mail_not_written",
                message=addressed.addressee.message_id,
                fault=type(fault).__name__,
            )
            return None
        return envelope

    def _read_letter(self, session: Session, mailing_id: int, language: str) -> Letter | None:
        mailing = session.get_one(Mailing, mailing_id)
        try:
            return read_letter(mailing, language=language, house=self._house)
        except SQLAlchemyError:
            raise
        except Exception as fault:  # noqa: BLE001 - as in draft: it concerns the mails of this mailing
            log.warning("letter_not_read", mailing=mailing_id, fault=type(fault).__name__)
            return None


@dataclass(frozen=True)
class Draft:
    """A mail made ahead of its turn: for whom, and the mail, if one can be made.

    `writer` makes it anew where the roster has changed meanwhile.
    """

    claim: Claim
    addressed: Addressed
    envelope: Envelope | None
    writer: Writer


# What a connection does next: send a mail, go on since a message was settled, or stop.
Step = Envelope | Reached | Halt


def prepare(session: Session, *, drafts: Sequence[Draft], keys: Keys, now: datetime) -> list[Step]:
    """Mark messages as being sent and return their mails, or settle them and return their states.

    A draft is used only while it still fits the roster. A message that was erased has no state.
    """
    ids = [draft.claim.message_id for draft in drafts]
    standings = read_standings(session, message_ids=ids, keys=keys, now=now)
    eligible = [
        draft.claim
        for draft in drafts
        if isinstance(standings.get(draft.claim.message_id), Addressed)
    ]
    # Before anything is settled, so that a pause spares also those of which no mail can be made.
    marked = mark_sending(session, claims=eligible, now=now) if eligible else set[int]()
    return [
        _decide(session, draft, standings.get(draft.claim.message_id), marked, now)
        for draft in drafts
    ]


def _decide(
    session: Session, draft: Draft, standing: Standing | None, marked: set[int], now: datetime
) -> Step:
    claim = draft.claim
    if standing is None:
        return None
    if isinstance(standing, Obstacle):
        return settle_suppressed(session, claim=claim, obstacle=standing)
    if claim.message_id not in marked:
        return Halt.HALT
    envelope = draft.envelope
    if standing != draft.addressed:
        draft.writer.learn(session, standing)
        envelope = draft.writer.draft(standing, now=now)
    return settle_unwritten(session, claim=claim, now=now) if envelope is None else envelope
