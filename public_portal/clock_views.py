"""The clock of an application, told in a sentence and day by day, with the statute behind the promise (A15.1, A15.2).

The unit and the public see the same account: grounds of pauses, never their reasons or who recorded them.
"""

from dataclasses import dataclass
from datetime import date

from core.cases.told import ApplicationStands, days_of, told_clock, told_statute, told_whole
from core.domain.calendar import full_date
from core.domain.clock import due_on, judged_on, limit_words, reading
from core.domain.clock_account import Day, explain, sentence
from core.web.ask import Ask
from public_portal.case_views import pause_words

_CLOCKS = {
    "preliminary": ("初审时限", "收到申请", "初审完毕"),
    "acceptance": ("受理时限", "收到材料", "答复受理"),
    "handling": ("办理时限", "受理", "办结"),
}


_RECEIVED, _ENDED = "收到申请", "结束"


@dataclass(frozen=True)
class AccountShown:
    """The clock told in a sentence and day by day; `statute` is the graver line, empty without one."""

    title: str
    limit: str
    sentence: str
    days: tuple[Day, ...]
    statute: str
    is_beyond_statute: bool
    whole: "AccountShown | None" = None


def account_of(ask: Ask, one: ApplicationStands) -> AccountShown | None:
    """The clock of the step, running or last, told day by day, with that of the whole case; None without (A15.2)."""
    clock = told_clock(one)
    if clock is None or one.clock is None:
        return None
    title, start_words, stop_words = _CLOCKS[one.clock["kind"]]
    days = days_of(ask.session, one)
    told = explain(clock, ask.today, days, pause_words=pause_words(), start_words=start_words, stop_words=stop_words)
    words = sentence(clock, ask.today, days, pause_words=pause_words(), start_words=start_words, stop_words=stop_words)
    found = reading(clock, ask.today, days)
    limit = f"{limit_words(clock.allowed, clock.unit)}，已计 {found.elapsed}" if clock.limit else "不设时限"
    statute = told_statute(one)
    latest = None if statute is None else due_on(statute, days)
    return AccountShown(
        title,
        limit,
        words,
        told if clock.limit else (),
        "" if statute is None else f"法定时限 {limit_words(statute.allowed, statute.unit)}，{_latest(latest)}",
        is_beyond_statute=latest is not None and latest < judged_on(clock, ask.today),
        whole=_whole_of(ask, one),
    )


def _whole_of(ask: Ask, one: ApplicationStands) -> AccountShown | None:
    whole, days = told_whole(one), days_of(ask.session, one)
    if whole is None:
        return None
    grounds = pause_words()
    found = reading(whole, ask.today, days)
    return AccountShown(
        title="全程",
        limit=f"{limit_words(whole.allowed, whole.unit) or '不设时限'}，已计 {found.elapsed}",
        sentence=sentence(whole, ask.today, days, pause_words=grounds, start_words=_RECEIVED, stop_words=_ENDED),
        days=explain(whole, ask.today, days, pause_words=grounds, start_words=_RECEIVED, stop_words=_ENDED),
        statute="",
        is_beyond_statute=False,
    )


def _latest(due: date | None) -> str:
    return f"最迟 {full_date(due)}" if due else "恢复计时后重新计算最迟日期"
