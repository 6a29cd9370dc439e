"""`flask webhook add|list|rotate|pause|resume|remove`: receivers, managed from the terminal."""

from collections.abc import Callable
from datetime import timedelta

import click

from models import PayloadKind
from surveys.cli.output import confirm_on_terminal, emit, json_option, refusals, say
from surveys.cli.webhook import find_receiver, note_change, webhook
from surveys.cli.webhook_words import (
    tell_endpoints,
    tell_new,
    tell_secret,
    to_result,
)
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.webhooks.addresses import read_policy
from surveys.webhooks.endpoint_secrets import USUAL_OVERLAP, rotate_secret
from surveys.webhooks.endpoint_states import (
    pause_endpoint,
    resume_endpoint,
)
from surveys.webhooks.endpoints import (
    EndpointDraft,
    Maker,
    create_endpoint,
    delete_endpoint,
    list_endpoints,
)
from surveys.webhooks.types import SUBSCRIBABLE

HOUR = timedelta(hours=1)

endpoint_argument = click.argument("endpoint_id")


@webhook.command("add")
@click.argument("url")
@click.option("--name", help="How you call the system; its host without it.")
@click.option("--owner", required=True, help="E-mail of whoever looks after it.")
@click.option(
    "--event",
    "event_types",
    multiple=True,
    type=click.Choice([kind.value for kind in SUBSCRIBABLE]),
    default=[kind.value for kind in SUBSCRIBABLE],
    help="What it is told; give it once for each. All without it.",
)
@click.option("--thin", is_flag=True, help="Send no figures: the system reads them with its key.")
@json_option
def add(
    url: str,
    *,
    name: str | None,
    owner: str,
    event_types: tuple[str, ...],
    thin: bool,
    as_json: bool,
) -> None:
    """Add the receiver at URL and print its secret once; it is told nothing until verified."""
    tools = toolbox()
    now = tools.clock.now()
    draft = EndpointDraft(
        name=name or url.partition("://")[2].partition("/")[0] or url,
        url=url,
        event_types=tuple(event_types),
        owner_email=owner,
        payload=PayloadKind.THIN if thin else PayloadKind.TOTALS,
    )
    with refusals(as_json=as_json), transaction() as session:
        endpoint, secret = create_endpoint(
            session,
            draft=draft,
            maker=Maker("cli", is_demo=is_demo_only(session, code=HEADLINE)),
            policy=read_policy(tools.settings),
            keys=tools.keys.data,
            now=now,
        )
        note_change(session, endpoint, "webhook.add", now, name=endpoint.name)
        result, lines = {**to_result(endpoint), "secret": secret}, list(tell_new(endpoint, secret))
    emit(result, lines, as_json=as_json)


@webhook.command("list")
@json_option
def list_all(*, as_json: bool) -> None:
    """Show the receivers, the oldest first."""
    with refusals(as_json=as_json):
        found = list_endpoints(reader())
    result = {"endpoints": [to_result(endpoint) for endpoint in found]}
    emit(result, tell_endpoints(found), as_json=as_json)


@webhook.command("rotate")
@endpoint_argument
@click.option(
    "--hours",
    type=int,
    default=USUAL_OVERLAP // HOUR,
    show_default=True,
    help="For so long the old secret signs as well.",
)
@json_option
def rotate(endpoint_id: str, *, hours: int, as_json: bool) -> None:
    """Make a new secret and print it once."""
    tools = toolbox()
    now = tools.clock.now()
    with refusals(as_json=as_json), transaction() as session:
        endpoint = find_receiver(session, endpoint_id)
        secret = rotate_secret(
            session, endpoint=endpoint, keys=tools.keys.data, now=now, overlap=hours * HOUR
        )
        note_change(session, endpoint, "webhook.rotate", now, hours=hours)
        result, lines = {**to_result(endpoint), "secret": secret}, list(tell_secret(secret, hours))
    emit(result, lines, as_json=as_json)


@webhook.command("pause")
@endpoint_argument
@json_option
def pause(endpoint_id: str, *, as_json: bool) -> None:
    """Send the receiver nothing until it is resumed; what happens waits."""
    _change(endpoint_id, "webhook.pause", pause_endpoint, as_json=as_json)


@webhook.command("resume")
@endpoint_argument
@json_option
def resume(endpoint_id: str, *, as_json: bool) -> None:
    """Send a paused receiver what waits for it."""
    _change(endpoint_id, "webhook.resume", resume_endpoint, as_json=as_json)


@webhook.command("remove")
@endpoint_argument
@json_option
def remove(endpoint_id: str, *, as_json: bool) -> None:
    """Delete the receiver; what waits for it is cancelled."""
    question = N_("Delete the receiver %(id)s? Its secret is gone for good.")
    confirm_on_terminal(question, as_json=as_json, id=endpoint_id)
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        endpoint = find_receiver(session, endpoint_id)
        delete_endpoint(session, endpoint=endpoint, now=now)
        note_change(session, endpoint, "webhook.delete", now)
        result = {"id": endpoint_id, "deleted": True}
    emit(result, [say(N_("%(id)s is told nothing any more."), id=endpoint_id)], as_json=as_json)


def _change(endpoint_id: str, action: str, change: Callable[..., bool], *, as_json: bool) -> None:
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        endpoint = find_receiver(session, endpoint_id)
        if change(session, endpoint=endpoint, now=now):
            note_change(session, endpoint, action, now)
        result, lines = to_result(endpoint), list(tell_endpoints([endpoint]))
    emit(result, lines, as_json=as_json)
