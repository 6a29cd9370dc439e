"""The alumni system: keys, events and their deliveries, pushed people, revisions of what is counted

Revision ID: 0003
Revises: 0002
"""

from base64 import b32encode
from os import urandom

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

SUPPRESSION_REASONS = "reason IN ('unsubscribed', 'staff', 'erased')"
WIDER_SUPPRESSION_REASONS = "reason IN ('unsubscribed', 'staff', 'alumni_system', 'erased')"
MAIL_KINDS = "kind IN ('link', 'test', 'digest', 'alert')"
WIDER_MAIL_KINDS = "kind IN ('link', 'test', 'digest', 'alert', 'webhook')"

# What each table's rows count for: resource, and the columns that a count reads. An UPDATE of
# other columns changes no figure and raises nothing.
COUNTED = {
    "invitation": (
        "'survey:' || {row}.survey_id",
        [
            "survey_id", "survey_version_id", "alumnus_id", "unit", "programme", "degree",
            "graduation_year", "mail_state", "started_at", "responded_at", "declined_at",
            "answered_count", "applicable_count", "is_core_answered", "manual_code",
        ],
    ),
    "survey": (
        "'survey:' || {row}.id",
        [
            "code", "is_demo", "indicator_code", "year", "opens_at", "closes_at", "launched_at",
            "paused_at", "closed_at",
        ],
    ),
    "survey_version": ("'survey:' || {row}.survey_id", ["survey_id", "number"]),
    "alumnus": (
        "'roster'",
        ["is_demo", "graduation_year", "registered_at", "erased_at", "ineligible_at"],
    ),
    "indicator": (
        "'indicators'",
        [
            "code", "is_demo", "version", "start_value", "denominator", "graduate_count",
            "counts_partials", "decimals",
        ],
    ),
    "indicator_target": ("'indicators'", ["indicator_id", "year", "value"]),
}  # fmt: skip
EVENTS = ("insert", "update", "delete")
SHARDS = 64


def fill_survey_ids(connection: sa.Connection) -> None:
    """Give the surveys that are there a name that can't be guessed."""
    surveys = sa.table("survey", sa.column("id"), sa.column("public_id"))
    for (row_id,) in connection.execute(sa.select(surveys.c.id)).all():
        name = b32encode(urandom(8)).decode().rstrip("=").lower()
        connection.execute(surveys.update().where(surveys.c.id == row_id).values(public_id=name))


def count_changes(connection: sa.Connection) -> None:
    """Raise a counter in the transaction of every counted change, and begin with what is there.

    A later batch operation on one of these tables makes it anew on SQLite and loses its triggers:
    that migration must put them back.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    for table, (resource, columns) in COUNTED.items():
        for event in EVENTS:
            make = sqlite_trigger if is_sqlite else postgresql_trigger
            for statement in make(table, event, resource, columns):
                connection.exec_driver_sql(statement)
    now = "strftime('%Y-%m-%d %H:%M:%f000', 'now')" if is_sqlite else "clock_timestamp()"
    begin = "INSERT INTO revision (resource, shard, value, changed_at)"
    for resource in ("'survey:' || id", "'roster'", "'indicators'"):
        source = " FROM survey" if "id" in resource else ""
        resource_is_text = f"CAST({resource} AS VARCHAR)"
        connection.exec_driver_sql(f"{begin} SELECT {resource_is_text}, 0, 1, {now}{source}")


def sqlite_trigger(table: str, event: str, resource: str, columns: list[str]) -> list[str]:
    """Return the trigger that runs for each changed row; SQLite has one writer, so one shard."""
    row = "OLD" if event == "delete" else "NEW"
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    moment = f"UPDATE OF {', '.join(columns)}" if event == "update" else event.upper()
    return [
        (
            f"CREATE TRIGGER revision_{table}_{event} AFTER {moment} ON {table}"
            f" FOR EACH ROW{f' WHEN {changed}' if event == 'update' else ''} BEGIN"
            " INSERT INTO revision (resource, shard, value, changed_at)"
            f" VALUES ({resource.format(row=row)}, 0, 1, strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
            " ON CONFLICT (resource, shard) DO UPDATE"
            " SET value = value + 1, changed_at = excluded.changed_at;"
            " END"
        )
    ]


def postgresql_trigger(table: str, event: str, resource: str, columns: list[str]) -> list[str]:
    """Return the function and the trigger that run once a statement, whatever it changed.

    The shard is the connection's, so that two of them seldom wait for one row.
    """
    seen = {
        "insert": ("NEW TABLE AS new_rows", "new_rows AS changed"),
        "delete": ("OLD TABLE AS old_rows", "old_rows AS changed"),
        "update": (
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            (
                "new_rows AS changed JOIN old_rows AS before USING (id) WHERE"
                f" ({', '.join(f'changed.{name}' for name in columns)}) IS DISTINCT FROM"
                f" ({', '.join(f'before.{name}' for name in columns)})"
            ),
        ),
    }[event]
    name = f"revision_{table}_{event}"
    return [
        (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO revision AS known (resource, shard, value, changed_at)"
            f" SELECT touched.resource, mod(pg_backend_pid(), {SHARDS}), 1, clock_timestamp()"
            f" FROM (SELECT DISTINCT {resource.format(row='changed')} AS resource FROM {seen[1]})"
            " AS touched ORDER BY 1"
            " ON CONFLICT (resource, shard) DO UPDATE"
            " SET value = known.value + 1, changed_at = excluded.changed_at;"
            " RETURN NULL; END $$"
        ),
        (
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} REFERENCING {seen[0]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        ),
    ]


def stop_counting(connection: sa.Connection) -> None:
    for table in COUNTED:
        for event in EVENTS:
            name = f"revision_{table}_{event}"
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql(f"DROP FUNCTION {name} CASCADE")


def replace_check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), condition)


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen_revision", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occasions", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("resource", name=op.f("pk_announcement")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("secret_sealed", sa.String(), nullable=True),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("indicator_code", sa.String(), nullable=True),
        sa.Column("networks", DOCUMENT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'bearer') = (secret_hash IS NOT NULL)",
            name=op.f("ck_api_key_bearer_is_hashed"),
        ),
        sa.CheckConstraint(
            "(kind = 'hook') = (secret_sealed IS NOT NULL)", name=op.f("ck_api_key_hook_is_sealed")
        ),
        sa.CheckConstraint("kind IN ('bearer', 'hook')", name=op.f("ck_api_key_kind")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_key_name_not_empty")),
        sa.CheckConstraint(
            "created_at < expires_at", name=op.f("ck_api_key_expires_after_creation")
        ),
        sa.CheckConstraint("length(public_id) = 8", name=op.f("ck_api_key_public_id_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
    )
    op.create_table(
        "revision",
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value >= 1", name=op.f("ck_revision_value_from_one")),
        sa.PrimaryKeyConstraint("resource", "shard", name=op.f("pk_revision")),
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("event_types", DOCUMENT, nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("api_version", sa.String(), nullable=False),
        sa.Column("owner_email", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.String(), nullable=True),
        sa.Column("old_secret_sealed", sa.String(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("slowed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "payload IN ('totals', 'thin')", name=op.f("ck_webhook_endpoint_payload")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'paused', 'disabled')",
            name=op.f("ck_webhook_endpoint_status"),
        ),
        sa.CheckConstraint(
            "(old_secret_sealed IS NULL) = (old_secret_until IS NULL)",
            name=op.f("ck_webhook_endpoint_old_secret_ends"),
        ),
        sa.CheckConstraint(
            "deleted_at IS NOT NULL OR secret_sealed IS NOT NULL",
            name=op.f("ck_webhook_endpoint_secret"),
        ),
        sa.CheckConstraint("failure_count >= 0", name=op.f("ck_webhook_endpoint_failure_count")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_webhook_endpoint_version_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_endpoint_public_id")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("is_in_feed", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("indicator_code", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_event_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_event_public_id")),
        sa.UniqueConstraint("seq", name=op.f("uq_webhook_event_seq")),
    )
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_event_occurred_at"), ["occurred_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_event_resource_id"), ["resource", "id"], unique=False
        )
        batch_op.create_index(
            "ix_webhook_event_unnumbered",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_in_feed AND seq IS NULL"),
            postgresql_where=sa.text("is_in_feed AND seq IS NULL"),
        )

    op.create_table(
        "idempotent_request",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("api_key_id", ROW_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status IS NULL) = (answer_sealed IS NULL)",
            name=op.f("ck_idempotent_request_answered_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["api_key_id"],
            ["api_key.id"],
            name=op.f("fk_idempotent_request_api_key_id_api_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_request")),
        sa.UniqueConstraint("api_key_id", "key", name=op.f("uq_idempotent_request_api_key_id_key")),
    )
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotent_request_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "roster_import_part",
        sa.Column("import_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_roster_import_part_number_from_one")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
            name=op.f("fk_roster_import_part_import_id_roster_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_roster_import_part")),
    )
    op.create_table(
        "roster_import_row",
        sa.Column("import_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("faults", DOCUMENT, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('created', 'updated', 'unchanged', 'rejected')",
            name=op.f("ck_roster_import_row_outcome"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_roster_import_row_number_from_one")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
            name=op.f("fk_roster_import_row_import_id_roster_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_roster_import_row")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("endpoint_id", ROW_ID, nullable=False),
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'sending' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_webhook_delivery_sending_has_lease"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'succeeded', 'failed', 'superseded', 'cancelled')",
            name=op.f("ck_webhook_delivery_status"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["webhook_event.id"],
            name=op.f("fk_webhook_delivery_event_id_webhook_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_delivery_endpoint_id_event_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_delivery_public_id")),
    )
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_delivery_due",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_delivery_endpoint_id_status_id"),
            ["endpoint_id", "status", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_webhook_delivery_order",
            ["endpoint_id", "type", "resource", "revision"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_delivery_event_id"), ["event_id"], unique=False
        )
        batch_op.create_index(
            "ix_webhook_delivery_lease",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("status = 'sending'"),
            postgresql_where=sa.text("status = 'sending'"),
        )

    op.create_table(
        "webhook_attempt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("delivery_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("response_bytes", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_webhook_attempt_number_from_one")),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_delivery_id_webhook_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
        sa.UniqueConstraint(
            "delivery_id", "number", name=op.f("uq_webhook_attempt_delivery_id_number")
        ),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(), server_default="file", nullable=False))
        batch_op.add_column(sa.Column("public_id", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("is_dry_run", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("stumble_count", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_roster_import_public_id"), ["public_id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_roster_import_source"), "source IN ('file', 'push')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_roster_import_push_is_named"),
            "(source = 'push') = (public_id IS NOT NULL)",
        )

    with op.batch_alter_table("staff_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))
        batch_op.alter_column("staff_id", existing_type=ROW_ID, nullable=True)
        batch_op.create_unique_constraint(
            batch_op.f("uq_staff_mail_address_kind_key"), ["address", "kind", "key"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_mail_one_reader"), "(staff_id IS NULL) <> (address IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_mail_address_has_language"),
            "(address IS NULL) = (language IS NULL)",
        )
    replace_check("staff_mail", "kind", WIDER_MAIL_KINDS)
    replace_check("suppression", "reason", WIDER_SUPPRESSION_REASONS)

    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(), nullable=True))
    fill_survey_ids(op.get_bind())
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_survey_public_id"), ["public_id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_survey_public_id_length"), "length(public_id) = 13"
        )
    count_changes(op.get_bind())


def downgrade() -> None:
    stop_counting(op.get_bind())
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_survey_public_id_length"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_survey_public_id"), type_="unique")
        batch_op.drop_column("public_id")

    # The older schema has no word for these.
    op.execute("DELETE FROM staff_mail WHERE staff_id IS NULL OR kind = 'webhook'")
    op.execute("DELETE FROM roster_import WHERE source = 'push'")
    op.execute("UPDATE suppression SET reason = 'staff' WHERE reason = 'alumni_system'")
    replace_check("suppression", "reason", SUPPRESSION_REASONS)
    replace_check("staff_mail", "kind", MAIL_KINDS)
    with op.batch_alter_table("staff_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_staff_mail_address_has_language"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_staff_mail_one_reader"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_staff_mail_address_kind_key"), type_="unique")
        batch_op.alter_column("staff_id", existing_type=ROW_ID, nullable=False)
        batch_op.drop_column("language")
        batch_op.drop_column("address")

    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_roster_import_push_is_named"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_roster_import_source"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_roster_import_public_id"), type_="unique")
        batch_op.drop_column("stumble_count")
        batch_op.drop_column("is_dry_run")
        batch_op.drop_column("public_id")
        batch_op.drop_column("source")

    op.drop_table("webhook_attempt")
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_webhook_delivery_lease",
            sqlite_where=sa.text("status = 'sending'"),
            postgresql_where=sa.text("status = 'sending'"),
        )
        batch_op.drop_index(batch_op.f("ix_webhook_delivery_event_id"))
        batch_op.drop_index("ix_webhook_delivery_order")
        batch_op.drop_index(batch_op.f("ix_webhook_delivery_endpoint_id_status_id"))
        batch_op.drop_index(
            "ix_webhook_delivery_due",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("webhook_delivery")
    op.drop_table("roster_import_row")
    op.drop_table("roster_import_part")
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotent_request_created_at"))

    op.drop_table("idempotent_request")
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_webhook_event_unnumbered",
            sqlite_where=sa.text("is_in_feed AND seq IS NULL"),
            postgresql_where=sa.text("is_in_feed AND seq IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_webhook_event_resource_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_event_occurred_at"))

    op.drop_table("webhook_event")
    op.drop_table("webhook_endpoint")
    op.drop_table("revision")
    op.drop_table("api_key")
    op.drop_table("announcement")
