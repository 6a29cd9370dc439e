"""A rest for one group of receivers that turns our mails down, whoever they are for."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import DomainPace
from surveys.delivery.outcomes import CLOSING, TemporarilyRefused

FAILURES_TO_CLOSE = 5
FIRST_REST = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=4)

log = structlog.get_logger()


def concerns_group(reply: TemporarilyRefused) -> bool:
    """Tell whether a refusal speaks of us, and would meet every mail to the same receivers."""
    return reply.code == CLOSING or reply.text.startswith(("4.7.", "4.3.2"))


def drop_far_rest(session: Session, state: DomainPace, *, now: datetime) -> None:
    """Drop a rest that ends later than any can: it was set by a clock that ran ahead."""
    if state.closed_until is not None and state.closed_until > now + LONGEST_REST:
        session.execute(
            update(DomainPace)
            .where(DomainPace.domain_group == state.domain_group)
            .values(closed_until=None, closed_reason=None)
        )


def note_refusal(
    session: Session,
    *,
    group: str,
    reply: TemporarilyRefused,
    now: datetime,
) -> None:
    """Count a refusal of the whole group; from the fifth in a row on it rests, ever longer."""
    if not concerns_group(reply):
        return
    state = session.scalars(
        select(DomainPace)
        .where(DomainPace.domain_group == group)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if state.closed_until is not None and state.closed_until > now:
        # Said of mails that were under way when it closed: no reason for a longer rest.
        return
    count = state.failure_count + 1
    values: dict[str, object] = {"failure_count": count}
    if count >= FAILURES_TO_CLOSE:
        rest = min(FIRST_REST * 2 ** min(count - FAILURES_TO_CLOSE, 16), LONGEST_REST)
        values |= {
            "closed_until": now + rest,
            "closed_reason": f"{reply.code} {reply.text}"[:500],
        }
        log.warning("receivers_rest", group=group, seconds=rest.total_seconds(), smtp=reply.code)
    session.execute(update(DomainPace).where(DomainPace.domain_group == group).values(**values))


def note_accepted(session: Session, *, group: str) -> None:
    """Begin anew with a group that took a mail."""
    session.execute(
        update(DomainPace)
        .where(DomainPace.domain_group == group, DomainPace.failure_count > 0)
        .values(failure_count=0, closed_until=None, closed_reason=None)
    )
