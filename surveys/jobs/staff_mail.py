"""Sending the mails to staff that are due, one by one: write and mark, hand over, settle."""

from collections import Counter
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import StaffMail, StaffMailKind, StaffMailState
from surveys.delivery.house import read_house, read_mail_server
from surveys.delivery.smtp import KeptConnection
from surveys.delivery.writing import Envelope
from surveys.extensions import reader, toolbox, transaction
from surveys.notifying import outbox
from surveys.notifying.letters import Context, get_reader
from surveys.notifying.posting import post
from surveys.notifying.writing import WRITERS

log = structlog.get_logger()


@dataclass(frozen=True)
class _Begun:
    """A mail that is marked as being sent."""

    mail_id: int
    kind: StaffMailKind
    envelope: Envelope


def send_staff_mail() -> dict[str, int]:
    """Send what is due to staff, and return how many mails were settled how."""
    counts: Counter[str] = Counter(sent=0, failed=0, unknown=0)
    if not _has_work():
        return dict(counts)
    with transaction() as session:
        counts[StaffMailState.UNKNOWN] += outbox.recover_lost(session)
    line = KeptConnection(read_mail_server(toolbox().settings))
    try:
        _drain(line, counts)
    finally:
        line.close()
    return {state: counts[state] for state in ("sent", "failed", "unknown")}


def _has_work() -> bool:
    session = reader()
    found = outbox.has_work(session, now=toolbox().clock.now())
    session.rollback()
    return found


def _drain(line: KeptConnection, counts: Counter[str]) -> None:
    while _has_work():
        # Before anything is marked: a server that is away leaves all of them queued.
        fault = line.open()
        if fault is not None:
            log.warning("staff_mail_waits", smtp_code=fault.code)
            return
        settled = _send_next(line)
        if settled is None:
            return
        counts[settled.state] += 1


def _send_next(line: KeptConnection) -> outbox.Settled | None:
    """Return what became of the next mail that is due, or None when another sender has it."""
    begun = _begin()
    if not isinstance(begun, _Begun):
        return begun
    envelope = begun.envelope
    outcome = line.send(envelope.content, sender=envelope.sender, recipient=envelope.recipient)
    with transaction() as session:
        now = toolbox().clock.now()
        settled = outbox.settle(session, mail_id=begun.mail_id, outcome=outcome, now=now)
    log.info("staff_mail_settled", kind=begun.kind, state=settled.state, reason=settled.reason)
    return settled


def _begin() -> _Begun | outbox.Settled | None:
    """Write the next mail and mark it as being sent, in one commit."""
    mail_id = None
    try:
        with transaction() as session:
            mail = outbox.take_due(session, now=toolbox().clock.now())
            if mail is None:
                return None
            mail_id = mail.id
            return _write(session, mail)
    except DBAPIError:
        raise
    except Exception:
        # A fault in one letter must not hold up the others for ever.
        log.exception("staff_mail_not_written", mail_id=mail_id)
        if mail_id is None:
            raise
    with transaction() as session:
        now = toolbox().clock.now()
        return outbox.give_up(session, mail_id=mail_id, reason=outbox.NOT_WRITTEN, now=now)


def _write(session: Session, mail: StaffMail) -> _Begun | outbox.Settled:
    context, kind = _context(), StaffMailKind(mail.kind)
    obstacle = outbox.find_obstacle(session, mail=mail)
    letter = None if obstacle else WRITERS[kind](session, mail, context)
    if letter is None:
        reason = obstacle or outbox.NOT_NEEDED
        return outbox.give_up(session, mail_id=mail.id, reason=reason, now=context.now)
    envelope = post(letter, mail=mail, reader=get_reader(session, mail), context=context)
    outbox.mark_sending(session, mail=mail)
    return _Begun(mail.id, kind, envelope)


def _context() -> Context:
    box = toolbox()
    return Context(
        house=read_house(box.settings),
        keys=box.keys,
        zone=box.settings.zone,
        now=box.clock.now(),
    )
