"""The tables of the main job in the extranet zone: declare, apply, accept, decide, disclose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("org_name", sa.String(length=200), nullable=False),
        sa.Column("session_ref", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("change", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("leaf_hash", name=op.f("uq_audit_entry_leaf_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_object", ["object_kind", "object_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_project_code"), ["project_code"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("day", "region_code", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "enterprise",
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("credit_code", name=op.f("pk_enterprise")),
    )
    op.create_table(
        "exchange_block",
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("direction", "subject", name=op.f("pk_exchange_block")),
    )
    with op.batch_alter_table("exchange_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_block_message_id"), ["message_id"], unique=False)

    op.create_table(
        "exchange_channel",
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("direction", name=op.f("pk_exchange_channel")),
    )
    op.create_table(
        "exchange_lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_exchange_lease")),
    )
    op.create_table(
        "exchange_message",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=36), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('unsealed', 'sealed', 'carried', 'settled', 'arrived', 'received', 'waiting', 'quarantined', 'applied', 'rejected', 'refused')",
            name=op.f("ck_exchange_message_state"),
        ),
        sa.CheckConstraint("(number IS NULL) = (digest IS NULL)", name=op.f("ck_exchange_message_sealed_whole")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_exchange_message")),
    )
    with op.batch_alter_table("exchange_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exchange_message_carried",
            ["direction", "happened_at"],
            unique=False,
            sqlite_where=sa.text("state = 'carried'"),
            postgresql_where=sa.text("state = 'carried'"),
        )
        batch_op.create_index(
            "ix_exchange_message_due",
            ["direction", "epoch", "number"],
            unique=False,
            sqlite_where=sa.text("state IN ('received', 'waiting')"),
            postgresql_where=sa.text("state IN ('received', 'waiting')"),
        )
        batch_op.create_index(
            "ix_exchange_message_held",
            ["direction", "subject", "epoch", "number"],
            unique=False,
            sqlite_where=sa.text("state IN ('received', 'waiting', 'quarantined')"),
            postgresql_where=sa.text("state IN ('received', 'waiting', 'quarantined')"),
        )
        batch_op.create_index(
            "ix_exchange_message_sealed",
            ["direction", "epoch", "number"],
            unique=False,
            sqlite_where=sa.text("state = 'sealed'"),
            postgresql_where=sa.text("state = 'sealed'"),
        )
        batch_op.create_index(
            "ix_exchange_message_unsealed",
            ["position"],
            unique=False,
            sqlite_where=sa.text("state = 'unsealed'"),
            postgresql_where=sa.text("state = 'unsealed'"),
        )
        batch_op.create_index(
            "uq_exchange_message_id",
            ["id"],
            unique=True,
            sqlite_where=sa.text("state != 'refused'"),
            postgresql_where=sa.text("state != 'refused'"),
        )
        batch_op.create_index(
            "uq_exchange_message_number",
            ["direction", "epoch", "number"],
            unique=True,
            sqlite_where=sa.text("state != 'refused'"),
            postgresql_where=sa.text("state != 'refused'"),
        )

    op.create_table(
        "exchange_seal",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=80), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_exchange_seal")),
    )
    with op.batch_alter_table("exchange_seal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exchange_seal_arrived",
            ["direction", "epoch", "number"],
            unique=False,
            sqlite_where=sa.text("state = 'arrived'"),
            postgresql_where=sa.text("state = 'arrived'"),
        )
        batch_op.create_index(
            "uq_exchange_seal_number",
            ["direction", "epoch", "number", "digest", "key_id", "signature"],
            unique=True,
            sqlite_where=sa.text("state != 'refused'"),
            postgresql_where=sa.text("state != 'refused'"),
        )

    op.create_table(
        "form_nonce",
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_form_nonce")),
    )
    op.create_table(
        "guide_version",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_version")),
        sa.UniqueConstraint("item_code", "number", name=op.f("uq_guide_version_item_code_number")),
    )
    with op.batch_alter_table("guide_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guide_version_item_code"), ["item_code"], unique=False)

    op.create_table(
        "officer",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("login", name=op.f("uq_officer_login")),
    )
    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_org_unit"), ["org_unit"], unique=False)

    op.create_table(
        "org_unit",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=30), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org_unit")),
    )
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_org_unit_department"), ["department"], unique=False)
        batch_op.create_index(batch_op.f("ix_org_unit_region_code"), ["region_code"], unique=False)

    op.create_table(
        "parked_form",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_form")),
    )
    with op.batch_alter_table("parked_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_form_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("project_type", sa.String(length=2), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("industry", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_credit_code"), ["credit_code"], unique=False)
        batch_op.create_index("ix_project_region", ["region_code", "declared_at"], unique=False)

    op.create_table(
        "publication",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_publication")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("parent_code", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "serial",
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_serial")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("csrf_secret", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "case",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("item_name", sa.String(length=100), nullable=False),
        sa.Column("item_kind", sa.String(length=20), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("guide_version", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("code_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("preliminary_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("is_deemed", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("end_reason", sa.String(length=4000), nullable=False),
        sa.Column("supplements", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.String(length=36), nullable=False),
        sa.Column("handler_name", sa.String(length=50), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warn_on", sa.Date(), nullable=True),
        sa.Column("red_on", sa.Date(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("acceptance_due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_case_project_code_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("application_id", name=op.f("uq_case_application_id")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_acceptance",
            ["acceptance_due_on"],
            unique=False,
            sqlite_where=sa.text("concluded_at IS NULL"),
            postgresql_where=sa.text("concluded_at IS NULL"),
        )
        batch_op.create_index(
            "ix_case_inbox",
            ["org_unit", "due_on", "id"],
            unique=False,
            sqlite_where=sa.text("concluded_at IS NULL"),
            postgresql_where=sa.text("concluded_at IS NULL"),
        )
        batch_op.create_index("ix_case_org_unit_state", ["org_unit", "state", "due_on", "id"], unique=False)
        batch_op.create_index("ix_case_project", ["project_code", "item_code"], unique=False)

    op.create_table(
        "declaration",
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_declaration_project_code_project")),
        sa.PrimaryKeyConstraint("project_code", "number", name=op.f("pk_declaration")),
    )
    op.create_table(
        "due_item",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("guide_version", sa.String(length=30), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("blockers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("dropped_reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_due_item_project_code_project")),
        sa.PrimaryKeyConstraint("project_code", "item_code", name=op.f("pk_due_item")),
    )
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_due_item_org_unit"), ["org_unit"], unique=False)

    op.create_table(
        "officer_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_grant_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_grant")),
        sa.UniqueConstraint(
            "officer_id",
            "role",
            "org_unit",
            "valid_from",
            name=op.f("uq_officer_grant_officer_id_role_org_unit_valid_from"),
        ),
    )
    with op.batch_alter_table("officer_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_grant_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "case_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_material_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_material")),
    )
    with op.batch_alter_table("case_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_material_case_id"), ["case_id"], unique=False)

    op.create_table(
        "clock",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("warn_days", sa.Integer(), nullable=True),
        sa.Column("statutory_days", sa.Integer(), nullable=True),
        sa.Column("statutory_unit", sa.String(length=12), nullable=False),
        sa.Column("statutory_from", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("warn_on", sa.Date(), nullable=True),
        sa.Column("red_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clock_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_clock_late",
            ["stopped_on"],
            unique=False,
            sqlite_where=sa.text("warn_on <= stopped_on"),
            postgresql_where=sa.text("warn_on <= stopped_on"),
        )
        batch_op.create_index(
            "ix_clock_red",
            ["red_on"],
            unique=False,
            sqlite_where=sa.text("stopped_on IS NULL"),
            postgresql_where=sa.text("stopped_on IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_warn",
            ["warn_on"],
            unique=False,
            sqlite_where=sa.text("stopped_on IS NULL"),
            postgresql_where=sa.text("stopped_on IS NULL"),
        )

    op.create_table(
        "decision",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("document_title", sa.String(length=300), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.String(length=4000), nullable=False),
        sa.Column("conditions", sa.String(length=4000), nullable=False),
        sa.Column("reasons", sa.String(length=4000), nullable=False),
        sa.Column("scan_digest", sa.String(length=64), nullable=False),
        sa.Column("scan_size", sa.Integer(), nullable=False),
        sa.Column("scan_name", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposer_name", sa.String(length=50), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=False),
        sa.Column("approver_name", sa.String(length=50), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_case_id"), ["case_id"], unique=False)

    op.create_table(
        "disclosure",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_disclosure_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("case_id", name=op.f("uq_disclosure_case_id")),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_project_code"), ["project_code"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("check_code", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_number")),
        sa.UniqueConstraint("token", name=op.f("uq_notice_token")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_project_code"), ["project_code"], unique=False)

    op.create_table(
        "supplement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.String(length=50), nullable=False),
        sa.Column("items", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_supplement_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
    )
    with op.batch_alter_table("supplement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplement_case_id"), ["case_id"], unique=False)

    op.create_table(
        "light_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_light_event_case_id_case")),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_light_event_clock_id_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_event")),
        sa.UniqueConstraint("clock_id", "light", name=op.f("uq_light_event_clock_id_light")),
    )
    with op.batch_alter_table("light_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_light_event_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_light_event_org_unit"), ["org_unit"], unique=False)

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_pause_clock_id_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pause_clock_id"), ["clock_id"], unique=False)
