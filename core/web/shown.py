"""Small values that pages of both portals print: a light, a project, a matrix, a list's pager, a timeline's line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from core.domain.clock import Light, Reading
from core.projects.links import Linked


@dataclass(frozen=True)
class LightShown:
    """A light as the component prints it, `words` say it with its number.

    `value` is a `core.domain.clock.Light`; overrun: a pause beyond its expected end; late: it stopped after its limit.
    """

    value: str
    words: str


def light_shown(found: Reading, words: str = "") -> LightShown:
    """The light of a clock as it stands; a pause beyond its end and what came late are red for good (A14.4d)."""
    is_overrun = found.light is Light.PAUSED and found.overrun > 0
    is_late = found.light is Light.CLOSED and found.was_red
    return LightShown("overrun" if is_overrun else "late" if is_late else found.light, words or found.words)


@dataclass(frozen=True)
class ProjectShown:
    """A project as `project_name` prints it: never without its code (A13.1)."""

    name: str
    code: str
    href: str = ""


@dataclass(frozen=True)
class LinksShown:
    """The other codes of a project: before and after a major change, and codes given elsewhere (A12.1, A12.2)."""

    before: ProjectShown | None
    after: ProjectShown | None
    legacy: tuple[str, ...]


def links_shown(found: Linked, href: Callable[[str], str]) -> LinksShown:
    """The other codes as the component prints them; `href` is the address of the page of a code, "" for none."""
    before, after = (
        ProjectShown(one.name, one.code, href(one.code)) if one else None for one in (found.before, found.after)
    )
    return LinksShown(before, after, found.legacy)


@dataclass(frozen=True)
class CellShown:
    """One stage of one item: done, now, late or not yet; its date; few words."""

    state: str = ""
    on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """One due item of a project in the approval matrix (A2.3); without `href` the reader can't open its case."""

    item: str
    org: str
    href: str
    light: LightShown
    cells: tuple[CellShown, ...]


@dataclass(frozen=True)
class EntryShown:
    """One line of a timeline or of the trace, as the component prints it."""

    at: datetime
    words: str
    who: str = ""
    state: str = "done"
    href: str = ""


@dataclass(frozen=True)
class PageShown:
    """Where a page stands in its list; `total_words` says how many there are, or that there are more."""

    first: int
    last: int
    total_words: str
    previous_href: str
    next_href: str


def page_of(
    path: str,
    chosen: Mapping[str, str],
    page: int,
    *,
    size: int,
    shown: int,
    more: bool,
    total: str = "",
    counted: str = "件",
) -> PageShown:
    """The pager of a list; `chosen` are the filters that its links keep, `total` says 共 273 件 where that is known.

    `counted` is the measure word: 件 of cases, 个 of projects.
    """
    first = (page - 1) * size + 1
    last = first - 1 + shown
    before = address_of(path, chosen, page=page - 1) if page > 1 else ""
    after = address_of(path, chosen, page=page + 1) if more else ""
    return PageShown(first, last, total or ("后面还有" if more else f"共 {last} {counted}"), before, after)


def address_of(path: str, chosen: Mapping[str, str], *, page: int = 1, **changed: str) -> str:
    """The address of a list with these filters; those that are empty, and the first page, are left out."""
    kept = {name: value for name, value in {**chosen, **changed}.items() if value}
    if page > 1:
        kept["page"] = str(page)
    return f"{path}?{_as_query(tuple(kept.items()))}" if kept else path


@lru_cache(maxsize=4096)
def _as_query(kept: tuple[tuple[str, str], ...]) -> str:
    """Kept in mind: the links beside a list are the same each time it is looked at."""
    return urlencode(kept)


def page_number(text: str) -> int:
    """The page asked for; anything that is no page number is the first."""
    return int(text) if len(text) <= 6 and text.isascii() and text.isdigit() and int(text) else 1


def date_words(day: date | None, today: date, words: str = "") -> str:
    """A date and what happened on it, with the year when it is not this one; empty without a date."""
    if day is None:
        return ""
    year = "" if day.year == today.year else f"{day.year} 年 "
    return f"{year}{day.month} 月 {day.day} 日 {words}".rstrip()
