"""Two zones filled like a province after some years: 200,000 projects, 240,000 cases, 200,000 disclosed results."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import bulk
from core.accounts.sessions import SIGNED_IN, open_session
from core.accounts.tables import Enterprise, Officer, OfficerGrant
from core.cases.tables import Application, Case, ProjectEvent
from core.clocks import CaseClock, business_date
from core.database import Database, Zone, utc_now
from core.disclosure.tables import PublishedResult
from core.domain.project_code import ProjectCode
from core.projects.tables import DeclaredProject, Project, ToldDueItem
from core.reference import loader
from core.reference.org_units import org_units
from tests.world import make_world

PROJECTS = 200_000
CASES = 240_000
ENTERPRISES = 5_000
WITH_PROCESS = 10
"""Every tenth project has due items, applications and a timeline in the internet zone: those that pages ask for."""

OFFICERS = ("220000-drc", "220100-nr", "220102-drc")
"""Desks that are measured: of the province, of a prefecture, of a county."""

_NAMES = ("汽车零部件", "光伏发电", "秸秆综合利用", "数据中心", "冷链物流园", "人参精深加工", "污水处理厂", "风电场")
_ACTS = ("新建", "扩建", "技术改造", "二期", "迁建")
_WEIGHTS = {"province": 40, "prefecture": 8, "county": 2, "zone": 1}


@dataclass(frozen=True)
class Filled:
    """What the load asks for: codes of projects with a timeline, and one session token for each measured desk."""

    codes: tuple[str, ...]
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class _Unit:
    code: str
    name: str
    region: str
    items: tuple[tuple[str, str], ...]
    weight: int


def fill(public_url: str, extranet_url: str, folder: Path) -> Filled:
    """Fill two empty, migrated databases; the same rows on either engine."""
    folder.mkdir(parents=True, exist_ok=True)
    world = make_world(public_url, extranet_url, folder, at=datetime.now(UTC))
    _fill_public(world.public)
    _fill_extranet(world.extranet)
    for database in (world.public, world.extranet):
        _analyse(database)
    tokens = _sign_in(world.extranet)
    for database in (world.public, world.extranet):
        database.close()
    return Filled(tuple(_code(number) for number in range(0, 400 * WITH_PROCESS, WITH_PROCESS)), tokens)


def _fill_public(database: Database) -> None:
    bulk.insert(database, Enterprise, ({**_enterprise(number), "kind": "enterprise"} for number in range(ENTERPRISES)))
    bulk.insert(database, DeclaredProject, map(_declared, range(PROJECTS)))
    bulk.insert(database, PublishedResult, map(_result, range(PROJECTS)))
    asked_for = range(0, PROJECTS, WITH_PROCESS)
    bulk.insert(database, ToldDueItem, (row for number in asked_for for row in _due_items(number)))
    bulk.insert(database, Application, (row for number in asked_for for row in _applications(number)))
    bulk.insert(database, ProjectEvent, (row for number in asked_for for row in _events(number)))


def _fill_extranet(database: Database) -> None:
    bulk.insert(database, Project, map(_project, range(PROJECTS)))
    cases = [_case(number) for number in range(1, CASES + 1)]
    bulk.insert(database, Case, cases)
    bulk.insert(database, CaseClock, (_clock(row) for row in cases))


def _sign_in(database: Database) -> tuple[str, ...]:
    tokens = []
    now = utc_now()
    with database.writing() as session:
        for unit in OFFICERS:
            officer = Officer(login=unit, name="李文静", org_unit=unit, password_hash="", totp_secret="")
            session.add(officer)
            session.flush()
            for role in ("clerk", "handler"):
                session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=unit, valid_from=date(2020, 1, 1)))
            token, _ = open_session(session, actor_id=officer.id, stage=SIGNED_IN, address="127.0.0.1", at=now)
            tokens.append(token)
    return tuple(tokens)


def _analyse(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # the platform doesn't ask SQLite to look at its rows: neither do we
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        if database.zone is Zone.EXTRANET:  # COPY wrote the ids itself: the sequences must follow
            connection.exec_driver_sql("SELECT setval('case_id_seq', (SELECT max(id) FROM \"case\"))")
            connection.exec_driver_sql("SELECT setval('clock_id_seq', (SELECT max(id) FROM clock))")


def _enterprise(number: int) -> dict[str, Any]:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    return {"credit_code": f"9122{number:014}", "name": f"吉林第{number:04}实业有限公司", "registered_at": at}


@lru_cache(maxsize=1)
def _units() -> tuple[_Unit, ...]:
    known = loader.load()
    items: dict[str, list[tuple[str, str]]] = {}
    for item in known.items:
        items.setdefault(item.department, []).append((item.code, item.name))
    return tuple(
        _Unit(
            f"{one.region_code}-{one.department}",
            one.name,
            one.region_code,
            tuple(items[one.department]),
            _WEIGHTS[known.region_by_code[one.region_code].level],
        )
        for one in org_units()
        if one.department in items
    )


@lru_cache(maxsize=1)
def deck() -> tuple[_Unit, ...]:
    """The organisational units, each as often as its weight."""
    return tuple(unit for unit in _units() for _ in range(unit.weight))


@lru_cache(maxsize=1)
def _counties() -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.parent_code) for one in loader.load().regions if one.level in ("county", "zone"))


def place_of(number: int) -> str:
    """A county for a number."""
    return _counties()[number * 7 % len(_counties())][0]


def _code(number: int) -> str:
    return str(ProjectCode(2020 + number % 7, place_of(number), "36", f"0{number % 3 + 1}", number + 1))


def _name(number: int) -> str:
    return f"{_ACTS[number % 5]}第{number}号{_NAMES[number % 8]}项目"


def _declared_at(number: int) -> datetime:
    return datetime(2020 + number % 7, 1 + number % 10, 1 + number % 28, number % 24, tzinfo=UTC)


def _project(number: int) -> dict[str, Any]:
    unit = _enterprise(number % ENTERPRISES)
    return {
        "code": _code(number),
        "credit_code": unit["credit_code"],
        "unit_name": unit["name"],
        "name": _name(number),
        "project_type": f"0{number % 3 + 1}",
        "region_code": place_of(number),
        "industry": "36",
        "state": "in_approval",
        "declared_at": _declared_at(number),
        "verified_at": _declared_at(number),
    }


def _declared(number: int) -> dict[str, Any]:
    facts = {"project_name": _name(number), "total_investment": str(number % 90_000), "construction_nature": "new"}
    return {**_project(number), "facts": {**facts, "planned_start": "2026-05", "planned_completion": "2028-10"}}


def _result(number: int) -> dict[str, Any]:
    draw = Random(number)
    unit = draw.choice(deck())
    item = draw.choice(unit.items)
    place = place_of(number)
    on = date(2020, 1, 1) + timedelta(days=draw.randrange(2500))
    return {
        "id": f"{draw.getrandbits(128):032x}",
        "kind": "filing_result" if number % 3 == 2 else "approval_result",
        "project_code": _code(number),
        "project_name": _name(number),
        "unit_name": _enterprise(number % ENTERPRISES)["name"],
        "region_code": place,
        "prefecture_code": dict(_counties())[place],
        "department": unit.code.partition("-")[2],
        "org_unit_name": unit.name,
        "item_code": item[0],
        "item_name": item[1],
        "outcome": "granted",
        "document_number": f"吉审批〔{on.year}〕{number} 号",
        "document_on": on,
        "published_on": on,
        "published_at": datetime(on.year, on.month, on.day, 4, tzinfo=UTC),
    }


def _three(number: int) -> list[tuple[str, _Unit, tuple[str, str]]]:
    draw = Random(number)
    chosen: dict[str, tuple[_Unit, tuple[str, str]]] = {}
    while len(chosen) < 3:
        unit = draw.choice(deck())
        item = draw.choice(unit.items)
        chosen.setdefault(item[0], (unit, item))
    return [(f"{number:08}-{place}", unit, item) for place, (unit, item) in enumerate(chosen.values())]


def _due_items(number: int) -> Iterator[dict[str, Any]]:
    for place, (_, unit, item) in enumerate(_three(number)):
        yield {
            "project_code": _code(number),
            "item_code": item[0],
            "item_name": item[1],
            "org_unit": unit.code,
            "org_unit_name": unit.name,
            "guide_version": "1",
            "tier": 1,
            "position": place,
            "why": "按项目类型和投资方式应办",
            "blockers": [],
        }


def _applications(number: int) -> Iterator[dict[str, Any]]:
    day = _declared_at(number).date()
    for application, unit, item in _three(number):
        yield {
            "id": application,
            "project_code": _code(number),
            "item_code": item[0],
            "item_name": item[1],
            "org_unit": unit.code,
            "org_unit_name": unit.name,
            "applied_at": _declared_at(number),
            "state": "concluded",
            "case_number": application,
            "outcome": "granted",
            "document_number": f"吉审批〔2026〕{number} 号",
            "asked_for": [],
            "received_on": day,
            "accepted_on": day + timedelta(days=2),
            "concluded_on": day + timedelta(days=9),
        }


def _events(number: int) -> Iterator[dict[str, Any]]:
    words = ("已收到", "初审通过", "已受理", "已办结")
    for application, unit, item in _three(number)[:2]:
        for place, one in enumerate(words):
            yield {
                "id": f"{application}-{place}",
                "project_code": _code(number),
                "application_id": application,
                "at": _declared_at(number) + timedelta(days=place),
                "words": f"{item[1]}{one}",
                "who": unit.name,
            }


def _case(number: int) -> dict[str, Any]:
    draw = Random(number)
    unit = draw.choice(deck())
    item = draw.choice(unit.items)
    project = draw.randrange(PROJECTS)
    is_open = draw.random() < 0.1
    received = business_date(utc_now()) - timedelta(days=draw.randrange(1, 25 if is_open else 2000))
    at = datetime(received.year, received.month, received.day, 2, draw.randrange(60), tzinfo=UTC)
    due = received + timedelta(days=28)
    return {
        "id": number,
        "application_id": f"{number:036}",
        "number": f"JL{number:010}",
        "project_code": _code(project),
        "item_code": item[0],
        "item_name": item[1],
        "item_kind": "licence",
        "org_unit": unit.code,
        "guide_version": "1",
        "state": draw.choice(("submitted", "under_acceptance", "in_handling", "in_handling"))
        if is_open
        else "concluded",
        "applied_at": at,
        "received_on": received,
        "concluded_at": None if is_open else at + timedelta(days=9),
        "outcome": "" if is_open else "granted",
        "handler_name": draw.choice(("王敏", "赵立军", "")),
        "due_on": due,
        "warn_on": due - timedelta(days=6),
        "red_on": due + timedelta(days=1),
    }


def _clock(case: dict[str, Any]) -> dict[str, Any]:
    ended = case["received_on"] + timedelta(days=9)
    return {
        "id": case["id"],
        "case_id": case["id"],
        "kind": "handling",
        "started_on": case["received_on"],
        "limit_days": 20,
        "warn_days": 4,
        "stopped_on": ended if case["concluded_at"] else None,
        "due_on": case["due_on"],
        "warn_on": case["warn_on"],
        "red_on": case["red_on"],
    }
