"""When the department asked for the supplement: what was handed in before is no answer to it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    # what waits for an answer while this runs: the line of its timeline says when it was asked for
    op.execute(
        "UPDATE application SET asked_at = (SELECT max(project_event.at) FROM project_event"
        " WHERE project_event.application_id = application.id AND project_event.words LIKE '%：一次性告知补正')"
        " WHERE state = 'awaiting_supplement'"
    )
