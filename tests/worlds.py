"""Worlds to copy: each is played once per worker and engine through the real stages, then copied per test.

Playing takes a second, copying 20 milliseconds.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import make_url

from core.database import Zone
from core.exchange.pump import Post
from tests import world as cast
from tests.databases import Cluster, Templates
from tests.world import World


def nothing_yet(world: World) -> None:
    """An enterprise is registered, no more."""


def applied(world: World) -> None:
    """公主岭's renovation project is declared; its three first items are applied for, completely."""
    world.code = cast.declare(world, "renovation")
    cast.apply_for(world, world.code, "IIT-01", "DRC-06", "ECO-02")


def one_left(world: World) -> None:
    """Of the renovation's four items three are concluded, and the energy review (DRC-06) is applied for."""
    applied(world)
    cast.file(world, cast.case_of(world, "IIT-01"))
    cast.decide(world, cast.case_of(world, "ECO-02"))
    world.pump()
    cast.file(world, cast.apply_for(world, world.code, "ECO-04")[0])
    world.pump()


class Worlds:
    """The worlds of one worker; what they lie in goes with its folder and its cluster."""

    def __init__(self, templates: Templates, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._templates = templates
        self._folder = folder
        self._cluster = cluster
        self._numbers = count(1)
        self._played: dict[tuple[str, str], tuple[World, dict[Zone, str], Path]] = {}

    @contextmanager
    def copy(self, engine: str, story: Callable[[World], None]) -> Iterator[World]:
        """A world of one's own in which the story has happened, gone afterwards."""
        key = (engine, story.__name__)
        if key not in self._played:
            self._played[key] = self._play(engine, story)
        before, kept, files = self._played[key]
        folder = self._folder / str(next(self._numbers))
        shutil.copytree(files, folder)
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder)
            urls = {zone: self._copied(engine, kept[zone], folder) for zone in Zone}
            if engine == "postgresql":
                for url in urls.values():
                    stack.callback(self._cluster().drop, make_url(url).database)
            zones = cast.open_zones(urls[Zone.PUBLIC], urls[Zone.EXTRANET], folder)
            for database in zones[:2]:
                stack.callback(database.close)
            yield World(Post(*zones, before.post.signers, before.post.verifiers), before.now, before.unit, before.code)

    def _play(self, engine: str, story: Callable[[World], None]) -> tuple[World, dict[Zone, str], Path]:
        files, databases = (self._folder / f"{engine}-{story.__name__}-{part}" for part in ("files", "databases"))
        files.mkdir()
        databases.mkdir()
        with ExitStack() as stack:
            urls = {zone: stack.enter_context(self._templates.copy(engine, zone)) for zone in Zone}
            world = cast.make_world(urls[Zone.PUBLIC], urls[Zone.EXTRANET], files)
            story(world)
            world.pump()
            world.public.close()
            world.extranet.close()
            return world, {zone: self._copied(engine, urls[zone], databases) for zone in Zone}, files

    def _copied(self, engine: str, url: str, folder: Path) -> str:
        name = make_url(url).database or ""
        if engine == "sqlite":
            return f"sqlite:///{shutil.copy(name, folder)}"
        cluster = self._cluster()
        return cluster.url(cluster.create(name))
