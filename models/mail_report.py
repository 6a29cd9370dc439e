"""What comes back by mail: delivery reports, complaints, automatic replies, and what is none."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId, one_of


class ReportSource(StrEnum):
    """How a returned mail came to us."""

    STDIN = "stdin"
    MAILDIR = "maildir"
    IMAP = "imap"


class ReportKind(StrEnum):
    """What a returned mail is."""

    BOUNCE = "bounce"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    UNRECOGNISED = "unrecognised"


class ReportVerdict(StrEnum):
    """What was done about it, by the policy for its kind and status code."""

    SUPPRESSED = "suppressed"
    COUNTED = "counted"
    ALERTED = "alerted"
    NOTED = "noted"
    IGNORED = "ignored"
    KEPT = "kept"


class MailReport(Base):
    """One returned mail, taken in once whatever way it came.

    `source_key` names it within its source (an IMAP server's UIDVALIDITY and UID); `content_hash`
    is the SHA-256 of its bytes, in hex. `message_id` is the outbox row that it answers, found by
    `matched_by`. `address_hash` outlives the person's erasure. `status` is the enhanced status code
    (RFC 3463), `diagnostic` the remote server's words with addresses blanked. `raw` holds the mail
    itself while staff may need it. `settled_at`: when a member of staff decided about it.
    """

    __tablename__ = "mail_report"
    __table_args__ = (
        UniqueConstraint("content_hash"),
        UniqueConstraint("source_key"),
        CheckConstraint(one_of("source", *ReportSource), name="source"),
        CheckConstraint(one_of("kind", *ReportKind), name="kind"),
        CheckConstraint(one_of("verdict", *ReportVerdict), name="verdict"),
        CheckConstraint("length(content_hash) = 64", name="content_hash_length"),
        CheckConstraint(
            "matched_by IS NULL OR " + one_of("matched_by", "verp", "message_id", "recipient"),
            name="matched_by",
        ),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
        Index(
            "ix_mail_report_open",
            "received_at",
            "id",
            sqlite_where=text("settled_at IS NULL AND verdict IN ('alerted', 'kept')"),
            postgresql_where=text("settled_at IS NULL AND verdict IN ('alerted', 'kept')"),
        ),
        Index(None, "received_at", "id"),
        Index(None, "message_id"),
        Index(None, "address_hash", "received_at"),
    )

    id: Mapped[RowId]
    source: Mapped[str]
    source_key: Mapped[str | None]
    content_hash: Mapped[str]
    received_at: Mapped[datetime]
    kind: Mapped[str]
    verdict: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    matched_by: Mapped[str | None]
    address_hash: Mapped[str | None]
    status: Mapped[str | None]
    diagnostic: Mapped[str | None]
    reporter: Mapped[str | None]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None]
