"""The inbox (我的办件): views, lights, filters, rows grouped by urgency (design 06, A14.4d, A15.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from core import clocks
from core.cases import inbox
from core.cases.inbox import CaseRow, Choices, InboxFilter
from core.cases.inbox_conditions import ENDED, VIEWS
from core.cases.queries import own_units
from core.cases.readings import readings_of
from core.cases.tally import Tally
from core.domain.assignment import Matter
from core.domain.case_states import CASE, CaseState
from core.domain.policy import Actor, may_ever
from core.organisations import organisations
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import LightShown, PageShown, ProjectShown, address_of, date_words, page_of
from extranet_portal.desk_links import (
    FOLLOWED,
    TO_DO,
    digest,
    light_links,
    view_links,
    whose_links,
    working_day_before,
)
from extranet_portal.desk_lists import as_query, filter_in, trail_of
from extranet_portal.shown import light_of

_WEEKDAYS = "一二三四五六日"
_DIGEST = "tzxm_digest"
_DAY = 24 * 3600
NEEDED = "/cases?who=me"
_STAGES = {
    CaseState.SUBMITTED: "初审",
    CaseState.UNDER_ACCEPTANCE: "受理",
    CaseState.AWAITING_SUPPLEMENT: "补正",
    CaseState.IN_HANDLING: "办理",
    CaseState.AWAITING_SIGN_OFF: "签批",
}
_MATTERS: Mapping[tuple[str, str], str] = {
    (CaseState.AWAITING_SUPPLEMENT, Matter.UNANSWERED): "补正逾期",
    (CaseState.CONCLUDED, Matter.AMENDMENT): "更正或撤销",
    (CaseState.AWAITING_SIGN_OFF, Matter.REVIEW): "审核",
}
"""The step of a case where more than its state says it."""


@dataclass(frozen=True)
class RowShown:
    """One case in the list; `unread` messages of its unit wait to be read."""

    id: int
    project: ProjectShown
    unit_name: str
    number: str
    item: str
    stage: str
    handler: str
    light: LightShown
    due_on: date | None
    unread: int


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
    own_address: str


@action(allow="desk.see")
def see_inbox(ask: Ask) -> Response:
    """The cases of the officer's units, soonest due first."""
    chosen = filter_in(ask, ask.request.query_params)
    filters = as_query(chosen)
    since = working_day_before(ask)
    numbers = inbox.counts(ask.session, ask.actor, chosen, today=ask.today, since=since)
    choices = inbox.choices(ask.session, ask.actor)
    found = _list(ask, chosen, filters, numbers)
    title = _title(chosen, choices)
    is_put_away = chosen.is_narrow or ask.request.cookies.get(_DIGEST) == ask.today.isoformat()
    return reply.page(
        ask,
        "extranet/desk/inbox.html",
        title=title,
        view_title=title,
        chosen=chosen,
        is_filtered=bool(chosen.is_narrow or chosen.light or chosen.due or chosen.who),
        nothing_needed=as_query(InboxFilter(who="me")) == filters,
        all_open=numbers.number("open"),
        clear_href=address_of("/cases", {"view": filters["view"]}),
        whose=whose_links(chosen, numbers),
        views=view_links(TO_DO, chosen, numbers),
        followed=view_links(FOLLOWED, chosen, numbers),
        lights=light_links(chosen, numbers),
        items=choices.items,
        whom=[*inbox.WHO.items(), *choices.officers],
        regions=_regions_below(ask),
        urgencies=inbox.GROUPS,
        since_words=f"只看 {date_words(chosen.since, ask.today)} 以来收到的" if chosen.since else "",
        saved=[
            (name, f"/cases?{query}" if query else "/cases", query == _as_saved(filters))
            for query, name in choices.views
        ],
        save_href=address_of("/views", filters),
        digest=() if is_put_away else digest(numbers, since, ask),
        list=found,
        today_words=_today_words(ask),
        next_due=None if found.total else inbox.next_due(ask.session, ask.actor, today=ask.today),
        works_on_cases=bool(own_units(ask.actor)),
        may_review=may_ever(ask.actor, "case.pass_preliminary"),
    )


@action(allow="desk.keep")
def dismiss_digest(ask: Ask) -> Response:
    """Put the digest away until tomorrow."""
    response = reply.to("/cases")
    ask.portal.cookies.set(response, _DIGEST, ask.today.isoformat(), seconds=_DAY)
    return response


def has_inbox(actor: Actor) -> bool:
    """Whether this officer has cases to work on, or at least no other page to begin with."""
    return bool(own_units(actor)) or (may_ever(actor, "desk.see") and not may_ever(actor, "project.see"))


def first_page(actor: Actor) -> str:
    """Where the day begins: what needs this officer now; empty for who works on no case."""
    return NEEDED if own_units(actor) else ""


def _list(ask: Ask, chosen: InboxFilter, filters: Mapping[str, str], numbers: Tally) -> ListShown:
    sizes = numbers.groups(chosen.view, chosen.whose, chosen.light, chosen.due)
    rows = inbox.inbox(ask.session, ask.actor, chosen, today=ask.today)
    here, total = rows[: inbox.PAGE], sum(sizes.values())
    return ListShown(
        groups=_groups(ask, here, chosen, sizes),
        own_address=address_of("/cases", filters, page=chosen.page),
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
    trail, first = trail_of(chosen), (chosen.page - 1) * inbox.PAGE
    shown = {
        row.id: _row(
            row,
            light_of(row.state, readings.get(row.id), is_paused=row.is_paused, on=ask.today),
            f"/cases/{row.id}?{trail}{place}",
        )
        for place, row in enumerate(rows, start=first)
    }
    if chosen.sort == "received" or chosen.view in ENDED:
        return (GroupShown("", len(shown), tuple(shown.values())),) if shown else ()
    together: dict[str, list[RowShown]] = {}
    for row in rows:
        together.setdefault(inbox.urgency(row, ask.today), []).append(shown[row.id])
    return tuple(
        GroupShown(title, sizes[urgency], tuple(together[urgency]))
        for urgency, title in inbox.GROUPS
        if urgency in together
    )


def _row(row: CaseRow, light: LightShown, href: str) -> RowShown:
    return RowShown(
        id=row.id,
        project=ProjectShown(row.project_name, row.project_code, href),
        unit_name=row.unit_name,
        number=row.number,
        item=row.item_name,
        stage=_MATTERS.get((row.state, row.matter)) or _STAGES.get(CaseState(row.state), CASE.word(row.state)),
        handler=row.assigned_name or row.handler_name,
        light=light,
        due_on=row.due_on,
        unread=row.unread,
    )


def _title(chosen: InboxFilter, choices: Choices) -> str:
    names = {**inbox.WHO, **{officer: f"由{name}经办" for officer, name in choices.officers}}
    is_whose = chosen.view == "open" and chosen.who in names
    return names[chosen.who] if is_whose else VIEWS[chosen.view][0]


def _regions_below(ask: Ask) -> list[tuple[str, str]]:
    """The regions right below those of the officer's units, from which projects come: none for a county's."""
    tree, own = organisations(ask.session), {unit.partition("-")[0] for unit in own_units(ask.actor)}
    return [(code, region.name) for code, region in sorted(tree.regions.items()) if region.parent_code in own]


def _as_saved(filters: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in filters.items() if value})


def _today_words(ask: Ask) -> str:
    days = clocks.calendar(ask.session)
    name = days.day_off_name(ask.today)
    kind = "工作日" if name is None else (f"休息日（{name}）" if name != "周末" else "休息日")
    return f"今天 {ask.today.month} 月 {ask.today.day} 日 星期{_WEEKDAYS[ask.today.weekday()]}，{kind}"


routes = [
    Route("/cases", see_inbox, methods=["GET"], name="desk.see"),
    Route("/digest/dismissal", dismiss_digest, methods=["POST"], name="desk.dismiss_digest"),
]
