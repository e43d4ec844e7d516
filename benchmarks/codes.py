"""Issuing project codes under 32 concurrent writers, beside the same transaction on the bare drivers (A11.1).

Every run is checked: as many projects as the serial says, no code twice, no number left out.
"""

import multiprocessing
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
from psycopg.types.json import Jsonb
from sqlmodel import Session

from benchmarks.ground import Ground, psycopg_address, sqlite_path
from benchmarks.report import Line, compare, progress
from core import tables
from core.accounts.tables import Enterprise
from core.database import Database, Zone, open_database
from core.loaded import keep_what_is_loaded
from core.new_rows import write_new
from core.projects.codes import issue_code
from core.projects.tables import DeclaredProject

assert tables

PROCESSES, THREADS = 2, 16
SECONDS, ROUNDS = 3, 5
UNIT, UNIT_NAME = "91220101MA1400A22H", "吉林启辰汽车零部件有限公司"
FACTS = {
    "project_name": "年产三十万套汽车铝合金零部件智能化生产线建设项目",
    "total_investment": "46800",
    "area": "38000",
}
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SERIES = "code:2026-220184-36-03"
PREFIX = "2026-220184-36-03-"
Step = Callable[[], None]
Opener = Callable[[str], Step]

_TAKE = (
    "INSERT INTO serial (series, last) VALUES ('code:2026-220184-36-03', 1) "
    "ON CONFLICT (series) DO UPDATE SET last = serial.last + 1 RETURNING last"
)
_COLUMNS = (
    "version, code, credit_code, unit_name, name, project_type, region_code, industry, state, state_reason, facts, "
    "message_id, declared_at"
)
_VALUES = (1, UNIT, UNIT_NAME, FACTS["project_name"], "03", "220184", "36", "declared", "")
_CTE = f"""WITH n AS ({_TAKE})
INSERT INTO project ({_COLUMNS})
SELECT 1, '{PREFIX}' || lpad(last::text, 6, '0'), '{UNIT}', '{UNIT_NAME}', '{FACTS["project_name"]}', '03',
  '220184', '36', 'declared', '', '{{"total_investment": "46800", "area": "38000"}}'::jsonb, '', now() FROM n;
"""


def measure(ground: Ground) -> list[Line]:
    """Codes a second through the core on both engines, beside the bare loops."""
    return [*_on_sqlite(ground), *_on_postgresql(ground)]


def _on_sqlite(ground: Ground) -> list[Line]:
    crowd, alone = [], []
    for _ in range(ROUNDS):
        ours = _rate(ground, "sqlite", _through_core)
        crowd.append((ours, _rate(ground, "sqlite", _raw_sqlite)))
        alone.append((ours, _rate(ground, "sqlite", _raw_sqlite, processes=1, threads=1)))
    return [
        compare("codes, SQLite FULL / sqlite3, 32 writers each", crowd, unit="codes/s", goal=0.8),
        compare("codes, SQLite FULL, 32 writers / sqlite3 loop, 1 writer", alone, unit="codes/s"),
    ]


def _on_postgresql(ground: Ground) -> list[Line]:
    bench, raw = [], []
    for _ in range(ROUNDS):
        ours = _rate(ground, "postgresql", _through_core)
        bench.append((ours, _pgbench(ground)))
        raw.append((ours, _rate(ground, "postgresql", _raw_psycopg)))
    return [
        compare("codes, PostgreSQL / pgbench one statement, 32 clients", bench, unit="codes/s", goal=0.2),
        compare("codes, PostgreSQL / psycopg, 32 writers each", raw, unit="codes/s"),
    ]


@contextmanager
def _fresh(ground: Ground, engine: str) -> Iterator[str]:
    with ground.database(engine, Zone.PUBLIC) as url:
        database = open_database(url, Zone.PUBLIC)
        with database.writing() as session:
            session.add(Enterprise(credit_code=UNIT, name=UNIT_NAME, kind="enterprise", registered_at=AT))
        database.close()
        yield url


def _rate(ground: Ground, engine: str, opener: Opener, *, processes: int = PROCESSES, threads: int = THREADS) -> float:
    """Codes a second, after the series was found whole."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(processes)
    results: multiprocessing.Queue[int] = context.Queue()
    with _fresh(ground, engine) as url:
        crew = [context.Process(target=_crew, args=(url, opener, threads, start, results)) for _ in range(processes)]
        for one in crew:
            one.start()
        done = sum(results.get() for _ in crew)
        for one in crew:
            one.join()
        _check_series(url, done)
    progress(f"{engine} {opener.__name__} {processes}x{threads}: {done / SECONDS:,.0f} codes/s")
    return done / SECONDS


def _crew(
    url: str, opener: Opener, threads: int, start: threading.Barrier, results: "multiprocessing.Queue[int]"
) -> None:
    step = opener(url)
    numbers = [0] * threads

    def work(place: int) -> None:
        while time.monotonic() < until:
            step()
            numbers[place] += 1

    start.wait()
    until = time.monotonic() + SECONDS
    crew = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    results.put(sum(numbers))


def _check_series(url: str, done: int) -> None:
    database = open_database(url, Zone.PUBLIC)
    with database.reading() as session:
        found = (
            session.connection()
            .exec_driver_sql(
                "SELECT count(*), count(DISTINCT code), min(code), max(code), (SELECT last FROM serial) FROM project"
            )
            .one()
        )
    database.close()
    whole = (done, done, f"{PREFIX}{1:06}", f"{PREFIX}{done:06}", done)
    if tuple(found) != whole:
        raise RuntimeError(f"the series is broken: {tuple(found)} instead of {whole}")


def _through_core(url: str) -> Step:
    keep_what_is_loaded()
    database: Database = open_database(url, Zone.PUBLIC, pool_size=THREADS)

    def declare(session: Session) -> None:
        code = issue_code(session, year=2026, region="220184", industry="36", project_type="03")
        declared = DeclaredProject(
            code=str(code),
            credit_code=UNIT,
            unit_name=UNIT_NAME,
            name=FACTS["project_name"],
            project_type="03",
            region_code="220184",
            industry="36",
            facts=FACTS,
            declared_at=AT,
        )
        write_new(session, declared)

    return lambda: database.change(declare)


def _raw_sqlite(url: str) -> Step:
    own = threading.local()
    facts = (
        '{"project_name":"年产三十万套汽车铝合金零部件智能化生产线建设项目","total_investment":"46800","area":"38000"}'
    )
    insert = f"INSERT INTO project ({_COLUMNS}) VALUES ({', '.join('?' * 13)})"

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(sqlite_path(url), timeout=30, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            made.execute("PRAGMA " + pragma)
        own.connection = made
        return made

    def step() -> None:
        connection = getattr(own, "connection", None) or connect()
        connection.execute("BEGIN IMMEDIATE")
        (serial,) = connection.execute(_TAKE).fetchone()
        row = (1, f"{PREFIX}{serial:06}", *_VALUES[1:], facts, "", "2026-11-23 01:00:00.000000")
        connection.execute(insert, row)
        connection.execute("COMMIT")

    return step


def _raw_psycopg(url: str) -> Step:
    own = threading.local()
    insert = f"INSERT INTO project ({_COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"

    def step() -> None:
        connection = getattr(own, "connection", None)
        if connection is None:
            connection = own.connection = psycopg.connect(psycopg_address(url))
        (serial,) = connection.execute(_TAKE).fetchall()[0]
        row = (1, f"{PREFIX}{serial:06}", *_VALUES[1:], Jsonb(FACTS), "", AT)
        connection.execute(insert, row)
        connection.commit()

    return step


def _pgbench(ground: Ground) -> float:
    script = ground.folder / "codes.sql"
    script.write_text(_CTE, encoding="utf-8")
    command = ["pgbench", "-n", "-c", str(PROCESSES * THREADS), "-j", "2", "-M", "prepared", "-T", str(SECONDS)]
    with _fresh(ground, "postgresql") as url:
        told = [*command, "-f", str(script), psycopg_address(url)]
        said = subprocess.run(told, check=True, capture_output=True, text=True).stdout
    rate = next(float(line.split()[2]) for line in said.splitlines() if line.startswith("tps ="))
    progress(f"pgbench: {rate:,.0f} codes/s")
    return rate
