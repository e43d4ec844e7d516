"""Places in the chain of what this zone tells move into a table of their own, beside those that wait for one (A2.1).

To seal a message takes a short new row then, where its own long one was written anew with each of its indexes. A row
says only that it was told; whether it is sealed and carried is told by its place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# fmt: off
MOVED = (
    """
    INSERT INTO exchange_unsealed (position) SELECT position FROM exchange_message WHERE state = 'unsealed'
    """,
    """
    INSERT INTO exchange_place (position, epoch, number, previous_digest, digest, sealed_at) SELECT position, epoch, number, previous_digest, digest, sealed_at FROM exchange_message WHERE direction = 'to_extranet' AND number IS NOT NULL AND state != 'refused'
    """,
    """
    INSERT INTO exchange_carried (direction, epoch, number) SELECT direction, epoch, coalesce((SELECT min(told.number) - 1 FROM exchange_message AS told WHERE told.state = 'sealed'), number) FROM exchange_channel WHERE direction = 'to_extranet'
    """,
)
SQLITE = (
    """
    DROP TRIGGER exchange_message_fixed
    """,
    """
    DROP TRIGGER exchange_message_kept
    """,
    """
    DROP TRIGGER exchange_message_once
    """,
    """
    CREATE TABLE exchange_message_anew ( position INTEGER NOT NULL, id VARCHAR(36) NOT NULL, direction VARCHAR(16) NOT NULL, kind VARCHAR(80) NOT NULL, subject VARCHAR(120) NOT NULL, body TEXT NOT NULL, files TEXT NOT NULL, happened_at DATETIME NOT NULL, cause VARCHAR(36), epoch INTEGER, number BIGINT, previous_digest VARCHAR(64), digest VARCHAR(64), sealed_at DATETIME, state VARCHAR(16) NOT NULL, attempts INTEGER NOT NULL, not_before DATETIME, received_at DATETIME, applied_at DATETIME, reason TEXT, CONSTRAINT pk_exchange_message PRIMARY KEY (position), CONSTRAINT ck_exchange_message_state CHECK (state IN ('told', 'settled', 'arrived', 'received', 'waiting', 'quarantined', 'applied', 'rejected', 'refused')), CONSTRAINT ck_exchange_message_sealed_whole CHECK ((number IS NULL) = (digest IS NULL)) )
    """,
    """
    INSERT INTO exchange_message_anew (position, id, direction, kind, subject, body, files, happened_at, cause, epoch, number, previous_digest, digest, sealed_at, state, attempts, not_before, received_at, applied_at, reason) SELECT position, id, direction, kind, subject, body, files, happened_at, cause, CASE WHEN direction = 'to_extranet' AND state != 'refused' THEN NULL ELSE epoch END, CASE WHEN direction = 'to_extranet' AND state != 'refused' THEN NULL ELSE number END, CASE WHEN direction = 'to_extranet' AND state != 'refused' THEN NULL ELSE previous_digest END, CASE WHEN direction = 'to_extranet' AND state != 'refused' THEN NULL ELSE digest END, CASE WHEN direction = 'to_extranet' AND state != 'refused' THEN NULL ELSE sealed_at END, CASE WHEN state IN ('unsealed', 'sealed', 'carried') THEN 'told' ELSE state END, attempts, not_before, received_at, applied_at, reason FROM exchange_message
    """,
    """
    DROP TABLE exchange_message
    """,
    """
    ALTER TABLE exchange_message_anew RENAME TO exchange_message
    """,
    """
    CREATE INDEX ix_exchange_message_due ON exchange_message (direction, epoch, number) WHERE state IN ('received', 'waiting')
    """,
    """
    CREATE INDEX ix_exchange_message_held ON exchange_message (direction, subject, epoch, number) WHERE state IN ('received', 'waiting', 'quarantined')
    """,
    """
    CREATE INDEX ix_exchange_message_refused ON exchange_message (state, position) WHERE state IN ('rejected', 'refused')
    """,
    """
    CREATE INDEX ix_exchange_message_report ON exchange_message (direction, position) WHERE kind = 'day.report.v1'
    """,
    """
    CREATE INDEX ix_exchange_message_returned ON exchange_message (position) WHERE state = 'settled' AND reason IS NOT NULL
    """,
    """
    CREATE INDEX ix_exchange_message_told ON exchange_message (position) WHERE state = 'told'
    """,
    """
    CREATE UNIQUE INDEX uq_exchange_message_id ON exchange_message (id) WHERE state != 'refused'
    """,
    """
    CREATE UNIQUE INDEX uq_exchange_message_number ON exchange_message (direction, epoch, number) WHERE number IS NOT NULL AND state != 'refused'
    """,
    """
    CREATE TRIGGER exchange_message_fixed BEFORE UPDATE ON exchange_message WHEN NEW.position IS NOT OLD.position OR NEW.id IS NOT OLD.id OR NEW.direction IS NOT OLD.direction OR NEW.kind IS NOT OLD.kind OR NEW.subject IS NOT OLD.subject OR NEW.body IS NOT OLD.body OR NEW.files IS NOT OLD.files OR NEW.happened_at IS NOT OLD.happened_at OR NEW.cause IS NOT OLD.cause OR (OLD.number IS NOT NULL AND (NEW.epoch IS NOT OLD.epoch OR NEW.number IS NOT OLD.number OR NEW.previous_digest IS NOT OLD.previous_digest OR NEW.digest IS NOT OLD.digest OR NEW.sealed_at IS NOT OLD.sealed_at)) OR (OLD.number IS NULL AND NEW.number IS NOT NULL AND NOT (NEW.state = 'refused' AND EXISTS(SELECT 1 FROM exchange_place AS place WHERE place.position = NEW.position AND NEW.epoch = place.epoch AND NEW.number = place.number AND NEW.previous_digest = place.previous_digest AND NEW.digest = place.digest AND NEW.sealed_at = place.sealed_at))) OR (OLD.state = 'refused' AND NEW.state != 'refused') OR (NEW.state != 'refused' AND EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.number = NEW.number AND other.position != NEW.position)) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_message_kept BEFORE DELETE ON exchange_message WHEN NOT (OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept LEFT JOIN exchange_place AS place ON place.position = OLD.position WHERE kept.direction = OLD.direction AND kept.epoch = coalesce(OLD.epoch, place.epoch) AND coalesce(OLD.number, place.number) BETWEEN kept.first AND kept.last)) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_message_once BEFORE INSERT ON exchange_message WHEN EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.position = NEW.position) OR (NEW.state != 'refused' AND (EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.id = NEW.id) OR EXISTS(SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND other.direction = NEW.direction AND other.epoch = NEW.epoch AND other.number = NEW.number))) BEGIN SELECT RAISE(IGNORE); END
    """,
    """
    CREATE TRIGGER exchange_message_told AFTER INSERT ON exchange_message WHEN NEW.state = 'told' BEGIN INSERT INTO exchange_unsealed (position) VALUES (NEW.position); END
    """,
    """
    CREATE TRIGGER exchange_unsealed_noted BEFORE INSERT ON exchange_unsealed WHEN NOT EXISTS(SELECT 1 FROM exchange_message AS told WHERE told.position = NEW.position AND told.state = 'told') OR EXISTS(SELECT 1 FROM exchange_place AS other WHERE other.position = NEW.position) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_place_fixed BEFORE UPDATE ON exchange_place BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_place_kept BEFORE DELETE ON exchange_place WHEN EXISTS(SELECT 1 FROM exchange_message AS told WHERE told.position = OLD.position AND (told.state = 'refused' AND told.epoch = OLD.epoch AND told.number = OLD.number AND told.previous_digest = OLD.previous_digest AND told.digest = OLD.digest AND told.sealed_at = OLD.sealed_at) IS NOT TRUE) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
    """
    CREATE TRIGGER exchange_place_once BEFORE INSERT ON exchange_place WHEN EXISTS(SELECT 1 FROM exchange_place AS other WHERE other.position = NEW.position) OR EXISTS(SELECT 1 FROM exchange_place AS other WHERE other.epoch = NEW.epoch AND other.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'exchange rows are append-only'); END
    """,
)
POSTGRESQL = (
    """
    DROP TRIGGER exchange_message_fixed ON exchange_message
    """,
    """
    ALTER TABLE exchange_message DROP CONSTRAINT ck_exchange_message_state
    """,
    """
    DROP INDEX ix_exchange_message_carried
    """,
    """
    DROP INDEX ix_exchange_message_sealed
    """,
    """
    DROP INDEX ix_exchange_message_unsealed
    """,
    """
    DROP INDEX uq_exchange_message_number
    """,
    """
    UPDATE exchange_message SET state = 'told' WHERE state IN ('unsealed', 'sealed', 'carried')
    """,
    """
    UPDATE exchange_message SET epoch = NULL, number = NULL, previous_digest = NULL, digest = NULL, sealed_at = NULL WHERE direction = 'to_extranet' AND state != 'refused'
    """,
    """
    ALTER TABLE exchange_message ADD CONSTRAINT ck_exchange_message_state CHECK (state IN ('told', 'settled', 'arrived', 'received', 'waiting', 'quarantined', 'applied', 'rejected', 'refused'))
    """,
    """
    CREATE UNIQUE INDEX uq_exchange_message_number ON exchange_message (direction, epoch, number) WHERE number IS NOT NULL AND state != 'refused'
    """,
    """
    CREATE INDEX ix_exchange_message_told ON exchange_message (position) WHERE state = 'told'
    """,
    """
    CREATE OR REPLACE FUNCTION exchange_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN IF OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept LEFT JOIN exchange_place AS place ON place.position = OLD.position WHERE kept.direction = OLD.direction AND kept.epoch = coalesce(OLD.epoch, place.epoch) AND coalesce(OLD.number, place.number) BETWEEN kept.first AND kept.last) THEN RETURN OLD; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE FUNCTION exchange_place_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN IF NOT EXISTS(SELECT 1 FROM exchange_message AS told WHERE told.position = OLD.position AND (told.state = 'refused' AND told.epoch = OLD.epoch AND told.number = OLD.number AND told.previous_digest = OLD.previous_digest AND told.digest = OLD.digest AND told.sealed_at = OLD.sealed_at) IS NOT TRUE) THEN RETURN OLD; END IF; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE FUNCTION exchange_message_numbered_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state = 'refused' AND EXISTS(SELECT 1 FROM exchange_place AS place WHERE place.position = NEW.position AND NEW.epoch = place.epoch AND NEW.number = place.number AND NEW.previous_digest = place.previous_digest AND NEW.digest = place.digest AND NEW.sealed_at = place.sealed_at) THEN RETURN NEW; END IF; RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE TRIGGER exchange_message_numbered AFTER UPDATE ON exchange_message FOR EACH ROW WHEN (OLD.number IS NULL AND NEW.number IS NOT NULL) EXECUTE FUNCTION exchange_message_numbered_guard()
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_numbered
    """,
    """
    CREATE FUNCTION exchange_message_to_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO exchange_unsealed (position) VALUES (NEW.position); RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER exchange_message_told AFTER INSERT ON exchange_message FOR EACH ROW WHEN (NEW.state = 'told') EXECUTE FUNCTION exchange_message_to_seal()
    """,
    """
    CREATE FUNCTION exchange_unsealed_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'exchange rows are append-only'; END $$
    """,
    """
    CREATE TRIGGER exchange_unsealed_noted BEFORE INSERT ON exchange_unsealed FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION exchange_unsealed_guard()
    """,
    """
    CREATE TRIGGER exchange_message_fixed AFTER UPDATE ON exchange_message FOR EACH ROW WHEN (ROW(NEW.position, NEW.id, NEW.direction, NEW.kind, NEW.subject, NEW.body, NEW.files, NEW.happened_at, NEW.cause) IS DISTINCT FROM ROW(OLD.position, OLD.id, OLD.direction, OLD.kind, OLD.subject, OLD.body, OLD.files, OLD.happened_at, OLD.cause) OR (OLD.number IS NOT NULL AND ROW(NEW.epoch, NEW.number, NEW.previous_digest, NEW.digest, NEW.sealed_at) IS DISTINCT FROM ROW(OLD.epoch, OLD.number, OLD.previous_digest, OLD.digest, OLD.sealed_at)) OR (OLD.state = 'refused' AND NEW.state != 'refused')) EXECUTE FUNCTION exchange_message_guard()
    """,
    """
    ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_fixed
    """,
    """
    CREATE TRIGGER exchange_place_fixed AFTER UPDATE ON exchange_place FOR EACH ROW WHEN (true) EXECUTE FUNCTION exchange_place_guard()
    """,
    """
    CREATE TRIGGER exchange_place_gone BEFORE DELETE ON exchange_place FOR EACH ROW EXECUTE FUNCTION exchange_place_guard()
    """,
    """
    CREATE TRIGGER exchange_place_kept BEFORE TRUNCATE ON exchange_place FOR EACH STATEMENT EXECUTE FUNCTION exchange_place_guard()
    """,
    """
    ALTER TABLE exchange_place ENABLE ALWAYS TRIGGER exchange_place_fixed
    """,
    """
    ALTER TABLE exchange_place ENABLE ALWAYS TRIGGER exchange_place_gone
    """,
    """
    ALTER TABLE exchange_place ENABLE ALWAYS TRIGGER exchange_place_kept
    """,
)
# fmt: on


def upgrade() -> None:
    """Make the tables, move the places, then change the messages as the engine at hand can."""
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "exchange_unsealed",
        sa.Column("position", whole, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_exchange_unsealed")),
    )
    op.create_table(
        "exchange_place",
        sa.Column("position", whole, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_exchange_place")),
    )
    op.create_index("uq_exchange_place_number", "exchange_place", ["epoch", "number"], unique=True)
    op.create_table(
        "exchange_carried",
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("direction", name=op.f("pk_exchange_carried")),
    )
    for statement in (*MOVED, *(POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE)):
        op.execute(statement)
