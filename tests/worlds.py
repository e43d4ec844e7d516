"""Worlds to copy: each is played once per worker and engine through the real stages, then copied per test.

Playing takes a second, copying 20 milliseconds.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import make_url

from core.database import Database, Zone
from core.documents.blobs import LocalStore
from core.exchange.pump import Post
from tests import world as cast
from tests.databases import ENGINES, Cluster, Templates
from tests.memory import Memory, hand_on, memory_of
from tests.world import World

Story = Callable[[World], None]

_BEFORE: dict[Story, Story] = {}
"""Story → the one that has happened before it, unless that is the first."""


def after(before: Story) -> Callable[[Story], Story]:
    """A story that goes on where another ends: it is played in a copy of the other's world."""

    def goes_on(story: Story) -> Story:
        _BEFORE[story] = before
        return story

    return goes_on


def nothing_yet(world: World) -> None:
    """An enterprise is registered, no more."""


def applied(world: World) -> None:
    """公主岭's renovation project is declared; its three first items are applied for, completely."""
    world.code = cast.declare(world, "renovation")
    cast.apply_for(world, world.code, "IIT-01", "DRC-06", "ECO-02")


@after(applied)
def one_left(world: World) -> None:
    """Of the renovation's four items three are concluded, and the energy review (DRC-06) is applied for."""
    cast.file(world, cast.case_of(world, "IIT-01"))
    cast.decide(world, cast.case_of(world, "ECO-02"))
    world.pump()
    cast.file(world, cast.apply_for(world, world.code, "ECO-04")[0])
    world.pump()


@dataclass(frozen=True)
class Played:
    """A world in which a story has happened: its databases and files, and what was in memory of the databases."""

    world: World
    urls: Mapping[Zone, str]
    files: Path
    memory: Mapping[Zone, Memory]


@dataclass(frozen=True)
class Room:
    """Where one test at a time finds its world: the same addresses and engines for each.

    What an engine has learned, above all the statements it has compiled, serves the next test too; its connections
    don't: they end with the test, and what the process keeps in memory of a database goes with them; the next test
    begins with what was in memory of the world it gets a copy of.
    """

    engine: str
    folder: Path
    urls: Mapping[Zone, str]
    zones: tuple[Database, Database, LocalStore, LocalStore]

    def furnish(self, played: Played, cluster: Callable[[], Cluster]) -> None:
        """Put copies of a world's databases and files here."""
        shutil.copytree(played.files, self.folder, dirs_exist_ok=True)
        for zone, url in played.urls.items():
            own, name = make_url(self.urls[zone]).database or "", make_url(url).database or ""
            if self.engine == "sqlite":
                shutil.copy(name, own)
            else:
                cluster().create(name, own)
        for database in self.zones[:2]:
            hand_on(played.memory[database.zone], database)

    def clear(self, cluster: Callable[[], Cluster]) -> None:
        """Leave nothing behind."""
        for database in self.zones[:2]:
            database.close()
        shutil.rmtree(self.folder)
        if self.engine == "postgresql":
            for url in self.urls.values():
                cluster().drop(make_url(url).database or "")


class Worlds:
    """The worlds of one worker; what they lie in goes with its folder and its cluster."""

    def __init__(self, templates: Templates, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._templates = templates
        self._folder = folder
        self._cluster = cluster
        self._numbers = count(1)
        self._played: dict[tuple[str, str], Played] = {}
        self._empty: dict[str, list[Room]] = {engine: [] for engine in ENGINES}

    @contextmanager
    def copy(self, engine: str, story: Story) -> Iterator[World]:
        """A world of one's own in which the story has happened, gone afterwards."""
        with self._lent(engine, story) as (_, world):
            yield world

    @contextmanager
    def _lent(self, engine: str, story: Story) -> Iterator[tuple[Room, World]]:
        key = (engine, story.__name__)
        if key not in self._played:
            self._played[key] = self._play(engine, story)
        played = self._played[key]
        before = played.world
        room = self._empty[engine].pop() if self._empty[engine] else self._new_room(engine)
        room.furnish(played, self._cluster)
        try:
            post = Post(*room.zones, before.post.signers, before.post.verifiers)
            yield room, World(post, before.now, before.unit, before.code)
        finally:
            room.clear(self._cluster)
        self._empty[engine].append(room)

    def _new_room(self, engine: str) -> Room:
        number = next(self._numbers)
        folder = self._folder / str(number)
        names = {zone: f"room_{number}_{zone}" for zone in Zone}
        if engine == "sqlite":
            urls = {zone: f"sqlite:///{folder / name}.db" for zone, name in names.items()}
        else:
            urls = {zone: self._cluster().url(name) for zone, name in names.items()}
        return Room(engine, folder, urls, cast.open_zones(urls[Zone.PUBLIC], urls[Zone.EXTRANET], folder))

    def _play(self, engine: str, story: Story) -> Played:
        """Every story but the first is played in a copy of the world of the one before it."""
        if story is not nothing_yet:
            with self._lent(engine, _BEFORE.get(story, nothing_yet)) as (room, world):
                story(world)
                world.pump()
                return self._kept(engine, story, world, room.urls, room.folder)
        with ExitStack() as stack:
            urls = {zone: stack.enter_context(self._templates.copy(engine, zone)) for zone in Zone}
            folder = self._folder / f"{engine}-beginning"
            return self._kept(engine, story, cast.make_world(*urls.values(), folder), urls, folder)

    def _kept(self, engine: str, story: Story, world: World, urls: Mapping[Zone, str], folder: Path) -> Played:
        """The world put aside to be copied; its files lie in the folder."""
        kept = self._folder / f"{engine}-{story.__name__}"
        for zone in Zone:
            shutil.copytree(folder / zone, kept / "files" / zone)
        zones = (world.public, world.extranet)
        memory = {database.zone: memory_of(database) for database in zones}
        for database in zones:
            database.close()
        return Played(
            world, {zone: self._database(engine, url, kept) for zone, url in urls.items()}, kept / "files", memory
        )

    def _database(self, engine: str, url: str, folder: Path) -> str:
        name = make_url(url).database or ""
        if engine == "sqlite":
            return f"sqlite:///{shutil.copy(name, folder)}"
        cluster = self._cluster()
        return cluster.url(cluster.create(name))
