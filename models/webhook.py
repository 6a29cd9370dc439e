"""What other systems are told: events, where they go, and each try to bring them there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of


class EndpointStatus(StrEnum):
    """pending until the receiver has answered a challenge; disabled after days of failure."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class PayloadKind(StrEnum):
    """Whether events carry the totals or only say what changed."""

    TOTALS = "totals"
    THIN = "thin"


class WebhookEndpoint(Base):
    """One receiver. `public_id` is what stands behind `whe_`; `version` rises with each edit.

    Secrets are sealed under DATA_KEYS; the old one signs as well until `old_secret_until`.
    `failing_since` is the first failure since the last success, `failure_count` how many in a row;
    `slowed_until`: the receiver asked for time. Deleted ones stay for their log, without secrets.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(one_of("status", *EndpointStatus), name="status"),
        CheckConstraint(one_of("payload", *PayloadKind), name="payload"),
        CheckConstraint("deleted_at IS NOT NULL OR secret_sealed IS NOT NULL", name="secret"),
        CheckConstraint(
            "(old_secret_sealed IS NULL) = (old_secret_until IS NULL)", name="old_secret_ends"
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("failure_count >= 0", name="failure_count"),
    )

    id: Mapped[RowId]
    public_id: Mapped[str]
    name: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    url: Mapped[str]
    event_types: Mapped[list[Any]]
    payload: Mapped[str] = mapped_column(default=PayloadKind.TOTALS)
    status: Mapped[str] = mapped_column(default=EndpointStatus.PENDING)
    api_version: Mapped[str]
    owner_email: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    secret_sealed: Mapped[str | None]
    old_secret_sealed: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failure_count: Mapped[int] = mapped_column(default=0)
    slowed_until: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    last_success_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class WebhookEvent(Base):
    """Something that happened, said once. `public_id` is what stands behind `evt_`.

    `key` names the occasion, such as `response_rate.updated:survey:12:57`, and is unique: nothing
    is said twice. `resource` and `revision` order events of one type. `seq` is its place in the
    feed, given after the commit; events that are for one endpoint alone get none.
    `data` is the body's data with totals; `indicator_code` and `is_demo` say who may read it.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("public_id"),
        UniqueConstraint("key"),
        UniqueConstraint("seq"),
        Index(
            "ix_webhook_event_unnumbered",
            "id",
            sqlite_where=text("is_in_feed AND seq IS NULL"),
            postgresql_where=text("is_in_feed AND seq IS NULL"),
        ),
        Index(None, "occurred_at"),
        Index(None, "resource", "id"),
    )

    id: Mapped[RowId]
    public_id: Mapped[str]
    key: Mapped[str]
    seq: Mapped[int | None]
    is_in_feed: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    type: Mapped[str]
    resource: Mapped[str]
    revision: Mapped[int]
    indicator_code: Mapped[str | None]
    occurred_at: Mapped[datetime]
    data: Mapped[Document]


class DeliveryState(StrEnum):
    """pending ⇄ sending → succeeded, failed, superseded or cancelled."""

    PENDING = "pending"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class WebhookDelivery(Base):
    """One event on its way to one endpoint. `public_id` is what stands behind `whd_`.

    `attempt_count` counts the tries of this round, which a replay begins anew; `fence` rises with
    each claim and guards what is written afterwards. `resource`, `type` and `revision` are the
    event's, so that an older one is superseded without a look at the events.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("public_id"),
        UniqueConstraint("endpoint_id", "event_id"),
        CheckConstraint(one_of("status", *DeliveryState), name="status"),
        CheckConstraint(
            "status <> 'sending' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name="sending_has_lease",
        ),
        Index(
            "ix_webhook_delivery_due",
            "next_at",
            "id",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_webhook_delivery_lease",
            "lease_until",
            sqlite_where=text("status = 'sending'"),
            postgresql_where=text("status = 'sending'"),
        ),
        Index(None, "endpoint_id", "status", "id"),
        Index("ix_webhook_delivery_order", "endpoint_id", "type", "resource", "revision"),
        Index(None, "event_id"),
    )

    id: Mapped[RowId]
    public_id: Mapped[str]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_event.id"))
    type: Mapped[str]
    resource: Mapped[str]
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(default=DeliveryState.PENDING)
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    endpoint: Mapped[WebhookEndpoint] = relationship()
    event: Mapped[WebhookEvent] = relationship()


class WebhookAttempt(Base):
    """One try: when, how long, what the receiver said. Never a body of theirs."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[RowId]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    duration_ms: Mapped[int]
    http_status: Mapped[int | None]
    error: Mapped[str | None]
    response_bytes: Mapped[int] = mapped_column(default=0)


class Announcement(Base):
    """What of a resource was last told in events, so that it is told again only after a while.

    `resource` is `survey:<id>` or `indicator:<code>:<year>`; `occasions` are those that come once,
    such as `opened`, `closed`, `target_met`. `revision` is the one that was told last,
    `seen_revision` the one at which it was last looked whether the target is met.
    """

    __tablename__ = "announcement"

    resource: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    seen_revision: Mapped[int] = mapped_column(default=0)
    announced_at: Mapped[datetime | None]
    occasions: Mapped[list[Any]] = mapped_column(default=list)
