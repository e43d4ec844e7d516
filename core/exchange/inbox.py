"""Inbox, chain level: of what the relay brought, only what a verified seal covers is received (A2.1).

A missing number makes a gap, which the relay fills by carrying again. Everything else that doesn't fit stops the
channel, because transport is then broken or attacked: too large, a broken link, a changed body, a bad seal, a fork.
`core.exchange.applying` takes over from here.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, utc_now, zone_of
from core.exchange import channels
from core.exchange.applying import apply_next
from core.exchange.chain import Link, SealNote, link_digest, sealed_words, unfit
from core.exchange.channels import Head, head_of
from core.exchange.message import Direction
from core.exchange.rows import as_stored, link_in
from core.exchange.signing import Verifier
from core.exchange.tables import ChannelState, SealState, State, in_states, standing, tables_of

__all__ = ["apply_next", "judge", "receive"]

AHEAD = timedelta(minutes=5)

log = logging.getLogger(__name__)


class Broken(Exception):
    """What arrived breaks the chain; the words are shown to operators."""


class Missing(Exception):
    """A number hasn't arrived yet; the words are shown to operators."""


@dataclass
class Keys:
    """The key that sealed last, and those that sealed before it: a zone that took a new key never goes back."""

    present: str | None
    retired: set[str]

    def take(self, seal: SealNote) -> None:
        """The key that carries the chain on; refuses one that another has followed."""
        if seal.key_id in self.retired:
            raise Broken(f"第 {seal.number} 号签章使用了已停用的密钥 {seal.key_id}")
        if self.present not in (None, seal.key_id):
            self.retired.add(str(self.present))
        self.present = seal.key_id


@dataclass
class Verdict:
    """How far the chain holds, the seals that were checked, and what ended the check early."""

    number: int
    digest: str
    keys: "Keys"
    seals: list[int] = field(default_factory=list)
    broken: str | None = None
    missing: str | None = None


def receive(db: Database, verifier: Verifier, *, now: datetime | None = None, limit: int = 2000) -> int:
    """Verify what arrived, in order of number, and receive it; returns how many messages were received.

    At least one seal's worth is taken, else about `limit`. Returns 0 while the channel is stopped.
    """
    now = now or utc_now()
    direction = Direction.into(db.zone)
    with db.reading() as session:
        head = head_of(session, direction)
        seals = [] if head.state is ChannelState.STOPPED else _arrived_seals(session, head, limit)
        if not seals:
            return 0
        links = _arrived_links(session, head, seals)
        known = _known_digests(session, head, seals)
        keys = _keys(session, head, seals)
    verdict = judge(Verdict(head.number, head.digest, keys), head, seals, links, known, verifier)
    _flag_future(seals, now)
    try:
        with db.writing() as session:
            _write(session, head, verdict, now)
    except channels.Overtaken:
        return 0
    return verdict.number - head.number


@cache
def _seals(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).seal
    arrived = in_states(table.c.state, SealState.ARRIVED)
    return (
        sa.select(table.c.position, *(table.c[name] for name in SealNote._fields))
        .where(table.c.direction == sa.bindparam("direction"), arrived)
        .order_by(table.c.epoch, table.c.number, table.c.position)
        .limit(100)
    )


def _arrived_seals(session: Session, head: Head, limit: int) -> list[tuple[int, SealNote]]:
    rows = session.connection().execute(_seals(zone_of(session)), {"direction": head.direction}).all()
    seals = [(row.position, SealNote(*row[1:])) for row in rows]
    return [seal for place, seal in enumerate(seals) if place == 0 or seal[1].number - head.number <= limit]


@cache
def _links(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).message
    return (
        sa.select(*as_stored(table, Link._fields))
        .where(
            table.c.direction == sa.bindparam("direction"),
            table.c.epoch == sa.bindparam("epoch"),
            table.c.number > sa.bindparam("after"),
            table.c.number <= sa.bindparam("last"),
            standing(table.c.state),
        )
        .order_by(table.c.number)
    )


def _arrived_links(session: Session, head: Head, seals: list[tuple[int, SealNote]]) -> list[Link]:
    last = max(seal.number for _, seal in seals)
    here = {"direction": head.direction, "epoch": head.epoch, "after": head.number, "last": last}
    return [link_in(row) for row in session.connection().execute(_links(zone_of(session)), here)]


def _known_digests(session: Session, head: Head, seals: list[tuple[int, SealNote]]) -> dict[int, str]:
    """The digests of received messages whose number another seal names."""
    numbers = [seal.number for _, seal in seals if seal.epoch == head.epoch and seal.number <= head.number]
    if not numbers:
        return {}
    table = tables_of(zone_of(session)).message
    rows = session.connection().execute(
        sa.select(table.c.number, table.c.digest).where(
            table.c.direction == head.direction,
            table.c.epoch == head.epoch,
            table.c.number.in_(numbers),
            standing(table.c.state),
        )
    )
    return {row.number: row.digest for row in rows}


@cache
def _verified(zone: Zone) -> sa.Select[Any]:
    """The verified seals of a direction up to where it stands, the newest first."""
    table = tables_of(zone).seal
    return (
        sa.select(table.c.key_id)
        .where(
            table.c.direction == sa.bindparam("direction"),
            table.c.epoch == sa.bindparam("epoch"),
            table.c.number <= sa.bindparam("number"),
            standing(table.c.state),
            in_states(table.c.state, SealState.VERIFIED),
        )
        .order_by(table.c.number.desc(), table.c.position.desc())
        .limit(1)
    )


def _keys(session: Session, head: Head, seals: Sequence[tuple[int, SealNote]]) -> Keys:
    """The present key, and which of the arrived seals' other keys have sealed before it."""
    zone = zone_of(session)
    here = {"direction": head.direction, "epoch": head.epoch, "number": head.number}
    present: str | None = session.connection().scalar(_verified(zone), here)
    others = {seal.key_id for _, seal in seals if seal.number > head.number} - {present}
    used = {key for key in others if _has_sealed(session, key, here)} if present else set()
    return Keys(present, used)


def _has_sealed(session: Session, key_id: str, here: dict[str, Any]) -> bool:
    zone = zone_of(session)
    by_this_key = _verified(zone).where(tables_of(zone).seal.c.key_id == key_id)
    return session.connection().execute(by_this_key, here).first() is not None


def judge(
    verdict: Verdict,
    head: Head,
    seals: Sequence[tuple[int, SealNote]],
    links: Sequence[Link],
    known: dict[int, str],
    verifier: Verifier,
) -> Verdict:
    """Follow the chain from where the verdict stands, seal by seal, as far as it holds; the verdict says how far."""
    by_number = {link.number: link for link in links}
    try:
        for position, seal in seals:
            _check_seal(head, seal, verifier)
            if seal.number > verdict.number:
                _follow(verdict, seal, by_number, verifier)
                known = {**known, seal.number: seal.digest}
            elif known.get(seal.number) != seal.digest:
                raise Broken(f"对方就第 {seal.number} 号报文签发了两种不同的摘要（分叉）")
            verdict.seals.append(position)
    except Broken as broken:
        verdict.broken = str(broken)
    except Missing as missing:
        verdict.missing = str(missing)
    return verdict


def _check_seal(head: Head, seal: SealNote, verifier: Verifier) -> None:
    if seal.epoch != head.epoch:
        raise Broken(f"第 {seal.number} 号签章属于未经确认的纪元 {seal.epoch}")
    if not verifier.knows(seal.key_id):
        raise Broken(f"第 {seal.number} 号签章使用了未知的密钥 {seal.key_id}")
    if (end := verifier.valid_until(seal.key_id)) is not None and seal.sealed_at >= end:
        raise Broken(f"第 {seal.number} 号签章作出时密钥 {seal.key_id} 已过有效期（至 {end:%Y-%m-%d %H:%M} UTC）")
    if not verifier.verify(seal.key_id, seal.signature, sealed_words(seal)):
        raise Broken(f"第 {seal.number} 号签章的签名不符")


def _follow(verdict: Verdict, seal: SealNote, by_number: dict[int, Link], verifier: Verifier) -> None:
    """Follow the chain to the seal; the verdict moves only when all of it holds."""
    verdict.keys.take(seal)
    digest, direction = verdict.digest, Direction(seal.direction)
    for number in range(verdict.number + 1, seal.number + 1):
        link = by_number.get(number)
        if link is None:
            raise Missing(f"缺少第 {number} 号报文")
        if words := unfit(link, direction):
            raise Broken(f"第 {number} 号报文不可接收：{words}")
        if link.previous_digest != digest:
            raise Broken(f"第 {number} 号报文与前一号不相衔接（分叉）")
        digest = link_digest(link, lambda told: verifier.hash_of(seal.key_id, told))
        if digest != link.digest:
            raise Broken(f"第 {number} 号报文的内容与摘要不符")
    if digest != seal.digest:
        raise Broken(f"第 {seal.number} 号签章所签摘要与报文不符（分叉）")
    verdict.number, verdict.digest = seal.number, digest


def _flag_future(seals: Sequence[tuple[int, SealNote]], now: datetime) -> None:
    ahead = [seal.number for _, seal in seals if seal.sealed_at > now + AHEAD]
    if ahead:
        log.warning("exchange seal from the future", extra={"numbers": ahead})


@cache
def _receiving(zone: Zone) -> sa.Update:
    table = tables_of(zone).message
    return (
        sa.update(table)
        .where(
            table.c.direction == sa.bindparam("of"),
            table.c.epoch == sa.bindparam("in_epoch"),
            table.c.number > sa.bindparam("after"),
            table.c.number <= sa.bindparam("last"),
            standing(table.c.state),
            in_states(table.c.state, State.ARRIVED),
        )
        .values(state=State.RECEIVED, received_at=sa.bindparam("at"))
    )


def _write(session: Session, head: Head, verdict: Verdict, now: datetime) -> None:
    zone = zone_of(session)
    table = tables_of(zone).seal
    if verdict.number > head.number or (head.state is ChannelState.GAP and not verdict.missing):
        channels.advance(session, head, number=verdict.number, digest=verdict.digest, at=now)
    if verdict.number > head.number:
        place = {"of": head.direction, "in_epoch": head.epoch, "after": head.number, "last": verdict.number, "at": now}
        session.connection().execute(_receiving(zone), place)
    if verdict.seals:
        checked = sa.update(table).where(table.c.position.in_(verdict.seals)).values(state=SealState.VERIFIED)
        session.connection().execute(checked)
    if verdict.broken:
        channels.stop(session, head.direction, verdict.broken, at=now)
    elif verdict.missing and (head.state, head.reason) != (ChannelState.GAP, verdict.missing):
        channels.mark_gap(session, head.direction, verdict.missing, at=now)
