"""The form of a receiver: what was typed, as the room takes it, and shown again when refused."""

from dataclasses import dataclass

from flask import request

from models import PayloadKind, WebhookEndpoint
from surveys.errors import DonutError
from surveys.web.staff.webhooks.words import PAYLOAD_WORDS, TYPE_WORDS
from surveys.web.words import gettext
from surveys.webhooks.endpoints import EndpointDraft
from surveys.webhooks.refusals import EndpointFault
from surveys.webhooks.types import EVENT_TYPES, SUBSCRIBABLE


@dataclass(frozen=True)
class Form:
    """What stands in the fields, and the field and sentence of a fault."""

    name: str = ""
    url: str = ""
    event_types: tuple[str, ...] = ()
    payload: str = PayloadKind.TOTALS
    owner_email: str = ""
    version: int = 0
    fault: tuple[str, str] | None = None


def show_stored(endpoint: WebhookEndpoint) -> Form:
    """Return the form of a receiver as it stands."""
    return Form(
        name=endpoint.name,
        url=endpoint.url,
        event_types=tuple(endpoint.event_types),
        payload=endpoint.payload,
        owner_email=endpoint.owner_email,
        version=endpoint.version,
    )


def show_typed(refusal: DonutError | None = None) -> Form:
    """Return the form as it was sent, with what is wrong with it."""
    typed, draft = request.form, read_draft()
    return Form(
        name=draft.name,
        url=draft.url,
        event_types=draft.event_types,
        payload=draft.payload,
        owner_email=draft.owner_email,
        version=typed.get("version", 0, type=int),
        fault=None if refusal is None else _tell(refusal),
    )


def read_draft() -> EndpointDraft:
    """Return what was typed; the room checks it."""
    typed = request.form
    payload = typed.get("payload", "")
    return EndpointDraft(
        name=typed.get("name", ""),
        url=typed.get("url", "").strip(),
        event_types=tuple(typed.getlist("event_types")),
        owner_email=typed.get("owner_email", ""),
        payload=payload if payload in set(PayloadKind) else PayloadKind.TOTALS,
    )


def list_types() -> list[tuple[str, str, str]]:
    """Return the kinds of events to choose from: name, what happened, what it is for."""
    return [
        (kind.value, gettext(TYPE_WORDS[kind]), gettext(EVENT_TYPES[kind].meaning))
        for kind in SUBSCRIBABLE
    ]


def list_payloads() -> list[tuple[str, str]]:
    """Return how much a message may carry, with what that means."""
    return [(kind.value, gettext(PAYLOAD_WORDS[kind])) for kind in PayloadKind]


def _tell(refusal: DonutError) -> tuple[str, str]:
    field_name = refusal.field if isinstance(refusal, EndpointFault) else "url"
    return field_name, gettext(refusal.message, **refusal.params)
