"""`/webhooks/<id>`: how one receiver fares, what to do now, and what became of each message."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import DeliveryState, Role, WebhookDelivery, WebhookEndpoint
from surveys.extensions import reader, toolbox
from surveys.web.access import staff_only
from surveys.web.staff.webhooks.attempts import Try, list_last_tries
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint
from surveys.web.staff.webhooks.words import DELIVERY_WORDS, PAYLOAD_WORDS, TYPE_WORDS, tell_state
from surveys.webhooks.deliveries import Wanted, list_deliveries

PAGE_SIZE = 25


@dataclass(frozen=True)
class Log:
    """One page of what went to a receiver; `next_page` leads to older ones."""

    rows: list[tuple[WebhookDelivery, Try | None]]
    next_page: str | None
    is_filtered: bool
    is_later: bool


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(ONE, view_func=show_webhook, methods=["GET"])


@staff_only(Role.ADMIN)
def show_webhook(endpoint_id: str) -> ResponseReturnValue:
    """Show one receiver with one page of its log."""
    return render_webhook(find_endpoint(reader(), endpoint_id), endpoint_id)


def render_webhook(
    endpoint: WebhookEndpoint, endpoint_id: str, *, fault: str | None = None, typed: str = ""
) -> str:
    """Return the page; `fault` says what is wrong with the time that was `typed`."""
    asked = {"status": _asked("status", DELIVERY_WORDS), "type": _asked("type", TYPE_WORDS)}
    now = toolbox().clock.now()
    return render_template(
        "staff/webhooks/endpoint.html",
        endpoint=endpoint,
        id=endpoint_id,
        state=tell_state(endpoint),
        has_old_secret=endpoint.old_secret_until is not None and now < endpoint.old_secret_until,
        log=_read_log(reader(), endpoint, endpoint_id, asked),
        asked=asked,
        type_words=TYPE_WORDS,
        payload_words=PAYLOAD_WORDS,
        delivery_words=DELIVERY_WORDS,
        DeliveryState=DeliveryState,
        fault=fault,
        typed=typed,
    )


def _asked(name: str, known: object) -> str:
    value = request.args.get(name, "")
    return value if isinstance(known, dict) and value in known else ""


def _read_log(
    session: Session, endpoint: WebhookEndpoint, endpoint_id: str, asked: dict[str, str]
) -> Log:
    before_id = request.args.get("before", type=int)
    wanted = Wanted(
        endpoint_id=endpoint.id,
        statuses=(asked["status"],) if asked["status"] else (),
        types=(asked["type"],) if asked["type"] else (),
    )
    found = list_deliveries(session, wanted=wanted, limit=PAGE_SIZE + 1, before_id=before_id)
    rows = found[:PAGE_SIZE]
    tries = list_last_tries(session, rows)
    next_page = None
    if len(found) > PAGE_SIZE:
        kept = {name: value for name, value in asked.items() if value}
        next_page = f"{PAGE}/{endpoint_id}?{urlencode({**kept, 'before': rows[-1].id})}#log"
    return Log(
        rows=[(row, tries.get(row.id)) for row in rows],
        next_page=next_page,
        is_filtered=any(asked.values()),
        is_later=before_id is not None,
    )
