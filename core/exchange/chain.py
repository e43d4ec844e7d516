"""The chain: canonical bytes, the digest that links each message to the one before it, the words that a seal signs.

An auditor needs nothing else to prove the rows: RFC 8785 JSON, a hash and the public key (`docs/exchange.md`).
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from json.encoder import encode_basestring as _text
from operator import gt
from typing import Any, NamedTuple

from pydantic import BaseModel

from core.canonical import canonical_bytes
from core.exchange.message import BODY_LIMIT, FILES_LIMIT, Direction, FileRef

Hash = Callable[[bytes], str]


class Link(NamedTuple):
    """One message as it travels: exactly the columns that the relay copies."""

    id: str
    direction: str
    kind: str
    subject: str
    body: str
    files: str
    happened_at: datetime
    cause: str | None
    epoch: int
    number: int
    previous_digest: str
    digest: str
    sealed_at: datetime


class Told(NamedTuple):
    """A row that waits for its seal. `happened` is written as it is digested, None if no calendar has such a year."""

    position: int
    id: str
    direction: str
    kind: str
    subject: str
    body: str
    files: str
    happened: str | None
    cause: str | None


class SealNote(NamedTuple):
    """One seal as it travels."""

    direction: str
    epoch: int
    number: int
    digest: str
    key_id: str
    signature: str
    sealed_at: datetime


def canonical(value: Any) -> str:
    """Canonical JSON by RFC 8785: the text that is stored, digested and never serialised again."""
    return canonical_bytes(value).decode()


def canonical_body(message: BaseModel) -> str:
    """The body of a message as it is stored."""
    return canonical(message.model_dump(mode="json"))


def canonical_files(files: tuple[FileRef, ...]) -> str:
    """The files of a message as they are stored."""
    return canonical([{"digest": file.digest, "size": file.size} for file in files])


def files_of(text: str) -> tuple[FileRef, ...]:
    """The files that a stored message names; raises ValueError when that isn't a list of file references."""
    if text == "[]":
        return ()
    try:
        return tuple(FileRef(file["digest"], file["size"]) for file in json.loads(text))
    except (LookupError, TypeError, RecursionError) as error:
        raise ValueError(f"not a list of file references: {text[:200]!r}") from error


def unfit(row: Any, direction: Direction) -> str | None:
    """Why a row can't travel this way, in words for operators; None when it can.

    Whoever can write to a portal's database can write a row that no `send` would; sealed, it would stop the other end.
    """
    if row.direction != direction:
        return "报文方向不符"
    names, most = (row.id, row.kind, row.subject, row.cause or "-"), (36, 80, 120, 36)
    if "\x00" in "".join(names) or "" in names or any(map(gt, map(len, names), most)):
        return "报文标识、种类或主体的长度不合规定"
    if "\x00" in row.body or (len(row.body) > BODY_LIMIT // 4 and len(row.body.encode()) > BODY_LIMIT):
        return "报文超过允许的大小"
    try:
        return "报文所附文件过多" if len(files_of(row.files)) > FILES_LIMIT else None
    except ValueError:
        return "报文所附文件的写法不合规定"


def instant(at: datetime) -> str:
    """An instant as it is digested: UTC, six decimals."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def link_digest(link: Link, hash_of: Hash) -> str:
    """The digest of a message in its place, from everything but `digest` and `sealed_at`."""
    happened = instant(link.happened_at)
    return place_digest(link, happened, (link.epoch, link.number), link.previous_digest, hash_of)


def place_digest(told: Told | Link, happened: str, place: tuple[int, int], previous: str, hash_of: Hash) -> str:
    """The same of a message that gets this epoch and number; `happened` is written as `instant` writes it.

    Three times for each message these bytes are made, so they are written out: RFC 8785 says no more than this about
    an object whose names are known, whose numbers are small and whole, and whose other values are texts.
    """
    epoch, number = place
    cause = "null" if told.cause is None else _text(told.cause)
    words = (
        f'{{"body":{_text(told.body)},"cause":{cause},"direction":{_text(told.direction)},"epoch":{epoch:d},'
        f'"files":{_text(told.files)},"happened_at":"{happened}","id":{_text(told.id)},'
        f'"kind":{_text(told.kind)},"number":{number:d},"previous_digest":{_text(previous)},'
        f'"subject":{_text(told.subject)}}}'
    )
    return hash_of(b"exchange-v1\n" + words.encode())


def sealed_words(note: SealNote) -> bytes:
    """The bytes that a seal's signature covers."""
    told = note._asdict()
    del told["signature"]
    told["sealed_at"] = instant(note.sealed_at)
    return b"exchange-seal-v1\n" + canonical_bytes(told)
