"""The exchange's guards on PostgreSQL look at a row after it was updated, not before.

A trigger before an update locks each row of it first, with a word in the log for each; one after it refuses the
statement as well.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# fmt: off
POSTGRESQL = (
    """
    DROP TRIGGER exchange_message_fixed ON exchange_message
    """,
    """
    DROP TRIGGER exchange_seal_fixed ON exchange_seal
    """,
    """
    DROP TRIGGER exchange_archive_fixed ON exchange_archive
    """,
    """
    CREATE TRIGGER exchange_message_fixed AFTER UPDATE ON exchange_message FOR EACH ROW WHEN (ROW(NEW.position, NEW.id, NEW.direction, NEW.kind, NEW.subject, NEW.body, NEW.files, NEW.happened_at, NEW.cause) IS DISTINCT FROM ROW(OLD.position, OLD.id, OLD.direction, OLD.kind, OLD.subject, OLD.body, OLD.files, OLD.happened_at, OLD.cause) OR (OLD.number IS NOT NULL AND ROW(NEW.epoch, NEW.number, NEW.previous_digest, NEW.digest, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.epoch, OLD.number, OLD.previous_digest, OLD.digest, OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused')) EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_fixed
    """,
    """
    CREATE TRIGGER exchange_seal_fixed AFTER UPDATE ON exchange_seal FOR EACH ROW WHEN (ROW(NEW.position, NEW.direction, NEW.epoch, NEW.number, NEW.digest, NEW.key_id, NEW.signature, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.position, OLD.direction, OLD.epoch, OLD.number, OLD.digest, OLD.key_id, OLD.signature, OLD.sealed_at) OR (OLD.state = 'refused' AND NEW.state != 'refused')) EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_fixed
    """,
    """
    CREATE TRIGGER exchange_archive_fixed AFTER UPDATE ON exchange_archive FOR EACH ROW WHEN (true) EXECUTE FUNCTION exchange_archive_guard()
    """,
    """
    ALTER TABLE exchange_archive ENABLE ALWAYS TRIGGER exchange_archive_fixed
    """,
)
# fmt: on


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)
