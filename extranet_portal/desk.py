"""The inbox (我的办件): views, lights, filters, rows grouped by urgency (design 06, A14.4d, A15.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core import clocks
from core.cases import inbox
from core.cases.inbox import CaseRow, InboxFilter, Tally
from core.cases.queries import own_units
from core.cases.readings import readings_of
from core.domain.case_states import CASE, CaseState
from core.domain.policy import Actor, may_ever
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import LightShown, PageShown, ProjectShown, address_of, page_number, page_of
from extranet_portal.shown import light_of

_WEEKDAYS = "一二三四五六日"
_LIGHTS = (("red", "红灯"), ("yellow", "黄灯"), ("green", "绿灯"), ("paused", "暂停"))
_FOLLOWED = ("awaiting_supplement", "paused", "concluded", "ended")
_UNGROUPED = ("concluded", "ended")
_STAGES = {
    CaseState.SUBMITTED: "初审",
    CaseState.UNDER_ACCEPTANCE: "受理",
    CaseState.AWAITING_SUPPLEMENT: "补正",
    CaseState.IN_HANDLING: "办理",
    CaseState.AWAITING_SIGN_OFF: "签批",
}


@dataclass(frozen=True)
class LinkShown:
    """A view or a light with how many cases it holds."""

    label: str
    href: str
    count: int
    current: bool
    light: LightShown | None = None


@dataclass(frozen=True)
class RowShown:
    """One case in the list."""

    project: ProjectShown
    unit_name: str
    number: str
    item: str
    stage: str
    handler: str
    light: LightShown
    due_on: date | None


@dataclass(frozen=True)
class GroupShown:
    """Rows of one urgency; `count` is over all pages. Without a title the list is not grouped."""

    title: str
    count: int
    rows: tuple[RowShown, ...]


@dataclass(frozen=True)
class ListShown:
    """The list as chosen: what `#cases` holds, and the address that fetches it again."""

    groups: tuple[GroupShown, ...]
    total: int
    page: PageShown | None
    address: str
    due_href: str
    received_href: str
    by_received: bool


@action(allow="desk.see")
def see_inbox(ask: Ask) -> Response:
    """The cases of the officer's units, soonest due first."""
    chosen = _chosen(ask)
    filters = _as_query(chosen)
    numbers = inbox.counts(ask.session, ask.actor, today=ask.today)
    found = _list(ask, chosen, filters, numbers)
    title = inbox.VIEWS[chosen.view][0]
    return reply.page(
        ask,
        "extranet/desk/inbox.html",
        title=title,
        view_title=title,
        chosen=chosen,
        is_filtered=bool(chosen.words or chosen.item or chosen.light),
        clear_href=address_of("/cases", {"view": filters["view"]}),
        count=numbers.views[chosen.view],
        views=[_view(view, chosen, numbers) for view in inbox.VIEWS if view not in _FOLLOWED],
        followed=[_view(view, chosen, numbers) for view in _FOLLOWED],
        lights=[_light_link(one, words, chosen, filters, numbers) for one, words in _LIGHTS],
        items=inbox.items_of_units(ask.session, ask.actor),
        list=found,
        today_words=_today_words(ask),
        next_due=None if found.total else inbox.next_due(ask.session, ask.actor, today=ask.today),
        works_on_cases=bool(own_units(ask.actor)),
    )


def has_inbox(actor: Actor) -> bool:
    """Whether this officer has cases to work on, or at least no other page to begin with."""
    return bool(own_units(actor)) or (may_ever(actor, "desk.see") and not may_ever(actor, "project.see"))


def _chosen(ask: Ask) -> InboxFilter:
    view, light = ask.query("view", "open"), ask.query("light")
    return InboxFilter(
        view=view if view in inbox.VIEWS else "open",
        words=ask.query("q")[:100],
        item=ask.query("item")[:20],
        light=light if light in dict(_LIGHTS) else "",
        sort="received" if ask.query("sort") == "received" else "due",
        page=page_number(ask.query("page")),
    )


def _as_query(chosen: InboxFilter) -> dict[str, str]:
    return {
        "view": chosen.view if chosen.view != "open" else "",
        "q": chosen.words,
        "item": chosen.item,
        "light": chosen.light,
        "sort": chosen.sort if chosen.sort != "due" else "",
    }


def _list(ask: Ask, chosen: InboxFilter, filters: Mapping[str, str], numbers: Tally) -> ListShown:
    sizes = inbox.inbox_sizes(ask.session, ask.actor, chosen, numbers, today=ask.today)
    rows = inbox.inbox(ask.session, ask.actor, chosen, today=ask.today)
    here, total = rows[: inbox.PAGE], sum(sizes.values())
    return ListShown(
        groups=_groups(ask, here, chosen, sizes),
        total=total,
        page=page_of(
            "/cases",
            filters,
            chosen.page,
            size=inbox.PAGE,
            shown=len(here),
            more=len(rows) > inbox.PAGE,
            total=f"共 {total} 件",
        )
        if here
        else None,
        address=address_of("/cases", filters, page=chosen.page),
        due_href=address_of("/cases", filters, sort=""),
        received_href=address_of("/cases", filters, sort="received"),
        by_received=chosen.sort == "received",
    )


def _groups(ask: Ask, rows: Sequence[CaseRow], chosen: InboxFilter, sizes: Mapping[str, int]) -> tuple[GroupShown, ...]:
    readings = readings_of(ask.session, [row.id for row in rows], on=ask.today)
    shown = {
        row.id: _row(ask, row, light_of(row.state, readings.get(row.id), is_paused=row.is_paused, on=ask.today))
        for row in rows
    }
    if chosen.sort == "received" or chosen.view in _UNGROUPED:
        return (GroupShown("", len(shown), tuple(shown.values())),) if shown else ()
    together: dict[str, list[RowShown]] = {}
    for row in rows:
        together.setdefault(inbox.urgency(row, ask.today), []).append(shown[row.id])
    return tuple(
        GroupShown(title, sizes[urgency], tuple(together[urgency]))
        for urgency, title in inbox.GROUPS
        if urgency in together
    )


def _row(ask: Ask, row: CaseRow, light: LightShown) -> RowShown:
    return RowShown(
        project=ProjectShown(row.project_name, row.project_code, ask.url("case.see", case_id=row.id)),
        unit_name=row.unit_name,
        number=row.number,
        item=row.item_name,
        stage=_STAGES.get(CaseState(row.state), CASE.word(row.state)),
        handler=row.handler_name,
        light=light,
        due_on=row.due_on,
    )


def _view(view: str, chosen: InboxFilter, numbers: Tally) -> LinkShown:
    href = address_of("/cases", {"view": view if view != "open" else ""})
    return LinkShown(inbox.VIEWS[view][0], href, numbers.views[view], current=view == chosen.view)


def _light_link(light: str, words: str, chosen: InboxFilter, filters: Mapping[str, str], numbers: Tally) -> LinkShown:
    is_current = light == chosen.light
    href = address_of("/cases", filters, view="", light="" if is_current else light)
    count = numbers.lights[light]
    return LinkShown(words, href, count, is_current, LightShown(light, f"{words} {count}"))


def _today_words(ask: Ask) -> str:
    days = clocks.calendar(ask.session)
    name = days.day_off_name(ask.today)
    kind = "工作日" if name is None else (f"休息日（{name}）" if name != "周末" else "休息日")
    return f"今天 {ask.today.month} 月 {ask.today.day} 日 星期{_WEEKDAYS[ask.today.weekday()]}，{kind}"


routes = [Route("/cases", see_inbox, methods=["GET"], name="desk.see")]
