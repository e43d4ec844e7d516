"""Decisions found by their number however it is spelled, and copies that nobody has read, each by an index.

What stands is filled in. An older release that still runs leaves both empty: its numbers are compared as they are
spelled, its receipts count all the same.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BATCH = 2000
BRACKETS = str.maketrans({one: "〔" for one in "[(【﹝{"} | {one: "〕" for one in "])】﹞}"})
DECISION = sa.table("decision", sa.column("id"), sa.column("document_number"), sa.column("number_key"))
READ = """
    UPDATE copy SET read_at = (SELECT min(copy_receipt.read_at) FROM copy_receipt WHERE copy_receipt.copy_id = copy.id)
"""


def upgrade() -> None:
    key = sa.Column("number_key", sa.String(length=200), nullable=False, server_default=sa.text("''"))
    op.add_column("decision", key)
    op.add_column("copy", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    _fill_keys(op.get_bind())
    op.execute(READ)
    op.create_index("ix_decision_number_key", "decision", ["number_key"])
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_copy_unread", "copy", ["org_unit"], sqlite_where=unread, postgresql_where=unread)


def _fill_keys(connection: sa.Connection) -> None:
    wanted = sa.select(DECISION.c.id, DECISION.c.document_number).order_by(DECISION.c.id).limit(BATCH)
    written = sa.update(DECISION).where(DECISION.c.id == sa.bindparam("key")).values(number_key=sa.bindparam("folded"))
    last = 0
    while rows := connection.execute(wanted.where(DECISION.c.id > last)).all():
        connection.execute(written, [{"key": row.id, "folded": _folded(row.document_number)} for row in rows])
        last = rows[-1].id


def _folded(number: str) -> str:
    folded = unicodedata.normalize("NFKC", number).casefold().translate(BRACKETS)
    return "".join(one for one in folded if not one.isspace())[:200]
