"""Mobile numbers of accounts become sealed: room for the seal, and the digest by which a number is found (A9.1).

What stands in clear is sealed by `tzxm fields seal`, which has the keys; until then it is read as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("mobile_digest", sa.String(length=100), nullable=True))
        table.alter_column("mobile", existing_type=sa.String(length=11), type_=sa.String(length=200))
        table.drop_constraint("uq_account_mobile", type_="unique")
        table.create_unique_constraint(op.f("uq_account_mobile_digest"), ["mobile_digest"])
