"""The due lists as they were frozen at completion, as the extranet told them (A14.5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "due_list_version",
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("items", json, nullable=False),
        sa.Column("dropped", json, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_code"], ["project.code"], name=op.f("fk_due_list_version_project_code_project")
        ),
        sa.PrimaryKeyConstraint("project_code", "number", name=op.f("pk_due_list_version")),
    )
