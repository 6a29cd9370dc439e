"""The people behind each number of a mailing, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Message, MessageState

PAGE_SIZE = 50


class Group(StrEnum):
    """What a message comes to for staff; the five add up to the whole mailing."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    LEFT_OUT = "left-out"
    UNKNOWN = "unknown"


STATES: Mapping[Group, Sequence[MessageState]] = {
    Group.WAITING: (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING),
    Group.SENT: (MessageState.SENT,),
    Group.FAILED: (MessageState.FAILED,),
    Group.LEFT_OUT: (MessageState.SUPPRESSED,),
    Group.UNKNOWN: (MessageState.UNKNOWN,),
}


@dataclass(frozen=True)
class Listed:
    """One message and whom it is for. `at` is when it went, began to go, or is due."""

    id: int
    alumnus_id: int
    name: str
    external_id: str
    reason: str | None
    smtp_code: int | None
    smtp_text: str | None
    at: datetime
    public_id: str


@dataclass(frozen=True)
class ListedPage:
    """One page of messages; `count` is of all pages."""

    messages: Sequence[Listed]
    count: int
    number: int

    @property
    def last_number(self) -> int:
        """The number of the last page, from 1."""
        return max(1, -(-self.count // PAGE_SIZE))


def sum_groups(counts: Mapping[str, int]) -> dict[Group, int]:
    """Return the messages by group, from the messages by state."""
    return {group: sum(counts[state] for state in states) for group, states in STATES.items()}


def list_messages(session: Session, *, mailing_id: int, group: Group, number: int) -> ListedPage:
    """Return page `number`, from 1, of the mailing's messages in `group`."""
    wanted = (Message.mailing_id == mailing_id, Message.state.in_(STATES[group]))
    count = session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0
    rows = session.execute(
        select(Message, Alumnus, Invitation.public_id)
        .join(Message.invitation)
        .join(Invitation.alumnus)
        .where(*wanted)
        .order_by(Message.id)
        .limit(PAGE_SIZE)
        .offset((max(1, number) - 1) * PAGE_SIZE)
    )
    return ListedPage([_listed(*row) for row in rows], count, max(1, number))


def _listed(message: Message, alumnus: Alumnus, public_id: str) -> Listed:
    return Listed(
        id=message.id,
        alumnus_id=alumnus.id,
        name=f"{alumnus.given_name} {alumnus.family_name}".strip() or alumnus.external_id,
        external_id=alumnus.external_id,
        reason=message.reason,
        smtp_code=message.smtp_code,
        smtp_text=message.smtp_text,
        at=message.sent_at or message.sending_at or message.due_at,
        public_id=public_id,
    )
