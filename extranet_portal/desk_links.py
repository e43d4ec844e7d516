"""What stands beside the list of the inbox: views, lights and the daily digest, each with the figure of its list.

A figure counts the list its link opens: every link keeps the other filters, and the figures are counted under them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core import clocks
from core.cases.inbox import WHO, InboxFilter
from core.cases.inbox_conditions import ENDED, VIEWS
from core.cases.tally import Tally
from core.web.ask import Ask
from core.web.shown import LightShown, address_of, date_words
from extranet_portal.desk_lists import LIGHTS, as_query

FOLLOWED = ("awaiting_supplement", "paused", "overrun", "concluded", "ended")
"""Views of what others have to go on with, or of what has ended."""

TO_DO = tuple(view for view in VIEWS if view not in (*FOLLOWED, "waiting"))


@dataclass(frozen=True)
class LinkShown:
    """A view or a light with how many cases it holds; without `count` they were not counted."""

    label: str
    href: str
    count: int | None
    current: bool
    light: LightShown | None = None


@dataclass(frozen=True)
class FigureShown:
    """One figure of the daily digest, and the list it counts."""

    label: str
    number: int
    href: str


def view_links(views: Sequence[str], chosen: InboxFilter, numbers: Tally) -> list[LinkShown]:
    """Views of the list, under the other filters; what has ended has no light and no urgency."""
    return [_view(view, chosen, numbers) for view in views]


def whose_links(chosen: InboxFilter, numbers: Tally) -> list[LinkShown]:
    """What of all that is to be done is the reader's, lies with them, or with nobody."""
    filters = as_query(chosen)
    return [
        LinkShown(
            words,
            address_of("/cases", filters, view="", who=who),
            numbers.number("open", who, chosen.light, chosen.due),
            current=who == chosen.who and chosen.view == "open",
        )
        for who, words in WHO.items()
    ]


def light_links(chosen: InboxFilter, numbers: Tally) -> list[LinkShown]:
    """The lights of the list; the one that is chosen leads back to all."""
    if chosen.view in ENDED:
        return []
    filters = as_query(chosen)
    links = []
    for light, words in LIGHTS:
        is_current = light == chosen.light
        count = numbers.number(chosen.view, chosen.whose, light, chosen.due)
        href = address_of("/cases", filters, light="" if is_current else light)
        links.append(LinkShown(words, href, count, is_current, LightShown(light, f"{words} {count}")))
    return links


def digest(numbers: Tally, since: date, ask: Ask) -> tuple[FigureShown, ...]:
    """每日提要: what came since the working day before, what is red or due at once, what the unit waits for."""
    fresh, due_now = InboxFilter(who="me", since=since, sort="received"), InboxFilter(who="me", due="tomorrow")
    figures = (
        FigureShown(f"{date_words(since, ask.today)} 以来新到", numbers.fresh("open", "me"), _list_of(fresh)),
        FigureShown("今明两天到期", numbers.number("open", "me", due="tomorrow"), _list_of(due_now)),
        FigureShown("红灯", numbers.number("open", "me", "red"), _list_of(InboxFilter(who="me", light="red"))),
        FigureShown("本单位暂停超期", numbers.number("overrun"), _list_of(InboxFilter(view="overrun"))),
        FigureShown("本单位等补正或恢复计时", numbers.number("waiting"), _list_of(InboxFilter(view="waiting"))),
    )
    return figures if any(figure.number for figure in figures) else ()


def working_day_before(ask: Ask) -> date:
    """The working day before today: what came since then is new."""
    days, day = clocks.calendar(ask.session), ask.today - timedelta(days=1)
    while not days.is_working(day):
        day -= timedelta(days=1)
    return day


def _view(view: str, chosen: InboxFilter, numbers: Tally) -> LinkShown:
    # 需要我办 and its neighbours are views of their own: from one of them the others show everybody's
    is_of_all = view == "open" or (chosen.view == "open" and chosen.who in WHO)
    whose, who = ("", "") if is_of_all else (chosen.whose, chosen.who)
    light, due = ("", "") if view in ENDED else (chosen.light, chosen.due)
    named = "" if view == "open" else view
    href = address_of("/cases", as_query(chosen), view=named, who=who, light=light, due=due)
    count = numbers.number(view, whose, light, due) if numbers.has(view, whose) else None
    return LinkShown(VIEWS[view][0], href, count, current=view == chosen.view and not (view == "open" and chosen.who))


def _list_of(chosen: InboxFilter) -> str:
    return address_of("/cases", as_query(chosen))
