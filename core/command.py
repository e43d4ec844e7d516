"""`tzxm`: every part of the platform from the shell. Each process is told its own zone's settings and nothing more.

A command imports what it needs when it runs: the relay starts without portals, and `--help` without anything.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from core.database import Zone, open_database
from core.demo_command import (
    HOME,
    ZONE_WORDS,
    ExtranetDatabase,
    Folder,
    Projects,
    PublicDatabase,
    alone_in,
    demo,
    fill_house,
    is_filled,
    list_accounts,
    make_ready,
)
from core.exchange_upkeep import exchange
from core.fields_command import fields
from core.loaded import keep_what_is_loaded
from core.serving import House, Supervisor

if TYPE_CHECKING:
    from core.settings import ZoneSettings

app = typer.Typer(
    name="tzxm",
    help="吉林省投资项目在线审批监管平台：门户、后台、交换、迁移、演示数据。",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(demo, name="demo")
app.add_typer(exchange, name="exchange")
app.add_typer(fields, name="fields")

PublicPort = Annotated[int, typer.Option("--public-port", help="互联网门户的端口")]
ExtranetPort = Annotated[int, typer.Option("--extranet-port", help="政务外网门户的端口")]


@app.command()
def serve(
    folder: Folder = HOME,
    public_port: PublicPort = 8000,
    extranet_port: ExtranetPort = 8001,
    projects: Projects = 300,
    public_database: PublicDatabase = "",
    extranet_database: ExtranetDatabase = "",
) -> None:
    """准备好数据库、目录和演示数据，启动两个门户、两个后台和交换；Ctrl-C 全部停止。"""
    house = House(
        folder.resolve(),
        public_port,
        extranet_port,
        public_database=public_database,
        extranet_database=extranet_database,
    )
    if (port := house.busy_port()) is not None:
        _say(f"端口 {port} 已被占用。请先停止占用它的程序，或用 --public-port、--extranet-port 换一个端口。")
        raise typer.Exit(1)
    with alone_in(house):
        make_ready(house)
        if not is_filled(house):
            fill_house(house, projects)
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

    settings = zone_settings(zone)
    _refuse_without_field_keys(zone, settings)
    _refuse_older_layout(zone, settings)
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
    _say(f"{ZONE_WORDS[zone]}数据库已是最新结构")


def _run_portal(zone: Zone, factory: str) -> None:
    import uvicorn

    from core.settings import zone_settings

    settings = zone_settings(zone)
    _refuse_without_field_keys(zone, settings)
    _refuse_older_layout(zone, settings)
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


def _refuse_older_layout(zone: Zone, settings: "ZoneSettings") -> None:
    """No process works on a database that was not migrated, or only in part; one that is ahead of it will do."""
    from sqlalchemy.exc import OperationalError

    from core.migrating import is_behind

    database = open_database(settings.database_url, zone)
    try:
        with database.reading() as session:
            must_migrate = is_behind(zone, session.connection())
    except OperationalError as error:
        _say(f"{ZONE_WORDS[zone]}数据库连接不上，没有启动：{error.orig}")
        raise typer.Exit(1) from error
    finally:
        database.close()
    if must_migrate:
        _say(f"{ZONE_WORDS[zone]}数据库不是最新结构，没有启动。请先执行 tzxm migrate {zone}")
        raise typer.Exit(1)


def _announce(house: House) -> None:
    _say("")
    _say(f"互联网门户　　{house.address(Zone.PUBLIC)}")
    _say(f"政务外网门户　{house.address(Zone.EXTRANET)}")
    _say("")
    list_accounts()
    _say("")
    _say("按 Ctrl-C 全部停止。")


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    _log_plainly()
    stop = threading.Event()
    handler: Callable[..., None] = lambda *_: stop.set()  # noqa: E731 - one line says it
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
    keep_what_is_loaded()
    yield stop


def _log_plainly() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def _say(words: str) -> None:
    typer.echo(words)


if __name__ == "__main__":
    app(prog_name="tzxm")
