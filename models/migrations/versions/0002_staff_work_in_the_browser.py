"""Staff work in the browser: accounts, roster work, builder, mails to staff

Revision ID: 0002
Revises: 0001
"""

from unicodedata import normalize

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As they were when this migration was written: later rules bring a migration of their own.
ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
PLAIN = str.maketrans("çğıöşüâîû", "cgiosuaiu")
BATCH_ROWS = 1_000


def lower(text: str) -> str:
    return normalize("NFC", text).replace("İ", "i").replace("I", "ı").lower()


def key_of(text: str) -> str:
    ranks = (ALPHABET.find(c) for c in lower(text))
    codes = zip(ranks, lower(text), strict=True)
    return "".join(f"{0x80 + rank if rank >= 0 else min(ord(c), 0x7F):02x}" for rank, c in codes)


def fill_names(connection: sa.Connection) -> None:
    """Write for the people that are there what they are found and sorted by."""
    people = sa.table(
        "alumnus",
        *(sa.column(name) for name in ("id", "external_id", "given_name", "family_name")),
        sa.column("search_text"),
        sa.column("sort_key"),
    )
    last = 0
    columns = people.c.id, people.c.external_id, people.c.given_name, people.c.family_name
    while rows := connection.execute(
        sa.select(*columns).where(people.c.id > last).order_by(people.c.id).limit(BATCH_ROWS)
    ).all():
        for row in rows:
            said = lower(f"{row.given_name} {row.family_name} {row.external_id}").translate(PLAIN)
            connection.execute(
                people.update()
                .where(people.c.id == row.id)
                .values(search_text=said, sort_key=key_of(f"{row.family_name} {row.given_name}"))
            )
        last = rows[-1].id


def upgrade() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "sample",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "mapping",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "findings",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column(
            "counts",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "fault",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=True,
        ),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'running' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_roster_import_run_has_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_roster_import_state"),
        ),
        sa.CheckConstraint("0 <= done_count", name=op.f("ck_roster_import_done_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_roster_import_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "staff_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "params",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('link', 'test', 'digest', 'alert')", name=op.f("ck_staff_mail_kind")
        ),
        sa.CheckConstraint(
            "state <> 'sending' OR lease_until IS NOT NULL",
            name=op.f("ck_staff_mail_sending_has_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown')",
            name=op.f("ck_staff_mail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_staff_mail_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_mail")),
        sa.UniqueConstraint(
            "staff_id", "kind", "key", name=op.f("uq_staff_mail_staff_id_kind_key")
        ),
    )
    with op.batch_alter_table("staff_mail", schema=None) as batch_op:
        batch_op.create_index(
            "ix_staff_mail_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )

    op.create_table(
        "survey_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "definition",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column(
            "details",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_survey_revision_number_from_one")),
        sa.CheckConstraint(
            "undoes IS NULL OR undoes < number",
            name=op.f("ck_survey_revision_undoes_an_earlier_one"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
            name=op.f("fk_survey_revision_survey_id_survey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_revision")),
        sa.UniqueConstraint(
            "survey_id", "number", name=op.f("uq_survey_revision_survey_id_number")
        ),
    )
    op.create_table(
        "manual_disposition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "alumnus_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'answered_by_phone') = (invitation_id IS NOT NULL)",
            name=op.f("ck_manual_disposition_phone_has_survey"),
        ),
        sa.CheckConstraint(
            "kind IN ('not_a_graduate', 'died', 'answered_by_phone')",
            name=op.f("ck_manual_disposition_kind"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_manual_disposition_reason_not_empty")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_manual_disposition_withdrawn_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["alumnus_id"],
            ["alumnus.id"],
            name=op.f("fk_manual_disposition_alumnus_id_alumnus"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_manual_disposition_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_disposition")),
    )
    with op.batch_alter_table("manual_disposition", schema=None) as batch_op:
        batch_op.create_index(
            "uq_manual_disposition_invitation",
            ["invitation_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND invitation_id IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND invitation_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_manual_disposition_person",
            ["alumnus_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND invitation_id IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND invitation_id IS NULL"),
        )

    with op.batch_alter_table("alumnus", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ineligible_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("search_text", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("sort_key", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.create_index(
            "ix_alumnus_listed",
            [
                "is_demo",
                "sort_key",
                "id",
                "search_text",
                "erased_at",
                "ineligible_at",
                "email_fault",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_alumnus_cohort",
            ["is_demo", "unit", "programme", "graduation_year", "erased_at"],
            unique=False,
        )
        batch_op.create_index("ix_alumnus_registered", ["is_demo", "registered_at"], unique=False)
        batch_op.create_index(
            "ix_alumnus_ineligible",
            ["ineligible_at"],
            unique=False,
            sqlite_where=sa.text("ineligible_at IS NOT NULL"),
            postgresql_where=sa.text("ineligible_at IS NOT NULL"),
        )
    fill_names(op.get_bind())

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_action_at"), ["action", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_at"), ["actor", "at"], unique=False)

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("manual_code", sa.String(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_invitation_manual_code"),
            "manual_code IS NULL OR manual_code IN ('1.2', '2.31', '4.10', '4.90')",
        )

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index("ix_invitation_cohort")
        batch_op.create_index(
            "ix_invitation_cohort",
            [
                "survey_id",
                "unit",
                "graduation_year",
                "survey_version_id",
                "mail_state",
                "manual_code",
                "is_core_answered",
                "answered_count",
                "applicable_count",
                "responded_at",
                "declined_at",
                "alumnus_id",
                "programme",
                "degree",
                "started_at",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_invitation_responded",
            [
                "survey_id",
                "responded_at",
                "alumnus_id",
                "survey_version_id",
                "manual_code",
                "is_core_answered",
                "answered_count",
                "applicable_count",
            ],
            unique=False,
            sqlite_where=sa.text("responded_at IS NOT NULL"),
            postgresql_where=sa.text("responded_at IS NOT NULL"),
        )

    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_explained",
            ["state", "mailing_id"],
            unique=False,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_message_went",
            ["mailing_id", "sent_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NOT NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL"),
        )

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("totp_sealed", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("totp_last_step", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("oidc_issuer", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("oidc_subject", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("wants_digest", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_oidc_pair"), "(oidc_issuer IS NULL) = (oidc_subject IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_totp_has_secret"),
            "totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL",
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_staff_oidc_issuer_oidc_subject"), ["oidc_issuer", "oidc_subject"]
        )

    with op.batch_alter_table("staff_login", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("method", sa.String(), server_default="password", nullable=False)
        )
        batch_op.add_column(
            sa.Column("browser", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_login_method"), "method IN ('password', 'link', 'oidc')"
        )

    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("created_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lifted_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lifted_note", sa.String(), nullable=True))

    with op.batch_alter_table("survey_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_correction", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("survey_version", schema=None) as batch_op:
        batch_op.drop_column("is_correction")

    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_column("lifted_note")
        batch_op.drop_column("lifted_by")
        batch_op.drop_column("created_by")
        batch_op.drop_column("note")

    with op.batch_alter_table("staff_login", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_staff_login_method"), type_="check")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("browser")
        batch_op.drop_column("method")

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_staff_oidc_issuer_oidc_subject"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_staff_totp_has_secret"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_staff_oidc_pair"), type_="check")
        batch_op.drop_column("wants_digest")
        batch_op.drop_column("oidc_subject")
        batch_op.drop_column("oidc_issuer")
        batch_op.drop_column("totp_last_step")
        batch_op.drop_column("totp_confirmed_at")
        batch_op.drop_column("totp_sealed")
        batch_op.drop_column("name")

    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.drop_column("revision")
        batch_op.drop_column("stopped_at")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_went",
            sqlite_where=sa.text("sent_at IS NOT NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_message_explained")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_invitation_responded",
            sqlite_where=sa.text("responded_at IS NOT NULL"),
            postgresql_where=sa.text("responded_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_invitation_cohort")
        batch_op.create_index(
            "ix_invitation_cohort",
            ["survey_id", "unit", "graduation_year", "responded_at"],
            unique=False,
        )
        batch_op.drop_constraint(batch_op.f("ck_invitation_manual_code"), type_="check")
        batch_op.drop_column("manual_code")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_action_at"))

    with op.batch_alter_table("alumnus", schema=None) as batch_op:
        batch_op.drop_index("ix_alumnus_ineligible")
        batch_op.drop_index("ix_alumnus_registered")
        batch_op.drop_index("ix_alumnus_cohort")
        batch_op.drop_index("ix_alumnus_listed")
        batch_op.drop_column("sort_key")
        batch_op.drop_column("search_text")
        batch_op.drop_column("ineligible_at")

    op.drop_table("manual_disposition")
    op.drop_table("survey_revision")
    op.drop_table("staff_mail")
    op.drop_table("roster_import")
