"""When everything that is due can be over at the earliest, and what decides it: dates on the official calendar (A2.3).

From today on, given what is done and what runs: every item takes its whole limit, whatever may run at the same time
does, an application is accepted the day its prerequisites are there. An estimate to plan by, never a limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from core.domain.calendar import Calendar
from core.domain.clock import Clock, Unit, due_on
from core.domain.due_items import Blocker, Due, in_sequence


class Progress(StrEnum):
    """How far one item is in the plan."""

    DONE = "done"
    RUNNING = "running"
    READY = "ready"
    WAITING = "waiting"


@dataclass(frozen=True)
class Limit:
    """How long an item takes; None without a limit, which counts no time. `calendar`: that of its office, if known."""

    days: int | None
    unit: Unit = Unit.WORKING_DAY
    calendar: Calendar | None = None


@dataclass(frozen=True)
class Standing:
    """What is known of an item's case: since when it runs, when it will be due, when it was granted; all None before.

    A case that ended without a grant counts as none: the item has to be obtained anew.
    """

    started_on: date | None = None
    due_on: date | None = None
    granted_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """One item in the plan. `waits_for` are the prerequisites still open; `behind` the item that decides its start."""

    item_code: str
    progress: Progress
    starts_on: date
    finishes_on: date
    waits_for: tuple[Blocker, ...] = ()
    behind: str | None = None
    is_critical: bool = False
    due: Due | None = None
    """The item as it was told: its tier, what must stand before it and what usually does."""


@dataclass(frozen=True)
class Schedule:
    """The plan of a project: its items in the order told, when the last is over, the chain that decides (critical)."""

    items: tuple[Planned, ...] = ()
    finishes_on: date | None = None
    critical: tuple[str, ...] = ()


@dataclass
class _Plan:
    """The plan while it is being made, item after item in sequence."""

    limits: Mapping[str, Limit]
    standings: Mapping[str, Standing]
    calendar: Calendar
    today: date
    made: dict[str, Planned] = field(default_factory=dict)

    def place(self, due: Due, listed: frozenset[str]) -> None:
        standing = self.standings.get(due.item_code, Standing())
        if standing.granted_on is not None:
            began = standing.started_on or standing.granted_on
            self.made[due.item_code] = Planned(due.item_code, Progress.DONE, began, standing.granted_on)
            return
        behind = self._decisive(due, listed)
        free_on = max(self.today, self.made[behind].finishes_on) if behind else self.today
        waits_for = tuple(one for one in due.blockers if listed >= {*one.item_codes} and not self._is_met(one))
        if standing.started_on is not None:
            progress, starts_on = Progress.RUNNING, standing.started_on
            finishes_on = max(standing.due_on or self._after(self.today, due.item_code), free_on)
        else:
            progress, starts_on = (Progress.WAITING if waits_for else Progress.READY), free_on
            finishes_on = self._after(free_on, due.item_code)
        decides = behind if behind and finishes_on == self._from(due.item_code, free_on, standing) else None
        self.made[due.item_code] = Planned(
            due.item_code, progress, starts_on, finishes_on, waits_for, decides if free_on > self.today else None
        )

    def _decisive(self, due: Due, listed: frozenset[str]) -> str | None:
        """The item that is over last of those this one comes after; of alternatives the quickest counts."""
        after = [min(one.item_codes, key=self._finish) for one in due.blockers if listed >= {*one.item_codes}] + [
            code for code in due.follows if code in listed
        ]
        still_open = [code for code in after if self.made[code].progress is not Progress.DONE]
        return max(still_open, key=self._finish, default=None)

    def _finish(self, item_code: str) -> date:
        return self.made[item_code].finishes_on

    def _is_met(self, blocker: Blocker) -> bool:
        return any(self.made[code].progress is Progress.DONE for code in blocker.item_codes)

    def _after(self, day: date, item_code: str) -> date:
        limit = self.limits.get(item_code, Limit(None))
        return due_on(Clock(day, limit.days, limit.unit), limit.calendar or self.calendar) or day

    def _from(self, item_code: str, free_on: date, standing: Standing) -> date:
        return free_on if standing.started_on is not None else self._after(free_on, item_code)


def schedule(
    dues: Sequence[Due],
    limits: Mapping[str, Limit],
    standings: Mapping[str, Standing],
    calendar: Calendar,
    *,
    today: date,
) -> Schedule:
    """Plan the due items of a project from `today` on (A2.3, A14.1c).

    An alternative that isn't listed among `dues` binds nobody. Raises ValueError when the items wait for each other.
    """
    listed = frozenset(due.item_code for due in dues)
    by_code = {due.item_code: due for due in dues}
    plan = _Plan(limits, standings, calendar, today)
    for code in in_sequence(dues):
        plan.place(by_code[code], listed)
    left = [one for one in plan.made.values() if one.progress is not Progress.DONE]
    last = max(left, key=lambda one: one.finishes_on, default=None)
    chain: list[str] = []
    while last is not None:
        chain.append(last.item_code)
        last = plan.made[last.behind] if last.behind else None
    critical = frozenset(chain)
    items = tuple(replace(plan.made[due.item_code], is_critical=due.item_code in critical, due=due) for due in dues)
    ends = [one.finishes_on for one in left or items]
    return Schedule(items, max(ends, default=None), tuple(reversed(chain)))
