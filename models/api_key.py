"""Keys of other systems, and the requests that they may repeat without harm."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId, one_of


class ApiKeyKind(StrEnum):
    """A bearer key opens the API; a hook secret signs what the other system posts to us."""

    BEARER = "bearer"
    HOOK = "hook"


class ApiKey(Base):
    """What another system proves itself with.

    `public_id` (8 base32 letters) is how a key names itself. Of a bearer key only the SHA-256 of
    its 256-bit secret is kept; a hook secret must be read again, so it is sealed under DATA_KEYS.
    `unit` and `indicator_code` narrow what it sees, `networks` (CIDR) from where; `is_demo` says
    whether it sees invented or real people.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(one_of("kind", *ApiKeyKind), name="kind"),
        CheckConstraint("length(public_id) = 8", name="public_id_length"),
        CheckConstraint("(kind = 'bearer') = (secret_hash IS NOT NULL)", name="bearer_is_hashed"),
        CheckConstraint("(kind = 'hook') = (secret_sealed IS NOT NULL)", name="hook_is_sealed"),
        CheckConstraint("created_at < expires_at", name="expires_after_creation"),
        CheckConstraint("name <> ''", name="name_not_empty"),
    )

    id: Mapped[RowId]
    public_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    secret_hash: Mapped[str | None]
    secret_sealed: Mapped[str | None]
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    unit: Mapped[str | None]
    indicator_code: Mapped[str | None]
    networks: Mapped[list[Any]] = mapped_column(default=list)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None] = mapped_column(Date)


class IdempotentRequest(Base):
    """One POST under an `Idempotency-Key`, and its answer once there is one.

    `request_hash` is the SHA-256 of what was asked; `answer_sealed` the answer's headers and body,
    sealed since it can hold a secret that is shown once. `status` is NULL while it runs.
    """

    __tablename__ = "idempotent_request"
    __table_args__ = (
        UniqueConstraint("api_key_id", "key"),
        CheckConstraint("(status IS NULL) = (answer_sealed IS NULL)", name="answered_whole"),
        Index(None, "created_at"),
    )

    id: Mapped[RowId]
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int | None]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
