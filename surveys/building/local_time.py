"""Local times as staff write them → instants. The only place where the two meet.

Only instants are compared; the local text and its zone are kept beside them to be shown again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from surveys.building.definition import Definition

FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class LocalInstant:
    """An instant (`at`, UTC) and what a clock on the wall shows then (`local`, `FORMAT`).

    `is_shifted`: the written time does not exist on that day, because clocks are put forward;
    `local` is then later than what was written, and staff are told.
    """

    at: datetime
    local: str
    is_shifted: bool


@dataclass(frozen=True)
class Shift:
    """A time of the definition that does not exist: where it stands, as written, as it will be."""

    place: str
    written: str
    local: str


def to_instant(local: str, timezone: str) -> LocalInstant:
    """Return the instant of a local time (`FORMAT`) in a zone.

    An hour that occurs twice means its first occurrence; one that is skipped moves forward by
    the length of the gap. Raises ValueError when `local` is not written in `FORMAT`.
    """
    written = datetime.strptime(local, FORMAT)  # noqa: DTZ007 - the zone is given below
    zone = ZoneInfo(timezone)
    at = written.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = at.astimezone(zone).replace(tzinfo=None, fold=0)
    return LocalInstant(at, format_local(shown), is_shifted=shown != written)


def format_local(moment: datetime) -> str:
    """Return the local time of `moment`, whatever its zone, in `FORMAT`."""
    return moment.isoformat(timespec="minutes")[:16]


def add_days(local: str, days: int) -> str:
    """Return the same hour `days` later by the calendar, not by 24 hours."""
    return format_local(datetime.fromisoformat(local) + timedelta(days=days))


def list_mailing_times(definition: Definition) -> list[str]:
    """Return the local time of each mailing in the plan's order; days count from the invitation."""
    start = next(m.at for m in definition.mailings if m.kind == "invitation" and m.at)
    return [m.at or add_days(start, m.after_days or 0) for m in definition.mailings]


def list_shifts(definition: Definition) -> list[Shift]:
    """Return the times of the definition that do not exist in its zone, with what they become."""
    written = {
        "opens_at": definition.opens_at,
        "closes_at": definition.closes_at,
        **{f"mailings[{i}]": at for i, at in enumerate(list_mailing_times(definition))},
    }
    instants = {place: to_instant(at, definition.timezone) for place, at in written.items()}
    return [
        Shift(place, written[place], instant.local)
        for place, instant in instants.items()
        if instant.is_shifted
    ]
