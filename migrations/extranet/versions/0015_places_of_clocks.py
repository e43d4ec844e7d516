"""Clocks count by the calendar of their office's place; late records; what a copied document amends."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clock", sa.Column("place", sa.String(length=6), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "calendar_revision", sa.Column("region_code", sa.String(length=6), nullable=False, server_default=sa.text("''"))
    )
    for name, length in (("amendment", 20), ("amends_number", 100)):
        op.add_column("copy", sa.Column(name, sa.String(length=length), nullable=False, server_default=sa.text("''")))
    op.add_column("supplement", sa.Column("answer_by", sa.Date(), nullable=True))
    op.execute(
        'UPDATE clock SET place = (SELECT substr("case".org_unit, 1, 6) FROM "case" WHERE "case".id = clock.case_id)'
    )
    op.add_column("pause", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "late_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lag_days", sa.Integer(), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_late_record_case_id_case")),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_late_record_project_code_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_record")),
    )
    op.create_index(op.f("ix_late_record_case_id"), "late_record", ["case_id"], unique=False)
    op.create_index("ix_late_record_org_unit", "late_record", ["org_unit", "id"], unique=False)
    for name in ("warn_on", "red_on"):
        op.add_column("consultation_reply", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("consultation_reply", sa.Column("lit", sa.Integer(), nullable=False, server_default="0"))
    # what is awaited while this runs is lit by its due date alone
    op.execute("UPDATE consultation_reply SET warn_on = due_on WHERE stopped_on IS NULL")
    with op.batch_alter_table("consultation_reply", schema=None) as batch_op:
        for index, column, lit in (("warn", "warn_on", 0), ("red", "red_on", 1)):
            waits = sa.text(f"lit = {lit} AND stopped_on IS NULL")
            batch_op.create_index(
                f"ix_consultation_reply_{index}", [column], sqlite_where=waits, postgresql_where=waits
            )
    op.create_table(
        "reply_light",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("light", sa.String(length=10), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["consultation_reply.id"], name=op.f("fk_reply_light_reply_id_consultation_reply")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_light")),
    )
    op.create_index(op.f("ix_reply_light_reply_id"), "reply_light", ["reply_id"], unique=False)
    op.create_index(op.f("ix_reply_light_org_unit"), "reply_light", ["org_unit"], unique=False)
