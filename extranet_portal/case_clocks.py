"""The clocks on the page of a case, day by day: the step with its statute, and the whole case (A15.1, A15.2)."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.tables import Case
from core.clocks import CaseClock
from core.domain.case_states import DECIDED
from core.domain.clock import Clock, Reading, as_listed, limit_words
from core.domain.clock_account import Day
from core.domain.clock_words import WHOLE, words_of_clock
from core.web.clock_told import tell
from core.web.shown import LightShown, light_shown

_LONG_DAYS = 70


@dataclass(frozen=True)
class ClockShown:
    """One clock of the case, day by day (A15.2); `statute` is the graver line behind the promise.

    `is_long`: its account fills more weeks than anyone reads unasked.
    """

    title: str
    light: LightShown
    figures: str
    words: str
    days: tuple[Day, ...]
    is_long: bool
    statute: str
    is_beyond_statute: bool


def clocks_shown(session: Session, case: Case, *, on: date) -> tuple[ClockShown, ...]:
    """The clocks of the step, those that run or the last that ran, and beside them that of the whole case (A15.1)."""
    rows = clocks.clocks_of(session, case.id or 0)
    running = [row for row in rows if row.stopped_on is None] or list(rows[-1:])
    running.sort(key=lambda row: case_clocks.CURRENT.index(row.kind))
    steps = tuple(_clock(session, case, row, on=on) for row in running)
    return (*steps, _whole(session, case, on=on)) if steps else ()


def _clock(session: Session, case: Case, row: CaseClock, *, on: date) -> ClockShown:
    rule = clocks.as_rule(row, clocks.pauses_of(session, row))
    words = words_of_clock(
        row.kind, started_on=row.started_on, received_on=case.received_on, accepted_on=case.accepted_on,
        is_deemed=case.is_deemed,
    )  # fmt: skip
    told = tell(rule, words, on=on, calendar=clocks.calendar_of(session, row))
    statutory = case_clocks.statutory_due(session, row)
    return ClockShown(
        title=words.title,
        light=_clock_light(case, row, told.reading, on),
        figures=_figures(rule, told.reading),
        words=told.sentence,
        days=told.days,
        is_long=len(told.days) > _LONG_DAYS,
        statute=_statute(row, statutory),
        is_beyond_statute=statutory is not None and statutory < (row.stopped_on or on),
    )


def _whole(session: Session, case: Case, *, on: date) -> ClockShown:
    whole = case_clocks.whole_case(session, case)
    told = tell(whole, WHOLE, on=on, calendar=clocks.calendar_at(session, case.org_unit))
    listed = as_listed(told.reading, is_paused=case.is_paused, on=on)
    return ClockShown(
        title=WHOLE.title,
        light=light_shown(listed, listed.words_ended("已结束")),
        figures=_figures(whole, told.reading),
        words=told.sentence,
        days=told.days,
        is_long=True,
        statute="",
        is_beyond_statute=False,
    )


def _figures(rule: Clock, found: Reading) -> str:
    figures = [limit_words(rule.allowed, rule.unit) or "不设时限", f"已计 {found.elapsed}"]
    figures += [f"暂停 {found.paused_days}"] if found.paused_days else []
    if found.overtime:
        figures.append(f"超时 {found.overtime}")
    elif found.remaining is not None and rule.stopped_on is None:
        figures.append(f"剩 {found.remaining}")
    return " · ".join(figures)


def _clock_light(case: Case, row: CaseClock, found: Reading, on: date) -> LightShown:
    """A clock that stopped before the case was decided is not 已办结."""
    if row.stopped_on is None or case.state in DECIDED:
        listed = as_listed(found, is_paused=case.is_paused and row.kind == "handling", on=on)
        return light_shown(listed)
    return LightShown("none", found.words_ended("已停止"))


def _statute(row: CaseClock, due: date | None) -> str:
    if row.statutory_days is None:
        return ""
    limit = limit_words(row.statutory_days + row.extension_days, row.statutory_unit)
    if due is None:
        return f"法定时限 {limit}，恢复计时后重新计算最迟日期"
    return f"法定时限 {limit}，最迟 {due.year} 年 {due.month} 月 {due.day} 日"
