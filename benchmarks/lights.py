"""The worker's sweep over 1,000,000 open cases when few of them cross, and an officer's inbox over as many.

The yardstick is what the sweep can't do without: the indexed query for the clocks that crossed, on the bare driver.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

import psycopg

from benchmarks import bulk
from benchmarks.data import deck, place_of
from benchmarks.ground import ENGINES, Ground, psycopg_address, sqlite_path
from benchmarks.report import Line, compare, progress
from core.cases import inbox
from core.cases.inbox import InboxFilter
from core.cases.readings import readings_of
from core.cases.tables import Case
from core.clocks import CaseClock, business_date
from core.database import Database, Zone, open_database, utc_now
from core.domain.policy import Actor, Grant, Role
from core.projects.tables import Project
from core.supervision.lights import sweep

OPEN_CASES = 1_000_000
PROJECTS = 20_000
CROSSING = 20
ROUNDS = 15
UNIT = "220100-nr"

_ENGINE_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def measure(here: Ground) -> list[Line]:
    """Both engines, one after the other: each keeps its million only while it is measured."""
    return [line for engine in ENGINES for line in _measure(here, engine)]


def _measure(here: Ground, engine: str) -> Iterator[Line]:
    with here.database(engine, Zone.EXTRANET) as url:
        database = open_database(url, Zone.EXTRANET)
        _fill(database)
        progress(f"lights {engine}: {OPEN_CASES:,} open cases")
        with closing(_connect(engine, url)) as bare:
            name, today = _ENGINE_NAMES[engine], business_date(utc_now())
            yield _idle(database, bare, name, today)
            yield _few(database, bare, name, today)
            yield from _page(database, bare, name, today)
        database.close()


def _idle(database: Database, bare: Any, name: str, today: date) -> Line:
    rounds = [(_rate(lambda: _sweep(database, today)), _rate(lambda: _crossed(bare, today))) for _ in range(ROUNDS)]
    return compare(f"lights, nothing crosses, {name} / one indexed query", rounds, unit="looks/s")


def _few(database: Database, bare: Any, name: str, today: date) -> Line:
    rounds, written = [], 0
    for round_number in range(ROUNDS):
        _let_cross(bare, today, round_number)
        query = _rate(lambda: _crossed(bare, today))
        started = perf_counter()
        written += _sweep(database, today)
        rounds.append((1 / (perf_counter() - started), query))
    touched = _one(bare, "SELECT count(*) FROM clock WHERE lit > 0")
    remark = f"{written} events for {CROSSING * ROUNDS} that crossed, {touched} clocks touched"
    return compare(f"lights, {CROSSING} cross, {name} / one indexed query", rounds, unit="looks/s", remark=remark)


def _page(database: Database, bare: Any, name: str, today: date) -> Iterator[Line]:
    """The rows of an inbox alone, then everything its page asks: how all cases stand, items, rows, their clocks."""
    officer = Actor(Role.OFFICER, id="o", grants=(Grant(Role.HANDLER, UNIT, "nr", "220100"),))

    def rows() -> None:
        with database.reading() as session:
            inbox.inbox(session, officer, InboxFilter(), today=today)

    def page() -> None:
        with database.reading() as session:
            inbox.counts(session, officer, today=today, since=today)
            inbox.choices(session, officer)
            found = inbox.inbox(session, officer, InboxFilter(), today=today)[: inbox.PAGE]
            readings_of(session, [row.id for row in found], on=today)

    ours = f"c.org_unit = '{UNIT}' AND c.concluded_at IS NULL"
    listed = (
        'SELECT c.id, c.number, c.due_on, p.name FROM "case" c JOIN project p ON p.code = c.project_code '
        f"WHERE {ours} ORDER BY c.due_on, c.id LIMIT 21"
    )
    counted = f'SELECT c.state, count(*) FROM "case" c WHERE {ours} GROUP BY c.state'
    cases = _one(bare, f'SELECT count(*) FROM "case" c WHERE {ours}')
    remark = f"{cases:,} open cases of the unit"

    def bare_rows() -> None:
        bare.execute(listed).fetchall()

    def bare_both() -> None:
        bare.execute(listed).fetchall()
        bare.execute(counted).fetchall()

    rounds = [(_rate(rows), _rate(bare_rows)) for _ in range(ROUNDS)]
    yield compare(f"rows of an inbox, {name} / the same by index", rounds, unit="pages/s", remark=remark)
    rounds = [(_rate(page), _rate(bare_both)) for _ in range(ROUNDS)]
    yield compare(f"an inbox page, {name} / rows and one count by index", rounds, unit="pages/s", remark=remark)


def _rate(act: Callable[[], Any], times: int = 10) -> float:
    started = perf_counter()
    for _ in range(times):
        act()
    return times / (perf_counter() - started)


def _sweep(database: Database, today: date) -> int:
    with database.writing() as session:
        return sweep(session, today=today, at=utc_now())


def _crossed(bare: Any, today: date) -> Any:
    wanted = f"lit = 0 AND stopped_on IS NULL AND warn_on <= '{today}'"
    return bare.execute(f"SELECT id, case_id, warn_on FROM clock WHERE {wanted} LIMIT 500").fetchall()


def _let_cross(bare: Any, today: date, round_number: int) -> None:
    first = 1 + round_number * CROSSING
    bare.execute(f"UPDATE clock SET warn_on = '{today}' WHERE id >= {first} AND id < {first + CROSSING}")


def _one(bare: Any, statement: str) -> Any:
    return bare.execute(statement).fetchone()[0]


def _connect(engine: str, url: str) -> Any:
    if engine == "sqlite":
        return sqlite3.connect(sqlite_path(url), isolation_level=None)
    return psycopg.connect(psycopg_address(url), autocommit=True)


def _fill(database: Database) -> None:
    today = business_date(utc_now())
    bulk.insert(database, Project, map(_project, range(PROJECTS)))
    bulk.insert(database, Case, (_case(number, today) for number in range(1, OPEN_CASES + 1)))
    bulk.insert(database, CaseClock, (_clock(number, today) for number in range(1, OPEN_CASES + 1)))
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _project(number: int) -> dict[str, Any]:
    return {
        "code": f"L{number:023}",
        "credit_code": f"9122{number:014}",
        "unit_name": f"吉林第{number:05}实业有限公司",
        "name": f"新建第{number}号项目",
        "project_type": "03",
        "region_code": place_of(number),
        "industry": "36",
        "state": "in_approval",
        "declared_at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def _dates(number: int, today: date) -> dict[str, date]:
    due = today + timedelta(days=15 + number % 60)
    return {"due_on": due, "warn_on": due - timedelta(days=6), "red_on": due + timedelta(days=1)}


def _case(number: int, today: date) -> dict[str, Any]:
    unit = deck()[number * 7919 % len(deck())]
    item = unit.items[number % len(unit.items)]
    return {
        "id": number,
        "application_id": f"{number:036}",
        "number": f"JL{number:010}",
        "project_code": f"L{number % PROJECTS:023}",
        "item_code": item[0],
        "item_name": item[1],
        "item_kind": "licence",
        "org_unit": unit.code,
        "guide_version": "1",
        "state": "in_handling",
        "applied_at": datetime(2026, 10, 1 + number % 28, tzinfo=UTC),
        "received_on": date(2026, 10, 1 + number % 28),
        **_dates(number, today),
    }


def _clock(number: int, today: date) -> dict[str, Any]:
    started = today - timedelta(days=number % 20)
    return {"id": number, "case_id": number, "kind": "handling", "started_on": started, "limit_days": 20} | _dates(
        number, today
    )
