"""What the public page shows of a commissioned service: its fee, who pays, and the title of its report."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engagement", sa.Column("fee", sa.Integer(), nullable=True))
    op.add_column("engagement", sa.Column("payer", sa.String(20), nullable=False, server_default=sa.text("''")))
    op.add_column("engagement", sa.Column("report", sa.String(200), nullable=False, server_default=sa.text("''")))
