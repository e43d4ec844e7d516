"""Looking after the exchange from the shell: status, release, reopen, reconcile, archive, verify, rebuild (A2.1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from core.database import Database, Zone, open_database, utc_now
from core.exchange.message import Direction
from core.exchange_command import (
    OperatorName,
    OperatorOrLogin,
    ServeFolder,
    ZoneName,
    exchange,
    opened,
    operator_named,
    operator_or_login,
    refusals,
    settings_of,
)
from core.serving import House

if TYPE_CHECKING:
    from core.exchange.archiving import Verifiers

__all__ = ["exchange"]

_JILIN = ZoneInfo("Asia/Shanghai")
ArchiveFolder = Annotated[Path, typer.Option("--to", help="归档文件所在的文件夹")]


@exchange.command("status")
def show_status(zone: ZoneName, folder: ServeFolder = None) -> None:
    """本区的交换情况：各环节件数、最早一件、两个方向、心跳。"""
    from core.exchange.heartbeats import told_up_to
    from core.exchange.key_files import accepted_keys
    from core.exchange.kind_words import DIRECTION_WORDS
    from core.exchange.pulses import pulses
    from core.exchange.status import standing_of

    with opened(zone, folder) as db, db.reading() as session:
        stands = standing_of(session)
        for name, words in _STATES:
            found = getattr(stands, name)
            typer.echo(f"{words}　{found.count} 件{f'，最早 {_moment(found.oldest_at)}' if found.oldest_at else ''}")
        for direction, channel in stands.channels.items():
            words = f"{DIRECTION_WORDS[direction]}　{_CHANNELS[channel.state]}　到第 {channel.number} 号"
            typer.echo(f"{words}　{channel.reason or channel.clock_words}".rstrip())
        for name, sign in pulses(session).items():
            typer.echo(f"{name}　最近心跳 {_moment(sign.at)}")
        typer.echo(f"对方区　最近一次签章 {_moment(told_up_to(session))}")
    for key in accepted_keys(*settings_of(zone, folder).peer_key_files):
        typer.echo(f"认可的公钥　{key.name}　{f'有效期至 {_moment(key.until)}' if key.until else '不设有效期'}")


@exchange.command("kinds")
def show_kinds(
    kind: Annotated[str, typer.Argument(help="报文种类，如 case.accepted.v1；不写则列出全部")] = "",
) -> None:
    """哪些报文可以过网闸：方向、名称、谁可以读；写出种类则列出每个字段及其上限。"""
    from core import appliers
    from core.exchange.catalogue import fields_of
    from core.exchange.kind_words import DIRECTION_WORDS, kind_words
    from core.exchange.message import all_kinds

    assert appliers.MODULES
    found = [one for one in all_kinds() if kind in ("", one.kind)]
    for one in found:
        typer.echo(f"{DIRECTION_WORDS[one.direction]}　{one.kind}　{kind_words(one.kind)}　{READER_WORDS[one.readers]}")
        if kind:
            for line in fields_of(one):
                typer.echo(f"　{line.name}　{line.type}　{line.bound}　{READER_WORDS[line.readers]}")
    if not found:
        typer.echo(f"没有这种报文：{kind}")
        raise typer.Exit(1)


@exchange.command("release")
def release(
    zone: ZoneName,
    message_id: Annotated[str, typer.Argument(help="报文标识")],
    reason: Annotated[str, typer.Option(help="重试的理由，记入痕迹")],
    by: OperatorName,
    folder: ServeFolder = None,
) -> None:
    """重试一件隔离的报文，内容不变。放弃报文须两人在交换页面办理。"""
    from core.exchange import desk

    with refusals(), opened(zone, folder) as db, db.writing() as session:
        desk.release(session, message_id, reason=reason, by=operator_named(by), at=utc_now())
    typer.echo("已重新排队，由后台办理")


@exchange.command("reopen")
def reopen(
    zone: ZoneName,
    direction: Annotated[
        Direction, typer.Argument(help="to_extranet 互联网区 → 政务外网，to_internet 政务外网 → 互联网区")
    ],
    reason: Annotated[str, typer.Option(help="查明的原因和处理情况，记入痕迹")],
    by: OperatorName,
    folder: ServeFolder = None,
) -> None:
    """恢复本区一个已停止的方向：未验证的报文留作证据，由搬运重新送来。"""
    from core.exchange import desk

    with refusals(), opened(zone, folder) as db, db.writing() as session:
        desk.reopen_channel(session, direction, reason=reason, by=operator_named(by), at=utc_now())
    typer.echo("已恢复；未验证的报文留作证据，由搬运重新送来")


@exchange.command("reconcile")
def reconcile(
    zone: Annotated[Zone | None, typer.Argument(help="只报出一个区的账，由对方比对；不写则两区当面比对")] = None,
    archives_public: Annotated[Path | None, typer.Option(help="互联网区的归档文件夹，已归档的也一并比对")] = None,
    archives_extranet: Annotated[Path | None, typer.Option(help="政务外网区的归档文件夹")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="报账时从归档之后全部重报，已报过的也在内")] = False,
    folder: ServeFolder = None,
) -> None:
    """对账：两区当面逐件比对并指出第一处不同（需要能读两个数据库），或者由一个区报账给对方。"""
    if zone is not None:
        from core.exchange.reconciling import tell_anew, tell_reports

        with refusals(), opened(zone, folder) as db, db.writing() as session:
            told = (tell_anew if anew else tell_reports)(session, at=utc_now())
        rest = "；量大时其余由后台续报" if anew else ""
        typer.echo(f"已报出 {told} 份，结果由对方回执，见交换页面{rest}")
        return
    from core.exchange.archive_file import NotGenuine
    from core.exchange.comparing import compare_zones
    from core.exchange.kind_words import DIRECTION_WORDS

    given = {Zone.PUBLIC: archives_public, Zone.EXTRANET: archives_extranet}
    archives = {at: place for at, place in given.items() if place is not None}
    with _both(folder) as (public, extranet):
        try:
            compared = compare_zones(public, extranet, archives)
        except NotGenuine as wrong:
            typer.echo(str(wrong))
            raise typer.Exit(1) from wrong
    for one in compared:
        typer.echo(
            f"{DIRECTION_WORDS[one.direction]}　封签到 {one.sealed}，收到 {one.received}，从第 {one.first} 号比对"
        )
        for day, count in one.days.items():
            typer.echo(f"　{day}　{count} 件")
        typer.echo(f"　不一致：{one.difference}" if one.difference else "　一致")
    if any(one.difference for one in compared):
        raise typer.Exit(1)


@exchange.command("archive")
def archive(
    zone: ZoneName,
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="这一天以前封签的报文")],
    to: ArchiveFolder,
    by: OperatorOrLogin = "",
    folder: ServeFolder = None,
) -> None:
    """把已办结的旧报文移入压缩、成链、可验证的文件；文件落盘并验证之后才删行。"""
    from core.exchange.archive_file import NotGenuine
    from core.exchange.archiving import archive as put_away
    from core.exchange.reports import start_of

    with refusals(), opened(zone, folder) as db:
        try:
            verifiers, who = _verifiers(zone, folder), operator_or_login(by)
            made = put_away(db, to, before=start_of(before.date()), verifiers=verifiers, now=utc_now(), by=who)
        except NotGenuine as wrong:
            typer.echo(f"没有归档：{wrong}")
            raise typer.Exit(1) from wrong
    for path in made:
        typer.echo(path.name)
    typer.echo(f"共 {len(made)} 个文件")


@exchange.command("verify")
def verify(zone: ZoneName, to: ArchiveFolder, folder: ServeFolder = None) -> None:
    """验证本区的全部归档文件：每件报文、每枚签章、前后衔接，无一缺失。"""
    from core.exchange.archive_file import NotGenuine
    from core.exchange.archiving import verify_folder

    with opened(zone, folder) as db:
        try:
            found = verify_folder(db, to, _verifiers(zone, folder))
        except NotGenuine as wrong:
            typer.echo(str(wrong))
            raise typer.Exit(1) from wrong
    typer.echo(f"{len(found)} 个文件，全部属实，前后衔接")


@exchange.command("rebuild")
def rebuild(
    zone: ZoneName,
    into: Annotated[str, typer.Option(help="新的空数据库地址，如 sqlite:////tmp/mirror.db")],
    archives: Annotated[Path | None, typer.Option(help="对方区的归档文件夹，已归档的报文从中取")] = None,
    folder: ServeFolder = None,
) -> None:
    """用对方的全部报文在空数据库里重建本区的镜像表，并与现有的逐表比对。"""
    from core.exchange.rebuilding import rebuild as replay
    from core.migrating import upgrade
    from core.mirrors import compare_mirrors, kinds_of, lay_out_shared

    upgrade(zone, into)
    incoming = Direction.into(zone)
    files = sorted(archives.glob(f"{incoming}-*.archive.gz")) if archives else []
    new = open_database(into, zone)
    with refusals(), _both(folder) as (public, extranet):
        old, far = (public, extranet) if zone is Zone.PUBLIC else (extranet, public)
        lay_out_shared(old, new)
        done = replay(far, new, _verifiers(zone, folder)[incoming], kinds_of(zone), files)
        typer.echo(f"验证 {done.received} 件，办理 {done.applied} 件，按规则退回 {done.refused} 件")
        compared = compare_mirrors(old, new)
    new.close()
    for one in compared:
        typer.echo(f"{one.table}　{one.old[0]} 行 / {one.new[0]} 行　{'相同' if one.is_equal else '不同'}")
    if not all(one.is_equal for one in compared):
        raise typer.Exit(1)


READER_WORDS = {"public": "公众", "enterprise": "项目单位", "officer": "工作人员", "worker": "仅后台"}
_CHANNELS = {"open": "畅通", "gap": "缺号待补", "stopped": "已停止"}
_STATES = (
    ("unsealed", "待封签"),
    ("sealed", "待搬运"),
    ("carried", "待对方回执"),
    ("arrived", "已到达待验证"),
    ("received", "待办理"),
    ("waiting", "等待附件"),
    ("quarantined", "隔离"),
)


def _moment(at: datetime | None) -> str:
    """An instant in Jilin, to the second."""
    return at.astimezone(_JILIN).strftime("%Y-%m-%d %H:%M:%S") if at else "还没有"


def _verifiers(zone: Zone, folder: Path | None) -> "Verifiers":
    """By which keys each direction is proved: the zone's own, past ones included, and those it accepts of the other."""
    from core.exchange.key_files import PeerKeys

    settings = settings_of(zone, folder)
    if settings.signing_key_file is None or not settings.peer_key_files:
        typer.echo(f"没有设置 TZXM_{zone.upper()}_SIGNING_KEY_FILE 和 TZXM_{zone.upper()}_PEER_KEY_FILES")
        raise typer.Exit(1)
    return {
        Direction.out_of(zone): PeerKeys(settings.signing_key_file.parent),
        Direction.into(zone): PeerKeys(*settings.peer_key_files),
    }


@contextmanager
def _both(folder: Path | None) -> Iterator[tuple[Database, Database]]:
    """Both databases, as the relay is told them or as `tzxm serve` keeps them."""
    if folder is not None:
        house = House(folder.resolve(), 8000, 8001)
        urls = house.database_url(Zone.PUBLIC), house.database_url(Zone.EXTRANET)
    else:
        from core.settings import RelaySettings

        told = RelaySettings()
        urls = told.public_database_url, told.extranet_database_url
    public, extranet = open_database(urls[0], Zone.PUBLIC), open_database(urls[1], Zone.EXTRANET)
    try:
        yield public, extranet
    finally:
        public.close()
        extranet.close()
