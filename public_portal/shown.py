"""Small values that templates print: a light, a project with its address, a page of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from core.reference import loader


@dataclass(frozen=True)
class LightShown:
    """A light as the component prints it: `value` is a `core.domain.clock.Light`, `words` say it with its number."""

    value: str
    words: str


@dataclass(frozen=True)
class ProjectShown:
    """A project as `project_name` prints it: never without its code (A13.1)."""

    name: str
    code: str
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
    path: str, chosen: dict[str, str], page: int, *, size: int, shown: int, more: bool, total: int | None = None
) -> PageShown:
    """The pager of a list; `chosen` are the filters that its links keep."""
    kept = {name: value for name, value in chosen.items() if value}
    first = (page - 1) * size + 1

    def link(number: int) -> str:
        return f"{path}?{urlencode({**kept, 'page': number})}"

    words = f"共 {total} 件" if total is not None else ("后面还有" if more else f"共 {first - 1 + shown} 件")
    return PageShown(
        first, first - 1 + shown, words, link(page - 1) if page > 1 else "", link(page + 1) if more else ""
    )


def page_number(text: str) -> int:
    """The page asked for; anything that is no page number is the first."""
    return int(text) if len(text) <= 6 and text.isascii() and text.isdigit() and int(text) else 1


def day_words(on: date | None, today: date) -> str:
    """A date in prose, with the year when it is not this year; empty without one."""
    if on is None:
        return ""
    short = f"{on.month} 月 {on.day} 日"
    return short if on.year == today.year else f"{on.year} 年 {short}"


def names_in(code_list: str) -> dict[str, str]:
    """A code list as code → name."""
    return {choice.code: choice.name for choice in loader.load().code_lists[code_list]}


def department_name(code: str) -> str:
    """A department's name of today, with the former one where two have merged; its code when it is unknown."""
    known = loader.load().department_by_code
    if code not in known:
        return code
    found = known[code]
    name = found.successor_name.removeprefix("吉林省")
    merged = any(one.code != code and one.name == found.successor_name for one in known.values())
    return f"{name}（原{found.name.removeprefix('吉林省')}）" if merged else name


def in_department_order(codes: Iterable[str]) -> list[str]:
    """Departments in the order of the regulation, each once."""
    used = set(codes)
    return [code for code in loader.load().department_by_code if code in used]
