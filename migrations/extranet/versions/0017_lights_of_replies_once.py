"""A reply earns each light once; what a revised calendar replaced; place and dates of what was begun meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "calendar_revision",
        sa.Column("replaced", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
    op.add_column(
        "calendar_revision", sa.Column("was_announced", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.execute(
        "DELETE FROM reply_light WHERE id NOT IN (SELECT min(id) FROM reply_light GROUP BY reply_id, started_on, light)"
    )
    op.create_index("uq_reply_light_earned", "reply_light", ["reply_id", "started_on", "light"], unique=True)
    op.execute(
        'UPDATE clock SET place = (SELECT substr("case".org_unit, 1, 6) FROM "case" WHERE "case".id = clock.case_id)'
        " WHERE place = ''"
    )
    next_day = "date(due_on, '+1 day')" if op.get_bind().dialect.name == "sqlite" else "due_on + 1"
    op.execute(
        f"UPDATE consultation_reply SET warn_on = coalesce(warn_on, due_on), red_on = {next_day}"
        " WHERE red_on IS NULL AND due_on IS NOT NULL AND stopped_on IS NULL"
    )
