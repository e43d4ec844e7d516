"""What nobody may change: the trace and what was told to the other zone are append-only, on both engines (A4.4, A2.1).

The statements are written out, for a migration says what was done then and follows no later change of the code.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# fmt: off
SQLITE = (
    """
    CREATE TRIGGER audit_entry_fixed BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the trace is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the trace is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entry_once BEFORE INSERT ON audit_entry WHEN EXISTS(SELECT 1 FROM audit_entry AS other WHERE other.id = NEW.id OR other.leaf_hash = NEW.leaf_hash) BEGIN SELECT RAISE(ABORT, 'the trace is append-only'); END
    """,
    """
    CREATE TRIGGER exchange_message_fixed BEFORE UPDATE ON exchange_message WHEN NEW.position IS NOT OLD.position OR NEW.id IS NOT OLD.id OR NEW.direction IS NOT OLD.direction OR NEW.kind IS NOT OLD.kind OR NEW.subject IS NOT OLD.subject OR NEW.body IS NOT OLD.body OR NEW.files IS NOT OLD.files OR NEW.happened_at IS NOT OLD.happened_at OR NEW.cause IS NOT OLD.cause OR (OLD.number IS NOT NULL AND (NEW.epoch IS NOT OLD.epoch OR NEW.number IS NOT OLD.number OR NEW.previous_digest IS NOT OLD.previous_digest OR NEW.digest IS NOT OLD.digest OR NEW.sealed_at IS NOT OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused') OR (NEW.state != 'refused' AND EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.number = NEW.number AND other.position != NEW.position)) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_message_kept BEFORE DELETE ON exchange_message BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_message_once BEFORE INSERT ON exchange_message WHEN EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.position = NEW.position) OR (NEW.state != 'refused' AND (EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.id = NEW.id) OR EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.number = NEW.number))) BEGIN SELECT RAISE(IGNORE); END
    """,
    """
    CREATE TRIGGER exchange_seal_fixed BEFORE UPDATE ON exchange_seal WHEN NEW.position IS NOT OLD.position OR NEW.direction IS NOT OLD.direction OR NEW.epoch IS NOT OLD.epoch OR NEW.number IS NOT OLD.number OR NEW.digest IS NOT OLD.digest OR NEW.key_id IS NOT OLD.key_id OR NEW.signature IS NOT OLD.signature OR NEW.sealed_at IS NOT OLD.sealed_at OR (OLD.state = 'refused' AND NEW.state != 'refused') BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_seal_kept BEFORE DELETE ON exchange_seal BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_seal_once BEFORE INSERT ON exchange_seal WHEN EXISTS(SELECT 1 FROM exchange_seal AS other WHERE other.position = NEW.position) OR (NEW.state != 'refused' AND EXISTS(SELECT 1 FROM exchange_seal AS other WHERE other.state != 'refused' AND other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.number = NEW.number AND other.digest = NEW.digest AND other.key_id = NEW.key_id AND other.signature = NEW.signature)) BEGIN SELECT RAISE(IGNORE); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the trace is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_entry_rows BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard()
    """,
    """
    CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard()
    """,
    """
    ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_rows
    """,
    """
    ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_whole
    """,
    """
    CREATE FUNCTION exchange_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (ROW(NEW.position, NEW.id, NEW.direction, NEW.kind, NEW.subject, NEW.body, NEW.files, NEW.happened_at, NEW.cause) IS DISTINCT FROM ROW(OLD.position, OLD.id, OLD.direction, OLD.kind, OLD.subject, OLD.body, OLD.files, OLD.happened_at, OLD.cause) OR (OLD.number IS NOT NULL AND ROW(NEW.epoch, NEW.number, NEW.previous_digest, NEW.digest, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.epoch, OLD.number, OLD.previous_digest, OLD.digest, OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused')) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE FUNCTION exchange_seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NOT (ROW(NEW.position, NEW.direction, NEW.epoch, NEW.number, NEW.digest, NEW.key_id, NEW.signature, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.position, OLD.direction, OLD.epoch, OLD.number, OLD.digest, OLD.key_id, OLD.signature, OLD.sealed_at) OR (OLD.state = 'refused' AND NEW.state != 'refused')) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE TRIGGER exchange_message_fixed BEFORE UPDATE OR DELETE ON exchange_message FOR EACH ROW EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    CREATE TRIGGER exchange_message_kept BEFORE TRUNCATE ON exchange_message FOR EACH STATEMENT EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_fixed
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_kept
    """,
    """
    CREATE TRIGGER exchange_seal_fixed BEFORE UPDATE OR DELETE ON exchange_seal FOR EACH ROW EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    CREATE TRIGGER exchange_seal_kept BEFORE TRUNCATE ON exchange_seal FOR EACH STATEMENT EXECUTE FUNCTION exchange_seal_guard()
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_fixed
    """,
    """
    ALTER TABLE exchange_seal ENABLE ALWAYS TRIGGER exchange_seal_kept
    """,
)
# fmt: on


def upgrade() -> None:
    """Create the triggers of the engine at hand."""
    connection = op.get_bind()
    for statement in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        connection.exec_driver_sql(statement)
