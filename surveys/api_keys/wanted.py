"""A key as somebody wants it, and everything that is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models import Alumnus, ApiKey, ApiKeyKind
from surveys.api_keys import refusals
from surveys.api_keys.lifetimes import SHORTEST, live, twelve_months_after
from surveys.api_keys.networks import read_networks
from surveys.api_keys.scopes import Scope
from surveys.delivery.addresses import LONGEST_NAME, clean_name

MOST_HOOKS = 10
# What a unit or an indicator can narrow; the other rights reach beyond them by their nature.
NARROWABLE = frozenset({Scope.SURVEYS_READ, Scope.RATES_READ, Scope.EVENTS_READ})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A key that is to be made.

    `name` says who uses it. `unit` and `indicator_code` narrow what it sees, `networks` (as typed)
    from where; `expires_at` None is twelve months from now. Whether the indicator exists is known
    to rooms above: the edge asks them.
    """

    name: str
    kind: ApiKeyKind = ApiKeyKind.BEARER
    scopes: Sequence[Scope] = ()
    unit: str | None = None
    indicator_code: str | None = None
    networks: Sequence[str] = ()
    is_demo: bool = False
    expires_at: datetime | None = None

    def one_line_name(self) -> str:
        """Return the name as it is kept."""
        return clean_name(" ".join(self.name.split()))

    def ordered_scopes(self) -> list[str]:
        """Return the scopes as they are kept: each once, in the order of the documentation."""
        return [scope.value for scope in Scope if scope in self.scopes]

    def ends_at(self, now: datetime) -> datetime:
        """Return when the key ends."""
        return self.expires_at or twelve_months_after(now)


def find_faults(
    session: Session, wanted: Wanted, *, now: datetime
) -> Iterator[refusals.KeyRefused]:
    """Yield every reason not to make the key, in the order of the form's fields."""
    yield from _faults_of_name(session, wanted, now)
    yield from _faults_of_kind(session, wanted, now)
    yield from _faults_of_scopes(wanted)
    if wanted.unit is not None and not _has_unit(session, wanted):
        yield refusals.UnitUnknown(unit=wanted.unit)
    try:
        read_networks(wanted.networks)
    except refusals.KeyRefused as fault:
        yield fault
    if not now + SHORTEST <= wanted.ends_at(now) <= twelve_months_after(now):
        yield refusals.ExpiryUnfit()


def _faults_of_name(
    session: Session, wanted: Wanted, now: datetime
) -> Iterator[refusals.KeyRefused]:
    name = wanted.one_line_name()
    if not name:
        yield refusals.NameMissing()
    if len(" ".join(wanted.name.split())) > LONGEST_NAME:
        yield refusals.NameTooLong(longest=LONGEST_NAME)
    if session.scalar(select(exists().where(ApiKey.name == name, live(now)))):
        yield refusals.NameTaken(name=name)


def _faults_of_kind(
    session: Session, wanted: Wanted, now: datetime
) -> Iterator[refusals.KeyRefused]:
    if wanted.kind is ApiKeyKind.HOOK and count_hooks(session, now=now) >= MOST_HOOKS:
        yield refusals.HooksTooMany(most=MOST_HOOKS)


def _faults_of_scopes(wanted: Wanted) -> Iterator[refusals.KeyRefused]:
    if wanted.kind is ApiKeyKind.HOOK:
        if wanted.scopes:
            yield refusals.ScopesUnfit()
        return
    if not wanted.scopes:
        yield refusals.ScopesMissing()
    is_narrowed = wanted.unit is not None or wanted.indicator_code is not None
    if is_narrowed and not NARROWABLE.issuperset(wanted.scopes):
        yield refusals.RestrictionUnfit()


def count_hooks(session: Session, *, now: datetime) -> int:
    """Return how many hook secrets are valid at `now`."""
    return session.scalars(
        select(func.count()).select_from(ApiKey).where(ApiKey.kind == ApiKeyKind.HOOK, live(now))
    ).one()


def _has_unit(session: Session, wanted: Wanted) -> bool:
    known = exists().where(Alumnus.unit == wanted.unit, Alumnus.is_demo.is_(wanted.is_demo))
    return bool(session.scalar(select(known)))
