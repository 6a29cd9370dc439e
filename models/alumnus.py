"""The people: graduates as the office registered them, and addresses that get no more mail."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Document, RowId, one_of


class EmailFault(StrEnum):
    """Why a person has no address that can be mailed."""

    MISSING = "missing"
    MALFORMED = "malformed"


class Alumnus(Base):
    """One graduate. `external_id` is the alumni system's key, unique among real (or demo) people.

    `email` is normalised and NULL when the person can't be mailed; `email_fault` says why.
    `attributes` holds every further column of the roster, heading → text.
    `ineligible_at`: since when staff's word stands that this is no graduate, or has died.
    `search_text` is what a person is found by, folded; `sort_key` puts names in Turkish order on
    both engines. Both follow the other columns and are written by whoever writes these.
    """

    __tablename__ = "alumnus"
    __table_args__ = (
        UniqueConstraint("is_demo", "external_id"),
        CheckConstraint("(email IS NULL) = (email_fault IS NOT NULL)", name="email_or_fault"),
        CheckConstraint(
            f"email_fault IS NULL OR {one_of('email_fault', *EmailFault)}", name="email_fault"
        ),
        CheckConstraint(f"language IS NULL OR {one_of('language', 'tr', 'en')}", name="language"),
        CheckConstraint("external_id <> ''", name="external_id_not_empty"),
        Index(None, "email"),
        # Holds what the roster is searched by, so that a rare name costs no look at every row.
        Index(
            "ix_alumnus_listed",
            "is_demo",
            "sort_key",
            "id",
            "search_text",
            "erased_at",
            "ineligible_at",
            "email_fault",
        ),
        Index("ix_alumnus_registered", "is_demo", "registered_at"),
        Index("ix_alumnus_cohort", "is_demo", "unit", "programme", "graduation_year", "erased_at"),
        Index(
            "ix_alumnus_ineligible",
            "ineligible_at",
            sqlite_where=text("ineligible_at IS NOT NULL"),
            postgresql_where=text("ineligible_at IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    is_demo: Mapped[bool] = mapped_column(default=False)
    external_id: Mapped[str]
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    email_fault: Mapped[str | None]
    phone: Mapped[str | None]
    unit: Mapped[str | None]
    programme: Mapped[str | None]
    degree: Mapped[str | None]
    graduation_date: Mapped[date | None] = mapped_column(Date)
    graduation_year: Mapped[int | None]
    gender: Mapped[str | None]
    language: Mapped[str | None]
    attributes: Mapped[Document] = mapped_column(default=dict)
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    ineligible_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(default="", server_default=text("''"))
    sort_key: Mapped[str] = mapped_column(default="", server_default=text("''"))


class SuppressionReason(StrEnum):
    """Why an address or a person gets no more mail; `erased` keeps a person from coming back."""

    UNSUBSCRIBED = "unsubscribed"
    STAFF = "staff"
    ALUMNI_SYSTEM = "alumni_system"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"


class Suppression(Base):
    """No more mail: to this address, and to this person whatever address they get later.

    `address_hash` is an HMAC, so that the row survives an erasure without holding the address.
    Lifted, not deleted, when the person changes their mind. `created_by` and `lifted_by` name the
    actor as the audit trail does, None where the person did it. A bounce stops the address alone,
    so it names no person; `report_id` is the evidence.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        CheckConstraint(one_of("reason", *SuppressionReason), name="reason"),
        Index(
            "uq_suppression_live",
            "address_hash",
            "alumnus_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        # No two NULLs are equal to a unique index, so addresses stopped for nobody need their own.
        Index(
            "uq_suppression_live_address",
            "address_hash",
            unique=True,
            sqlite_where=text("lifted_at IS NULL AND alumnus_id IS NULL AND report_id IS NOT NULL"),
            postgresql_where=text(
                "lifted_at IS NULL AND alumnus_id IS NULL AND report_id IS NOT NULL"
            ),
        ),
        Index(None, "alumnus_id"),
    )

    id: Mapped[RowId]
    address_hash: Mapped[str]
    alumnus_id: Mapped[int | None] = mapped_column(ForeignKey("alumnus.id", ondelete="SET NULL"))
    reason: Mapped[str]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("mail_report.id"))
    note: Mapped[str | None]
    created_by: Mapped[str | None]
    created_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_note: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
