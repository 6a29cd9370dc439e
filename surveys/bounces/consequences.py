"""What follows from a returned mail: for the message, the case, the address and all sending."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, func, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    Alumnus,
    Invitation,
    MailReport,
    MailState,
    Message,
    MessageState,
    ReportVerdict,
    Suppression,
    SuppressionReason,
    UTCDateTime,
)
from surveys.bounces import history
from surveys.bounces.matching import Match
from surveys.bounces.policy import Signal, is_dead, is_domain_gone
from surveys.database import changed_count
from surveys.delivery.brakes import pause_sending
from surveys.delivery.reasons import BOUNCED_BY_POLICY, BOUNCED_IN_A_BURST
from surveys.delivery.resolving import PROVED
from surveys.delivery.settling import record_mailed
from surveys.roster.suppression import Word, suppress
from surveys.tokens import Keys, hash_address

ACTOR = "system"
NOT_KNOWN_TO_HAVE_GONE = (MessageState.SENDING, MessageState.UNKNOWN)
# What a case is, and stays whatever comes back later (AAPOR: the higher code wins).
KEPT_STATES = (MailState.AWAY, MailState.MOVED)


@dataclass(frozen=True)
class Case:
    """One report about one of our mails."""

    report: MailReport
    match: Match
    keys: Keys
    now: datetime


def note_arrival(session: Session, *, match: Match, now: datetime) -> None:
    """Whatever comes back proves that the mail had gone: a doubtful message is doubtful no more.

    Neither is one whose sender has not yet heard from the server: it finds its mail sent.
    """
    proved = session.execute(
        update(Message)
        .where(Message.id == match.message_id, Message.state.in_(NOT_KNOWN_TO_HAVE_GONE))
        .values(
            state=MessageState.SENT,
            lease_until=None,
            reason=PROVED,
            sent_at=func.coalesce(Message.sending_at, literal(now, UTCDateTime())),
        )
        .execution_options(synchronize_session=False)
    )
    if changed_count(proved):
        record_mailed(session, invitation_ids=[match.invitation_id], now=now)


def mark_bounced(match: Match, now: datetime) -> Update:
    """Return the statement that notes on the message that it came back; the first time stays."""
    return (
        update(Message)
        .where(
            Message.id == match.message_id,
            Message.state == MessageState.SENT,
            Message.bounced_at.is_(None),
        )
        .values(bounced_at=now)
        .execution_options(synchronize_session=False)
    )


def stop_person(session: Session, case: Case) -> ReportVerdict:
    """Stop all mail to somebody who called ours unwanted, in every survey and for good."""
    person = session.get_one(Alumnus, case.match.alumnus_id)
    word = Word(by=ACTOR)
    reason = SuppressionReason.COMPLAINED
    suppress(session, alumnus=person, keys=case.keys, reason=reason, now=case.now, word=word)
    session.execute(
        update(Invitation)
        .where(Invitation.id == case.match.invitation_id, Invitation.declined_at.is_(None))
        .values(declined_at=case.now)
    )
    return ReportVerdict.SUPPRESSED


def judge_bounce(session: Session, case: Case, signal: Signal) -> ReportVerdict:
    """Do what a bounce asks for and return what that was."""
    if signal is Signal.POLICY:
        return _alert(session, case)
    if signal is Signal.HARD:
        return _stop_address(session, case)
    if case.match.address is None:
        return ReportVerdict.COUNTED
    case.report.verdict = ReportVerdict.COUNTED
    session.flush()
    hashes = [hash_address(key, case.match.address) for key in case.keys.hash]
    if signal is Signal.BAD_DOMAIN:
        is_over = is_domain_gone(history.list_bad_domain(session, address_hashes=hashes))
    else:
        is_over = is_dead(history.list_soft(session, address_hashes=hashes))
    return _stop_address(session, case) if is_over else ReportVerdict.COUNTED


def _alert(session: Session, case: Case) -> ReportVerdict:
    """Tell staff; stop all sending when receivers turn our mail down as such."""
    case.report.verdict = ReportVerdict.ALERTED
    session.flush()
    mailing_id = case.match.mailing_id
    is_general = history.is_refused_everywhere(session, mailing_id=mailing_id, now=case.now)
    if is_general and not case.match.is_demo:
        said = case.report.diagnostic or ""
        pause_sending(session, reason=BOUNCED_BY_POLICY, now=case.now, reply=said)
    return ReportVerdict.ALERTED


def _stop_address(session: Session, case: Case) -> ReportVerdict:
    """Stop mail to the address, unless so many come back that the fault is ours."""
    session.flush()
    if history.is_burst(session, message_id=case.match.message_id, now=case.now):
        said = case.report.diagnostic or ""
        if not case.match.is_demo:
            pause_sending(session, reason=BOUNCED_IN_A_BURST, now=case.now, reply=said)
        _take_back(session, case)
        return ReportVerdict.ALERTED
    if _is_last(session, case.match):
        session.execute(
            update(Invitation)
            .where(
                Invitation.id == case.match.invitation_id,
                Invitation.mail_state.not_in(KEPT_STATES),
            )
            .values(mail_state=MailState.RETURNED)
        )
    if case.match.address is None:
        # The person was erased, or has another address by now.
        return ReportVerdict.COUNTED
    _suppress_address(session, case, case.match.address)
    return ReportVerdict.SUPPRESSED


def _suppress_address(session: Session, case: Case, address: str) -> None:
    row = {
        "address_hash": hash_address(case.keys.hash[0], address),
        "alumnus_id": None,
        "report_id": case.report.id,
        "reason": SuppressionReason.BOUNCED,
        "created_by": ACTOR,
        "created_at": case.now,
    }
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    session.execute(insert(Suppression).values(row).on_conflict_do_nothing())


def _take_back(session: Session, case: Case) -> None:
    """Undo what the first bounces of a burst did to people: it was not about them."""
    of_burst = (
        select(MailReport.id)
        .join(Message, Message.id == MailReport.message_id)
        .where(
            Message.mailing_id == case.match.mailing_id,
            MailReport.received_at > case.now - history.BURST_WINDOW,
            MailReport.verdict == ReportVerdict.SUPPRESSED,
        )
    )
    report_ids = session.scalars(of_burst).all()
    session.execute(
        update(Suppression)
        .where(Suppression.report_id.in_(report_ids), Suppression.lifted_at.is_(None))
        .values(lifted_at=case.now, lifted_by=ACTOR)
    )
    invitation_ids = (
        select(Message.invitation_id)
        .join(MailReport, MailReport.message_id == Message.id)
        .where(MailReport.id.in_(report_ids))
    )
    session.execute(
        update(Invitation)
        .where(Invitation.id.in_(invitation_ids), Invitation.mail_state == MailState.RETURNED)
        .values(mail_state=MailState.SENT)
    )
    session.execute(
        update(MailReport)
        .where(MailReport.id.in_(report_ids))
        .values(verdict=ReportVerdict.ALERTED)
    )


def _is_last(session: Session, match: Match) -> bool:
    """Tell whether no later mail went to the same case, perhaps to another address."""
    returned = session.get_one(Message, match.message_id)
    later = select(Message.id).where(
        Message.invitation_id == match.invitation_id,
        tuple_(Message.sending_at, Message.id)
        > tuple_(literal(returned.sending_at, UTCDateTime()), literal(returned.id)),
        Message.state.in_([MessageState.SENT, MessageState.UNKNOWN]),
    )
    return session.scalar(later.limit(1)) is None
