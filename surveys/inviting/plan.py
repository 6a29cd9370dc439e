"""The mailing plan of a definition as instants: what goes out when, in the survey's own zone.

Enters: a checked definition. Leaves: one Planned a mailing; nothing is read or written here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models import MailingKind
from models.mailing import LATE_AFTER_S
from surveys.building.definition import Definition, PlannedMailing
from surveys.building.local_time import format_local, list_mailing_times, to_instant


@dataclass(frozen=True)
class Planned:
    """One mailing and its time: `due_at` is the instant, `local` the time in the survey's zone.

    `written` is the local time that was asked for: not `local` only where clocks skip that hour.
    Local times are text, `YYYY-MM-DDTHH:MM`. `position` counts in the order of time, `index` is the
    place in the definition.
    """

    position: int
    mailing: PlannedMailing
    written: str
    local: str
    due_at: datetime
    index: int = 0

    @property
    def kind(self) -> str:
        """The MailingKind."""
        return self.mailing.kind


def plan_mailings(definition: Definition, *, invite_at: datetime | None = None) -> list[Planned]:
    """Return the plan in the order in which it goes out; positions count from 1.

    With `invite_at` the whole plan moves, so that the invitation is due at that instant; the
    others keep their distance to it in days, hours and minutes of the survey's zone.
    """
    times = list_mailing_times(definition)
    order = sorted(range(len(times)), key=lambda index: times[index])
    if invite_at is None:
        return [_planned(definition, i, index, times[index]) for i, index in enumerate(order, 1)]
    start = invite_at.astimezone(ZoneInfo(definition.timezone)).replace(tzinfo=None)
    invitation = next(i for i in order if definition.mailings[i].kind == MailingKind.INVITATION)
    shift = start - datetime.fromisoformat(times[invitation])
    plan = []
    for position, index in enumerate(order, start=1):
        local = format_local(datetime.fromisoformat(times[index]) + shift)
        due_at = invite_at if index == invitation else None
        plan.append(_planned(definition, position, index, local, due_at=due_at))
    return plan


def invitation_of(plan: list[Planned]) -> Planned:
    """Return the mailing that opens the plan."""
    return next(planned for planned in plan if planned.kind == MailingKind.INVITATION)


def is_overdue(planned: Planned, now: datetime) -> bool:
    """Tell whether the mailing's time is past, but not so long that it must not go out."""
    return planned.due_at < now and not is_too_late(planned, now)


def is_too_late(planned: Planned, now: datetime) -> bool:
    """Tell whether the mailing was due so long ago that it doesn't go out by itself."""
    return now - planned.due_at > timedelta(seconds=LATE_AFTER_S)


def _planned(
    definition: Definition,
    position: int,
    index: int,
    written: str,
    *,
    due_at: datetime | None = None,
) -> Planned:
    instant = to_instant(written, definition.timezone)
    return Planned(
        position=position,
        mailing=definition.mailings[index],
        written=written,
        local=written if due_at else instant.local,
        due_at=due_at or instant.at,
        index=index,
    )
