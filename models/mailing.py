"""The plan (Mailing: when, what, to whom) and the outbox (Message: one mail to one person)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of
from models.invitation import Invitation
from models.survey import Survey

LATE_AFTER_S = 86_400


class MailingKind(StrEnum):
    """What a mailing is for."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    THANKS = "thanks"


class MailingState(StrEnum):
    """planned → enqueued; held when it fell due too long ago; cancelled by closing."""

    PLANNED = "planned"
    ENQUEUED = "enqueued"
    HELD = "held"
    CANCELLED = "cancelled"


class DomainGroup(StrEnum):
    """Who receives a mail: the providers that count a sender's mails together, and the rest."""

    GMAIL = "gmail"
    MICROSOFT = "microsoft"
    YAHOO = "yahoo"
    YANDEX = "yandex"
    ICLOUD = "icloud"
    OWN = "own"
    REST = "rest"


class Mailing(Base):
    """One planned mail to the survey's audience.

    `local_at` is what staff typed (`YYYY-MM-DDTHH:MM` in `timezone`); only `due_at` is compared.
    `question` is the snapshot of the in-mail question: code, text, and options (value, text).
    `late_after_s`: seconds after `due_at` from which it is held, not sent. `stopped_at`: when staff
    cancelled it by hand. `revision` rises with each change by staff, so that a stale form is told.
    `paused_at` holds up this mailing alone. `canary_until`: till when the first few mails are
    watched before the others follow; `is_canary_passed`: they may.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        UniqueConstraint("survey_id", "position"),
        CheckConstraint(one_of("kind", *MailingKind), name="kind"),
        CheckConstraint(one_of("state", *MailingState), name="state"),
        CheckConstraint("late_after_s > 0", name="late_after"),
        CheckConstraint("(paused_at IS NULL) = (paused_reason IS NULL)", name="pause_has_reason"),
        Index(
            "ix_mailing_due",
            "due_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )

    id: Mapped[RowId]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    position: Mapped[int]
    kind: Mapped[str]
    local_at: Mapped[str]
    timezone: Mapped[str]
    due_at: Mapped[datetime]
    late_after_s: Mapped[int] = mapped_column(default=LATE_AFTER_S)
    subject: Mapped[Document]
    text: Mapped[Document | None]
    question: Mapped[Document | None]
    state: Mapped[str] = mapped_column(default=MailingState.PLANNED)
    enqueued_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    canary_until: Mapped[datetime | None]
    is_canary_passed: Mapped[bool] = mapped_column(default=False, server_default=false())

    survey: Mapped[Survey] = relationship()


class MessageState(StrEnum):
    """The states of the outbox; sent, failed, suppressed are final, unknown waits for staff."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Message(Base):
    """One mail of one mailing to one invitation; the unique constraint makes "once" true.

    `fence` rises with every claim and guards each later write; `attempt_count` counts refusals
    that end in failure. `position` is the order within a claimed batch. `domain_group`: who
    receives it, as known when it was queued. `bounced_at`: when it came back after it was sent.
    No body, no link, no address stands here: mails are rendered when they are sent.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailing_id", "invitation_id"),
        CheckConstraint(one_of("state", *MessageState), name="state"),
        CheckConstraint(
            "state NOT IN ('claimed', 'sending')"
            " OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name="claim_has_lease",
        ),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_has_time"),
        CheckConstraint(one_of("domain_group", *DomainGroup), name="domain_group"),
        CheckConstraint("bounced_at IS NULL OR state = 'sent'", name="bounced_was_sent"),
        Index(
            "ix_message_due",
            "domain_group",
            "due_at",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_message_lease",
            "lease_until",
            sqlite_where=text("state IN ('claimed', 'sending')"),
            postgresql_where=text("state IN ('claimed', 'sending')"),
        ),
        Index(
            "ix_message_explained",
            "state",
            "mailing_id",
            sqlite_where=text("reason IS NOT NULL"),
            postgresql_where=text("reason IS NOT NULL"),
        ),
        # Tells when mails of a mailing went last, without a look at each of them.
        Index(
            "ix_message_went",
            "mailing_id",
            "sent_at",
            sqlite_where=text("sent_at IS NOT NULL"),
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index(None, "mailing_id", "state"),
        Index(None, "invitation_id"),
    )

    id: Mapped[RowId]
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    domain_group: Mapped[str] = mapped_column(
        default=DomainGroup.REST, server_default=DomainGroup.REST
    )
    state: Mapped[str] = mapped_column(default=MessageState.QUEUED)
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
    attempt_count: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    position: Mapped[int | None]
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    smtp_code: Mapped[int | None]
    smtp_text: Mapped[str | None]

    mailing: Mapped[Mailing] = relationship()
    invitation: Mapped[Invitation] = relationship()


class SenderState(Base):
    """The one row that all senders read before each mail: a brake, and the shared pace.

    The first migration puts it there, so that it is only ever updated. `database_id` is drawn at
    random once; `claim_number` rises with each claimed batch: a sender that remembers a higher one
    than it finds has an older copy of the database before it.
    """

    __tablename__ = "sender_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None]
    next_slot_at: Mapped[datetime | None]
    database_id: Mapped[str] = mapped_column(default="", server_default=text("''"))
    claim_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class DomainPace(Base):
    """The pace towards one group of receivers, shared by all senders; a row each, made once.

    `sent_count` is of the day `counted_on` (the settings' zone); `first_sent_on` begins the
    ramp-up. `failure_count`: refusals in a row that are no single mailbox's; `closed_until`: till
    when nothing goes there, because of `closed_reason`.
    """

    __tablename__ = "domain_pace"
    __table_args__ = (
        CheckConstraint(one_of("domain_group", *DomainGroup), name="domain_group"),
        CheckConstraint("sent_count >= 0 AND failure_count >= 0", name="counts"),
    )

    domain_group: Mapped[str] = mapped_column(primary_key=True)
    next_slot_at: Mapped[datetime | None]
    first_sent_on: Mapped[date | None] = mapped_column(Date)
    counted_on: Mapped[date | None] = mapped_column(Date)
    sent_count: Mapped[int] = mapped_column(default=0, server_default="0")
    failure_count: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_until: Mapped[datetime | None]
    closed_reason: Mapped[str | None]


class Beat(Base):
    """When each of the scheduler's jobs last finished, stamped for doctor and readiness."""

    __tablename__ = "beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    result: Mapped[dict[str, Any]]
