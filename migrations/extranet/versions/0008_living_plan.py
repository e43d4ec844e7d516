"""The living plan: who dropped a due item, and the due lists as they were frozen at completion (A14.1c, A14.5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER due_list_version_fixed BEFORE UPDATE ON due_list_version "
    "BEGIN SELECT RAISE(ABORT, 'a frozen list never changes'); END",
    "CREATE TRIGGER due_list_version_kept BEFORE DELETE ON due_list_version "
    "BEGIN SELECT RAISE(ABORT, 'a frozen list never changes'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION due_list_version_guard() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a frozen list never changes'; END $$",
    "CREATE TRIGGER due_list_version_rows BEFORE UPDATE OR DELETE ON due_list_version "
    "FOR EACH ROW EXECUTE FUNCTION due_list_version_guard()",
    "CREATE TRIGGER due_list_version_whole BEFORE TRUNCATE ON due_list_version "
    "FOR EACH STATEMENT EXECUTE FUNCTION due_list_version_guard()",
)


def upgrade() -> None:
    """Add the column and the table; what was dropped before was dropped by a person, unnamed."""
    op.add_column("due_item", sa.Column("dropped_by", sa.String(length=40), nullable=False, server_default=""))
    with op.batch_alter_table("due_item") as batch_op:
        batch_op.alter_column("dropped_by", existing_type=sa.String(length=40), server_default=None)
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
    connection = op.get_bind()
    for statement in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        connection.exec_driver_sql(statement)
