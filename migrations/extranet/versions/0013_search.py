"""Names that can be searched: normalised texts with their letters and pairs, indexed; what is there is indexed now (A13.2).

SQLite gets an FTS5 table over the pairs, kept by triggers; PostgreSQL trigrams of the text and an array of the pairs.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BATCH = 1000

# fmt: off
SQLITE = (
    "CREATE VIRTUAL TABLE project_search_fts USING fts5(grams, content='project_search', content_rowid='id', detail=none, columnsize=0)",
    "CREATE TRIGGER project_search_found AFTER INSERT ON project_search BEGIN INSERT INTO project_search_fts(rowid, grams) VALUES (NEW.id, NEW.grams); END",
    "CREATE TRIGGER project_search_lost AFTER DELETE ON project_search BEGIN INSERT INTO project_search_fts(project_search_fts, rowid, grams) VALUES ('delete', OLD.id, OLD.grams); END",
    "CREATE TRIGGER project_search_renamed AFTER UPDATE ON project_search BEGIN INSERT INTO project_search_fts(project_search_fts, rowid, grams) VALUES ('delete', OLD.id, OLD.grams); INSERT INTO project_search_fts(rowid, grams) VALUES (NEW.id, NEW.grams); END",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX project_search_text_like ON project_search USING gin (text gin_trgm_ops)",
    "CREATE INDEX project_search_grams_hold ON project_search USING gin (grams)",
)
# fmt: on


def upgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        _refuse_a_plain_locale(connection)
    op.create_table(
        "project_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()) if is_postgresql else sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_search")),
        sa.UniqueConstraint("key", name=op.f("uq_project_search_key")),
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
    named = sa.text("SELECT code, name, unit_name, code FROM project WHERE code > :last ORDER BY code LIMIT :batch")
    kept = sa.text("INSERT INTO project_search (key, text, grams) VALUES (:key, :text, :grams)")
    while rows := connection.execute(named, {"last": last, "batch": BATCH}).all():
        connection.execute(kept, [_row(key, parts, connection.dialect.name) for key, *parts in rows])
        last = rows[-1][0]


def _row(key: str, parts: list[str], dialect: str) -> dict[str, object]:
    lines = ["".join(s for s in unicodedata.normalize("NFKC", part).casefold() if s.isalnum()) for part in parts]
    found = sorted({gram for line in lines for at in range(len(line)) for gram in (line[at], line[at : at + 2])})
    grams: object = found if dialect == "postgresql" else " ".join("".join(f"{ord(s):05x}" for s in g) for g in found)
    return {"key": key, "text": "\n".join(lines), "grams": grams}
