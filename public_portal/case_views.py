"""How a case and a project stand, in the words and lights of the internet portal's pages (A14.4d, A15.2, A17.2)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from core.cases.tables import Application
from core.cases.told import ApplicationStands, told_clock
from core.clocks import business_date
from core.domain.calendar import Calendar
from core.domain.case_states import CASE, DECIDED, OUTCOME_WORDS, CaseState, Outcome
from core.domain.clock import Clock, Reading, as_listed, reading
from core.domain.project_states import AT_REST, PROJECT, ProjectState
from core.web.shown import CellShown, EntryShown, LightShown, date_words, light_shown

Stage = tuple[str, str, str]
"""One stage as the component prints it: its word, what is known of it, done, now, stopped or nothing."""

TURNED_DOWN = frozenset(
    {CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN, CaseState.VOIDED, CaseState.REVOKED, "rejected"}
)
UNDER_WAY = frozenset(
    {CaseState.SUBMITTED, CaseState.UNDER_ACCEPTANCE, CaseState.IN_HANDLING, CaseState.AWAITING_SIGN_OFF}
)


class ProjectStands(Protocol):
    """What the stages of a project are told from, be it one's own or the public's view."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def declared_at(self) -> datetime: ...  # noqa: D102
    @property
    def verified_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def completed_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def is_legacy(self) -> bool: ...  # noqa: D102


class EventStands(Protocol):
    """One thing that happened, as a timeline tells it."""

    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102
    @property
    def who(self) -> str: ...  # noqa: D102
    @property
    def notice_token(self) -> str: ...  # noqa: D102


def state_words(one: ApplicationStands | None) -> str:
    """Where an application stands, in a word."""
    if one is None:
        return "未申请"
    if one.state == "sent":
        return "补正已提交" if one.asked_for else "已提交"
    if one.state == "rejected":
        return "申请未立案"
    if one.state == CaseState.CONCLUDED and one.outcome:
        return OUTCOME_WORDS[Outcome(one.outcome)]
    return CASE.word(one.state)


def light_of(one: ApplicationStands | None, today: date, calendar: Calendar) -> LightShown:
    """The light of an application with its number; what has no clock says in words why (A14.4d)."""
    if one is None:
        return LightShown("none", "未开始")
    if one.state in TURNED_DOWN or one.state == "sent":
        return LightShown("none", state_words(one))
    if one.state == CaseState.AWAITING_SUPPLEMENT:
        return LightShown("paused", "待补正")
    clock = told_clock(one)
    if clock is None:
        return (
            LightShown("closed", "已办结") if one.state == CaseState.CONCLUDED else LightShown("none", state_words(one))
        )
    return light_shown(_standing(clock, today, calendar))


def due_of(one: ApplicationStands | None, today: date, calendar: Calendar) -> tuple[date | None, str]:
    """When an application is due or was concluded, or in words why there is no date now."""
    if one is None:
        return None, ""
    if one.concluded_on is not None:
        return one.concluded_on, ""
    if one.state == CaseState.AWAITING_SUPPLEMENT:
        return None, "补正后重新计算"
    clock = told_clock(one)
    if clock is None:
        return None, ""
    found = _standing(clock, today, calendar)
    return found.due_on, "恢复后重新计算" if found.light == "paused" else ""


def matrix_cells(one: Application | None, today: date, calendar: Calendar) -> list[CellShown]:
    """申请 初审 受理 办理 签批 办结 of one item; the stage under way says what is left."""
    if one is None:
        return [CellShown() for _ in range(6)]
    reached: list[date | None] = [
        business_date(one.applied_at),
        one.preliminary_on or one.accepted_on,
        one.accepted_on,
        one.proposed_on or (one.concluded_on if one.accepted_on else None),
        one.concluded_on if one.proposed_on else None,
        one.concluded_on if one.state in DECIDED else None,
    ]
    cells = [CellShown("done", on) if on else CellShown() for on in reached]
    now = _place_now(one)
    if one.state in DECIDED:
        end = CellShown("" if one.state == CaseState.REVOKED else "done", one.concluded_on, state_words(one))
        cells = _without_gaps([*cells[:-1], end], one)
    elif one.state in TURNED_DOWN:
        cells[now] = CellShown("", one.concluded_on, state_words(one))
    elif one.state != "sent":
        light = light_of(one, today, calendar)
        words = light.words.removeprefix("绿灯 ").removeprefix("黄灯 ").removeprefix("红灯 ")
        cells[now] = CellShown("late" if light.value == "red" else "now", None, words)
    return cells


def case_stages(one: Application, today: date) -> list[Stage]:
    """The stages of one application with their dates."""
    applied: Stage = ("申请", date_words(business_date(one.applied_at), today), "done")
    if one.state in TURNED_DOWN - DECIDED:
        return [applied, (state_words(one), date_words(one.concluded_on, today), "stopped")]
    reached = (
        ("初审", one.preliminary_on or one.accepted_on),
        ("受理", one.accepted_on),
        ("办理", one.proposed_on or (one.concluded_on if one.accepted_on else None)),
    )
    stages = [applied, *((word, date_words(on, today), "done" if on else "") for word, on in reached)]
    if one.state in DECIDED:
        is_revoked = one.state == CaseState.REVOKED
        ended = state_words(one) if is_revoked else f"{date_words(one.concluded_on, today)} {state_words(one)}"
        return [*(stage for stage in stages if stage[2]), ("办结", ended, _ended_as(one))]
    now = min(_place_now(one), 3)
    stages[now] = (stages[now][0], state_words(one), "now")
    return [*stages, ("办结", "", "")]


LEGACY_WORDS = "补录的存量项目：在本平台启用前已开始，由综合管理部门录入"
"""What the pages of a legacy project say of it (A12.1)."""


def project_stages(project: ProjectStands, due: int, concluded: int, today: date) -> list[Stage]:
    """The stages of a project; `due` and `concluded` count its due items."""
    declared: Stage = (
        "已补录" if project.is_legacy else "已申报",
        f"{date_words(business_date(project.declared_at), today)}取得代码",
        "done",
    )
    if project.state == ProjectState.RETURNED:
        return [declared, ("申报已退回", "核验未通过", "stopped")]
    if project.state in AT_REST:
        counted = f"{due} 项应办，已办结 {concluded} 项" if due else ""
        return [declared, ("审批", counted, ""), (PROJECT.word(project.state), "", "stopped")]
    verified = date_words(business_date(project.verified_at), today) if project.verified_at else ""
    ended = project.state in (ProjectState.APPROVED, ProjectState.NOT_APPROVED)
    counted = f"{due} 项应办，已办结 {concluded} 项" if due else ""
    approval = "done" if ended else ("now" if project.verified_at else "")
    completed = date_words(business_date(project.completed_at), today) if project.completed_at else ""
    return [
        declared,
        ("核验代码", verified or "等待审批区核验", "done" if verified else "now"),
        ("审批", counted, approval),
        (PROJECT.word(project.state) if ended else "审批办结", completed, "done" if ended else ""),
    ]


def timeline(project: ProjectStands, events: Sequence[EventStands], *, notices_at: str) -> list[EntryShown]:
    """Who did what when, newest first; `notices_at` is the address before a notice's token, empty for no link."""
    lines = [
        EntryShown(
            one.at,
            one.words,
            one.who,
            state="now" if place == 0 else "done",
            href=f"{notices_at}{one.notice_token}" if one.notice_token and notices_at else "",
        )
        for place, one in enumerate(events)
    ]
    if project.verified_at is not None:
        lines.append(EntryShown(project.verified_at, "项目代码核验通过", "平台"))
    begun = "存量项目补录，取得项目代码" if project.is_legacy else "项目申报，取得项目代码"
    lines.append(EntryShown(project.declared_at, begun, "平台"))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _ended_as(one: Application) -> str:
    return "stopped" if one.outcome == Outcome.DENIED or one.state == CaseState.REVOKED else "done"


def _standing(clock: Clock, today: date, calendar: Calendar) -> Reading:
    """How a clock stands, with a pause that began today shown at once, as the officers see it."""
    rests = bool(clock.pauses) and clock.pauses[-1].ends_on is None
    return as_listed(reading(clock, today, calendar), is_paused=rests, on=today)


def _place_now(one: Application) -> int:
    if one.proposed_on and one.state == CaseState.AWAITING_SIGN_OFF:
        return 4
    if one.accepted_on:
        return 3
    if one.preliminary_on:
        return 2
    return 1 if one.received_on or one.state in UNDER_WAY or one.state in TURNED_DOWN else 0


def _without_gaps(cells: list[CellShown], one: Application) -> list[CellShown]:
    """A filing is concluded without acceptance and sign-off: its empty stages say so."""
    if one.outcome != Outcome.FILED:
        return cells
    return [cell if cell.state else CellShown("", None, "不适用") for cell in cells]
