"""Staff, their sign-ins, and what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of


class Role(StrEnum):
    """What a staff member may do."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class Staff(Base):
    """A person of the alumni office. No password until they set one by a one-time link."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint(one_of("role", *Role), name="role"),
        CheckConstraint(one_of("language", "tr", "en"), name="language"),
    )

    id: Mapped[RowId]
    email: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="tr")
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffLogin(Base):
    """One sign-in. Deleting the row ends it at once; the cookie alone opens nothing.

    `id_hash` is the SHA-256 of the 256-bit id in the cookie.
    """

    __tablename__ = "staff_login"
    __table_args__ = (UniqueConstraint("id_hash"), Index(None, "staff_id"))

    id: Mapped[RowId]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    id_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class StaffLinkPurpose(StrEnum):
    """What a one-time link opens."""

    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose, not a password
    SIGN_IN = "sign_in"


class StaffLink(Base):
    """A one-time link for staff; only the SHA-256 of its secret is kept."""

    __tablename__ = "staff_link"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        CheckConstraint(one_of("purpose", *StaffLinkPurpose), name="purpose"),
        Index(None, "staff_id"),
    )

    id: Mapped[RowId]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    secret_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()


class AuditEntry(Base):
    """Who did what when. Append-only; holds no token, address or answer.

    `actor` is `staff:<id>`, `cli` or `scheduler`; `subject` names what was acted on,
    such as `survey:mezun-izleme-2026`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"), Index(None, "subject"))

    id: Mapped[RowId]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[Document] = mapped_column(default=dict)
