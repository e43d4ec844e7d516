"""Which officers' entry a project begun before the platform came from."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("legacy_request_id", sa.String(length=36), nullable=True))
    op.create_index("uq_project_legacy_request_id", "project", ["legacy_request_id"], unique=True)
