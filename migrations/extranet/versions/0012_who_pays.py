"""Who pays for a commissioned service; so far it was the department each time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    payer = sa.Column("payer", sa.String(length=20), nullable=False, server_default="department")
    op.add_column("engagement", payer)
