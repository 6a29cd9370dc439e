"""The last look before a message goes: may it still, what does it say, and is it still ours."""

from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Mailing
from surveys.delivery.addressed import Addressed, read_addressed
from surveys.delivery.addresses import Mailbox, check_mailbox
from surveys.delivery.claiming import Claim
from surveys.delivery.eligibility import find_obstacles
from surveys.delivery.house import House
from surveys.delivery.letters import Letter, read_letter
from surveys.delivery.settling import Reached, mark_sending, settle_suppressed
from surveys.delivery.writing import Envelope, write_mail
from surveys.jobs.verdicts import settle_unwritten
from surveys.tokens import Keys

log = structlog.get_logger()


class BatchOver(Exception):
    """The rest of the batch must not be sent by this connection now."""


class MailUnwritable(Exception):
    """No mail can be made of this message; of others, perhaps."""


class Writer:
    """Makes the mails of one connection; what all mails of a mailing share is read once a batch."""

    def __init__(self, *, house: House, keys: Keys) -> None:
        self._house = house
        self._keys = keys
        self._letters: dict[tuple[int, str], Letter] = {}

    def forget(self) -> None:
        """Read the mailings anew from now on: a closing day may have moved."""
        self._letters.clear()

    def write(self, session: Session, *, message_id: int, now: datetime) -> Envelope:
        """Return the mail of one outbox row. Raises MailUnwritable."""
        try:
            addressed = read_addressed(session, message_id=message_id)
            letter = self._letter_of(session, addressed)
            envelope = write_mail(
                letter, addressee=addressed.addressee, house=self._house, keys=self._keys, now=now
            )
            # The bounce address comes from a pattern of the settings.
            check_mailbox("MAIL FROM", Mailbox("", envelope.sender))
        except SQLAlchemyError:
            raise
        except Exception as fault:
            # Whatever a text, a name or a layout trips over concerns this mail, not the sender.
            raise MailUnwritable(type(fault).__name__) from fault
        return envelope

    def _letter_of(self, session: Session, addressed: Addressed) -> Letter:
        key = (addressed.mailing_id, addressed.language)
        if key not in self._letters:
            mailing = session.get_one(Mailing, addressed.mailing_id)
            self._letters[key] = read_letter(
                mailing, language=addressed.language, house=self._house
            )
        return self._letters[key]


def prepare(
    session: Session, *, claim: Claim, keys: Keys, writer: Writer, now: datetime
) -> Envelope | Reached:
    """Mark a message as being sent and return its mail, or settle it and return its state.

    Raises BatchOver when the message is not ours any more, or sending is paused.
    """
    ids = [claim.message_id]
    obstacles = find_obstacles(session, message_ids=ids, keys=keys, now=now)
    if obstacles:
        return settle_suppressed(session, claim=claim, obstacle=obstacles[claim.message_id])
    try:
        envelope = writer.write(session, message_id=claim.message_id, now=now)
    except MailUnwritable as fault:
        log.warning("mail_not_written", message=claim.message_id, fault=str(fault))
        return settle_unwritten(session, claim=claim, now=now)
    if not mark_sending(session, claim=claim, now=now):
        raise BatchOver
    return envelope
