"""Lists over 200,000 projects under load: the real portals beside the bare driver and beside the page without shell.

The servers of one comparison run side by side and are asked in turn, so that a busy machine weighs on all alike.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import quote

import sqlalchemy as sa

from benchmarks.data import Filled, fill
from benchmarks.ground import ENGINES, Ground
from benchmarks.load import Page, Rate, Server, ask, serving
from benchmarks.report import Line, compare, progress
from core.accounts.tables import ExtranetSession
from core.database import Zone, open_database, utc_now
from core.settings import ExtranetSettings, PublicSettings
from core.web.session import Cookies

SECONDS, ROUNDS = 2, 5
GOALS = {"sqlite": 0.5, "postgresql": 0.7}
PROCESSES_GOAL, SHELL_GOAL = 1.6, 0.85
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Site:
    """Both portals' databases on one engine, filled, and what the load asks of them."""

    engine: str
    urls: dict[Zone, str]
    folder: Path
    secret: str
    filled: Filled

    def told(self, zone: Zone) -> dict[str, str]:
        """The environment of one portal."""
        values = {
            "DATABASE_URL": self.urls[zone],
            "FILES_URL": str(self.folder / zone),
            "SECRET_KEY": self.secret,
            "BASE_URL": "http://127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
        }
        return {f"TZXM_{zone.upper()}_{name}": value for name, value in values.items()}

    def pages(self, zone: Zone, paths: Sequence[str]) -> list[Page]:
        """Addresses with the cookies of someone who has been here before, and has signed in on the extranet."""
        settings = (PublicSettings if zone is Zone.PUBLIC else ExtranetSettings)(
            database_url="", files_url="", secret_key=self.secret, base_url="http://127.0.0.1", public_url=""
        )
        cookies = Cookies(settings, zone)
        visitor = f"{cookies.visitor_name}={cookies.signed('v' * 24)}"
        if zone is Zone.PUBLIC:
            return [Page(path, visitor) for path in paths]
        tokens = [f"{visitor}; {cookies.session_name}={cookies.signed(token)}" for token in self.filled.tokens]
        return [Page(path, token) for path in paths for token in tokens]

    def keep_signed_in(self) -> None:
        """Sessions end after half an hour without a click: before each round someone clicks."""
        database = open_database(self.urls[Zone.EXTRANET], Zone.EXTRANET)
        with database.writing() as session:
            session.execute(sa.update(ExtranetSession).values(seen_at=utc_now()))
        database.close()


@dataclass(frozen=True)
class Load:
    """A kind of page: its portal and the addresses asked for in turn."""

    name: str
    zone: Zone
    paths: Sequence[str]


def loads(filled: Filled) -> tuple[Load, ...]:
    """The pages that are measured against the bare driver."""
    words = "光伏"
    regions = ("", "?region=220100", "?region=220102", "?department=drc", "?page=2", "?region=220200&page=3")
    desk = ("", "?view=submitted", "?view=concluded", "?view=in_handling", "?page=2")
    return (
        Load("list of disclosures", Zone.PUBLIC, [f"/disclosures{one}" for one in regions]),
        Load("progress by code", Zone.PUBLIC, [f"/query/{code}" for code in filled.codes[:40]]),
        Load("officer's cases", Zone.EXTRANET, [f"/cases{one}" for one in desk]),
        Load("disclosures by name", Zone.PUBLIC, [f"/disclosures?q={quote(words)}", f"/disclosures?q={quote('项目')}"]),
        Load("officer's cases by name", Zone.EXTRANET, [f"/cases?q={quote(words)}"]),
    )


def measure_pages(ground: Ground) -> list[Line]:
    """Each list beside the same statements on the bare driver with the same template; p95 in the remark."""
    return [line for site in _sites(ground) for load in loads(site.filled) for line in _beside_bare(site, load)]


def measure_processes(ground: Ground) -> list[Line]:
    """Two processes beside one, on SQLite reads."""
    site = next(_sites(ground, ("sqlite",)))
    load = loads(site.filled)[0]
    rounds = _rounds(site, load, [("portal", 2), ("portal", 1)])
    rates = [(two.per_second, one.per_second) for two, one in rounds]
    return [compare(f"{load.name}, SQLite, 2 processes / 1", rates, unit="pages/s", goal=PROCESSES_GOAL)]


def measure_shell(ground: Ground) -> list[Line]:
    """Pages with session, tokens, headers and permission beside the same pages without."""
    lines = []
    for site in _sites(ground):
        for load in (loads(site.filled)[0], loads(site.filled)[2]):
            rounds = _rounds(site, load, [("portal", 1), ("unshelled", 1)])
            rates = [(ours.per_second, without.per_second) for ours, without in rounds]
            what = f"{load.name}, {NAMES[site.engine]}, shell / none"
            lines.append(compare(what, rates, unit="pages/s", goal=SHELL_GOAL))
    return lines


_SITES: dict[str, Site] = {}


def _sites(ground: Ground, engines: Sequence[str] = ENGINES) -> Iterator[Site]:
    for engine in engines:
        if engine not in _SITES:
            progress(f"filling {NAMES[engine]}")
            _SITES[engine] = _filled_site(ground, engine)
        yield _SITES[engine]


def _filled_site(ground: Ground, engine: str) -> Site:
    urls = {zone: ground.keep(engine, zone) for zone in Zone}
    folder = ground.folder / f"files-{engine}"
    filled = fill(urls[Zone.PUBLIC], urls[Zone.EXTRANET], folder)
    return Site(engine, urls, folder, secrets.token_urlsafe(40), filled)


def _beside_bare(site: Site, load: Load) -> Iterator[Line]:
    is_search = load.name.endswith("by name")
    rounds = _rounds(site, load, [("portal", 1), ("bare", 1)])
    ours, bare = (median(one[place].p95 for one in rounds) for place in (0, 1))
    yield compare(
        f"{load.name}, {NAMES[site.engine]} / bare driver",
        [(mine.per_second, other.per_second) for mine, other in rounds],
        unit="pages/s",
        goal=None if is_search else GOALS[site.engine],
        remark=f"p95 {ours:.0f} / {bare:.0f} ms",
    )


def _rounds(site: Site, load: Load, kinds: Sequence[tuple[str, int]]) -> list[tuple[Rate, ...]]:
    pages = site.pages(load.zone, load.paths)
    site.keep_signed_in()
    with _servers(site, load, pages, kinds) as servers:
        asked = [partial(ask, server, pages, site.folder) for server in servers]
        for one in asked:
            one(seconds=1)  # caches, connections and prepared statements
        rounds = []
        for number, _ in zip(cycle((0, 1)), range(ROUNDS), strict=False):
            order = asked[::-1] if number else asked
            rates = tuple(one(seconds=SECONDS) for one in order)
            rounds.append(rates[::-1] if number else rates)
            said = ", ".join(
                f"{kind} x{workers} {rate.per_second:,.0f}/s" for (kind, workers), rate in _pair(kinds, rounds)
            )
            progress(f"{load.name}, {NAMES[site.engine]}: {said}")
    return rounds


def _pair(
    kinds: Sequence[tuple[str, int]], rounds: Sequence[tuple[Rate, ...]]
) -> Iterator[tuple[tuple[str, int], Rate]]:
    return zip(kinds, rounds[-1], strict=True)


@contextmanager
def _servers(site: Site, load: Load, pages: Sequence[Page], kinds: Sequence[tuple[str, int]]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(serving(kind, load.zone, site.told(load.zone), pages, workers=workers))
            for kind, workers in kinds
        ]
