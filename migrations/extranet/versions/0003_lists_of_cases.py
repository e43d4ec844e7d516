"""Indexes for the officers' lists: what has ended, newest first, and the items an organisational unit has cases of."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_case_org_unit_state", table_name="case")
    op.create_index("ix_case_ended", "case", ["org_unit", "state", "concluded_at", "id"], unique=False)
    op.create_index("ix_case_items", "case", ["org_unit", "item_code", "item_name"], unique=False)
