"""The thread of messages between a project unit and the department that handles its application."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_letter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_from_unit", sa.Boolean(), nullable=False),
        sa.Column("writer_name", sa.String(length=100), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_letter_application_id_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_letter")),
    )
    op.create_index(op.f("ix_application_letter_application_id"), "application_letter", ["application_id"])
