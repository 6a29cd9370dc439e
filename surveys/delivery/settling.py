"""What became of a claimed message, written down before the next one on that connection is sent.

Every write is guarded by the claim's owner and fence, and tells what it reached: nothing, when the
claim was taken back meanwhile, which is a normal event. Repeating a write is harmless. What happens
to nearly every message is written for those of several connections at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from models import (
    Base,
    Invitation,
    MailingState,
    MailState,
    MessageState,
    UTCDateTime,
)
from surveys.database import changed_count, database_time
from surveys.delivery.claiming import Claim
from surveys.delivery.eligibility import Obstacle
from surveys.delivery.outcomes import (
    Accepted,
    PolicyRefused,
    RecipientRefused,
    TemporarilyRefused,
)

RETRY_PAUSES = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
Reached = MessageState | None
_MESSAGE = Base.metadata.tables["message"]
_INVITATION = Base.metadata.tables["invitation"]
_SENT = ("state", "lease_until", "reason", "sent_at", "smtp_code", "smtp_text")

REFUSED = "refused"
REFUSED_TOO_LONG = "refused_too_long"
REFUSED_FOR_NOW = "refused_for_now"
REFUSED_BY_POLICY = "refused_by_policy"
NOT_RENDERED = "not_rendered"
LINE_LOST = "line_lost"


def mark_sending(session: Session, *, claims: Sequence[Claim], now: datetime) -> set[int]:
    """Mark messages as about to go and return the ids; commit before the first byte of any.

    Nothing may be sent of the others: the lease ran out, another has the message, sending is
    paused, the survey or the mailing is, its mailing was put off, or its receivers rest.
    """
    marked = session.execute(_marking(), {**_identify_all(claims), "new_sending_at": now})
    return set(marked.scalars())


def settle_sent(
    session: Session, *, taken: Sequence[tuple[Claim, Accepted]], now: datetime
) -> set[int]:
    """Record the messages that the server took, and that their people have mail.

    Returns the ids of those that were still in the hands of their claims.
    """
    changes = [
        {
            **_identify(claim),
            "new_state": MessageState.SENT,
            "new_lease_until": None,
            "new_reason": None,
            "new_sent_at": now,
            "new_smtp_code": reply.code,
            "new_smtp_text": reply.text,
        }
        for claim, reply in taken
    ]
    settled = session.execute(_settling(_SENT), changes)
    claims = {claim.message_id: claim for claim, _ in taken}
    if changed_count(settled) < len(taken):
        still = session.scalars(_settled(), _identify_all(list(claims.values())))
        claims = {message_id: claims[message_id] for message_id in still}
    if claims:
        people = [claim.invitation_id for claim in claims.values()]
        record_mailed(session, invitation_ids=people, now=now)
    return set(claims)


def settle_refused(
    session: Session, *, claim: Claim, reply: RecipientRefused | PolicyRefused
) -> Reached:
    """Record that this message is refused for good: it failed, with the server's reason."""
    return _settle(
        session,
        claim,
        state=MessageState.FAILED,
        reason=REFUSED,
        smtp_code=reply.code,
        smtp_text=reply.text,
    )


def settle_not_rendered(session: Session, *, claim: Claim) -> Reached:
    """Record that no mail could be made of the message: a fault in a text or a layout."""
    return _settle(session, claim, state=MessageState.FAILED, reason=NOT_RENDERED)


def settle_suppressed(session: Session, *, claim: Claim, obstacle: Obstacle) -> Reached:
    """Record that the message must not go any more."""
    return _settle(session, claim, state=MessageState.SUPPRESSED, reason=obstacle)


def settle_unknown(session: Session, *, claim: Claim) -> Reached:
    """Record that the line was lost after the body began; staff decide what to do."""
    reached = _settle(session, claim, state=MessageState.UNKNOWN, reason=LINE_LOST)
    if reached:
        record_maybe_mailed(session, invitation_ids=[claim.invitation_id])
    return reached


def settle_deferred(
    session: Session, *, claim: Claim, reply: TemporarilyRefused, spread: float, now: datetime
) -> Reached:
    """Record a refusal for now: the message waits, ever longer, and fails when the survey is over.

    `spread` (0.5 to 1.5) scatters the retries of many messages refused at once.
    """
    pause = RETRY_PAUSES[min(claim.attempt_count, len(RETRY_PAUSES) - 1)]
    due_at = now + pause * spread
    values = {
        "attempt_count": claim.attempt_count + 1,
        "smtp_code": reply.code,
        "smtp_text": reply.text,
    }
    if due_at >= claim.expires_at:
        return _settle(session, claim, state=MessageState.FAILED, reason=REFUSED_TOO_LONG, **values)
    return _put_back(session, claim, reason=REFUSED_FOR_NOW, due_at=due_at, **values)


def put_last(session: Session, *, claim: Claim, reply: PolicyRefused, now: datetime) -> Reached:
    """Give one message back behind all that is due: its refusal may concern it, or every mail."""
    return _put_back(
        session,
        claim,
        reason=REFUSED_BY_POLICY,
        due_at=now,
        smtp_code=reply.code,
        smtp_text=reply.text,
    )


def put_back(session: Session, *, claim: Claim, now: datetime) -> Reached:
    """Give one message back behind all that is due: no byte of it was sent.

    It is not to blame as far as we know, but if it is, it holds up nobody.
    """
    return _put_back(session, claim, due_at=now)


def record_mailed(session: Session, *, invitation_ids: list[int], now: datetime) -> None:
    """Note on the invitations that a mail was taken; the first time stays."""
    session.execute(_mailed(), {"invitation_ids": invitation_ids, "now": now})


def record_maybe_mailed(session: Session, *, invitation_ids: list[int]) -> None:
    """Note on the invitations that a mail may have been taken; what is known better stays."""
    session.execute(
        update(Invitation)
        .where(Invitation.id.in_(invitation_ids), Invitation.mail_state == MailState.NONE)
        .values(mail_state=MailState.UNKNOWN)
        .execution_options(synchronize_session=False)
    )


def _put_back(session: Session, claim: Claim, **values: Any) -> Reached:
    return _settle(
        session, claim, state=MessageState.QUEUED, claimed_by=None, position=None, **values
    )


def _settle(session: Session, claim: Claim, *, state: MessageState, **values: Any) -> Reached:
    changes = {"state": state, "lease_until": None, **values}
    new_values = {f"new_{column}": value for column, value in changes.items()}
    settled = session.execute(_settling(tuple(changes)), {**_identify(claim), **new_values})
    return state if changed_count(settled) else None


def _identify(claim: Claim) -> dict[str, Any]:
    return {
        "of_id": claim.message_id,
        "of_claimer": claim.claimed_by,
        "of_fence": claim.fence,
    }


def _identify_all(claims: Sequence[Claim]) -> dict[str, Any]:
    return {
        "ids": [claim.message_id for claim in claims],
        "claims": [(claim.message_id, claim.claimed_by, claim.fence) for claim in claims],
    }


# Each statement is built once: building it takes longer than the database needs to run it.


@cache
def _settling(columns: tuple[str, ...]) -> Update:
    state = _MESSAGE.c.state
    # No IN: its list would be expanded, which can't be done for many rows at once.
    held = or_(state == MessageState.CLAIMED, state == MessageState.SENDING)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return update(_MESSAGE).where(*_is_of_claim(), held).values(values)


@cache
def _settled() -> Select[int]:
    return select(_MESSAGE.c.id).where(
        *_is_of_claims(), _MESSAGE.c.state == MessageState.SENT, _MESSAGE.c.lease_until.is_(None)
    )


@cache
def _marking() -> ReturningUpdate[int]:
    tables = Base.metadata.tables
    mailing, survey = tables["mailing"], tables["survey"]
    sender, receivers = tables["sender_state"].c, tables["domain_pace"].c
    now = bindparam("new_sending_at", type_=UTCDateTime())
    is_put_off = and_(mailing.c.state == MailingState.PLANNED, mailing.c.due_at > now)
    is_resting = or_(survey.c.paused_at.is_not(None), mailing.c.paused_at.is_not(None), is_put_off)
    with_survey = mailing.join(survey, mailing.c.survey_id == survey.c.id)
    resting = select(mailing.c.id).select_from(with_survey).where(is_resting)
    shut = select(receivers.domain_group).where(receivers.closed_until > now)
    return (
        update(_MESSAGE)
        .where(
            *_is_of_claims(),
            _MESSAGE.c.state == MessageState.CLAIMED,
            _MESSAGE.c.lease_until > database_time(0),
            ~select(sender.id).where(sender.paused_at.is_not(None)).exists(),
            _MESSAGE.c.mailing_id.not_in(resting),
            _MESSAGE.c.domain_group.not_in(shut),
        )
        .values(state=MessageState.SENDING, sending_at=now)
        .returning(_MESSAGE.c.id)
    )


@cache
def _mailed() -> Update:
    mailed_at = func.coalesce(_INVITATION.c.mailed_at, bindparam("now", type_=UTCDateTime()))
    state = _INVITATION.c.mail_state
    mail_state = case((state == MailState.AWAY, state), else_=literal(MailState.SENT, String()))
    return (
        update(_INVITATION)
        .where(_INVITATION.c.id.in_(bindparam("invitation_ids", expanding=True)))
        .values(mail_state=mail_state, mailed_at=mailed_at)
    )


def _is_of_claim() -> tuple[ColumnElement[bool], ...]:
    return (
        _MESSAGE.c.id == bindparam("of_id"),
        _MESSAGE.c.claimed_by == bindparam("of_claimer"),
        _MESSAGE.c.fence == bindparam("of_fence"),
    )


def _is_of_claims() -> tuple[ColumnElement[bool], ...]:
    claim = tuple_(_MESSAGE.c.id, _MESSAGE.c.claimed_by, _MESSAGE.c.fence)
    return (
        # What the index finds, and what must be true of it.
        _MESSAGE.c.id.in_(bindparam("ids", expanding=True)),
        claim.in_(bindparam("claims", expanding=True)),
    )
