"""Handling: transfers, levels of sign-off, amended decisions, void notices, what answers a request to supplement."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_unit", sa.String(length=40), nullable=False),
        sa.Column("to_unit", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_transfer_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_transfer")),
    )
    op.create_index("ix_case_transfer_from", "case_transfer", ["from_unit", "id"], unique=False)
    op.create_index(op.f("ix_case_transfer_case_id"), "case_transfer", ["case_id"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.String(length=4000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_sign_off_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_decision_id"), "sign_off", ["decision_id"], unique=False)
    op.add_column("case", sa.Column("reviews_left", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("case_material", sa.Column("supplement_id", sa.Integer(), nullable=True))
    op.add_column(
        "decision", sa.Column("kind", sa.String(length=20), nullable=False, server_default=sa.text("'decision'"))
    )
    op.add_column("decision", sa.Column("amends_id", sa.Integer(), nullable=True))
    op.add_column("notice", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("voided_by", sa.String(length=50), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "notice", sa.Column("void_reason", sa.String(length=1000), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("notice", sa.Column("successor_id", sa.Integer(), nullable=True))
