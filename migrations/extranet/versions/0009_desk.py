"""The officer's desk: assignment of cases, internal notes, the thread with the unit, saved views, absences."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("assigned_to", sa.String(length=36), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "case", sa.Column("assigned_name", sa.String(length=50), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("case", sa.Column("unread", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("case", schema=None) as batch_op:
        is_open = sa.text("concluded_at IS NULL")
        batch_op.create_index(
            "ix_case_assigned", ["assigned_to", "due_on", "id"], sqlite_where=is_open, postgresql_where=is_open
        )
    with op.batch_alter_table("officer_grant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("on_behalf_of", sa.String(length=36), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(
            sa.Column("behalf_name", sa.String(length=50), nullable=False, server_default=sa.text("''"))
        )
        batch_op.drop_constraint("uq_officer_grant_officer_id_role_org_unit_valid_from", type_="unique")
        batch_op.create_unique_constraint(
            "uq_officer_grant_held",
            ["officer_id", "role", "org_unit", "valid_from", "on_behalf_of"],
        )
    op.create_table(
        "absence",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("substitute_id", sa.String(length=36), nullable=False),
        sa.Column("substitute_name", sa.String(length=50), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_absence_officer_id_officer")),
        sa.ForeignKeyConstraint(["substitute_id"], ["officer.id"], name=op.f("fk_absence_substitute_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_officer_id"), "absence", ["officer_id"], unique=False)
    op.create_index(op.f("ix_absence_substitute_id"), "absence", ["substitute_id"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_note_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"], unique=False)
    op.create_table(
        "case_letter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_from_unit", sa.Boolean(), nullable=False),
        sa.Column("writer_name", sa.String(length=100), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_letter_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_letter")),
    )
    op.create_index(op.f("ix_case_letter_case_id"), "case_letter", ["case_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_saved_view_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_saved_view_officer_id_name")),
    )
