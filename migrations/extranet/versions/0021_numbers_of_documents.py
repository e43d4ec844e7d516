"""Decisions found by their document number: none may be given again within a unit."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decision_document_number", "decision", ["document_number"])
