"""The commands of the exchange's operators, on a house of its own: bundles over and back, keys changed on the way."""

from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.command import app
from core.database import Zone, open_database
from core.exchange import outbox
from core.exchange.bundle import SUFFIX
from core.exchange.message import Direction
from core.exchange.sealing import seal
from core.exchange.signing import load_signer
from core.serving import House
from core.trace import entries_of
from tests.core.exchange.crossing import NOW, Noted, lay_out


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["exchange", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path / "house", 8000, 8001)
    made.prepare()
    for zone in Zone:
        lay_out(made.database_url(zone), zone)
        for name in made.zone_environment(zone, with_keys=True):
            monkeypatch.setenv(name, "")  # what a command sets there ends with the test
    return made


def tell(house: House, *steps: int) -> None:
    database = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    with database.writing() as session:
        for step in steps:
            outbox.send(session, Noted(code="one", step=step), at=NOW)
    seal(database, load_signer(house.key(Zone.PUBLIC)), now=NOW)
    database.close()


def test_bundles_cross_by_command_and_a_lost_one_is_sent_again(house: House, tmp_path: Path):
    place = "--folder", house.folder
    bundles = tmp_path / "bundles"
    tell(house, 1, 2)
    assert run("export", "public", bundles, *place)[0] == 0
    next(bundles.glob(f"*{SUFFIX}")).unlink()
    tell(house, 3)
    assert "对方尚未确认：第 1 至 3 号" in run("export", "public", bundles, *place)[1]
    code, said = run("import", "extranet", bundles, *place)
    assert (code, "本区缺少第 1 至 2 号" in said) == (1, True)
    back = tmp_path / "back"
    run("export", "extranet", back, *place)
    assert "resend public --first 1 --last 2" in run("import", "public", back, *place)[1]
    assert "已补发" in run("resend", "public", bundles, "--first", 1, "--last", 2, *place)[1]
    code, said = run("import", "extranet", bundles, *place)
    assert (code, "新报文 2 件" in said) == (0, True)
    run("export", "extranet", back, *place)


def test_a_key_is_rotated_by_command(house: House, tmp_path: Path):
    place = "--folder", house.folder
    name = run("rotate-key", "public", *place)[1].split()[1]
    public = house.key(Zone.PUBLIC).with_name("exchange.key.next.pub")
    code, said = run("trust-key", "extranet", public, "--fingerprint", "ed25519-wrong", *place)
    assert (code, "指纹不符" in said) == (1, True)
    assert run("trust-key", "extranet", public, "--fingerprint", name, *place)[0] == 0
    assert name in run("rotate-key", "public", "--take", *place)[1]
    assert run("rotate-key", "public", "--take", *place)[0] == 1
    tell(house, 1)
    run("export", "public", tmp_path, *place)
    assert "新报文 1 件" in run("import", "extranet", tmp_path, *place)[1]


def test_a_refused_bundle_ends_the_command_with_1(house: House, tmp_path: Path):
    tell(house, 1)
    place = "--folder", house.folder
    run("export", "public", tmp_path, *place)
    code, said = run("import", "public", tmp_path, *place)
    assert (code, "未知的密钥" in said) == (1, True)


def test_keys_that_were_changed_and_bundles_sent_again_stand_in_the_trace(house: House, tmp_path: Path):
    place = "--by", "赵磊", "--folder", house.folder
    name = run("rotate-key", "public", *place)[1].split()[1]
    public = house.key(Zone.PUBLIC).with_name("exchange.key.next.pub")
    assert run("trust-key", "extranet", public, "--fingerprint", "ed25519-wrong", *place)[0] == 1
    run("trust-key", "extranet", public, "--fingerprint", name, "--until", "2099-12-31", *place)
    run("rotate-key", "public", "--take", *place)
    tell(house, 1)
    run("resend", "public", tmp_path, "--first", 1, "--last", 1, *place)
    assert traced(house, Zone.PUBLIC, "exchange_key", name) == ["启用新的签名密钥", "准备新的签名密钥"]
    assert traced(house, Zone.EXTRANET, "exchange_key", name) == ["认可对方的公钥，有效期至 2099-12-31"]
    assert traced(house, Zone.PUBLIC, "exchange_channel", Direction.TO_EXTRANET) == ["补发第 1 至 1 号"]
    assert f"{name}　有效期至 2100-01-01 00:00:00" in run("status", "extranet", *place[2:])[1]


def traced(house: House, zone: Zone, kind: str, identity: str) -> list[str]:
    database = open_database(house.database_url(zone), zone)
    with closing(database), database.reading() as session:
        found = entries_of(session, kind, identity)
    assert {one.actor_name for one in found} == {"赵磊"}
    return [one.words for one in found]
