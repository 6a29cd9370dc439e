"""Receivers of other systems: made, found, changed, deleted.

Enters: what staff or the other system want, checked here field by field, the address by `egress`.
Leaves: the row, and a secret that is shown once. A new or changed address stays `pending` until
the receiver has answered a challenge; its states are `endpoint_states`, its secrets
`endpoint_secrets`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import EndpointStatus, PayloadKind, WebhookEndpoint
from surveys.tokens import new_id
from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.asking import ask_for_verification, cancel_deliveries
from surveys.webhooks.endpoint_secrets import new_sealed_secret, read_secrets
from surveys.webhooks.refusals import (
    EndpointMoved,
    EndpointNotFound,
    EventTypesRefused,
    NameRefused,
    OwnerRefused,
    TooManyEndpoints,
)
from surveys.webhooks.targets import check_url
from surveys.webhooks.types import API_VERSION, SUBSCRIBABLE

__all__ = [
    "EndpointDraft",
    "Maker",
    "check_version",
    "create_endpoint",
    "delete_endpoint",
    "edit_endpoint",
    "get_endpoint",
    "list_endpoints",
    "read_secrets",
]

LONGEST_NAME: Final = 100
MOST_ENDPOINTS: Final = 20
_FIELDS: Final = ("name", "url", "event_types", "payload", "owner_email")


@dataclass(frozen=True, kw_only=True)
class EndpointDraft:
    """What a receiver is to be: all of it that people decide."""

    name: str
    url: str
    event_types: tuple[str, ...]
    owner_email: str
    payload: str = PayloadKind.TOTALS


@dataclass(frozen=True)
class Maker:
    """Who makes a receiver (`staff:<id>`, `cli`, `apk_…`), and of which world it will be told."""

    actor: str
    is_demo: bool


def create_endpoint(
    session: Session,
    *,
    draft: EndpointDraft,
    maker: Maker,
    policy: EgressPolicy,
    keys: Sequence[bytes],
    now: datetime,
) -> tuple[WebhookEndpoint, str]:
    """Add a receiver, `pending`, and return it with its secret, which is never shown again.

    Nothing is sent yet: the receiver must know the secret before it can check a signature.
    Raises EndpointFault, TooManyEndpoints, and what `check_url` raises.
    """
    checked = _checked(draft, policy)
    _make_room(session, is_demo=maker.is_demo)
    secret, sealed = new_sealed_secret(keys)
    endpoint = WebhookEndpoint(
        public_id=new_id(),
        is_demo=maker.is_demo,
        status=EndpointStatus.PENDING,
        api_version=API_VERSION,
        secret_sealed=sealed,
        created_by=maker.actor,
        created_at=now,
        updated_at=now,
        **checked,
    )
    session.add(endpoint)
    session.flush()
    return endpoint, secret


def edit_endpoint(
    session: Session,
    *,
    endpoint: WebhookEndpoint,
    draft: EndpointDraft,
    policy: EgressPolicy,
    now: datetime,
) -> list[str]:
    """Change a locked receiver into `draft`; return the names of the fields that changed.

    A changed address is `pending` again and is sent a challenge; deliveries of types that are no
    longer subscribed to are cancelled. Raises EndpointFault, and what `check_url` raises.
    """
    checked = _checked(draft, policy)
    changed = [name for name in _FIELDS if getattr(endpoint, name) != checked[name]]
    if not changed:
        return []
    for name in changed:
        setattr(endpoint, name, checked[name])
    touch(endpoint, now=now)
    if "event_types" in changed:
        _cancel_unsubscribed(session, endpoint, now)
    if "url" in changed:
        _start_over(session, endpoint, now)
    session.flush()
    return changed


def delete_endpoint(session: Session, *, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Leave a locked receiver as a tombstone for its log: no secrets, nothing on its way."""
    cancel_deliveries(session, endpoint=endpoint, now=now)
    endpoint.secret_sealed = endpoint.old_secret_sealed = endpoint.old_secret_until = None
    endpoint.deleted_at = now
    touch(endpoint, now=now)
    session.flush()


def get_endpoint(
    session: Session, *, public_id: str, is_demo: bool | None = None, for_update: bool = False
) -> WebhookEndpoint:
    """Return a receiver of this world (None: of either) by the id that stands behind `whe_`.

    `for_update` locks it until the commit. Raises EndpointNotFound, also when it was deleted.
    """
    wanted = select(WebhookEndpoint).where(
        WebhookEndpoint.public_id == public_id, WebhookEndpoint.deleted_at.is_(None)
    )
    if is_demo is not None:
        wanted = wanted.where(WebhookEndpoint.is_demo.is_(is_demo))
    if for_update:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    endpoint = session.scalar(wanted)
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def list_endpoints(
    session: Session, *, is_demo: bool | None = None, after_id: int = 0, limit: int = 200
) -> Sequence[WebhookEndpoint]:
    """Return the receivers of this world (None: of both) that stand, the oldest first."""
    wanted = select(WebhookEndpoint).where(
        WebhookEndpoint.deleted_at.is_(None), WebhookEndpoint.id > after_id
    )
    if is_demo is not None:
        wanted = wanted.where(WebhookEndpoint.is_demo.is_(is_demo))
    return session.scalars(wanted.order_by(WebhookEndpoint.id).limit(limit)).all()


def check_version(endpoint: WebhookEndpoint, version: int) -> None:
    """Raise EndpointMoved when a locked receiver is no longer at the version that was read."""
    if endpoint.version != version:
        raise EndpointMoved


def touch(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """Raise the version of a receiver that a person changed."""
    endpoint.version += 1
    endpoint.updated_at = now


def _checked(draft: EndpointDraft, policy: EgressPolicy) -> dict[str, Any]:
    check_url(draft.url, policy)
    return {
        "name": _check_name(draft.name),
        "url": draft.url,
        "event_types": _check_types(draft.event_types),
        "payload": PayloadKind(draft.payload).value,
        "owner_email": _check_owner(draft.owner_email),
    }


def _check_name(name: str) -> str:
    stripped = name.strip()
    if not 1 <= len(stripped) <= LONGEST_NAME or not stripped.isprintable():
        raise NameRefused(longest=LONGEST_NAME)
    return stripped


def _check_types(types: Sequence[str]) -> list[str]:
    """Return the types in our own order, so that equal choices are equal."""
    if not types or not set(types) <= set(SUBSCRIBABLE):
        raise EventTypesRefused
    return [kind.value for kind in SUBSCRIBABLE if kind in types]


def _check_owner(address: str) -> str:
    try:
        checked = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise OwnerRefused from None
    return checked.normalized


def _make_room(session: Session, *, is_demo: bool) -> None:
    count = session.scalar(
        select(func.count())
        .select_from(WebhookEndpoint)
        .where(WebhookEndpoint.is_demo.is_(is_demo), WebhookEndpoint.deleted_at.is_(None))
    )
    if (count or 0) >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)


def _cancel_unsubscribed(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    left = [kind.value for kind in SUBSCRIBABLE if kind not in endpoint.event_types]
    cancel_deliveries(session, endpoint=endpoint, types=left, now=now)


def _start_over(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """What the old address failed at says nothing about the new one, which has yet to agree."""
    endpoint.status = EndpointStatus.PENDING
    endpoint.verified_at = endpoint.failing_since = endpoint.slowed_until = None
    endpoint.disabled_reason = None
    endpoint.failure_count = 0
    ask_for_verification(session, endpoint=endpoint, now=now)
