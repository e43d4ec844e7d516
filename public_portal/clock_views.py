"""The clock of an application, told in a sentence and day by day, with the statute behind the promise (A15.1, A15.2).

The unit and the public see the same account: grounds of pauses, never their reasons or who recorded them.
"""

from dataclasses import dataclass
from datetime import date

from core.cases.told import ApplicationStands, days_of, told_clock, told_statute, told_whole
from core.domain.calendar import Calendar, full_date
from core.domain.clock import Clock, due_on, judged_on, limit_words
from core.domain.clock_account import Day
from core.domain.clock_words import WHOLE, words_of_clock
from core.web.ask import Ask
from core.web.clock_told import tell


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
    days, whole = days_of(ask.session, one), told_whole(one)
    words = words_of_clock(
        one.clock["kind"], started_on=clock.started_on, accepted_on=one.accepted_on,
        received_on=whole.started_on if whole else clock.started_on,
    )  # fmt: skip
    told = tell(clock, words, on=ask.today, calendar=days)
    limit = f"{limit_words(clock.allowed, clock.unit)}，已计 {told.reading.elapsed}" if clock.limit else "不设时限"
    statute = told_statute(one)
    latest = None if statute is None else due_on(statute, days)
    return AccountShown(
        words.title,
        limit,
        told.sentence,
        told.days if clock.limit else (),
        "" if statute is None else f"法定时限 {limit_words(statute.allowed, statute.unit)}，{_latest(latest)}",
        is_beyond_statute=latest is not None and latest < judged_on(clock, ask.today),
        whole=_whole_of(ask, whole, days),
    )


def _whole_of(ask: Ask, whole: Clock | None, days: Calendar) -> AccountShown | None:
    if whole is None:
        return None
    told = tell(whole, WHOLE, on=ask.today, calendar=days)
    return AccountShown(
        title=WHOLE.title,
        limit=f"{limit_words(whole.allowed, whole.unit) or '不设时限'}，已计 {told.reading.elapsed}",
        sentence=told.sentence,
        days=told.days,
        statute="",
        is_beyond_statute=False,
    )


def _latest(due: date | None) -> str:
    return f"最迟 {full_date(due)}" if due else "恢复计时后重新计算最迟日期"
