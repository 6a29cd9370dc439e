"""From what the mail server said to the outbox: one outcome, one state, at times a brake."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from models import MessageState
from surveys.delivery import breakers, settling
from surveys.delivery.addressed import read_domain
from surveys.delivery.brakes import is_text_broken, pause_mailing, pause_sending, took_mail_since
from surveys.delivery.claiming import Claim
from surveys.delivery.outcomes import (
    Accepted,
    AuthenticationRefused,
    Outcome,
    OutcomeUnknown,
    PolicyRefused,
    RecipientRefused,
    ServerUnavailable,
    TemporarilyRefused,
)
from surveys.delivery.reasons import LOGIN_REFUSED, TEXT_BROKEN
from surveys.jobs.circuit import scatter
from surveys.jobs.suspicion import Refusal, Suspicion, Verdict

TRUST = timedelta(days=7)

log = structlog.get_logger()


def settle(
    session: Session, *, claim: Claim, outcome: Outcome, suspicion: Suspicion, now: datetime
) -> settling.Reached:
    """Record `outcome` and return the state that the message has reached."""
    match outcome:
        case Accepted():
            taken = [(claim, outcome)]
            reached = settle_accepted(session, taken=taken, suspicion=suspicion, now=now)
            return MessageState.SENT if reached else None
        case OutcomeUnknown():
            return settling.settle_unknown(session, claim=claim)
        case RecipientRefused():
            return settling.settle_refused(session, claim=claim, reply=outcome)
        case TemporarilyRefused():
            return _defer(session, claim, outcome, suspicion, now)
        case PolicyRefused():
            return _settle_by_policy(session, claim, outcome, suspicion, now)
        case AuthenticationRefused() | ServerUnavailable():
            if isinstance(outcome, AuthenticationRefused):
                brake(session, reason=LOGIN_REFUSED, reply=outcome, now=now)
            return settling.put_back(session, claim=claim, now=now)


def settle_accepted(
    session: Session,
    *,
    taken: Sequence[tuple[Claim, Accepted]],
    suspicion: Suspicion,
    now: datetime,
) -> set[int]:
    """Record the mails that the server took and return the ids of those that were still ours."""
    groups = {claim.domain_group for claim, _ in taken if claim.is_group_failing}
    groups |= {c.domain_group for c, _ in taken if suspicion.has_group_refused(c.domain_group)}
    for group in sorted(groups):
        breakers.note_accepted(session, group=group)
    return settling.settle_sent(session, taken=taken, now=now)


def settle_unwritten(session: Session, *, claim: Claim, now: datetime) -> settling.Reached:
    """Record that no mail could be made of a message; pause its mailing if it is no single case."""
    reached = settling.settle_not_rendered(session, claim=claim)
    if is_text_broken(session, mailing_id=claim.mailing_id):
        _hold_up(session, claim.mailing_id, TEXT_BROKEN, now)
    return reached


def brake(session: Session, *, reason: str, reply: AuthenticationRefused, now: datetime) -> None:
    """Stop all sending, with the server's words kept for staff."""
    pause_sending(session, reason=reason, reply=f"{reply.code} {reply.text}", now=now)
    log.error("sending_paused", reason=reason, smtp_code=reply.code)


def _defer(
    session: Session,
    claim: Claim,
    reply: TemporarilyRefused,
    suspicion: Suspicion,
    now: datetime,
) -> settling.Reached:
    if breakers.concerns_group(reply):
        suspicion.note_group_refused(claim.domain_group)
    breakers.note_refusal(session, group=claim.domain_group, reply=reply, now=now)
    spread = scatter(0.5, 1.5)
    return settling.settle_deferred(session, claim=claim, reply=reply, spread=spread, now=now)


def _settle_by_policy(
    session: Session, claim: Claim, reply: PolicyRefused, suspicion: Suspicion, now: datetime
) -> settling.Reached:
    mailing_id = claim.mailing_id
    domain = read_domain(session, invitation_id=claim.invitation_id)
    took_mail_before = took_mail_since(session, mailing_id=mailing_id, instant=now - TRUST)
    refusal = Refusal(mailing_id, claim.message_id, domain)
    verdict = suspicion.judge(refusal, took_mail_before=took_mail_before)
    if verdict is Verdict.FAIL:
        return settling.settle_refused(session, claim=claim, reply=reply)
    if verdict is Verdict.PAUSE:
        _hold_up(session, mailing_id, settling.REFUSED_BY_POLICY, now, reply)
    return settling.put_last(session, claim=claim, reply=reply, now=now)


def _hold_up(
    session: Session,
    mailing_id: int,
    reason: str,
    now: datetime,
    reply: PolicyRefused | None = None,
) -> None:
    """Pause one mailing, with the server's words kept for staff; the others go on."""
    said = "" if reply is None else f"{reply.code} {reply.text}"
    pause_mailing(session, mailing_id=mailing_id, reason=reason, now=now, reply=said)
    log.error("mailing_paused", reason=reason, mailing=mailing_id)
