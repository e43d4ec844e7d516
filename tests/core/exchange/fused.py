"""Processes that end at a chosen durable step: before its commit or its file, or after it and before anyone learns."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.database import Database
from core.exchange.pump import Post
from tests.core.exchange.crossing import Crossing, MemoryFiles


class Crash(BaseException):
    """Stands for the end of the process: no `except Exception` may catch it."""


@dataclass
class Fuse:
    """Blows at the n-th durable step: before its commit, or after it and before the caller learns of it."""

    left: int = -1
    before: bool = True

    def burn(self) -> bool:
        self.left -= 1
        return self.left == -1


@dataclass(frozen=True)
class Fused(Database):
    """A database whose process may end at any commit."""

    fuse: Fuse | None = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        assert self.fuse
        with super().writing() as session:
            yield session
            blows = self.fuse.burn()
            if blows and self.fuse.before:
                self.end_before(session)
        if blows:
            self.end_after()

    def end_before(self, session: Session) -> None:
        """What happens at the commit, before it."""
        raise Crash

    def end_after(self) -> None:
        """What happens after the commit, before the caller learns of it."""
        raise Crash


@dataclass
class FusedFiles(MemoryFiles):
    """A file store whose process may end before or after a file is durable."""

    fuse: Fuse | None = None

    def write_verified(self, digest: str, chunks: Iterator[bytes]) -> None:
        assert self.fuse
        blows = self.fuse.burn()
        if blows and self.fuse.before:
            raise Crash
        super().write_verified(digest, chunks)
        if blows:
            raise Crash


def fused_database(database: Database, fuse: Fuse) -> Fused:
    return Fused(database.zone, database.engine, database.reader, turns=database.turns, fuse=fuse)


def fused(crossing: Crossing, fuse: Fuse) -> Post:
    """The post of a crossing, all of whose durable steps burn one fuse."""
    post = crossing.post
    return Post(
        fused_database(post.public, fuse),
        fused_database(post.extranet, fuse),
        FusedFiles(crossing.public_files.held, fuse=fuse),
        FusedFiles(crossing.extranet_files.held, fuse=fuse),
        post.signers,
        post.verifiers,
    )


def fuse_names(monkeypatch: pytest.MonkeyPatch, fuse: Fuse) -> None:
    """Let every file that gets its final name burn the fuse too."""
    for module, name in ((os, "replace"), (os, "link"), (Path, "replace")):
        monkeypatch.setattr(module, name, _burning(getattr(module, name), fuse))


def _burning(act: Any, fuse: Fuse) -> Any:
    def burnt(*told: Any, **more: Any) -> Any:
        blows = fuse.burn()
        if blows and fuse.before:
            raise Crash
        done = act(*told, **more)
        if blows:
            raise Crash
        return done

    return burnt
