"""Extensions, policies of pauses, lights written down once, revisions of the calendar (A15.1, A15.2)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RUNS = "stopped_on IS NULL"


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    number = {"type_": sa.Integer(), "nullable": False, "server_default": "0"}
    op.add_column("clock", sa.Column("extension_days", **number))
    op.add_column("clock", sa.Column("extended_on", sa.Date(), nullable=True))
    op.add_column(
        "clock", sa.Column("extension_reason", sa.String(length=1000), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("clock", sa.Column("lit", **number))
    for light, lit in (("yellow", 1), ("red", 2)):
        noted = f"SELECT clock_id FROM light_event WHERE light = '{light}'"
        op.execute(f"UPDATE clock SET lit = {lit} WHERE id IN ({noted})")
    for name in ("ix_clock_warn", "ix_clock_red", "ix_clock_late"):
        op.drop_index(name, table_name="clock")
    _index("ix_clock_warn", "clock", ["warn_on"], f"lit = 0 AND {RUNS}")
    _index("ix_clock_red", "clock", ["red_on"], f"lit = 1 AND {RUNS}")
    _index("ix_clock_ended_yellow", "clock", ["stopped_on"], "lit = 0 AND warn_on <= stopped_on")
    _index("ix_clock_ended_red", "clock", ["stopped_on"], "lit = 1 AND red_on <= stopped_on")
    _index("ix_clock_open", "clock", ["case_id", "red_on"], RUNS)

    for name in ("restarts", "is_noted"):
        op.add_column("pause", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _index("ix_pause_expected", "pause", ["expected_on"], "ends_on IS NULL AND NOT is_noted")
    _index("ix_pause_ended_late", "pause", ["expected_on"], "ends_on > expected_on AND NOT is_noted")
    op.create_table(
        "pause_overrun",
        sa.Column("pause_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pause_id"], ["pause.id"], name=op.f("fk_pause_overrun_pause_id_pause")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_pause_overrun_case_id_case")),
        sa.PrimaryKeyConstraint("pause_id", name=op.f("pk_pause_overrun")),
    )
    op.create_index(op.f("ix_pause_overrun_case_id"), "pause_overrun", ["case_id"])
    op.create_index(op.f("ix_pause_overrun_org_unit"), "pause_overrun", ["org_unit"])

    op.create_table(
        "calendar_revision",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("first_change", sa.Date(), nullable=False),
        sa.Column("drafted_by", sa.String(length=36), nullable=False),
        sa.Column("drafter_name", sa.String(length=50), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_to", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_revision")),
    )
    _index("ix_calendar_revision_counting", "calendar_revision", ["id"], "state = 'published'")
