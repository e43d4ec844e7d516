"""What must hold: at any moment (`glance`), and when everything has settled (`examine`). A breach raises `Broken`."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from core.accounts.tables import KnownEnterprise
from core.cases.tables import Application, Case
from core.database import Database, Zone
from core.exchange.archive_file import contents_of
from core.exchange.archived import archived_up_to
from core.exchange.archiving import verify_folder
from core.exchange.chain import Link, SealNote, files_of, link_digest, sealed_words
from core.exchange.channels import head_of
from core.exchange.comparing import compare_zones
from core.exchange.desk_tables import archive_of
from core.exchange.key_files import PeerKeys
from core.exchange.message import Direction
from core.exchange.placed import places_of, sealed_rows
from core.exchange.reconciling import Outcome, outcome_of
from core.exchange.reports import REPORT
from core.exchange.status import status
from core.exchange.tables import GENESIS, ChannelState, State, tables_of
from core.projects.tables import DeclaredProject, Project
from core.trace import ENTRIES
from tests.trial.ground import Ground
from tests.trial.kinds import ledger, note
from tests.trial.operators import verifiers_of

Zones = tuple[Database, Database]


class Broken(Exception):
    """An invariant doesn't hold; the words say which."""


def must(holds: bool, words: str) -> None:
    if not holds:
        raise Broken(words)


def glance(zones: Zones) -> None:
    """Without stopping anything: both directions flow, no number is missing or twice, nothing was applied twice."""
    for direction in Direction:
        there, here = ends(zones, direction)
        # the receiving end first: what it holds was sealed before
        with here.reading() as session:
            own, kept = head_of(session, direction), _numbers(session, direction)
        with there.reading() as session:
            far, sealed = head_of(session, direction), _numbers(session, direction)
            first = archived_up_to(session, direction, far.epoch) + 1
        for head, whose in ((own, "receiving"), (far, "sealing")):
            must(head.state is not ChannelState.STOPPED, f"{direction} stopped at the {whose} end: {head.reason}")
        must(own.number <= far.number, f"{direction}: {own.number} received, only {far.number} sealed")
        must(len(sealed) == len(set(sealed)) and len(kept) == len(set(kept)), f"{direction}: a number twice")
        must(sorted(sealed) == list(range(first, first + len(sealed))), f"{direction}: a number is missing")
        applied = _column(here, sa.select(note.c.message_id))
        must(len(applied) == len(set(applied)), f"{direction}: applied twice: {_doubles(applied)}")


def on_the_way(zones: Zones) -> str:
    """What isn't settled yet, in words; empty when everything is quiet."""
    found = []
    for database in zones:
        now = status(database)
        for name in ("unsealed", "sealed", "carried", "arrived", "received", "waiting", "quarantined"):
            if count := getattr(now, name).count:
                found.append(f"{count} {name} in the {database.zone} zone")
    return ", ".join(found)


def examine(ground: Ground, zones: Zones) -> int:
    """Everything, when all is quiet; how many messages were carried."""
    glance(zones)
    carried = 0
    for database in zones:
        _nothing_is_overlooked(database)
    for direction in Direction:
        sent, got = (_told(ground, database, direction) for database in ends(zones, direction))
        must([_identity(link) for link in sent] == [_identity(link) for link in got], f"{direction}: the ends differ")
        _chain_holds(ground, zones, direction, sent)
        _files_are_whole(ground, sent)
        carried += len(sent)
        _subjects_in_order(ground, zones, direction)
    _answers_came(zones)
    _promises_were_kept(ground, zones)
    _both_zones_agree(ground, zones)
    _projects_and_cases_agree(zones)
    return carried


def ends(zones: Zones, direction: Direction) -> Zones:
    """The zone that tells and the one that is told."""
    return zones if direction is Direction.TO_EXTRANET else (zones[1], zones[0])


def _nothing_is_overlooked(database: Database) -> None:
    """Whatever was told has its place, or waits for it."""
    message, places = tables_of(database.zone).message, places_of(database.zone)
    known = sa.union_all(sa.select(places.place.c.position), sa.select(places.unsealed.c.position))
    told = sa.select(message.c.id).where(message.c.state == State.TOLD, message.c.position.not_in(known))
    must(not (lost := _column(database, told)), f"told in the {database.zone} zone and in no queue: {lost}")


def _told(ground: Ground, database: Database, direction: Direction) -> list[Link]:
    """Every message of a direction as a zone holds it, those in its archive first."""
    archived = archive_of(database.zone)
    links: list[Link] = []
    with database.reading() as session:
        files = sa.select(archived.c.file_name).where(archived.c.direction == direction).order_by(archived.c.first)
        for name in session.connection().scalars(files):
            for portion, _ in contents_of(ground.archive(database.zone) / name, portion=500):
                links += portion
        table = sealed_rows(database.zone, direction)
        rows = sa.select(*(table.c[name] for name in Link._fields)).where(
            table.c.direction == direction, table.c.state != State.REFUSED
        )
        links += [Link(*row) for row in session.connection().execute(rows.order_by(table.c.number))]
    return links


def _identity(link: Link) -> tuple[Any, ...]:
    return (link.number, link.id, link.kind, link.subject, link.body, link.digest)


def _chain_holds(ground: Ground, zones: Zones, direction: Direction, links: Sequence[Link]) -> None:
    """Anew from the first number, by the keys of the zone that told: links, digests, and a genuine seal over each."""
    there, _ = ends(zones, direction)
    keys = PeerKeys(ground.key(there.zone).parent)
    table = tables_of(there.zone).seal
    found = sa.select(*(table.c[name] for name in SealNote._fields)).where(table.c.direction == direction)
    with there.reading() as session:
        seals = [SealNote(*row) for row in session.connection().execute(found.order_by(table.c.number))]
    must([link.number for link in links] == list(range(1, len(links) + 1)), f"{direction}: the numbers have a gap")
    must(bool(seals) and seals[-1].number == len(links), f"{direction}: the last messages have no seal")
    digest, place = GENESIS, 0
    for seal in seals:
        must(keys.verify(seal.key_id, seal.signature, sealed_words(seal)), f"{direction}: seal {seal.number} is false")
        for link in links[place : seal.number]:
            must(link.previous_digest == digest, f"{direction}: {link.number} doesn't follow on the one before")
            digest = link_digest(link, lambda told, name=seal.key_id: keys.hash_of(name, told))
            must(digest == link.digest, f"{direction}: {link.number} isn't what its digest says")
        must(seal.digest == digest, f"{direction}: seal {seal.number} covers something else")
        place = seal.number
    must(place == len(links), f"{direction}: not every message is under a seal")


def _files_are_whole(ground: Ground, links: Iterable[Link]) -> None:
    for digest in {file.digest for link in links for file in files_of(link.files)}:
        for zone in Zone:
            store = ground.store(zone)
            must(store.has(digest), f"file {digest} is missing in the {zone} zone")
            for _ in store.read_chunks(digest):  # raises when the content isn't what the digest says
                pass


def _subjects_in_order(ground: Ground, zones: Zones, direction: Direction) -> None:
    """What the trial told and what was applied: the same steps in the same order, but those that were given up."""
    there, here = ends(zones, direction)
    told = _rows(there, sa.select(ledger).order_by(ledger.c.subject, ledger.c.step))
    steps: dict[str, list[int]] = {}
    for row in told:
        steps.setdefault(row.subject, []).append(row.step)
    for subject, each in steps.items():
        must(each == list(range(1, len(each) + 1)), f"{subject}: a committed step is gone: {each}")
    own = note.c.subject.like(f"{there.zone}-%")
    noted = _column(here, sa.select(note.c.message_id).where(own).order_by(note.c.subject, note.c.id))
    given_up = _given_up(ground, there)
    must(
        noted == [row.message_id for row in told if row.message_id not in given_up], f"{direction}: not as it was told"
    )
    entries = ENTRIES[there.zone].__table__  # type: ignore[attr-defined]
    traced = _column(there, sa.select(entries.c.object_id).where(entries.c.object_kind == "trial"))
    must(sorted(traced) == sorted(row.message_id for row in told), f"{direction}: changes and their traces differ")


def _given_up(ground: Ground, database: Database) -> set[str]:
    """The messages whose receipt bears a reason, archived ones too."""
    table, archived = tables_of(database.zone).message, archive_of(database.zone)
    ids = set(
        _column(database, sa.select(table.c.id).where(table.c.state == State.SETTLED, table.c.reason.is_not(None)))
    )
    for name in _column(database, sa.select(archived.c.file_name)):
        with gzip.open(ground.archive(database.zone) / name) as lines:
            for line in lines:
                message = json.loads(line).get("message", {})
                if message.get("state") == State.SETTLED and message["reason"]:
                    ids.add(message["id"])
    return ids


def _answers_came(zones: Zones) -> None:
    """Whoever asked and was heard has one answer."""
    public, extranet = zones
    answers = Counter(_pairs(public, sa.select(note.c.subject, note.c.step).where(note.c.subject.like("answer-%"))))
    must(all(count == 1 for count in answers.values()), f"answered twice: {answers.most_common(1)}")
    heard = set(_pairs(extranet, sa.select(note.c.subject, note.c.step)))
    must({(subject.removeprefix("answer-"), step) for subject, step in answers} <= heard, "an answer nobody asked for")


def _promises_were_kept(ground: Ground, zones: Zones) -> None:
    """Whatever a person was told is done, is done."""
    lines = [line.split() for path in ground.folder.glob("*.journal") for line in path.read_text().splitlines()]
    public, extranet = zones
    there = {
        "told": {one for each in zones for one in _column(each, sa.select(ledger.c.message_id))},
        "declared": set(_column(extranet, sa.select(Project.code))),
        "applied": set(_column(public, sa.select(Application.id))),
        "registered": set(_column(extranet, sa.select(KnownEnterprise.credit_code))),
        "handled": set(_column(extranet, sa.select(Case.application_id))),
    }
    for kind, identity in lines:
        must(identity in there[kind], f"a person was told that {identity} was {kind}, and it is gone")


def _both_zones_agree(ground: Ground, zones: Zones) -> None:
    for one in compare_zones(*zones, {zone: ground.archive(zone) for zone in Zone}):
        must(not one.difference, f"{one.direction}: {one.difference}")
        must(one.sealed == one.received, f"{one.direction}: {one.received} of {one.sealed} received")
    for database in zones:
        verify_folder(database, ground.archive(database.zone), verifiers_of(ground, database.zone))
        table = tables_of(database.zone).message
        reports = _pairs(database, sa.select(table.c.state, table.c.reason).where(table.c.kind == REPORT))
        words = [reason for state, reason in reports if outcome_of(state, reason) is Outcome.DIFFERS]
        must(not words, f"a nightly report differs: {words}")


def _projects_and_cases_agree(zones: Zones) -> None:
    """Both zones know the same projects and cases in the same states, each once."""
    public, extranet = zones
    declared = dict(_pairs(public, sa.select(DeclaredProject.code, DeclaredProject.state)))
    known = dict(_pairs(extranet, sa.select(Project.code, Project.state)))
    must(declared.keys() == known.keys(), f"projects differ: {declared.keys() ^ known.keys()}")
    serials = sorted(int(code[-6:]) for code in declared)
    must(serials == list(range(1, len(serials) + 1)), f"project codes have a gap or a double: {serials}")
    applied = dict(_pairs(public, sa.select(Application.id, Application.state)))
    cases = dict(_pairs(extranet, sa.select(Case.application_id, Case.state)))
    differing = {
        key: (state, cases.get(key))
        for key, state in applied.items()
        if state != cases.get(key) and not (state == "rejected" and key not in cases)
    }
    must(
        not differing and cases.keys() <= applied.keys(), f"cases differ: {differing or cases.keys() - applied.keys()}"
    )


def _numbers(session: Any, direction: Direction) -> list[int]:
    table = sealed_rows(session.info["zone"], direction)
    found = sa.select(table.c.number).where(table.c.direction == direction, table.c.state != State.REFUSED)
    return list(session.connection().scalars(found))


def _column(database: Database, found: sa.Select[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.connection().scalars(found))


def _rows(database: Database, found: sa.Select[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.connection().execute(found))


def _pairs(database: Database, found: sa.Select[Any]) -> list[tuple[Any, Any]]:
    with database.reading() as session:
        return [(row[0], row[1]) for row in session.connection().execute(found)]


def _doubles(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]
