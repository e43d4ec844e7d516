"""Secrets of officers' second factors become sealed: room for the seal (A9.1).

What stands in clear is sealed by `tzxm fields seal`, which has the keys; until then it is read as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("officer") as table:
        table.alter_column("totp_secret", existing_type=sa.String(length=64), type_=sa.String(length=200))
