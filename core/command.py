"""`tzxm`: every part of the platform from the shell. Each process is told its own zone's settings and nothing more.

A command imports what it needs when it runs: the relay starts without portals, and `--help` without anything.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.database import Zone, open_database
from core.exchange_upkeep import exchange
from core.fields_command import fields
from core.serving import ROOT, House, Supervisor

if TYPE_CHECKING:
    from core.settings import ZoneSettings

app = typer.Typer(
    name="tzxm",
    help="吉林省投资项目在线审批监管平台：门户、后台、交换、迁移、演示数据。",
    no_args_is_help=True,
    add_completion=False,
)
demo = typer.Typer(help="演示数据与演示账号。", no_args_is_help=True)
app.add_typer(demo, name="demo")
app.add_typer(exchange, name="exchange")
app.add_typer(fields, name="fields")

Folder = Annotated[Path, typer.Option("--folder", help="数据、文件和密钥所在的文件夹")]
PublicPort = Annotated[int, typer.Option("--public-port", help="互联网门户的端口")]
ExtranetPort = Annotated[int, typer.Option("--extranet-port", help="政务外网门户的端口")]
Projects = Annotated[int, typer.Option("--projects", help="演示项目的数量")]
HOME = ROOT / "var"


@app.command()
def serve(
    folder: Folder = HOME,
    public_port: PublicPort = 8000,
    extranet_port: ExtranetPort = 8001,
    projects: Projects = 300,
) -> None:
    """准备好数据库、目录和演示数据，启动两个门户、两个后台和交换；Ctrl-C 全部停止。"""
    house = House(folder.resolve(), public_port, extranet_port)
    if (port := house.busy_port()) is not None:
        _say(f"端口 {port} 已被占用。请先停止占用它的程序，或用 --public-port、--extranet-port 换一个端口。")
        raise typer.Exit(1)
    house.prepare()
    from core.migrating import upgrade

    for zone in Zone:
        _say(f"迁移{_ZONE_WORDS[zone]}数据库")
        upgrade(zone, house.database_url(zone))
        _seal(zone, house)
    if not _has_projects(house):
        _fill(house, projects)
    _say("启动两个门户、两个后台和交换")
    raise typer.Exit(Supervisor(house, _say).run(lambda: _announce(house)))


@app.command()
def public() -> None:
    """运行互联网门户（设置取自 TZXM_PUBLIC_ 开头的环境变量）。"""
    _run_portal(Zone.PUBLIC, "public_portal.app:make_app")


@app.command()
def extranet() -> None:
    """运行政务外网门户（设置取自 TZXM_EXTRANET_ 开头的环境变量）。"""
    _run_portal(Zone.EXTRANET, "extranet_portal.app:make_app")


@app.command()
def worker(zone: Annotated[Zone, typer.Argument(help="public 互联网区，extranet 政务外网区")]) -> None:
    """运行一个区的后台：封签、应用来信，外网区另有视为受理与亮灯。"""
    from importlib import import_module

    from core.settings import zone_settings

    _refuse_without_field_keys(zone, zone_settings(zone))
    module = import_module("public_portal.worker" if zone is Zone.PUBLIC else "extranet_portal.worker")
    with _until_told_to_stop() as stop:
        module.run(stop)


@app.command()
def relay() -> None:
    """运行交换：在两个区之间搬运已封签的消息和文件，不持有任何密钥。"""
    from core.documents.blobs import open_store
    from core.exchange.relay import RelaySettings as Carrying
    from core.exchange.relay import run_relay
    from core.settings import RelaySettings

    told = RelaySettings()
    settings = Carrying(
        public_url=told.public_database_url,
        extranet_url=told.extranet_database_url,
        public_files=open_store(told.public_files_url),
        extranet_files=open_store(told.extranet_files_url),
    )
    with _until_told_to_stop() as stop:
        run_relay(settings, stop=stop)


@app.command()
def migrate(
    zone: Annotated[Zone, typer.Argument(help="public 互联网区，extranet 政务外网区")],
    url: Annotated[str, typer.Option(help="数据库地址；不写则取该区的设置")] = "",
) -> None:
    """把一个区的数据库迁移到最新结构；重复执行无妨。"""
    from core.migrating import upgrade
    from core.settings import zone_settings

    address = url or zone_settings(zone).database_url
    upgrade(zone, address)
    _say(f"{_ZONE_WORDS[zone]}数据库已是最新结构")


@demo.command("fill")
def demo_fill(folder: Folder = HOME, projects: Projects = 300) -> None:
    """在空的数据库里生成演示数据。"""
    from core.migrating import upgrade

    house = House(folder.resolve(), 8000, 8001)
    house.prepare()
    for zone in Zone:
        upgrade(zone, house.database_url(zone))
    _fill(house, projects)


@demo.command("accounts")
def demo_accounts() -> None:
    """列出演示账号和密码。"""
    _print_accounts()


@demo.command("code")
def demo_code(login: Annotated[str, typer.Argument(help="工作人员账号，如 gzl-ee-clerk1")]) -> None:
    """给出一个演示工作人员此刻的 6 位动态口令。"""
    from core.demo import accounts
    from core.errors import Absent

    try:
        typer.echo(accounts.present_code(login))
    except Absent as refusal:
        _say(refusal.words)
        raise typer.Exit(1) from refusal


_ZONE_WORDS = {Zone.PUBLIC: "互联网区", Zone.EXTRANET: "政务外网区"}


def _run_portal(zone: Zone, factory: str) -> None:
    import uvicorn

    from core.settings import zone_settings

    settings = zone_settings(zone)
    _refuse_without_field_keys(zone, settings)
    _log_plainly()
    uvicorn.run(
        factory,
        factory=True,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )


def _refuse_without_field_keys(zone: Zone, settings: "ZoneSettings") -> None:
    """A process that reads and writes personal numbers starts with their keys, or not at all."""
    from core.vault import VaultError, read_keys

    if settings.field_keys_file is None or not settings.field_keys_file.exists():
        _say(f"缺少字段密钥：请设置 TZXM_{zone.upper()}_FIELD_KEYS_FILE，并执行 tzxm fields add-key {zone} 生成")
        raise typer.Exit(1)
    try:
        read_keys(settings.field_keys_file)
    except (OSError, ValueError, VaultError) as error:
        _say(f"字段密钥文件不能用：{error}")
        raise typer.Exit(1) from error


def _has_projects(house: House) -> bool:
    import sqlalchemy as sa

    database = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    try:
        with database.reading() as session:
            return session.connection().execute(sa.text("SELECT 1 FROM project LIMIT 1")).first() is not None
    finally:
        database.close()


def _seal(zone: Zone, house: House) -> None:
    """What an older release left in clear is sealed before anybody comes."""
    from core.sealing import seal_everything
    from core.vault import open_vault

    database = open_database(house.database_url(zone), zone, vault=open_vault(house.field_keys(zone)))
    try:
        if written := seal_everything(database):
            _say(f"已加密{_ZONE_WORDS[zone]} {written} 行个人信息")
    finally:
        database.close()


def _fill(house: House, projects: int) -> None:
    from core import appliers
    from core.clocks import business_date
    from core.database import utc_now
    from core.demo import fill
    from core.documents.blobs import open_store
    from core.exchange.pump import Post
    from core.exchange.signing import load_signer, load_verifier, public_path
    from core.vault import open_vault

    assert appliers.MODULES
    _say(f"生成演示数据：约 {projects} 个项目，经真实流程和交换办理，约需一分钟")
    stores = {zone: open_store(str(house.files(zone))) for zone in Zone}
    databases = {
        zone: open_database(
            house.database_url(zone),
            zone,
            workplace={"store": stores[zone], "public_url": house.address(Zone.PUBLIC)},
            vault=open_vault(house.field_keys(zone)),
        )
        for zone in Zone
    }
    post = Post(
        databases[Zone.PUBLIC],
        databases[Zone.EXTRANET],
        stores[Zone.PUBLIC],
        stores[Zone.EXTRANET],
        {zone: load_signer(house.key(zone)) for zone in Zone},
        {zone: load_verifier(public_path(house.key(zone))) for zone in Zone},
    )
    try:
        fill(post, projects=projects, today=business_date(utc_now()), say=_say)
    except RuntimeError as error:
        _say(str(error))
        raise typer.Exit(1) from error
    finally:
        for database in databases.values():
            database.close()


def _announce(house: House) -> None:
    _say("")
    _say(f"互联网门户　　{house.address(Zone.PUBLIC)}")
    _say(f"政务外网门户　{house.address(Zone.EXTRANET)}")
    _say("")
    _print_accounts()
    _say("")
    _say("按 Ctrl-C 全部停止。")


def _print_accounts() -> None:
    from core.demo import accounts

    for line in accounts.lines():
        typer.echo(line)


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    _log_plainly()
    stop = threading.Event()
    handler: Callable[..., None] = lambda *_: stop.set()  # noqa: E731 - one line says it
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
    yield stop


def _log_plainly() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _say(words: str) -> None:
    typer.echo(words)


if __name__ == "__main__":
    app(prog_name="tzxm")
