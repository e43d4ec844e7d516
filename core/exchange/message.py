"""Messages: what one zone may tell the other, one frozen model per kind, and who applies it (A2.1, A9.1).

A kind is released once and never changes; a new shape is a new version in its name. A message is a fact in the past
tense, complete in itself. A kind says who may read it, a field may say otherwise; what only officers may read can't
even be declared in a message to the internet zone, and a kind that says nothing is for officers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from core.database import Zone
from core.exchange.fields import Readers, officer_fields

BODY_LIMIT = 256 * 1024
"""Bytes of a body that no kind may exceed."""

FILES_LIMIT = 64
"""Files that one message may name."""

_KIND = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)*\.v[1-9][0-9]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Direction(StrEnum):
    """Which way a message goes."""

    TO_EXTRANET = "to_extranet"
    TO_INTERNET = "to_internet"

    @property
    def origin(self) -> Zone:
        """The zone that tells."""
        return Zone.PUBLIC if self is Direction.TO_EXTRANET else Zone.EXTRANET

    @classmethod
    def out_of(cls, zone: Zone) -> "Direction":
        """The direction of what this zone tells."""
        return cls.TO_EXTRANET if zone is Zone.PUBLIC else cls.TO_INTERNET

    @classmethod
    def into(cls, zone: Zone) -> "Direction":
        """The direction of what this zone is told."""
        return cls.out_of(zone.other)


@dataclass(frozen=True)
class FileRef:
    """A file that travels with a message: SHA-256 of its content and its size in bytes. Refuses a malformed digest."""

    digest: str
    size: int

    def __post_init__(self) -> None:
        """Refuse what no store could hold."""
        if not _DIGEST.fullmatch(self.digest) or self.size < 0:
            raise ValueError(f"not a file reference: {self.digest!r}, {self.size}")


class Message(BaseModel):
    """Base of every kind. It sets `kind` ("case.accepted.v1"), `direction` and `readers`, and names its subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    direction: ClassVar[Direction]
    readers: ClassVar[Readers] = Readers.OFFICER
    size_limit: ClassVar[int] = BODY_LIMIT

    @classmethod
    def __pydantic_init_subclass__(cls, **settings: Any) -> None:
        """Enter the kind into the registry; refuses a doubled kind, and officers' fields to the internet zone."""
        super().__pydantic_init_subclass__(**settings)
        if "kind" not in cls.__dict__:
            return
        if not _KIND.fullmatch(cls.kind):
            raise TypeError(f"{cls.__name__}: {cls.kind!r} is not the name of a kind")
        if cls.subject is Message.subject:
            raise TypeError(f"{cls.__name__} must name its subject")
        if cls.direction is Direction.TO_INTERNET and (closed := officer_fields(cls, cls.readers)):
            raise TypeError(f"{cls.__name__} would tell the internet zone officers' fields: {', '.join(closed)}")
        if (cls.kind, cls.direction) in _kinds:
            raise TypeError(f"the kind {cls.kind} exists already")
        _kinds[cls.kind, cls.direction] = cls

    def subject(self) -> str:
        """What order is kept for: the project code, else `account:…`, `guide:…` (at most 120 characters)."""
        raise NotImplementedError  # the registry above refuses a kind that doesn't say

    def files(self) -> tuple[FileRef, ...]:
        """The files that travel with it; none unless the kind says so."""
        return ()


@dataclass(frozen=True)
class Envelope:
    """What is known about a message besides its content."""

    id: str
    kind: str
    subject: str
    number: int
    happened_at: datetime
    cause: str | None
    direction: Direction


Told = TypeVar("Told", bound=Message)
Applier = Callable[[Session, Any, Envelope], None]

_kinds: dict[tuple[str, Direction], type[Message]] = {}
_appliers: dict[tuple[str, Direction], Applier] = {}
_restorers: dict[tuple[str, Direction], Applier] = {}


def applies(message: type[Told]) -> Callable[[Callable[[Session, Told, Envelope], None]], Applier]:
    """Make the decorated function the one applier of a kind, in the zone that receives it.

    It changes rows only through its session, and changes nothing when the same message comes again. `RuleRefusal` and
    `FormRefusal` reject the message with words for its sender, `NotAllowed` puts it into quarantine at once, any other
    exception is tried again and ends in quarantine. Refuses a second applier.
    """

    def register(applier: Callable[[Session, Told, Envelope], None]) -> Applier:
        if (message.kind, message.direction) in _appliers:
            raise TypeError(f"{message.kind} has an applier already")
        _appliers[message.kind, message.direction] = applier
        return applier

    return register


Mender = Callable[[Session, Any, Envelope, str], None]

_menders: dict[type[Message], Mender] = {}


def mends(message: type[Told]) -> Callable[[Callable[[Session, Told, Envelope, str], None]], Mender]:
    """Make the decorated function the one that sets the telling zone right when the other zone refused this kind.

    It is given the message as it was told and the words of the refusal, in the transaction that settles the receipt.
    Refuses a second one.
    """

    def register(mender: Callable[[Session, Told, Envelope, str], None]) -> Mender:
        if message in _menders:
            raise TypeError(f"{message.kind} is set right already")
        _menders[message] = mender
        return mender

    return register


def restores(message: type[Told]) -> Callable[[Callable[[Session, Told, Envelope], None]], Applier]:
    """Make the decorated function what brings rows back in the zone that told a kind, after it lost them.

    It runs when a zone restored from an older backup takes its own message back (`core.exchange.taking_back`), and
    leaves alone what is there.
    """

    def register(restorer: Callable[[Session, Told, Envelope], None]) -> Applier:
        if (message.kind, message.direction) in _restorers:
            raise TypeError(f"{message.kind} has a restorer already")
        _restorers[message.kind, message.direction] = restorer
        return restorer

    return register


def mender_of(message: type[Message]) -> Mender | None:
    """What sets the telling zone right when this kind was refused; None when nothing of it is shown to anybody."""
    return _menders.get(message)


def kind_of(kind: str, direction: Direction) -> type[Message] | None:
    """The model of a kind that may go this way; None when there is none."""
    return _kinds.get((kind, direction))


def applier_of(message: type[Message]) -> Applier | None:
    """The applier of a kind; None when none was registered in this process."""
    return _appliers.get((message.kind, message.direction))


def restorer_of(message: type[Message]) -> Applier | None:
    """What brings back the rows that a kind told of; None when people enter them again."""
    return _restorers.get((message.kind, message.direction))


def all_kinds() -> tuple[type[Message], ...]:
    """Every kind that was declared in this process, in order of its name."""
    return tuple(_kinds[key] for key in sorted(_kinds))
