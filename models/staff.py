"""Staff, their sign-ins, and what they did."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of


class Role(StrEnum):
    """What a staff member may do."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class Staff(Base):
    """A person of the alumni office. No password until they set one by a one-time link.

    `totp_sealed` is the second factor's secret, encrypted under DATA_KEYS; it counts once
    confirmed, and `totp_last_step` keeps a code from being used twice. `oidc_issuer` and
    `oidc_subject` name the person at the university's single sign-on; never the address, which can
    pass to another.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("oidc_issuer", "oidc_subject"),
        CheckConstraint(one_of("role", *Role), name="role"),
        CheckConstraint(one_of("language", "tr", "en"), name="language"),
        CheckConstraint("(oidc_issuer IS NULL) = (oidc_subject IS NULL)", name="oidc_pair"),
        CheckConstraint(
            "totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL", name="totp_has_secret"
        ),
    )

    id: Mapped[RowId]
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="tr")
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    oidc_issuer: Mapped[str | None]
    oidc_subject: Mapped[str | None]
    wants_digest: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class LoginMethod(StrEnum):
    """How a sign-in was opened."""

    PASSWORD = "password"  # noqa: S105 - a way to sign in, not a password
    LINK = "link"
    OIDC = "oidc"


class StaffLogin(Base):
    """One sign-in. Deleting the row ends it at once; the cookie alone opens nothing.

    `id_hash` is the SHA-256 of the 256-bit id in the cookie. `browser` is its family and system, to
    be recognised by its owner. `confirmed_at`: when the person last proved who they are.
    """

    __tablename__ = "staff_login"
    __table_args__ = (
        UniqueConstraint("id_hash"),
        CheckConstraint(one_of("method", *LoginMethod), name="method"),
        Index(None, "staff_id"),
    )

    id: Mapped[RowId]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    id_hash: Mapped[str]
    method: Mapped[str] = mapped_column(default=LoginMethod.PASSWORD, server_default="password")
    browser: Mapped[str] = mapped_column(default="", server_default=text("''"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
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
    __table_args__ = (
        Index(None, "at"),
        Index(None, "subject"),
        Index(None, "actor", "at"),
        Index(None, "action", "at"),
    )

    id: Mapped[RowId]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[Document] = mapped_column(default=dict)


class StaffMailKind(StrEnum):
    """What is mailed to staff: a one-time link, a test of a mailing, a digest, an alert.

    `webhook` goes to whoever looks after a receiver, who need not be staff.
    """

    LINK = "link"
    TEST = "test"
    DIGEST = "digest"
    ALERT = "alert"
    WEBHOOK = "webhook"


class StaffMailState(StrEnum):
    """queued → sending → sent or failed; a crash in between leaves unknown, never repeated."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class StaffMail(Base):
    """One mail to a member of staff, written when it is sent: no text, link or secret stands here.

    `address` and `language` stand in for `staff_id` where the reader is not staff. `params` says
    what it is about. `key` names the occasion, such as a day or a survey; one mail a person, kind
    and occasion.
    """

    __tablename__ = "staff_mail"
    __table_args__ = (
        UniqueConstraint("staff_id", "kind", "key"),
        UniqueConstraint("address", "kind", "key"),
        CheckConstraint("(staff_id IS NULL) <> (address IS NULL)", name="one_reader"),
        CheckConstraint("(address IS NULL) = (language IS NULL)", name="address_has_language"),
        CheckConstraint(one_of("kind", *StaffMailKind), name="kind"),
        CheckConstraint(one_of("state", *StaffMailState), name="state"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="sending_has_lease"),
        Index(
            "ix_staff_mail_waiting",
            "id",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
    )

    id: Mapped[RowId]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    address: Mapped[str | None]
    language: Mapped[str | None]
    kind: Mapped[str]
    key: Mapped[str]
    params: Mapped[Document] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=StaffMailState.QUEUED)
    attempt_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]

    staff: Mapped[Staff | None] = relationship()
