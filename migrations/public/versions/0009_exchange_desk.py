"""The exchange desk: signs of life, archived ranges, and the one door in the append-only rows.

A settled row may be deleted once an archived range names it; the list of ranges itself only ever grows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# fmt: off
SQLITE = (
    """
    DROP TRIGGER exchange_message_kept
    """,
    """
    CREATE TRIGGER exchange_message_kept BEFORE DELETE ON exchange_message WHEN NOT (OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept WHERE kept.direction = OLD.direction AND kept.epoch = OLD.epoch AND OLD.number BETWEEN kept.first AND kept.last)) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_archive_fixed BEFORE UPDATE ON exchange_archive BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_archive_kept BEFORE DELETE ON exchange_archive BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_archive_once BEFORE INSERT ON exchange_archive WHEN EXISTS(SELECT 1 FROM exchange_archive AS other WHERE other.id = NEW.id OR (other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.first = NEW.first)) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION exchange_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (ROW(NEW.position, NEW.id, NEW.direction, NEW.kind, NEW.subject, NEW.body, NEW.files, NEW.happened_at, NEW.cause) IS DISTINCT FROM ROW(OLD.position, OLD.id, OLD.direction, OLD.kind, OLD.subject, OLD.body, OLD.files, OLD.happened_at, OLD.cause) OR (OLD.number IS NOT NULL AND ROW(NEW.epoch, NEW.number, NEW.previous_digest, NEW.digest, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.epoch, OLD.number, OLD.previous_digest, OLD.digest, OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused')) THEN RETURN NEW; END IF; END IF; IF TG_OP = 'DELETE' THEN IF OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept WHERE kept.direction = OLD.direction AND kept.epoch = OLD.epoch AND OLD.number BETWEEN kept.first AND kept.last) THEN RETURN OLD; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE FUNCTION exchange_archive_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (true) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE TRIGGER exchange_archive_fixed BEFORE UPDATE OR DELETE ON exchange_archive FOR EACH ROW EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    CREATE TRIGGER exchange_archive_kept BEFORE TRUNCATE ON exchange_archive FOR EACH STATEMENT EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_fixed
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_kept
    """,
)
# fmt: on


def upgrade() -> None:
    """Make the tables and indexes, then the triggers of the engine at hand."""
    op.create_table(
        "exchange_pulse",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_exchange_pulse")),
    )
    op.create_table(
        "exchange_archive",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("last_digest", sa.String(length=64), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_archive")),
    )
    op.create_index("uq_exchange_archive_first", "exchange_archive", ["direction", "epoch", "first"], unique=True)
    for name, columns, condition in INDEXES:
        where = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
        op.create_index(name, "exchange_message", columns, **where)
    connection = op.get_bind()
    for statement in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        connection.exec_driver_sql(statement)


INDEXES = (
    ("ix_exchange_message_refused", ["state", "position"], "state IN ('rejected', 'refused')"),
    ("ix_exchange_message_returned", ["position"], "state = 'settled' AND reason IS NOT NULL"),
    ("ix_exchange_message_report", ["direction", "position"], "kind = 'day.report.v1'"),
)
