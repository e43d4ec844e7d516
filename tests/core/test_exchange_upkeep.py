"""Looking after the exchange from the shell: what an operator types, what it answers, and with which exit code."""

import shutil
from contextlib import closing, suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core import appliers
from core.command import app
from core.database import Zone, open_database, utc_now
from core.documents.blobs import open_store
from core.errors import NotAllowed
from core.exchange import channels, message, reconciling
from core.exchange.message import Direction, applier_of, kind_of
from core.exchange.pump import Post
from core.exchange.signing import load_signer, load_verifier, public_path
from core.serving import House
from core.trace import entries_of

assert appliers.MODULES


@pytest.fixture
def house(tmp_path: Path, database_templates, monkeypatch: pytest.MonkeyPatch) -> House:
    """A folder of `tzxm serve` with two migrated, empty databases and keys."""
    made = House(tmp_path / "house", 8000, 8001)
    made.prepare()
    for zone in Zone:
        with database_templates.copy("sqlite", zone) as url:
            shutil.copy(url.removeprefix("sqlite:///"), made.folder / zone / "platform.db")
        for name in made.zone_environment(zone, with_keys=True):
            monkeypatch.setenv(name, "")  # what a command sets is taken back after the test
    return made


def tzxm(house: House, *words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["exchange", *words, "--folder", str(house.folder)])
    with suppress(SystemExit):
        if found.exception is not None:
            raise found.exception
    return found.exit_code, found.output


def work(house: House, *, reports: int = 1) -> None:
    """Tell some reports both ways and let the exchange carry them."""
    databases = {zone: open_database(house.database_url(zone), zone) for zone in Zone}
    stores = {zone: open_store(str(house.files(zone))) for zone in Zone}
    signers = {zone: load_signer(house.key(zone)) for zone in Zone}
    keys = {zone: load_verifier(public_path(house.key(zone))) for zone in Zone}
    post = Post(*databases.values(), *stores.values(), signers, keys)
    with closing(databases[Zone.PUBLIC]), closing(databases[Zone.EXTRANET]):
        for _ in range(reports):
            with databases[Zone.EXTRANET].writing() as session:
                message_id = reconciling.outbox.send(session, reconciling.ReconciliationAsked(), at=utc_now())
            assert message_id
            post.pump()


def test_the_zones_are_compared_and_the_exit_code_says_whether_they_agree(house: House):
    work(house)
    code, words = tzxm(house, "reconcile")
    assert (code, words.count("一致")) == (0, 2)
    code, words = tzxm(house, "reconcile", "extranet")
    assert (code, "已报出 1 份" in words) == (0, True)
    db = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    with closing(db), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER exchange_message_fixed")
        connection.exec_driver_sql("UPDATE exchange_message SET body = '[]' WHERE direction = 'to_internet'")
    code, words = tzxm(house, "reconcile")
    assert code == 1
    assert "不一致：" in words


def test_old_messages_are_archived_and_the_archive_is_verified(house: House, tmp_path: Path):
    work(house, reports=3)
    folder = tmp_path / "archive"
    code, words = tzxm(house, "archive", "extranet", "--before", "2099-01-01", "--to", str(folder), "--by", "赵磊")
    assert code == 0
    assert "共 2 个文件" in words
    assert tzxm(house, "verify", "extranet", "--to", str(folder)) == (0, "2 个文件，全部属实，前后衔接\n")
    db = open_database(house.database_url(Zone.EXTRANET), Zone.EXTRANET)
    with closing(db), db.reading() as session:
        (traced,) = entries_of(session, "exchange_channel", Direction.TO_INTERNET)
        assert (traced.actor_name, "归档第 1 至" in traced.words) == ("赵磊", True)
    next(folder.iterdir()).unlink()
    code, words = tzxm(house, "verify", "extranet", "--to", str(folder))
    assert (code, "文件不存在" in words) == (1, True)


def test_a_held_message_is_seen_and_released_by_name(house: House, monkeypatch: pytest.MonkeyPatch):
    asked = kind_of("reconciliation.asked.v1", Direction.TO_INTERNET)
    own = applier_of(asked)

    def refuse(*_: object) -> None:
        raise NotAllowed("不属于")

    monkeypatch.setitem(message._appliers, (asked.kind, asked.direction), refuse)
    work(house)
    assert "隔离　1 件" in tzxm(house, "status", "public")[1]
    monkeypatch.setitem(message._appliers, (asked.kind, asked.direction), own)
    db = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    with closing(db):
        with db.reading() as session:
            held = session.connection().exec_driver_sql("SELECT id FROM exchange_message WHERE state = 'quarantined'")
            message_id = held.scalar_one()
        options = ("--reason", "已补登", "--by", "赵磊")
        assert tzxm(house, "release", "public", message_id, *options) == (0, "已重新排队，由后台办理\n")
        code, words = tzxm(house, "release", "public", message_id, *options)
        assert (code, "已不在隔离中" in words) == (1, True)
        with db.reading() as session:
            assert [one.actor_name for one in entries_of(session, "exchange_message", message_id)] == ["赵磊"]


def test_a_direction_that_the_internet_zone_stopped_is_reopened_there(house: House):
    db = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    with closing(db), db.writing() as session:
        channels.stop(session, Direction.TO_INTERNET, "签名不符", at=utc_now())
    told = ("reopen", "public", "to_internet", "--reason", "介质损坏，已更换")
    assert tzxm(house, *told, "--by", " ") == (1, "请写明操作人姓名\n")
    assert tzxm(house, *told, "--by", "赵磊")[0] == 0
    assert "政务外网 → 互联网区　畅通" in tzxm(house, "status", "public")[1]
    with closing(db), db.reading() as session:
        traced = entries_of(session, "exchange_channel", Direction.TO_INTERNET)
        assert [(one.actor_name, one.reason, "签名不符" in one.words) for one in traced] == [
            ("赵磊", "介质损坏，已更换", True)
        ]
    assert tzxm(house, *told, "--by", "赵磊") == (1, "该方向没有停止，不需要恢复\n")


def test_a_mirror_is_rebuilt_into_a_new_database(house: House, tmp_path: Path):
    work(house)
    code, words = tzxm(house, "rebuild", "extranet", "--into", f"sqlite:///{tmp_path / 'mirror.db'}")
    assert code == 0
    assert "enterprise　0 行 / 0 行　相同" in words
