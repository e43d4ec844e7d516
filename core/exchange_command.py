"""`tzxm exchange`: what operators of the exchange do from the shell, in the zone they sit in (A2.1).

Each command is told its own zone's settings like the zone's worker, or the folder of `tzxm serve`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.database import Database, Zone, open_database, utc_now
from core.domain.policy import Actor, Role
from core.errors import Refusal, RuleRefusal
from core.serving import House
from core.settings import ZoneSettings, zone_settings
from core.trace import record

if TYPE_CHECKING:
    from core.exchange.carrying import Exchangeable
    from core.zone_worker import Workshop

KEY, CHANNEL = "exchange_key", "exchange_channel"
"""What the trace calls the things that are acted upon from the shell."""

exchange = typer.Typer(help="两区交换：密钥、介质摆渡、核对。", no_args_is_help=True)

ZoneName = Annotated[Zone, typer.Argument(help="public 互联网区，extranet 政务外网区")]
ServeFolder = Annotated[
    Path | None, typer.Option("--folder", help="tzxm serve 所用的文件夹；不写则取该区的设置（TZXM_…）")
]
OperatorName = Annotated[str, typer.Option("--by", help="操作人姓名，记入痕迹")]
OperatorOrLogin = Annotated[str, typer.Option("--by", help="操作人姓名，记入痕迹；不写则记本机登录名")]
Bundles = Annotated[Path, typer.Argument(help="存放摆渡包的文件夹", file_okay=False)]


@exchange.command("rotate-key")
def rotate_key(
    zone: ZoneName,
    take: Annotated[bool, typer.Option("--take", help="启用已准备好的密钥：此后的封签用它")] = False,
    by: OperatorOrLogin = "",
    folder: ServeFolder = None,
) -> None:
    """更换本区的签名密钥：先准备，对方认可之后再启用；后台不必停。"""
    from core.exchange.key_files import prepare_key, take_key

    with refusals():
        path = settings_of(zone, folder).signing_key_file
        if path is None:
            typer.echo(f"没有设置 TZXM_{zone.upper()}_SIGNING_KEY_FILE")
            raise typer.Exit(1)
        who = operator_or_login(by)
        with opened(zone, folder) as db, db.writing() as session:
            if take:
                name = take_key(path)
                record(session, "exchange.take_key", KEY, name, "启用新的签名密钥", by=who, at=utc_now())
                typer.echo(f"已启用 {name}，旧密钥的私钥已不复存在，旧封签仍可验证")
                return
            public, name = prepare_key(path)
            record(session, "exchange.prepare_key", KEY, name, "准备新的签名密钥", by=who, at=utc_now())
        typer.echo(f"已准备 {name}")
        typer.echo(f"请把 {public} 交给对方，电话核对指纹，由对方执行 trust-key；之后本区执行 rotate-key --take")


@exchange.command("trust-key")
def trust(
    zone: ZoneName,
    public: Annotated[Path, typer.Argument(help="对方交来的公钥文件")],
    fingerprint: Annotated[str, typer.Option(help="经电话核对的指纹，如 ed25519-…")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="有效期至哪一天（含）；此后所作的封签不予接收")
    ] = None,
    by: OperatorOrLogin = "",
    folder: ServeFolder = None,
) -> None:
    """认可对方的一把公钥：指纹相符才收入本区认可的文件夹。再次认可即更改有效期。"""
    from core.exchange.key_files import trust_key
    from core.exchange.reports import start_of

    end = start_of(until.date() + timedelta(days=1)) if until else None
    words = f"认可对方的公钥，有效期至 {until:%Y-%m-%d}" if until else "认可对方的公钥，不设有效期"
    with refusals():
        who = operator_or_login(by)
        places = [place for place in settings_of(zone, folder).peer_key_files if place.is_dir()]
        if not places:
            typer.echo(f"TZXM_{zone.upper()}_PEER_KEY_FILES 中没有文件夹，无处存放")
            raise typer.Exit(1)
        with opened(zone, folder) as db, db.writing() as session:
            accepted = trust_key(public, places[0], fingerprint, until=end)
            record(session, "exchange.trust_key", KEY, accepted.stem, words, by=who, at=utc_now())
        typer.echo(f"已认可：{accepted}")


@exchange.command("export")
def export_bundles(zone: ZoneName, bundles: Bundles, folder: ServeFolder = None) -> None:
    """把本区已封签、尚未导出的报文写成摆渡包（报文、封签、文件和清单，由本区签名）。"""
    from core.exchange.bundling import export, unanswered

    with bench(zone, folder) as workshop:
        end = end_of(workshop)
        for path in export(end, bundles, workshop.signer, now=utc_now()):
            typer.echo(f"已导出 {path.name}")
        if span := unanswered(end):
            typer.echo(f"对方尚未确认：第 {span[0]} 至 {span[1]} 号。若确知摆渡包遗失，执行 resend")


@exchange.command("import")
def import_bundles(
    zone: ZoneName,
    bundles: Bundles,
    keep: Annotated[bool, typer.Option("--keep", help="摆渡包留在原处，不移入 taken 或 refused")] = False,
    folder: ServeFolder = None,
) -> None:
    """收下对方的摆渡包：全部核验之后才写入；重复导入无妨；被拒绝或有缺号时以 1 退出。"""
    from core.exchange.unbundling import take_all

    with bench(zone, folder) as workshop:
        found = take_all(end_of(workshop), bundles, workshop.verifier, now=utc_now(), keep=keep)
    for taken in found:
        typer.echo(f"{taken.path.name}　{taken.refused or taken.left or f'新报文 {taken.new} 件'}")
    last = found[-1] if found else None
    if last and last.missing:
        typer.echo(f"本区缺少第 {last.missing[0]} 至 {last.missing[1]} 号，须由对方补发")
    if span := next((taken.missing_there for taken in reversed(found) if taken.missing_there), None):
        typer.echo(
            f"对方缺少第 {span[0]} 至 {span[1]} 号：tzxm exchange resend {zone} --first {span[0]} --last {span[1]}"
        )
    if any(taken.refused for taken in found) or (last and last.missing):
        raise typer.Exit(1)


@exchange.command("resend")
def resend(
    zone: ZoneName,
    bundles: Bundles,
    first: Annotated[int, typer.Option(min=1, help="从第几号起；不写则从对方尚未确认的第一号起")] = 0,
    last: Annotated[int, typer.Option(min=1, help="到第几号止；不写则到最近一号")] = 0,
    by: OperatorOrLogin = "",
    folder: ServeFolder = None,
) -> None:
    """把遗失的摆渡包重新写出；对方已收到的部分会自动略过。"""
    from core.exchange.bundling import reissue, unanswered
    from core.exchange.message import Direction

    with refusals(), bench(zone, folder) as workshop:
        who, end = operator_or_login(by), end_of(workshop)
        waiting = unanswered(end)
        if waiting is None and not (first and last):
            typer.echo("没有等待对方确认的报文")
            return
        span = first or (waiting or (1, 1))[0], last or (waiting or (1, 1))[1]
        for path in reissue(end, bundles, workshop.signer, span, now=utc_now()):
            typer.echo(f"已补发 {path.name}")
        with workshop.database.writing() as session:
            words = f"补发第 {span[0]} 至 {span[1]} 号"
            record(session, "exchange.resend", CHANNEL, Direction.out_of(zone), words, by=who, at=utc_now())


@contextmanager
def bench(zone: Zone, folder: Path | None) -> Iterator["Workshop"]:
    """The zone's database, files and keys, as its worker has them."""
    from core.zone_worker import open_workshop

    workshop = open_workshop(zone, settings_of(zone, folder))
    try:
        yield workshop
    finally:
        workshop.database.close()


def end_of(workshop: "Workshop") -> "Exchangeable":
    """The zone as a carrier sees it."""
    from core.exchange.carrying import Exchangeable

    return Exchangeable(workshop.database, workshop.store)


def settings_of(zone: Zone, folder: Path | None) -> ZoneSettings:
    """What the zone's worker is told: from the environment, or as `tzxm serve` tells it."""
    if folder is not None:
        house = House(folder.resolve(), 8000, 8001)
        os.environ.update(house.zone_environment(zone, with_keys=True))
    return zone_settings(zone)


def operator_named(name: str) -> Actor:
    """Whoever types here, as the trace names them. Refuses an empty name: an act without a person proves nothing."""
    if not name.strip():
        raise RuleRefusal("请写明操作人姓名")
    return Actor(Role.SYSTEM_ADMINISTRATOR, id="shell", name=name.strip()[:100])


def operator_or_login(name: str) -> Actor:
    """Whoever types here; unnamed, by the name they are logged in with."""
    return operator_named(name or getuser())


@contextmanager
def opened(zone: Zone, folder: Path | None) -> Iterator[Database]:
    """The zone's database, closed afterwards."""
    db = open_database(settings_of(zone, folder).database_url, zone)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal is shown in its own words, and the command ends with 1."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(refusal.words)
        raise typer.Exit(1) from refusal
