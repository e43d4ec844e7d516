"""Handling: withdrawals under way, amended decisions, void notices."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("withdrawal_sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "application", sa.Column("amendment", sa.String(length=20), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "application", sa.Column("amends_number", sa.String(length=100), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("notice", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "notice", sa.Column("void_reason", sa.String(length=1000), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "notice", sa.Column("successor_token", sa.String(length=40), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "published_result", sa.Column("amendment", sa.String(length=20), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("published_result", sa.Column("amended_on", sa.Date(), nullable=True))
    op.add_column(
        "published_result",
        sa.Column("amends_number", sa.String(length=100), nullable=False, server_default=sa.text("''")),
    )
