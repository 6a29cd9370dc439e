"""Keys in words for the terminal, and as plain data for scripts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from models import ApiKey
from surveys.api_keys.lifetimes import state_of
from surveys.api_keys.words import KEY_KINDS, KEY_STATES
from surveys.cli.output import Result, say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_date, format_instant


def to_result(key: ApiKey, *, now: datetime) -> Result:
    """Return everything but the secret."""
    return {
        "public_id": key.public_id,
        "name": key.name,
        "kind": key.kind,
        "state": state_of(key, now=now).value,
        "scopes": key.scopes,
        "unit": key.unit,
        "indicator": key.indicator_code,
        "networks": key.networks,
        "demo": key.is_demo,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_on": key.last_used_on,
    }


def tell_made(key: ApiKey, shown: str) -> Iterator[str]:
    """Yield what was made, and as the last line the secret."""
    yield say(
        N_("%(kind)s %(public_id)s for %(name)s, valid until %(at)s."),
        kind=say(KEY_KINDS[key.kind]),
        public_id=key.public_id,
        name=key.name,
        at=_instant(key.expires_at),
    )
    yield from _tell_rights(key)
    yield say(
        N_("Copy it into the other system now: it is shown only this once and can't be read again.")
    )
    yield shown


def tell_keys(keys: Sequence[ApiKey], *, now: datetime) -> Iterator[str]:
    """Yield some lines for each key."""
    if not keys:
        yield say(N_("There are no keys yet. Make one: flask apikey add NAME --scope rates:read"))
    for key in keys:
        yield from _tell_key(key, now)


def _tell_key(key: ApiKey, now: datetime) -> Iterator[str]:
    state = say(KEY_STATES[state_of(key, now=now)])
    yield f"{key.public_id}  {key.name} ({say(KEY_KINDS[key.kind])}, {state})"
    ends = key.revoked_at or key.expires_at
    until = N_("revoked on %(at)s") if key.revoked_at else N_("valid until %(at)s")
    used = say(N_("never used"))
    if key.last_used_on:
        used = say(N_("last used on %(day)s"), day=_day(key))
    yield f"          {say(until, at=_instant(ends))}, {used}"
    yield from (f"          {line}" for line in _tell_rights(key))


def _tell_rights(key: ApiKey) -> Iterator[str]:
    if key.scopes:
        yield say(N_("Rights: %(scopes)s"), scopes=", ".join(key.scopes))
    only = [only for only in (key.unit, key.indicator_code) if only]
    if only:
        yield say(N_("Only for: %(what)s"), what=", ".join(only))
    if key.networks:
        yield say(N_("Only from: %(networks)s"), networks=", ".join(key.networks))
    if key.is_demo:
        yield say(N_("Sees the sample data only."))


def _instant(moment: datetime) -> str:
    settings = toolbox().settings
    return format_instant(moment, settings.default_language, settings.zone)


def _day(key: ApiKey) -> str:
    assert key.last_used_on is not None  # noqa: S101 - for the type checker: asked before
    return format_date(key.last_used_on, toolbox().settings.default_language, pattern="d MMMM y")
