"""Names that can be searched: normalised texts with their letters and pairs, indexed; what is there is indexed now (A17.1).

SQLite gets an FTS5 table over the pairs, kept by triggers; PostgreSQL trigrams of the text and an array of the pairs.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 1000

# fmt: off
SQLITE = (
    "CREATE VIRTUAL TABLE result_search_fts USING fts5(grams, content='result_search', content_rowid='id', detail=none, columnsize=0)",
    "CREATE TRIGGER result_search_found AFTER INSERT ON result_search BEGIN INSERT INTO result_search_fts(rowid, grams) VALUES (NEW.id, NEW.grams); END",
    "CREATE TRIGGER result_search_lost AFTER DELETE ON result_search BEGIN INSERT INTO result_search_fts(result_search_fts, rowid, grams) VALUES ('delete', OLD.id, OLD.grams); END",
    "CREATE TRIGGER result_search_renamed AFTER UPDATE ON result_search BEGIN INSERT INTO result_search_fts(result_search_fts, rowid, grams) VALUES ('delete', OLD.id, OLD.grams); INSERT INTO result_search_fts(rowid, grams) VALUES (NEW.id, NEW.grams); END",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX result_search_text_like ON result_search USING gin (text gin_trgm_ops)",
    "CREATE INDEX result_search_grams_hold ON result_search USING gin (grams)",
)
# fmt: on


def upgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        _refuse_a_plain_locale(connection)
    op.create_table(
        "result_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()) if is_postgresql else sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_search")),
        sa.UniqueConstraint("key", name=op.f("uq_result_search_key")),
    )
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        connection.exec_driver_sql(statement)
    _index_what_is_there(connection)


def _refuse_a_plain_locale(connection: sa.Connection) -> None:
    """In the locale C pg_trgm drops every Chinese letter."""
    locale = connection.exec_driver_sql("SELECT datctype FROM pg_database WHERE datname = current_database()").scalar()
    if locale in ("C", "POSIX"):
        raise RuntimeError("the database needs a UTF-8 locale such as C.UTF-8: create it anew with LOCALE 'C.UTF-8'")


def _index_what_is_there(connection: sa.Connection) -> None:
    last = ""
    named = sa.text(
        "SELECT id, project_name, unit_name, project_code, item_name FROM published_result WHERE id > :last ORDER BY id LIMIT :batch"
    )
    kept = sa.text("INSERT INTO result_search (key, text, grams) VALUES (:key, :text, :grams)")
    while rows := connection.execute(named, {"last": last, "batch": BATCH}).all():
        connection.execute(kept, [_row(key, parts, connection.dialect.name) for key, *parts in rows])
        last = rows[-1][0]


def _row(key: str, parts: list[str], dialect: str) -> dict[str, object]:
    lines = ["".join(s for s in unicodedata.normalize("NFKC", part).casefold() if s.isalnum()) for part in parts]
    found = sorted({gram for line in lines for at in range(len(line)) for gram in (line[at], line[at : at + 2])})
    grams: object = found if dialect == "postgresql" else " ".join("".join(f"{ord(s):05x}" for s in g) for g in found)
    return {"key": key, "text": "\n".join(lines), "grams": grams}
