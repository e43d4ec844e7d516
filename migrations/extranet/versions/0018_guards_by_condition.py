"""The exchange's guards on PostgreSQL say in their own condition what an update may not change.

A function called for every row that is sealed, carried, received or settled took longer than the change itself; now it
is called only to refuse. SQLite's triggers always had their condition.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# fmt: off
POSTGRESQL = (
    """
    DROP TRIGGER exchange_message_fixed ON exchange_message
    """,
    """
    DROP TRIGGER exchange_message_kept ON exchange_message
    """,
    """
    DROP TRIGGER exchange_seal_fixed ON exchange_seal
    """,
    """
    DROP TRIGGER exchange_seal_kept ON exchange_seal
    """,
    """
    DROP TRIGGER exchange_archive_fixed ON exchange_archive
    """,
    """
    DROP TRIGGER exchange_archive_kept ON exchange_archive
    """,
    """
    CREATE OR REPLACE FUNCTION exchange_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN IF OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept WHERE kept.direction = OLD.direction AND kept.epoch = OLD.epoch AND OLD.number BETWEEN kept.first AND kept.last) THEN RETURN OLD; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION exchange_seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION exchange_archive_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE TRIGGER exchange_message_fixed BEFORE UPDATE ON exchange_message FOR EACH ROW WHEN (ROW(NEW.position, NEW.id, NEW.direction, NEW.kind, NEW.subject, NEW.body, NEW.files, NEW.happened_at, NEW.cause) IS DISTINCT FROM ROW(OLD.position, OLD.id, OLD.direction, OLD.kind, OLD.subject, OLD.body, OLD.files, OLD.happened_at, OLD.cause) OR (OLD.number IS NOT NULL AND ROW(NEW.epoch, NEW.number, NEW.previous_digest, NEW.digest, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.epoch, OLD.number, OLD.previous_digest, OLD.digest, OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused')) EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    CREATE TRIGGER exchange_message_gone BEFORE DELETE ON exchange_message FOR EACH ROW EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    CREATE TRIGGER exchange_message_kept BEFORE TRUNCATE ON exchange_message FOR EACH STATEMENT EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_fixed
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_gone
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_kept
    """,
    """
    CREATE TRIGGER exchange_seal_fixed BEFORE UPDATE ON exchange_seal FOR EACH ROW WHEN (ROW(NEW.position, NEW.direction, NEW.epoch, NEW.number, NEW.digest, NEW.key_id, NEW.signature, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.position, OLD.direction, OLD.epoch, OLD.number, OLD.digest, OLD.key_id, OLD.signature, OLD.sealed_at) OR (OLD.state = 'refused' AND NEW.state != 'refused')) EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    CREATE TRIGGER exchange_seal_gone BEFORE DELETE ON exchange_seal FOR EACH ROW EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    CREATE TRIGGER exchange_seal_kept BEFORE TRUNCATE ON exchange_seal FOR EACH STATEMENT EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_fixed
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_gone
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_kept
    """,
    """
    CREATE TRIGGER exchange_archive_fixed BEFORE UPDATE ON exchange_archive FOR EACH ROW WHEN (true) EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    CREATE TRIGGER exchange_archive_gone BEFORE DELETE ON exchange_archive FOR EACH ROW EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    CREATE TRIGGER exchange_archive_kept BEFORE TRUNCATE ON exchange_archive FOR EACH STATEMENT EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_fixed
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_gone
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_kept
    """,
)
# fmt: on


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)
