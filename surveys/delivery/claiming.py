"""Taking a batch of due messages for one connection: the claim, not a lock, makes "once" true.

A claim is a lease by the database's clock, renewed while its batch is sent. `fence` rises with
every claim and guards each later write, so that a process that was frozen and wakes up changes
nothing that has been given to another meanwhile.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from models import DomainGroup, Message, MessageState, SenderState
from surveys.database import database_time
from surveys.delivery.addressed import Addressed
from surveys.delivery.canary import list_trials
from surveys.delivery.eligibility import Obstacle, read_standings
from surveys.delivery.lateness import hold_late
from surveys.delivery.marks import Mark, raise_mark
from surveys.delivery.pace import FREE, Pace
from surveys.delivery.queue import (
    EPOCH,
    MESSAGE,
    Among,
    find_heads,
    has_queued,
    list_resting,
    select_due,
)
from surveys.delivery.turns import Turn, choose_turn, give_back, note_claimed
from surveys.delivery.window import ALWAYS, Window
from surveys.tokens import Keys

# Above the 600 s that a server may take after the final dot (RFC 5321, section 4.5.3.2.6).
LEASE_S = 900


@dataclass(frozen=True)
class Claim:
    """One message in the hands of one connection."""

    message_id: int
    mailing_id: int
    invitation_id: int
    claimed_by: str
    fence: int
    attempt_count: int
    expires_at: datetime
    domain_group: str = DomainGroup.REST
    is_group_failing: bool = False


@dataclass(frozen=True)
class Batch:
    """The claims to send, in order, and how many due messages were found ineligible instead.

    `addressed`: message id → whom it goes to, as far as is known at the claim. `wait_until`: when
    something may be claimed, where only its receivers' pace holds it back. `mark`: the database's
    number of this claim, to be remembered outside of it before anything goes.
    """

    claims: Sequence[Claim] = ()
    addressed: Mapping[int, Addressed] = field(default_factory=dict)
    suppressed_count: int = 0
    wait_until: datetime | None = None
    mark: Mark | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was due at all."""
        return not self.claims and not self.suppressed_count


def claim_batch(
    session: Session, *, claimed_by: str, limit: int, keys: Keys, now: datetime, pace: Pace = FREE
) -> Batch:
    """Claim up to `limit` messages that are due at `now` and settle the ineligible among them.

    `claimed_by` must be unique to one connection of one process start. Claims nothing while
    sending is paused or outside its window, nothing of a paused survey or mailing, and nothing that
    became too late: that is held. A claim is for one group of receivers; the first mails of a
    mailing go before all others.
    """
    is_paused = session.scalar(select(SenderState.paused_at)) is not None
    if is_paused or not pace.window.is_open(now) or not has_queued(session, now=now):
        return Batch()
    hold_late(session, now=now, window=pace.window)
    found = _claim_next(session, claimed_by, limit, pace, now)
    if not isinstance(found, list):
        return Batch(wait_until=found)
    ids = [claim.message_id for claim in found]
    standings = read_standings(session, message_ids=ids, keys=keys, now=now)
    obstacles = {i: one for i, one in standings.items() if isinstance(one, Obstacle)}
    _suppress(session, obstacles)
    return Batch(
        claims=[claim for claim in found if claim.message_id not in obstacles],
        addressed={i: one for i, one in standings.items() if isinstance(one, Addressed)},
        suppressed_count=len(obstacles),
        mark=raise_mark(session) if found else None,
    )


def renew_claims(session: Session, *, claimed_by: str) -> None:
    """Start the lease of what this connection still holds anew."""
    session.execute(
        update(Message)
        .where(Message.claimed_by == claimed_by, Message.state == MessageState.CLAIMED)
        .values(lease_until=database_time(LEASE_S))
        .execution_options(synchronize_session=False)
    )


def release_claims(session: Session, *, claimed_by: str) -> int:
    """Give back what this connection has claimed and not begun to send; return how many."""
    groups = session.scalars(
        update(Message)
        .where(Message.claimed_by == claimed_by, Message.state == MessageState.CLAIMED)
        .values(state=MessageState.QUEUED, claimed_by=None, lease_until=None, position=None)
        .returning(Message.domain_group)
        .execution_options(synchronize_session=False)
    ).all()
    give_back(session, counts=Counter(groups))
    return len(groups)


def has_due(session: Session, *, now: datetime, window: Window = ALWAYS) -> bool:
    """Tell whether anything could be claimed at `now`, but for the pace of its receivers."""
    if session.scalar(select(SenderState.paused_at)) is not None or not window.is_open(now):
        return False
    if not has_queued(session, now=now):
        return False
    among = Among(resting=list_resting(session, now=now))
    return bool(find_heads(session, among=among, now=now))


def count_due(session: Session, *, now: datetime) -> int:
    """Return how many messages could be claimed at `now` if sending is not paused."""
    due = select_due(among=Among(resting=list_resting(session, now=now)), now=now)
    count = due.with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalars(count).one()


def _claim_next(
    session: Session, claimed_by: str, limit: int, pace: Pace, now: datetime
) -> list[Claim] | datetime | None:
    """Claim for whoever's turn it is; else when that may be, None where nothing is due."""
    trials = list_trials(session, size=pace.canary, now=now)
    resting = list_resting(session, now=now, waits_for_canary=pace.canary > 0)
    turns = [(Among(mailing_id=trial.mailing_id), min(limit, trial.left)) for trial in trials]
    waits: list[datetime] = []
    for among, most in [*turns, (Among(resting=resting), limit)]:
        found = _claim_turn(session, claimed_by, among, most, pace, now)
        if isinstance(found, list):
            return found
        if found is not None:
            waits.append(found)
    return min(waits, default=None)


def _claim_turn(
    session: Session, claimed_by: str, among: Among, limit: int, pace: Pace, now: datetime
) -> list[Claim] | datetime | None:
    heads = find_heads(session, among=among, now=now)
    turn = choose_turn(session, heads=heads, pace=pace, limit=limit, now=now)
    if not isinstance(turn, Turn):
        return turn
    rows = session.execute(
        _claiming(is_one=among.is_one),
        {
            "now": now,
            "group": turn.group,
            "most": turn.limit,
            "claimer": claimed_by,
            **among.values,
        },
    ).all()
    note_claimed(session, turn=turn, count=len(rows), pace=pace, now=now)
    claims = [_to_claim(row) for row in sorted(rows, key=lambda row: row.position)]
    return [replace(claim, is_group_failing=turn.is_failing) for claim in claims]


# Built once for each kind: building it takes longer than the database needs to run it.
@cache
def _claiming(*, is_one: bool) -> ReturningUpdate[*tuple[Any, ...]]:
    among = Among(mailing_id=0) if is_one else Among()
    picked = (
        select_due(among=among, now=EPOCH)
        .where(MESSAGE.c.domain_group == bindparam("group"))
        .order_by(MESSAGE.c.due_at, MESSAGE.c.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        # Inlined, a nested loop may run it again and claim more than the limit.
        .cte("picked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    order = func.row_number().over(order_by=(picked.c.due_at, picked.c.id))
    numbered = select(picked.c.id, order.label("position")).cte("numbered")
    return (
        update(MESSAGE)
        .where(MESSAGE.c.id == numbered.c.id)
        .values(
            state=MessageState.CLAIMED,
            claimed_by=bindparam("claimer"),
            fence=MESSAGE.c.fence + 1,
            position=numbered.c.position,
            lease_until=database_time(LEASE_S),
        )
        .returning(
            MESSAGE.c.id,
            MESSAGE.c.mailing_id,
            MESSAGE.c.invitation_id,
            MESSAGE.c.claimed_by,
            MESSAGE.c.fence,
            MESSAGE.c.attempt_count,
            MESSAGE.c.expires_at,
            MESSAGE.c.domain_group,
            MESSAGE.c.position,
        )
    )


def _suppress(session: Session, obstacles: Mapping[int, Obstacle]) -> None:
    for message_id, obstacle in obstacles.items():
        session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(state=MessageState.SUPPRESSED, reason=obstacle, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def _to_claim(row: Row[*tuple[Any, ...]]) -> Claim:
    return Claim(
        message_id=row.id,
        mailing_id=row.mailing_id,
        invitation_id=row.invitation_id,
        claimed_by=row.claimed_by,
        fence=row.fence,
        attempt_count=row.attempt_count,
        expires_at=row.expires_at,
        domain_group=row.domain_group,
    )
