"""Archives: chained files that prove themselves, rows that go only after them, and an exchange that goes on (A2.1)."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.database import Zone
from core.errors import NotAllowed
from core.exchange import archiving
from core.exchange.archive_file import NotGenuine, verify_archive
from core.exchange.archiving import archive, verify_folder
from core.exchange.batches import Place, read_batch
from core.exchange.comparing import compare_zones
from core.exchange.message import Direction
from core.exchange.status import answer_to
from tests.core.exchange.crossing import NOW, OTHER_CODE, Crossing, poison, rows_of, steps_at
from tests.core.exchange.test_reconciling import tamper

LATE = datetime(2100, 1, 1, tzinfo=UTC)  # identifiers bear the time at which the test ran


@pytest.fixture
def told(crossing: Crossing) -> list[str]:
    """Four messages in two batches, all answered, and a fifth that keeps the newest seal from being old; the ids."""
    first = crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    second = crossing.tell(3, 4)
    crossing.post.pump(now=NOW)
    third = crossing.tell(5)
    crossing.post.pump(now=NOW)
    return [*first, *second, *third]


def verifiers(crossing: Crossing):
    return {direction: crossing.post.verifiers[direction.origin] for direction in Direction}


def put_away(crossing: Crossing, folder: Path, zone: Zone = Zone.PUBLIC, **more):
    db = crossing.public if zone is Zone.PUBLIC else crossing.extranet
    return archive(db, folder, before=LATE, verifiers=verifiers(crossing), now=LATE, **more)


def numbers(crossing: Crossing, direction: Direction = Direction.TO_EXTRANET) -> list[int]:
    return [row.number for row in rows_of(crossing.public, direction)]


def test_rows_go_into_files_that_verify_and_the_exchange_goes_on(crossing: Crossing, told, tmp_path: Path):
    made = put_away(crossing, tmp_path, most=2)
    assert [path.name[:34] for path in made if path.name.startswith("to_extranet")] == [
        "to_extranet-1-0000000001-000000000", "to_extranet-1-0000000003-000000000",
    ]  # fmt: skip
    assert numbers(crossing)[0] == 5
    found = verify_folder(crossing.public, tmp_path, verifiers(crossing))
    assert [(one.first, one.last) for one in found if one.direction == Direction.TO_EXTRANET] == [(1, 2), (3, 4)]
    assert put_away(crossing, tmp_path) == []
    put_away(crossing, tmp_path / "extranet", Zone.EXTRANET)
    crossing.tell(6)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3, 4, 5, 6]
    with crossing.public.reading() as session:
        assert [not answer_to(session, one).is_open for one in told] == [True] * 5
        assert answer_to(session, "unknown").is_open


def test_what_was_archived_is_not_taken_in_again(crossing: Crossing, told, tmp_path: Path):
    old = read_batch(crossing.public, Place(1, 0), limit=500)
    put_away(crossing, tmp_path, Zone.EXTRANET)
    before = rows_of(crossing.extranet, Direction.TO_EXTRANET)
    assert crossing.bring(old) == 0
    assert rows_of(crossing.extranet, Direction.TO_EXTRANET) == before
    assert crossing.stop_reason() == ""


def test_nothing_open_is_archived_and_nothing_after_it(crossing: Crossing, tmp_path: Path):
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    poison[OTHER_CODE] = NotAllowed("不属于")
    crossing.tell(1, code=OTHER_CODE)
    crossing.tell(2)
    crossing.post.pump(now=NOW)
    crossing.tell(3)
    crossing.post.pump(now=NOW)
    made = put_away(crossing, tmp_path)
    assert next(path.name for path in made if "extranet" in path.name).endswith("0000000001-0000000001.archive.gz")
    assert numbers(crossing)[0] == 2


def test_what_is_younger_than_the_limit_stays(crossing: Crossing, told, tmp_path: Path):
    assert archive(crossing.public, tmp_path, before=NOW, verifiers=verifiers(crossing), now=LATE) == []
    assert numbers(crossing)[0] == 1


@pytest.mark.parametrize("fault", ["body", "lines", "seal", "file", "key"])
def test_an_altered_archive_is_found_out(crossing: Crossing, told, tmp_path: Path, fault: str):
    path = next(one for one in put_away(crossing, tmp_path) if one.name.startswith("to_extranet"))
    content = gzip.decompress(path.read_bytes())
    verifier = verifiers(crossing)[Direction.TO_EXTRANET]
    if fault == "key":
        verifier = verifiers(crossing)[Direction.TO_INTERNET]
    elif fault == "file":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        altered = {
            "body": content.replace(b'\\"step\\":2', b'\\"step\\":9'),
            "lines": b"\n".join(line for line in content.splitlines() if b'\\"step\\":2' not in line) + b"\n",
            "seal": b"\n".join(line for line in content.splitlines() if not line.startswith(b'{"seal"')) + b"\n",
        }[fault]
        assert altered != content
        path.write_bytes(gzip.compress(altered))
    with pytest.raises(NotGenuine):
        verify_archive(path, verifier)
    with pytest.raises(NotGenuine):
        verify_folder(crossing.public, tmp_path, {direction: verifier for direction in Direction})


def test_a_file_that_is_gone_is_named(crossing: Crossing, told, tmp_path: Path):
    for path in put_away(crossing, tmp_path):
        path.unlink()
    with pytest.raises(NotGenuine, match="文件不存在"):
        verify_folder(crossing.public, tmp_path, verifiers(crossing))


def test_a_crash_between_file_and_rows_is_made_good_by_the_next_run(
    crossing: Crossing, told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archiving, "_let_go", crash)
        with pytest.raises(KeyboardInterrupt):
            put_away(crossing, tmp_path)
    (left,) = tmp_path.iterdir()
    before = left.read_bytes()
    assert numbers(crossing)[0] == 1
    put_away(crossing, tmp_path)
    assert left.read_bytes() == before
    assert numbers(crossing)[0] == 5


def test_the_database_lets_no_row_go_that_no_archive_names(crossing: Crossing, told, tmp_path: Path):
    put_away(crossing, tmp_path)
    for statement in (
        "DELETE FROM exchange_message",
        "DELETE FROM exchange_message WHERE position = (SELECT position FROM exchange_place WHERE number = 5)",
        "DELETE FROM exchange_place",
        "DELETE FROM exchange_place WHERE number = 5",
        "UPDATE exchange_archive SET last = 99",
        "DELETE FROM exchange_archive",
    ):
        with pytest.raises(sa.exc.DBAPIError), crossing.public.writing() as session:
            session.connection().exec_driver_sql(statement)
    assert numbers(crossing)[0] == 5


def test_a_place_that_is_not_its_own_lets_no_incoming_row_go(crossing: Crossing, told, tmp_path: Path):
    put_away(crossing, tmp_path)
    with crossing.public.reading() as session:
        left = "SELECT max(position) FROM exchange_message WHERE direction = 'to_internet'"
        position = session.connection().exec_driver_sql(left).scalar()
    with crossing.public.writing() as session:
        false = f"SELECT {position}, epoch, 1, previous_digest, digest, sealed_at FROM exchange_place WHERE number = 5"
        session.connection().exec_driver_sql(f"INSERT INTO exchange_place {false}")
    with pytest.raises(sa.exc.DBAPIError), crossing.public.writing() as session:
        session.connection().exec_driver_sql(f"DELETE FROM exchange_message WHERE position = {position}")


@pytest.mark.parametrize("zones", [(Zone.PUBLIC,), (Zone.EXTRANET,), tuple(Zone)], ids=str)
def test_what_was_archived_still_counts_when_both_zones_are_compared(crossing: Crossing, told, tmp_path: Path, zones):
    places = {zone: tmp_path / zone for zone in Zone}
    for zone in zones:
        put_away(crossing, places[zone], zone, most=2)
    whole = compare_zones(crossing.public, crossing.extranet, places)[0]
    assert (whole.first, whole.difference, sum(whole.days.values())) == (1, "", whole.received)
    assert compare_zones(crossing.public, crossing.extranet)[0].first == 5
    (lost, *_) = sorted(places[zones[0]].glob("to_extranet-*"))
    lost.unlink()
    with pytest.raises(NotGenuine, match="缺少第 1 号"):
        compare_zones(crossing.public, crossing.extranet, places)


def test_a_difference_behind_the_archive_of_one_zone_is_named(crossing: Crossing, told, tmp_path: Path):
    put_away(crossing, tmp_path, most=2)
    tamper(
        crossing.extranet, "UPDATE exchange_message SET subject = 'x' WHERE number = 2 AND direction = 'to_extranet'"
    )
    compared = compare_zones(crossing.public, crossing.extranet, {Zone.PUBLIC: tmp_path})[0]
    assert "发送方 4 件，接收方 3 件" in compared.difference
