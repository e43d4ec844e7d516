"""What happened before a journey begins: projects whose cases stand where the journey takes them up.

All is played through the real stages and the real exchange before the platform's processes start, in the order of the
days. Clicking through one declaration takes as long as playing all of this.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session

from core.cases import handling, intake
from core.cases.tables import Case
from core.clocks import SHANGHAI, business_date, calendar
from core.database import utc_now
from core.documents.rendering import sample_scan
from core.domain.policy import PLATFORM, Actor
from core.guides.from_reference import publish_everything
from tests import world as builders
from tests.journeys import cast
from tests.world import World

REPORT, SOIL = "ECO-02", "WAT-01"
LONG_AGO, SOME_DAYS_AGO = 9, 4
"""Working days before today."""


@dataclass(frozen=True)
class Plot:
    """A project and what was applied for: `accepted` long ago (and `paused` since), or handed in just now."""

    project: str
    items: tuple[str, ...]
    accepted: bool = False
    paused: bool = False
    passed: bool = False


PLOTS = {
    "supplement": Plot("南关区净水设备生产线项目", (REPORT,)),
    "transfer": Plot("南关区跨区输配水设备制造基地项目", (REPORT,)),
    "consultation": Plot("南关区伊通河畔装备研发中心项目", (REPORT,), accepted=True),
    "pause": Plot("南关区智能仓储装备扩建项目", (REPORT,), accepted=True),
    "resumption": Plot("南关区精密铸件生产线项目", (REPORT,), accepted=True, paused=True),
    "extension": Plot("南关区农机具总装车间项目", (SOIL,), accepted=True),
    "denial": Plot("南关区石材加工园项目", (SOIL,), accepted=True),
    "change": Plot("南关区汽车座椅骨架生产线项目", (REPORT,)),
    "race": Plot("南关区新能源车充电桩制造项目", (REPORT,)),
    "desk": Plot("南关区数控机床再制造项目", (REPORT, SOIL), accepted=True),
    "counter": Plot("南关区包装材料生产线项目", (REPORT,), passed=True),
    "parallel": Plot("南关区高端轴承生产基地项目", ("DRC-05", REPORT, SOIL)),
}


@dataclass
class Stories:
    """What was played: by plot the code of its project and the ids of its cases; and who took part."""

    codes: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Sequence[int]] = field(default_factory=dict)
    officers: Mapping[str, Actor] = field(default_factory=dict)
    unit: Actor | None = None
    accepted_on: date = date.min
    paused_on: date = date.min


def play(world: World) -> Stories:
    """Everything up to now; the platform opened two months ago."""
    told = Stories()
    now = utc_now()
    world.now = now - timedelta(days=60)
    with world.extranet.writing() as session:
        publish_everything(session, by=PLATFORM, at=world.now, in_force_from=date(2017, 8, 16))
        told.officers = cast.hire(session, at=world.now)
    world.unit = told.unit = builders.make_enterprise(world, **cast.COMPANY)
    world.pump()
    world.now = _ten_o_clock(world, LONG_AGO, before=now)
    told.accepted_on = business_date(world.now)
    for name, plot in PLOTS.items():
        if plot.accepted:
            _begin(world, told, name)
            _take(world, told, name, "clerk", intake.pass_preliminary, intake.accept)
    world.now = _ten_o_clock(world, SOME_DAYS_AGO, before=now)
    told.paused_on = business_date(world.now)
    for name, plot in PLOTS.items():
        if plot.paused:
            _take(world, told, name, "handler", _pause)
    world.now = now - timedelta(hours=1)
    for name, plot in PLOTS.items():
        if not plot.accepted:
            _begin(world, told, name)
        if plot.passed:
            _take(world, told, name, "clerk", intake.pass_preliminary)
    world.now = now
    world.pump()
    return told


def _ten_o_clock(world: World, ago: int, *, before: datetime) -> datetime:
    """Ten in the morning, so many working days before."""
    with world.extranet.reading() as session:
        days = calendar(session)
    day = business_date(before)
    for _ in range(ago):
        day -= timedelta(days=1)
        while not days.is_working(day):
            day -= timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def _begin(world: World, told: Stories, name: str) -> None:
    plot = PLOTS[name]
    code = told.codes[name] = builders.declare(world, project_name=plot.project)
    for item in plot.items:
        builders.hand_in_everything(world, code, item, paper=_paper())
    told.cases[name] = builders.apply_for(world, code, *plot.items, complete=False)


@cache
def _paper() -> bytes:
    """What the unit hands in, whatever is asked for: it looks like a document in the viewer."""
    return sample_scan("项目申请材料（演示）", "启明〔2026〕12 号", cast.COMPANY["name"], date(2026, 11, 2))


def _take(world: World, told: Stories, name: str, seat: str, *stages: Callable[..., Any]) -> None:
    """The officer at this seat of each case's unit takes these stages."""
    for case_id in told.cases[name]:
        by = told.officers[cast.login_of(seat, builders.unit_of(world, case_id))]
        for stage in stages:
            builders.act(world, case_id, stage, by=by)


def _pause(session: Session, case: Case, *, by: Actor, at: datetime) -> None:
    expected_on = business_date(at) + timedelta(days=40)
    reason = "已委托评估机构开展技术评估"
    handling.pause(session, case, ground="technical_assessment", expected_on=expected_on, reason=reason, by=by, at=at)
