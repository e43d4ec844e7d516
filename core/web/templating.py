"""How pages are made: one Jinja environment for each portal, and how dates, money and sizes are written for a reader.

Pages get every date, number and instant as a value and write it through a filter; `None` is written as —. The portal
that owns the environment adds `environment.globals["url"]`: `url(name, **params)` gives the address of a route.
"""

import hashlib
from collections.abc import Callable, MutableMapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_environment

from core import clocks

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOTHING = "—"
Amount = Decimal | int | str


def environment(zone: Literal["public", "extranet"]) -> Environment:
    """The environment of a portal's pages: everything escaped, an unknown name is an error.

    Globals: `static(name)`, `business_date()`, `zone`; `url` is added by the portal.
    """
    made = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        auto_reload=False,  # a page would ask the file system for each of its templates
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        day=day,
        day_dense=day_dense,
        full_day=full_day,
        moment=moment,
        iso=iso,
        money=money,
        number=number,
        file_size=file_size,
    )
    made.globals.update(static=static, business_date=business_date, zone=zone)
    return made


class _Environment(Environment):
    """Jinja's, but what every template knows is one plain mapping: a chain is searched a hundred times a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows beside what its page is given."""
        return {**self.globals, **(d or {})}


def business_date() -> date:
    """Today in Asia/Shanghai: the date that decides whether a page writes the year."""
    return clocks.business_date(datetime.now(UTC))


@lru_cache
def static(name: str) -> str:
    """The address of a file under templates/static, marked by its content so that browsers may keep it for ever.

    An absent file is an error.
    """
    digest = hashlib.sha256((TEMPLATES / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


@pass_environment
def day(env: Environment, value: date | None) -> str:
    """A date in prose: 11 月 23 日, with the year when it is not this year."""
    if value is None:
        return NOTHING
    on = _date_of(value)
    short = f"{on.month} 月 {on.day} 日"
    return short if on.year == _today(env).year else f"{on.year} 年 {short}"


@pass_environment
def day_dense(env: Environment, value: date | None) -> str:
    """A date in a dense table: 11-23, or 2027-01-05 when it is not this year."""
    if value is None:
        return NOTHING
    on = _date_of(value)
    return f"{on:%m-%d}" if on.year == _today(env).year else on.isoformat()


def full_day(value: date | None) -> str:
    """A date as notices write it: 2026 年 11 月 23 日."""
    if value is None:
        return NOTHING
    on = _date_of(value)
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


@pass_environment
def moment(env: Environment, value: date | None) -> str:
    """An instant (aware) in Asia/Shanghai: 11 月 20 日 15:12; a plain date is written as `day` writes it."""
    words = day(env, value)
    return f"{words} {_local(value):%H:%M}" if isinstance(value, datetime) else words


def iso(value: date) -> str:
    """A date or an aware instant for a machine, as the `datetime` of a `<time>` element."""
    return _local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def money(value: Amount | None) -> str:
    """An amount given in 万元: 680 万元, 12.5 万元; from one 亿元 on 6.80 亿元."""
    if value is None or value == "":
        return NOTHING
    amount = Decimal(value)
    if abs(amount) < 10_000:
        return f"{number(amount)} 万元"
    return f"{(amount / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP):,} 亿元"


def number(value: Amount | None) -> str:
    """A number with separators and without empty decimals: 46,800 or 8.62."""
    if value is None or value == "":
        return NOTHING
    written = f"{Decimal(value):,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def file_size(value: int | None) -> str:
    """A size given in bytes: 812 字节, 320 KB, 1.2 MB."""
    if value is None:
        return NOTHING
    if value < 1024:
        return f"{value} 字节"
    if value < 1024 * 1000:
        return f"{round(value / 1024)} KB"
    return f"{value / 1024 / 1024:.1f} MB"


def _date_of(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant without a zone can't be shown: pass it aware, in UTC")
    return value.astimezone(clocks.SHANGHAI)


def _today(env: Environment) -> date:
    return cast(Callable[[], date], env.globals["business_date"])()
