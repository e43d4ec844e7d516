"""A list of cases as it stands in an address: its filters, and the way back to it and along it from a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.cases import inbox
from core.cases.inbox import InboxFilter
from core.cases.inbox_conditions import VIEWS
from core.cases.tables import Case
from core.organisations import organisations
from core.projects.links import codes_meant
from core.web.ask import Ask
from core.web.body import plain
from core.web.shown import address_of, page_number

LIGHTS = (("red", "红灯"), ("yellow", "黄灯"), ("green", "绿灯"), ("paused", "暂停"))
_OFFICER_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class Neighbours:
    """The list one came from, and the cases before and after this one in it (empty at its ends)."""

    list_href: str
    previous_href: str
    next_href: str
    words: str


def filter_of(given: Mapping[str, str]) -> InboxFilter:
    """The filter that an address asks for; whatever it does not know counts as not asked for."""
    view, light, who, due = (given.get(name, "") for name in ("view", "light", "who", "due"))
    return InboxFilter(
        view=view if view in VIEWS else "open",
        who=who if who in inbox.WHO or _OFFICER_ID.fullmatch(who) else "",
        words=plain(given.get("q", "")).strip()[:100],
        item=plain(given.get("item", "")).strip()[:20],
        light=light if light in dict(LIGHTS) else "",
        due=due if due in dict(inbox.GROUPS) else "",
        since=_day(given.get("since", "")),
        region=plain(given.get("region", "")).strip()[:6],
        sort="received" if given.get("sort") == "received" else "due",
        page=page_number(given.get("page", "")),
    )


def filter_in(ask: Ask, given: Mapping[str, str]) -> InboxFilter:
    """The filter of an address as it is meant here.

    Its words are read as a code too: any code of a project finds its cases (A12.1). A region means all below it, and
    one's own name what lies with oneself.
    """
    chosen = filter_of(given)
    below = organisations(ask.session).below.get(chosen.region, frozenset())
    return replace(
        chosen,
        who="mine" if chosen.who == ask.actor.id else chosen.who,
        codes=codes_meant(ask.session, chosen.words) if chosen.words else (),
        region=chosen.region if below else "",
        regions=tuple(sorted(below)),
    )


def as_query(chosen: InboxFilter) -> dict[str, str]:
    """The filter as parts of an address, those that say nothing empty; the page apart."""
    return {
        "view": chosen.view if chosen.view != "open" else "",
        "who": chosen.who,
        "q": chosen.words,
        "item": chosen.item,
        "region": chosen.region,
        "light": chosen.light,
        "due": chosen.due,
        "since": chosen.since.isoformat() if chosen.since else "",
        "sort": chosen.sort if chosen.sort != "due" else "",
    }


def trail_of(chosen: InboxFilter) -> str:
    """What the address of a case bears of the list one comes from; its place in the list is added by row."""
    return urlencode({**{name: value for name, value in as_query(chosen).items() if value}, "at": ""})


def list_of(ask: Ask) -> str:
    """The trail in the address one is on or came from; empty when one came from no list."""
    query = ask.request.url.query
    if ask.request.method == "POST":
        query = urlsplit(ask.request.headers.get("referer", "")[:2000]).query
    given = dict(parse_qsl(query[:1000], keep_blank_values=True))
    if "at" not in given:
        return ""
    return f"{trail_of(filter_of(given))}{_place(given['at'])}"


def neighbours(ask: Ask, case: Case) -> Neighbours | None:
    """上一件 and 下一件 in the list one came from; one that left the list meanwhile leaves its place to the next."""
    trail = list_of(ask)
    if not trail:
        return None
    given = dict(parse_qsl(trail))
    chosen, place = filter_in(ask, given), _place(given["at"])
    ids = inbox.ids_in_order(ask.session, ask.actor, chosen, today=ask.today)
    is_there = case.id in ids
    here = ids.index(case.id) if is_there and case.id else min(place, len(ids))
    start = trail_of(chosen)

    def href(at: int) -> str:
        return f"/cases/{ids[at]}?{start}{at}" if 0 <= at < len(ids) else ""

    return Neighbours(
        list_href=address_of("/cases", as_query(chosen), page=here // inbox.PAGE + 1),
        previous_href=href(here - 1),
        next_href=href(here + 1 if is_there else here),
        words=f"第 {here + 1} 件，共 {len(ids)} 件" if is_there else "",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _place(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
