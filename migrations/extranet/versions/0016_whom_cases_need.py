"""Whom a case waits for, on its row: a proposed amendment, the last day of an answer, the expected end of a pause.

What waits now is filled in; an older release that still runs leaves the columns empty, which only hides what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

AMENDED = """
    UPDATE "case" SET amendment = (
        SELECT max(decision.kind) FROM decision
        WHERE decision.case_id = "case".id AND decision.state = 'proposed' AND decision.kind <> 'decision')
    WHERE "case".state = 'concluded' AND EXISTS (
        SELECT 1 FROM decision
        WHERE decision.case_id = "case".id AND decision.state = 'proposed' AND decision.kind <> 'decision')
"""
ANSWERED = """
    UPDATE "case" SET answer_by = (SELECT max(answer_by) FROM supplement WHERE supplement.case_id = "case".id)
    WHERE supplements > 0
"""
PAUSED = """
    UPDATE "case" SET paused_until = (
        SELECT max(pause.expected_on) FROM pause JOIN clock ON clock.id = pause.clock_id
        WHERE clock.case_id = "case".id AND clock.stopped_on IS NULL AND pause.ends_on IS NULL)
    WHERE is_paused
"""


def upgrade() -> None:
    op.add_column("case", sa.Column("amendment", sa.String(length=20), nullable=False, server_default=sa.text("''")))
    for name in ("answer_by", "paused_until"):
        op.add_column("case", sa.Column(name, sa.Date(), nullable=True))
    for statement in (AMENDED, ANSWERED, PAUSED):
        op.execute(statement)
    waits = sa.text("amendment <> ''")
    op.create_index("ix_case_amended", "case", ["org_unit", "id"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_officer_grant_unit", "officer_grant", ["org_unit", "role"], unique=False)
