"""`flask apikey add|list|rotate|revoke`: the keys of other systems; a secret is shown once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind
from surveys.api_keys.keeping import (
    audit_details,
    get_key,
    list_keys,
    read_public_id,
    revoke_key,
)
from surveys.api_keys.making import make_key, make_successor
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.audit import record
from surveys.cli.apikey_words import tell_keys, tell_made, to_result
from surveys.cli.output import Result, emit, json_option, refusals, say
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators.finding import HEADLINE, get_definition, is_demo_only

Made = tuple[ApiKey, str]
MOST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of `add`, as they are typed."""

    scopes: tuple[str, ...]
    is_hook: bool
    unit: str | None
    indicator: str | None
    networks: tuple[str, ...]
    days: int | None


@click.group(cls=AppGroup)
def apikey() -> None:
    """Make, list, rotate and revoke the keys with which other systems come in."""


@apikey.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What the key may do; give it once for each.",
)
@click.option("--hook", "is_hook", is_flag=True, help="A secret that signs requests for rates.")
@click.option("--unit", help="Show the figures of this unit only.")
@click.option("--indicator", help="Show the surveys of this indicator only.")
@click.option("--network", "networks", multiple=True, help="Open from this network (CIDR) only.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="Days until it ends; 12 months.")
@json_option
def add(name: str, *, as_json: bool, **options: Any) -> None:
    """Make a key for the system called NAME and print it once."""
    asked = Asked(**options)
    if asked.is_hook and asked.scopes:
        raise click.UsageError(say(N_("A hook secret takes no --scope.")))
    if not (asked.is_hook or asked.scopes):
        raise click.UsageError(say(N_("Say what the key may do with --scope, or --hook.")))

    def make(session: Session, now: datetime) -> Made:
        wanted = _read_wanted(session, name, asked, now)
        return make_key(session, wanted=wanted, actor="cli", now=now, keys=toolbox().keys)

    _print_made(make, action="api_key.make", as_json=as_json)


@apikey.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Show all keys, the valid ones first; secrets are never shown again."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json):
        found = list_keys(reader(), now=now)
    result: Result = {"keys": [to_result(key, now=now) for key in found]}
    emit(result, tell_keys(found, now=now), as_json=as_json)


@apikey.command("rotate")
@click.argument("public_id")
@json_option
def rotate(public_id: str, *, as_json: bool) -> None:
    """Make a successor of the key PUBLIC_ID; the old one goes on until it is revoked."""

    def make(session: Session, now: datetime) -> Made:
        key = get_key(session, public_id=read_public_id(public_id))
        return make_successor(session, key=key, actor="cli", now=now, keys=toolbox().keys)

    _print_made(make, action="api_key.succeed", as_json=as_json)


@apikey.command("revoke")
@click.argument("public_id")
@json_option
def revoke(public_id: str, *, as_json: bool) -> None:
    """End the key PUBLIC_ID at once."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        key = get_key(session, public_id=read_public_id(public_id))
        is_news = revoke_key(session, key=key, actor="cli", now=now)
        if is_news:
            subject = f"api_key:{key.public_id}"
            record(session, actor="cli", action="api_key.revoke", subject=subject, now=now)
        result = to_result(key, now=now)
    done = N_("The key %(public_id)s of %(name)s opens nothing any more.")
    before = N_("The key %(public_id)s of %(name)s was revoked before.")
    line = say(done if is_news else before, public_id=result["public_id"], name=result["name"])
    emit(result, [line], as_json=as_json)


def _read_wanted(session: Session, name: str, asked: Asked, now: datetime) -> Wanted:
    """Return what was asked for. Raises IndicatorUnknown."""
    is_demo = is_demo_only(session, code=HEADLINE)
    if asked.indicator is not None:
        get_definition(session, code=asked.indicator, is_demo=is_demo)
    return Wanted(
        name=name,
        kind=ApiKeyKind.HOOK if asked.is_hook else ApiKeyKind.BEARER,
        scopes=[Scope(scope) for scope in asked.scopes],
        unit=asked.unit,
        indicator_code=asked.indicator,
        networks=asked.networks,
        is_demo=is_demo,
        expires_at=now + timedelta(days=asked.days) if asked.days else None,
    )


def _print_made(make: Callable[[Session, datetime], Made], *, action: str, as_json: bool) -> None:
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        key, shown = make(session, now)
        subject = f"api_key:{key.public_id}"
        record(session, actor="cli", action=action, subject=subject, now=now, **audit_details(key))
        result = {**to_result(key, now=now), "secret": shown}
        lines = list(tell_made(key, shown))
    emit(result, lines, as_json=as_json)
