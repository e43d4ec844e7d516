"""Cut at every point of what people and operators do, connections cut at COMMIT, disks that are full (A2.1)."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, open_database
from core.errors import Conflict, NotAllowed, RuleRefusal
from core.exchange import desk, outbox, skips
from core.exchange.archiving import archive, verify_folder
from core.exchange.bundling import export
from core.exchange.carrying import Exchangeable, carry, far_end
from core.exchange.faults import is_passing
from core.exchange.giving_back import give_back, is_behind
from core.exchange.inbox import apply_next, receive
from core.exchange.key_files import KeyFile, PeerKeys, fingerprint, prepare_key, take_key, trust_key
from core.exchange.message import Direction
from core.exchange.rebuilding import rebuild, table_digest
from core.exchange.sealing import seal
from core.exchange.signing import make_key, public_path
from core.exchange.standing import resume
from core.exchange.status import status
from core.exchange.taking_back import take_back
from core.exchange.unbundling import take_all
from core.trace import entries_of
from tests.core.exchange.crossing import (
    CODE,
    NOW,
    OTHER_CODE,
    Crossing,
    MemoryFiles,
    Noted,
    check_invariants,
    lay_out,
    listening,
    note,
    poison,
    row_of,
    rows_of,
    steps_at,
)
from tests.core.exchange.fused import Crash, Fuse, Fused, fuse_names, fused, fused_database
from tests.core.exchange.test_crashes import settled_story, story
from tests.core.exchange.test_desk import OPERATOR, SECOND

ON_SQLITE = pytest.mark.parametrize("engine_kind", ["sqlite"])
ON_POSTGRESQL = pytest.mark.parametrize("engine_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
BOTH_SIDES = pytest.mark.parametrize("before", [True, False], ids=["before_commit", "after_commit"])
LATE = datetime(2100, 1, 1, tzinfo=UTC)


def cut_everywhere(act: Callable[[Fuse], None], *, before: bool) -> int:
    """Do something again and again, cut one step later each time, until it comes to its end; how often it was cut."""
    for step in range(200):
        try:
            act(Fuse(step, before))
        except Crash:
            continue
        return step
    raise AssertionError("it never came to its end")


@BOTH_SIDES
def test_cut_while_telling_leaves_change_and_message_or_neither(crossing: Crossing, before: bool):
    with pytest.raises(Crash):
        _tell_with_a_change(fused_database(crossing.public, Fuse(0, before)))
    assert (steps_at(crossing.public, "own"), len(rows_of(crossing.public))) == (([], 0) if before else ([1], 1))


def _tell_with_a_change(database: Database) -> None:
    with database.writing() as session:
        session.connection().execute(sa.insert(note), {"message_id": "own", "subject": "own", "step": 1})
        outbox.send(session, Noted(code=CODE, step=1), at=NOW)


@pytest.fixture
def held(crossing: Crossing) -> int:
    """The position of a quarantined message with another behind it."""
    poison[CODE] = NotAllowed("项目不属于发送单位")
    first, _ = crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    poison.clear()
    return row_of(crossing.extranet, first).position


@BOTH_SIDES
def test_cut_while_releasing_there_is_one_release_in_the_trace(crossing: Crossing, held: int, before: bool):
    def release(fuse: Fuse) -> None:
        with fused_database(crossing.extranet, fuse).writing() as session:
            desk.retry(session, held, reason="已补登单位", by=OPERATOR, at=NOW)

    try:
        cut_everywhere(release, before=before)
    except Conflict:
        assert not before  # it was done, and whoever tries again is told so
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2]
    assert _acts(crossing, held) == ["重试报文"]
    check_invariants(crossing.post)


@BOTH_SIDES
def test_cut_while_giving_up_it_is_asked_and_confirmed_once(crossing: Crossing, held: int, before: bool):
    def give_up(fuse: Fuse) -> None:
        database = fused_database(crossing.extranet, fuse)
        with database.reading() as session:
            is_asked = bool(skips.open_skips(session))
        if not is_asked:
            with database.writing() as session:
                desk.propose_skip(session, held, reason="单位已注销", by=OPERATOR, at=NOW)
        with database.writing() as session:
            desk.decide_skip(session, held, "confirm", by=SECOND, at=NOW)

    try:
        cut_everywhere(give_up, before=before)
    except Conflict:
        assert not before
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [2]
    assert _acts(crossing, held) == ["申请跳过报文", "确认跳过报文"]
    check_invariants(crossing.post)


def _acts(crossing: Crossing, position: int) -> list[str]:
    with crossing.extranet.reading() as session:
        opened = desk.open_message(session, position)
        return [one.words for one in reversed(entries_of(session, desk.OBJECT, opened.row.id))]


@ON_SQLITE
@BOTH_SIDES
def test_cut_while_a_key_changes_old_and_new_hold_each_in_its_range(
    crossing: Crossing, tmp_path: Path, before: bool, monkeypatch: pytest.MonkeyPatch
):
    make_key(tmp_path / "own" / "exchange.key")
    key, peer = tmp_path / "own" / "exchange.key", tmp_path / "peer"
    peer.mkdir()
    trust_key(public_path(key), peer)
    old = fingerprint(public_path(key))
    signer, verifier = KeyFile(key), PeerKeys(peer)
    told = iter(range(1, 100))

    def change(fuse: Fuse) -> None:
        with monkeypatch.context() as patch:
            fuse_names(patch, fuse)
            following = public_path(key.with_name("exchange.key.next"))
            if not following.exists():
                prepare_key(key)
            trust_key(following, peer, fingerprint(following))
            take_key(key)

    def carried() -> None:
        crossing.tell(next(told))
        seal(crossing.public, signer, now=NOW)
        carry(*crossing.outward)
        assert receive(crossing.extranet, verifier, now=NOW) == 1

    carried()
    for step in range(20):
        try:
            change(Fuse(step, before))
        except Crash:
            carried()  # whichever of the two it is, the far end knows it
            change(Fuse())  # whoever comes next goes on with what lies there
            carried()
            continue
        break
    assert step > 3
    assert fingerprint(public_path(key)) != old
    assert not crossing.stop_reason()


@BOTH_SIDES
def test_cut_anywhere_on_its_way_by_bundles_a_story_arrives_once(
    crossing: Crossing, before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    story(crossing)
    cuts = 0
    for there, here in ((Zone.PUBLIC, Zone.EXTRANET), (Zone.EXTRANET, Zone.PUBLIC)) * 3:

        def go(fuse: Fuse, there: Zone = there, here: Zone = here) -> None:
            post = fused(crossing, fuse)
            ends = {Zone.PUBLIC: Exchangeable(post.public, post.public_files),
                    Zone.EXTRANET: Exchangeable(post.extranet, post.extranet_files)}  # fmt: skip
            with monkeypatch.context() as patch:
                fuse_names(patch, fuse)
                seal(ends[there].database, post.signers[there], now=NOW)
                export(ends[there], tmp_path / there, post.signers[there], now=NOW)
                take_all(ends[here], tmp_path / there, post.verifiers[there], now=NOW)
                while apply_next(ends[here].database, ends[here].files, now=NOW):
                    pass

        cuts += cut_everywhere(go, before=before)
    assert cuts > 10
    assert crossing.post.pump(now=NOW) == 0
    settled_story(crossing)


@BOTH_SIDES
def test_cut_while_archiving_no_row_goes_without_its_file(
    crossing: Crossing, before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for step in (1, 2, 3):
        crossing.tell(step)
        crossing.post.pump(now=NOW)
    verifiers = {direction: crossing.post.verifiers[direction.origin] for direction in Direction}
    told = [row.id for row in rows_of(crossing.public, Direction.TO_EXTRANET)]

    def put_away(fuse: Fuse) -> None:
        with monkeypatch.context() as patch:
            fuse_names(patch, fuse)
            archive(fused_database(crossing.public, fuse), tmp_path, before=LATE, verifiers=verifiers, now=LATE, most=1)

    assert cut_everywhere(put_away, before=before) > 2
    files = verify_folder(crossing.public, tmp_path, verifiers)
    archived = [number for one in files if one.direction == Direction.TO_EXTRANET for number in (one.first, one.last)]
    kept = rows_of(crossing.public, Direction.TO_EXTRANET)
    assert max(archived) + 1 == kept[0].number
    assert len(kept) == len(told) - max(archived)
    assert not list(tmp_path.glob("*.part"))


@ON_SQLITE
def test_a_mirror_cut_while_it_is_rebuilt_is_begun_anew_and_equals_the_old_one(crossing: Crossing, tmp_path: Path):
    story(crossing)
    crossing.post.pump(now=NOW)
    verifier, kinds = crossing.post.verifiers[Zone.PUBLIC], ("test.noted.v1", "test.echoed.v1")
    cuts, closing = 0, ExitStack()
    for step in range(100):
        url = f"sqlite:///{tmp_path / f'mirror-{step}.db'}"
        lay_out(url, Zone.EXTRANET)
        mirror = open_database(url, Zone.EXTRANET)
        closing.callback(mirror.close)
        try:
            rebuild(crossing.public, fused_database(mirror, Fuse(step)), verifier, kinds)
        except Crash:
            cuts += 1
            with pytest.raises(RuleRefusal, match="新建的空数据库") if step else _nothing():
                rebuild(crossing.public, mirror, verifier, kinds)
            continue
        assert _subjects(mirror) == _subjects(crossing.extranet)
        assert table_digest(mirror, *note.c) == table_digest(crossing.extranet, *note.c)
        break
    assert cuts > 3
    closing.close()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _subjects(db: Database) -> dict[str, list[int]]:
    return {code: steps_at(db, code) for code in (CODE, OTHER_CODE)}


def exchange_url(db: Database) -> str:
    return str(db.engine.url.render_as_string(hide_password=False))


@ON_SQLITE
@BOTH_SIDES
def test_cut_while_taking_back_a_restored_zone_ends_the_same(crossing: Crossing, before: bool, tmp_path: Path):
    story(crossing)
    crossing.post.pump(now=NOW)
    for db in (crossing.public, crossing.extranet):
        db.close()
    path = Path(crossing.public.engine.url.database or "")
    shutil.copy(path, tmp_path / "copy.db")
    crossing.tell(3)
    crossing.tell(3, code=OTHER_CODE)
    crossing.post.pump(now=NOW)
    crossing.public.close()
    crossing.post = replace(crossing.post, public=open_database(f"sqlite:///{tmp_path / 'copy.db'}", Zone.PUBLIC))
    source, target = crossing.outward

    def back(fuse: Fuse) -> None:
        database = fused_database(crossing.public, fuse)
        end = Exchangeable(database, source.files)
        while is_behind(end, far_end(target.database, Direction.TO_EXTRANET).head):
            give_back(end, target, limit=1)
            take_back(database, crossing.post.verifiers[Zone.PUBLIC], now=NOW)
        resume(database, now=NOW)

    assert cut_everywhere(back, before=before) >= 2
    crossing.tell(4)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3, 4]
    assert steps_at(crossing.extranet, OTHER_CODE) == [1, 2, 3]
    check_invariants(crossing.post)


@dataclass(frozen=True)
class Cut(Fused):
    """A database whose connection is ended by the server at the n-th commit, before it or in the moment after it."""

    def end_before(self, session: Session) -> None:
        pid = session.connection().scalar(sa.text("SELECT pg_backend_pid()"))
        with self.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    def end_after(self) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("connection lost"), connection_invalidated=True)


@ON_POSTGRESQL
@BOTH_SIDES
def test_a_connection_cut_at_any_commit_is_a_passing_failure_and_nothing_happens_twice(crossing, before: bool):
    story(crossing)
    errors: list[Exception] = []
    for step in range(100):
        fuse = Fuse(step, before)
        public, extranet = (
            Cut(db.zone, db.engine, db.reader, fuse=fuse) for db in (crossing.public, crossing.extranet)
        )
        try:
            replace(crossing.post, public=public, extranet=extranet).pump(now=NOW)
        except sa.exc.DBAPIError as error:
            errors.append(error)
            continue
        break
    assert len(errors) > 3
    assert all(is_passing(error) for error in errors)
    settled_story(crossing)


@ON_SQLITE
def test_a_full_disk_pauses_the_exchange_and_costs_nothing(crossing: Crossing):
    room = {"pages": 0}

    def bound(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if not room['pages'] else room['pages']}")

    crossing.tell(*range(20), words="光" * 20_000)
    with listening(crossing.extranet.engine, "begin", bound):
        for _ in range(3):
            with pytest.raises(sa.exc.OperationalError, match="full") as full:
                crossing.post.pump(now=NOW)
            assert is_passing(full.value)
        with crossing.extranet.reading() as session:
            assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        room["pages"] = 2**30
        crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == list(range(20))
    check_invariants(crossing.post)


class FullFiles(MemoryFiles):
    """A file store without room."""

    def write_verified(self, digest: str, chunks: Iterator[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_file_store_holds_the_rows_back_until_there_is_room(crossing: Crossing):
    crossing.tell(1, file=crossing.public_files.put(b"plan"))
    crossing.seal()
    source, target = crossing.outward
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            carry(source, Exchangeable(target.database, FullFiles()))
    assert rows_of(crossing.extranet) == []
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1]
    assert status(crossing.extranet).waiting.count == 0
    check_invariants(crossing.post)
