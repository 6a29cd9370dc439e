"""Mail that arrives: what comes back, the pace towards each receiver, a guard against old copies

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

SUPPRESSION_REASONS = "reason IN ('unsubscribed', 'staff', 'alumni_system', 'erased')"
WIDER_SUPPRESSION_REASONS = (
    "reason IN ('unsubscribed', 'staff', 'alumni_system', 'bounced', 'complained', 'erased')"
)
MAIL_STATES = "mail_state IN ('none', 'unknown', 'sent')"
WIDER_MAIL_STATES = "mail_state IN ('none', 'unknown', 'sent', 'away', 'moved', 'returned')"
DOMAIN_GROUPS = ("gmail", "microsoft", "yahoo", "yandex", "icloud", "own", "rest")
IS_DOMAIN_GROUP = f"domain_group IN ({', '.join(repr(group) for group in DOMAIN_GROUPS)})"
IS_QUEUED = sa.text("state = 'queued'")
IS_OPEN = sa.text("settled_at IS NULL AND verdict IN ('alerted', 'kept')")
IS_ADDRESS_STOPPED = sa.text("lifted_at IS NULL AND alumnus_id IS NULL AND report_id IS NOT NULL")


@contextmanager
def kept_triggers(table: str) -> Iterator[None]:
    """Put a table's triggers back after a batch operation has made it anew on SQLite."""
    connection = op.get_bind()
    statements: list[str] = []
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
            {"table": table},
        )
        statements = list(found.scalars())
    yield
    for statement in statements:
        connection.exec_driver_sql(statement)


def replace_check(table: str, name: str, condition: str) -> None:
    with kept_triggers(table), op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), condition)


def index_due(*columns: str) -> None:
    op.create_index(
        "ix_message_due",
        "message",
        list(columns),
        sqlite_where=IS_QUEUED,
        postgresql_where=IS_QUEUED,
    )


def upgrade() -> None:
    replace_check("invitation", "mail_state", WIDER_MAIL_STATES)
    with op.batch_alter_table("mailing") as batch_op:
        batch_op.add_column(sa.Column("paused_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("paused_reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("canary_until", INSTANT, nullable=True))
        batch_op.add_column(
            sa.Column("is_canary_passed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_mailing_pause_has_reason"),
            "(paused_at IS NULL) = (paused_reason IS NULL)",
        )
    # What has begun to go out is past its first mails.
    op.execute("UPDATE mailing SET is_canary_passed = TRUE WHERE state = 'enqueued'")
    op.drop_index("ix_message_due", "message")
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(
            sa.Column("domain_group", sa.String(), server_default="rest", nullable=False)
        )
        batch_op.add_column(sa.Column("bounced_at", INSTANT, nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_message_domain_group"), IS_DOMAIN_GROUP)
        batch_op.create_check_constraint(
            batch_op.f("ck_message_bounced_was_sent"), "bounced_at IS NULL OR state = 'sent'"
        )
    index_due("domain_group", "due_at", "id")
    with op.batch_alter_table("sender_state") as batch_op:
        batch_op.add_column(
            sa.Column("database_id", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("claim_number", sa.BigInteger(), server_default="0", nullable=False)
        )
    state = sa.table("sender_state", sa.column("database_id"))
    op.execute(state.update().values(database_id=uuid4().hex))
    pace = op.create_table(
        "domain_pace",
        sa.Column("domain_group", sa.String(), nullable=False),
        sa.Column("next_slot_at", INSTANT, nullable=True),
        sa.Column("first_sent_on", sa.Date(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("sent_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failure_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_until", INSTANT, nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=True),
        sa.CheckConstraint(IS_DOMAIN_GROUP, name=op.f("ck_domain_pace_domain_group")),
        sa.CheckConstraint(
            "sent_count >= 0 AND failure_count >= 0", name=op.f("ck_domain_pace_counts")
        ),
        sa.PrimaryKeyConstraint("domain_group", name=op.f("pk_domain_pace")),
    )
    op.bulk_insert(pace, [{"domain_group": group} for group in DOMAIN_GROUPS])
    op.create_table(
        "mail_report",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("message_id", ROW_ID, nullable=True),
        sa.Column("matched_by", sa.String(), nullable=True),
        sa.Column("address_hash", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("diagnostic", sa.String(), nullable=True),
        sa.Column("reporter", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.CheckConstraint(
            "source IN ('stdin', 'maildir', 'imap')", name=op.f("ck_mail_report_source")
        ),
        sa.CheckConstraint(
            "kind IN ('bounce', 'delayed', 'complaint', 'auto_reply', 'unrecognised')",
            name=op.f("ck_mail_report_kind"),
        ),
        sa.CheckConstraint(
            "verdict IN ('suppressed', 'counted', 'alerted', 'noted', 'ignored', 'kept')",
            name=op.f("ck_mail_report_verdict"),
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_mail_report_content_hash_length")
        ),
        sa.CheckConstraint(
            "matched_by IS NULL OR matched_by IN ('verp', 'message_id', 'recipient')",
            name=op.f("ck_mail_report_matched_by"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_mail_report_settled_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_mail_report_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_report")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_mail_report_content_hash")),
        sa.UniqueConstraint("source_key", name=op.f("uq_mail_report_source_key")),
    )
    op.create_index(
        "ix_mail_report_open",
        "mail_report",
        ["received_at", "id"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_index(op.f("ix_mail_report_received_at_id"), "mail_report", ["received_at", "id"])
    op.create_index(op.f("ix_mail_report_message_id"), "mail_report", ["message_id"])
    op.create_index(
        op.f("ix_mail_report_address_hash_received_at"),
        "mail_report",
        ["address_hash", "received_at"],
    )
    replace_check("suppression", "reason", WIDER_SUPPRESSION_REASONS)
    with op.batch_alter_table("suppression") as batch_op:
        batch_op.add_column(sa.Column("report_id", ROW_ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_suppression_report_id_mail_report"), "mail_report", ["report_id"], ["id"]
        )
    op.create_index(
        "uq_suppression_live_address",
        "suppression",
        ["address_hash"],
        unique=True,
        sqlite_where=IS_ADDRESS_STOPPED,
        postgresql_where=IS_ADDRESS_STOPPED,
    )


def downgrade() -> None:
    # The older schema has no word for these.
    op.execute("DELETE FROM suppression WHERE report_id IS NOT NULL")
    op.execute("UPDATE suppression SET reason = 'staff' WHERE reason IN ('bounced', 'complained')")
    op.execute(
        "UPDATE invitation SET mail_state = 'sent' WHERE mail_state IN ('away', 'moved', 'returned')"
    )
    op.drop_index("uq_suppression_live_address", "suppression")
    with op.batch_alter_table("suppression") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_suppression_report_id_mail_report"), type_="foreignkey"
        )
        batch_op.drop_column("report_id")
    replace_check("suppression", "reason", SUPPRESSION_REASONS)
    op.drop_table("mail_report")
    op.drop_table("domain_pace")
    with op.batch_alter_table("sender_state") as batch_op:
        batch_op.drop_column("claim_number")
        batch_op.drop_column("database_id")
    op.drop_index("ix_message_due", "message")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_message_bounced_was_sent"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_message_domain_group"), type_="check")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("domain_group")
    index_due("due_at", "id")
    with op.batch_alter_table("mailing") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mailing_pause_has_reason"), type_="check")
        batch_op.drop_column("is_canary_passed")
        batch_op.drop_column("canary_until")
        batch_op.drop_column("paused_reason")
        batch_op.drop_column("paused_at")
    replace_check("invitation", "mail_state", MAIL_STATES)
