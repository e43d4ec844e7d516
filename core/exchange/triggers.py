"""What neither engine lets anyone do to the exchange's rows: change what was told or sealed, delete, replace.

SQLite: an `INSERT OR REPLACE` deletes without firing a delete trigger, so a third trigger looks before each insert;
it ignores the row instead of aborting, because a message carried twice is no fault. An `UPDATE OR REPLACE` that would
push another row out is refused too. PostgreSQL: row triggers don't see TRUNCATE, hence one more, and all are ALWAYS on,
so that a replica role doesn't switch them off; what an update may change is the trigger's own condition, because a
function called for each row sealed, carried and settled costs more than the change itself. It is asked after the
update, since a trigger before one locks each row first, and refuses the statement all the same.

Two doors are left: a settled row that an archived range names may be deleted, and the list of ranges only ever grows;
and a row that is refused takes over the place that it had, no other, so that another message may get it. A place goes
with its row, or after its row took it over.

One more trigger notes each row that is told as unsealed, whoever inserts it, and no other way leads there. It isn't
ALWAYS on: a logical replica is told of both rows.
"""

_TOLD = ("position", "id", "direction", "kind", "subject", "body", "files", "happened_at", "cause")
_SEALED = ("epoch", "number", "previous_digest", "digest", "sealed_at")
_SEAL = ("position", "direction", "epoch", "number", "digest", "key_id", "signature", "sealed_at")
_RETURNED = "OLD.state = 'refused' AND NEW.state != 'refused'"
_NUMBERED = "OLD.number IS NULL AND NEW.number IS NOT NULL"
_REFUSED = "exchange rows are append-only"
_ARCHIVED = (
    "OLD.state IN ('settled', 'applied', 'rejected') AND EXISTS(SELECT 1 FROM exchange_archive AS kept"
    " LEFT JOIN exchange_place AS place ON place.position = OLD.position"
    " WHERE kept.direction = OLD.direction AND kept.epoch = coalesce(OLD.epoch, place.epoch)"
    " AND coalesce(OLD.number, place.number) BETWEEN kept.first AND kept.last)"
)
_AS_ITS_PLACE = " AND ".join(f"{{row}}.{column} = {{place}}.{column}" for column in _SEALED)
_STILL_PLACED = (
    "EXISTS(SELECT 1 FROM exchange_message AS told WHERE told.position = OLD.position"
    f" AND (told.state = 'refused' AND {_AS_ITS_PLACE.format(row='told', place='OLD')}) IS NOT TRUE)"
)
_TAKEN_OVER = (
    "NEW.state = 'refused' AND EXISTS(SELECT 1 FROM exchange_place AS place WHERE place.position = NEW.position"
    f" AND {_AS_ITS_PLACE.format(row='NEW', place='place')})"
)
_IS_TOLD = "NEW.state = 'told'"
_TO_SEAL = "INSERT INTO exchange_unsealed (position) VALUES (NEW.position);"


def trigger_ddl(dialect: str) -> tuple[str, ...]:
    """The statements that make the exchange tables append-only, for `sqlite` or `postgresql`, in order."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def _sqlite() -> tuple[str, ...]:
    abort = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    skip = "BEGIN SELECT RAISE(IGNORE); END"
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _TOLD)
    unsealed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _SEALED)
    same = " AND ".join(f"other.{column} = NEW.{column}" for column in ("direction", "epoch", "number"))
    taken = "SELECT 1 FROM exchange_message AS other WHERE other.state != 'refused' AND"
    standing = "NEW.state != 'refused'"
    returned = f"({_RETURNED})"
    seal_changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _SEAL)
    seal_same = " AND ".join(
        f"other.{column} = NEW.{column}" for column in ("direction", "epoch", "number", "digest", "key_id", "signature")
    )
    position = "WHERE other.position = NEW.position"
    return (
        f"CREATE TRIGGER exchange_message_fixed BEFORE UPDATE ON exchange_message WHEN {changed}"
        f" OR (OLD.number IS NOT NULL AND ({unsealed})) OR ({_NUMBERED} AND NOT ({_TAKEN_OVER}))"
        f" OR {returned}"
        f" OR ({standing} AND EXISTS({taken} {same} AND other.position != NEW.position)) {abort}",
        f"CREATE TRIGGER exchange_message_kept BEFORE DELETE ON exchange_message WHEN NOT ({_ARCHIVED}) {abort}",
        f"CREATE TRIGGER exchange_message_once BEFORE INSERT ON exchange_message"
        f" WHEN EXISTS(SELECT 1 FROM exchange_message AS other {position})"
        f" OR ({standing} AND (EXISTS({taken} other.id = NEW.id) OR EXISTS({taken} {same}))) {skip}",
        f"CREATE TRIGGER exchange_message_told AFTER INSERT ON exchange_message WHEN {_IS_TOLD} BEGIN {_TO_SEAL} END",
        f"CREATE TRIGGER exchange_unsealed_noted BEFORE INSERT ON exchange_unsealed WHEN NOT EXISTS(SELECT 1"
        f" FROM exchange_message AS told WHERE told.position = NEW.position AND told.state = 'told')"
        f" OR EXISTS(SELECT 1 FROM exchange_place AS other {position}) {abort}",
        f"CREATE TRIGGER exchange_place_fixed BEFORE UPDATE ON exchange_place {abort}",
        f"CREATE TRIGGER exchange_place_kept BEFORE DELETE ON exchange_place WHEN {_STILL_PLACED} {abort}",
        f"CREATE TRIGGER exchange_place_once BEFORE INSERT ON exchange_place WHEN EXISTS(SELECT 1 FROM exchange_place"
        f" AS other {position}) OR EXISTS(SELECT 1 FROM exchange_place AS other WHERE other.epoch = NEW.epoch"
        f" AND other.number = NEW.number) {abort}",
        f"CREATE TRIGGER exchange_seal_fixed BEFORE UPDATE ON exchange_seal WHEN {seal_changed} OR {returned} {abort}",
        f"CREATE TRIGGER exchange_seal_kept BEFORE DELETE ON exchange_seal {abort}",
        f"CREATE TRIGGER exchange_seal_once BEFORE INSERT ON exchange_seal"
        f" WHEN EXISTS(SELECT 1 FROM exchange_seal AS other {position})"
        f" OR ({standing} AND EXISTS(SELECT 1 FROM exchange_seal AS other"
        f" WHERE other.state != 'refused' AND {seal_same})) {skip}",
        f"CREATE TRIGGER exchange_archive_fixed BEFORE UPDATE ON exchange_archive {abort}",
        f"CREATE TRIGGER exchange_archive_kept BEFORE DELETE ON exchange_archive {abort}",
        "CREATE TRIGGER exchange_archive_once BEFORE INSERT ON exchange_archive WHEN EXISTS(SELECT 1"
        " FROM exchange_archive AS other WHERE other.id = NEW.id OR (other.direction = NEW.direction"
        f" AND other.epoch = NEW.epoch AND other.first = NEW.first)) {abort}",
    )


def _postgresql() -> tuple[str, ...]:
    told = f"{_differs(_TOLD)} OR (OLD.number IS NOT NULL AND {_differs(_SEALED)}) OR ({_RETURNED})"
    to_seal = "CREATE FUNCTION exchange_message_to_seal() RETURNS trigger LANGUAGE plpgsql AS"
    queued = f"AFTER INSERT ON exchange_message FOR EACH ROW WHEN ({_IS_TOLD})"
    return (
        _guard_function(
            "exchange_message_guard", f" IF TG_OP = 'DELETE' THEN IF {_ARCHIVED} THEN RETURN OLD; END IF; END IF;"
        ),
        _guard_function(
            "exchange_place_guard", f" IF TG_OP = 'DELETE' THEN IF NOT {_STILL_PLACED} THEN RETURN OLD; END IF; END IF;"
        ),
        _guard_function("exchange_seal_guard"),
        _guard_function("exchange_archive_guard"),
        _guard_function("exchange_message_numbered_guard", f" IF {_TAKEN_OVER} THEN RETURN NEW; END IF;"),
        f"CREATE TRIGGER exchange_message_numbered AFTER UPDATE ON exchange_message FOR EACH ROW WHEN ({_NUMBERED})"
        " EXECUTE FUNCTION exchange_message_numbered_guard()",
        "ALTER TABLE exchange_message ENABLE ALWAYS TRIGGER exchange_message_numbered",
        f"{to_seal} $$ BEGIN {_TO_SEAL} RETURN NULL; END $$",
        f"CREATE TRIGGER exchange_message_told {queued} EXECUTE FUNCTION exchange_message_to_seal()",
        _guard_function("exchange_unsealed_guard"),
        "CREATE TRIGGER exchange_unsealed_noted BEFORE INSERT ON exchange_unsealed FOR EACH ROW"
        " WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION exchange_unsealed_guard()",
        *_guarded("exchange_message", told),
        *_guarded("exchange_place", "true"),
        *_guarded("exchange_seal", f"{_differs(_SEAL)} OR ({_RETURNED})"),
        *_guarded("exchange_archive", "true"),
    )


def _differs(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{side}.{column}" for column in columns) for side in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


def _guard_function(name: str, door: str = "") -> str:
    body = f"BEGIN{door} RAISE EXCEPTION '{_REFUSED}'; END"
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"


def _guarded(table: str, changed: str) -> tuple[str, ...]:
    refuse = f"EXECUTE FUNCTION {table}_guard()"
    named = {
        "fixed": f"AFTER UPDATE ON {table} FOR EACH ROW WHEN ({changed})",
        "gone": f"BEFORE DELETE ON {table} FOR EACH ROW",
        "kept": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    return (
        *(f"CREATE TRIGGER {table}_{name} {when} {refuse}" for name, when in named.items()),
        *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}" for name in named),
    )
