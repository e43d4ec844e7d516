"""Change requests, legacy codes, and links between the codes of one project (A12.1, A12.2, A14.1e)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "legacy_import",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mapped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_import")),
    )
    with op.batch_alter_table("legacy_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legacy_import_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "legacy_code",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("mapped_by", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_legacy_code_project_code_project")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_legacy_code")),
    )
    with op.batch_alter_table("legacy_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legacy_code_project_code"), ["project_code"], unique=False)

    op.create_table(
        "project_change",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("kept_back", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=False),
        sa.Column("decider_name", sa.String(length=50), nullable=False),
        sa.Column("decision", sa.String(length=2000), nullable=False),
        sa.Column("fates", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("resumes_to", sa.String(length=20), nullable=False),
        sa.Column("new_code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_code"], ["project.code"], name=op.f("fk_project_change_project_code_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_change")),
    )
    with op.batch_alter_table("project_change", schema=None) as batch_op:
        batch_op.create_index("ix_project_change_project", ["project_code", "submitted_at"], unique=False)
        batch_op.create_index("ix_project_change_state", ["state", "submitted_at"], unique=False)

    op.create_table(
        "project_link",
        sa.Column("old_code", sa.String(length=24), nullable=False),
        sa.Column("new_code", sa.String(length=24), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["new_code"], ["project.code"], name=op.f("fk_project_link_new_code_project")),
        sa.ForeignKeyConstraint(["old_code"], ["project.code"], name=op.f("fk_project_link_old_code_project")),
        sa.PrimaryKeyConstraint("old_code", name=op.f("pk_project_link")),
        sa.UniqueConstraint("new_code", name=op.f("uq_project_link_new_code")),
    )
