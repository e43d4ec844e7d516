"""Consultations with their replies, copies of decisions with receipts, agencies and commissioned services."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("services", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("qualification", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delisted_reason", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_agency_credit_code")),
    )
    op.create_table(
        "consultation",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("item_name", sa.String(length=100), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("question", sa.String(length=4000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=36), nullable=False),
        sa.Column("opener_name", sa.String(length=50), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.String(length=4000), nullable=False),
        sa.Column("case_has_ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consultation_case_id_case")),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_consultation_project_code_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index("ix_consultation_case", "consultation", ["case_id"], unique=False)
    op.create_index("ix_consultation_org_unit", "consultation", ["org_unit", "state", "id"], unique=False)
    op.create_index("ix_consultation_project", "consultation", ["project_code"], unique=False)
    op.create_table(
        "copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("item_name", sa.String(length=100), nullable=False),
        sa.Column("from_unit", sa.String(length=40), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("document_title", sa.String(length=300), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_copy_case_id_case")),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_copy_project_code_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
        sa.UniqueConstraint(
            "case_id", "document_number", "org_unit", name=op.f("uq_copy_case_id_document_number_org_unit")
        ),
    )
    op.create_index("ix_copy_from_unit", "copy", ["from_unit", "id"], unique=False)
    op.create_index("ix_copy_org_unit", "copy", ["org_unit", "id"], unique=False)
    op.create_table(
        "engagement",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("item_name", sa.String(length=100), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=30), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("agency_name", sa.String(length=120), nullable=False),
        sa.Column("selection", sa.String(length=20), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("pause_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("finding", sa.String(length=30), nullable=False),
        sa.Column("result", sa.String(length=2000), nullable=False),
        sa.Column("commissioned_by", sa.String(length=50), nullable=False),
        sa.Column("commissioned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_engagement_agency_id_agency")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_engagement_case_id_case")),
        sa.ForeignKeyConstraint(["project_code"], ["project.code"], name=op.f("fk_engagement_project_code_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    op.create_index("ix_engagement_case", "engagement", ["case_id"], unique=False)
    op.create_index("ix_engagement_org_unit", "engagement", ["org_unit", "state", "id"], unique=False)
    op.create_table(
        "consultation_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_material_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_material")),
    )
    op.create_index(
        "ix_consultation_material_consultation_id", "consultation_material", ["consultation_id"], unique=False
    )
    op.create_table(
        "consultation_reply",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=36), nullable=False),
        sa.Column("project_code", sa.String(length=24), nullable=False),
        sa.Column("org_unit", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opinion", sa.String(length=30), nullable=False),
        sa.Column("statement", sa.String(length=4000), nullable=False),
        sa.Column("answerer_name", sa.String(length=50), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_again", sa.String(length=1000), nullable=False),
        sa.Column("disposition", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_consultation_reply_consultation_id_consultation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_reply")),
        sa.UniqueConstraint("consultation_id", "org_unit", name=op.f("uq_consultation_reply_consultation_id_org_unit")),
    )
    op.create_index(
        "ix_consultation_reply_org_unit", "consultation_reply", ["org_unit", "state", "due_on", "id"], unique=False
    )
    op.create_table(
        "copy_receipt",
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_copy_receipt_copy_id_copy")),
        sa.PrimaryKeyConstraint("copy_id", "officer_id", name=op.f("pk_copy_receipt")),
    )
    op.create_table(
        "consultation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.String(length=30), nullable=False),
        sa.Column("statement", sa.String(length=4000), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("officer_name", sa.String(length=50), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["consultation_reply.id"], name=op.f("fk_consultation_answer_reply_id_consultation_reply")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_answer")),
    )
    op.create_index("ix_consultation_answer_reply_id", "consultation_answer", ["reply_id"], unique=False)
