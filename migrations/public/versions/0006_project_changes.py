"""Change requests, legacy codes, and links between the codes of one project (A12.1, A12.2, A14.1e)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_request",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decider", sa.String(length=100), nullable=False),
        sa.Column("decision", sa.String(length=2000), nullable=False),
        sa.Column("new_code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_code"], ["project.code"], name=op.f("fk_change_request_project_code_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    with op.batch_alter_table("change_request", schema=None) as batch_op:
        batch_op.create_index("ix_change_request_project", ["project_code", "begun_at"], unique=False)

    op.create_table(
        "legacy_code",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_legacy_code_project_code_project")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_legacy_code")),
    )
    with op.batch_alter_table("legacy_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legacy_code_project_code"), ["project_code"], unique=False)

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
