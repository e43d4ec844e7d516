"""The title of the report that a commissioned service delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engagement", sa.Column("report", sa.String(200), nullable=False, server_default=sa.text("''")))
