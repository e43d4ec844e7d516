"""`tzxm demo`, and what `tzxm serve` needs before it starts: databases made ready, invented data made once and whole.

Filling takes minutes and may be interrupted. A mark in the folder says that it has begun; what it left is cleared away
by whoever starts next, so that nobody is ever served half a demonstration.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core.database import Zone, open_database
from core.serving import ROOT, House, open_post

demo = typer.Typer(help="演示数据与演示账号。", no_args_is_help=True)

_NAMED = "，如 postgresql+psycopg://…；不写则用文件夹里的 SQLite"
Folder = Annotated[Path, typer.Option("--folder", help="数据、文件和密钥所在的文件夹")]
Projects = Annotated[int, typer.Option("--projects", help="演示项目的数量")]
PublicDatabase = Annotated[
    str, typer.Option("--public-database", envvar="TZXM_PUBLIC_DATABASE_URL", help=f"互联网区数据库{_NAMED}")
]
ExtranetDatabase = Annotated[
    str, typer.Option("--extranet-database", envvar="TZXM_EXTRANET_DATABASE_URL", help=f"政务外网区数据库{_NAMED}")
]
HOME = ROOT / "var"
ZONE_WORDS = {Zone.PUBLIC: "互联网区", Zone.EXTRANET: "政务外网区"}


@demo.command("fill")
def fill_empty(
    folder: Folder = HOME,
    projects: Projects = 300,
    public_database: PublicDatabase = "",
    extranet_database: ExtranetDatabase = "",
) -> None:
    """在空的数据库里生成演示数据；上次没有生成完的，清除后重新生成。"""
    house = House(folder.resolve(), 8000, 8001, public_database=public_database, extranet_database=extranet_database)
    with alone_in(house):
        make_ready(house)
        fill_house(house, projects)


@demo.command("accounts")
def list_accounts() -> None:
    """列出演示账号和密码。"""
    from core.demo import accounts

    for line in accounts.lines():
        typer.echo(line)


@demo.command("code")
def present_code(login: Annotated[str, typer.Argument(help="工作人员账号，如 gzl-ee-clerk1")]) -> None:
    """给出一个演示工作人员此刻的 6 位动态口令。"""
    from core.demo import accounts
    from core.errors import Absent

    try:
        typer.echo(accounts.present_code(login))
    except Absent as refusal:
        typer.echo(refusal.words)
        raise typer.Exit(1) from refusal


@contextmanager
def alone_in(house: House) -> Iterator[None]:
    """Nobody else migrates or fills in this folder meanwhile; the lock goes with the process that holds it."""
    house.folder.mkdir(parents=True, exist_ok=True)
    with (house.folder / "filling.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            typer.echo("另一个窗口正在准备同一个文件夹，请等它完成")
            raise typer.Exit(1) from error
        yield


def make_ready(house: House) -> None:
    """Folders, keys, and both databases with the newest layout; what an interrupted filling left is cleared away."""
    from core.migrating import upgrade

    if _mark(house).exists():
        typer.echo("上次的演示数据没有生成完，清除后重新生成")
        house.clear()
    house.prepare()
    for zone in Zone:
        typer.echo(f"迁移{ZONE_WORDS[zone]}数据库")
        upgrade(zone, house.database_url(zone))
        _seal(zone, house)


def is_filled(house: House) -> bool:
    """Whether there are projects, and no filling was interrupted."""
    import sqlalchemy as sa

    database = open_database(house.database_url(Zone.PUBLIC), Zone.PUBLIC)
    try:
        with database.reading() as session:
            found = session.connection().execute(sa.text("SELECT 1 FROM project LIMIT 1")).first()
    finally:
        database.close()
    return found is not None and not _mark(house).exists()


def fill_house(house: House, projects: int) -> None:
    """Make the demonstration data in empty databases; refuses, and ends the program, where there is data already."""
    from core import appliers
    from core.clocks import business_date
    from core.database import utc_now
    from core.demo import fill, refuse_filled

    assert appliers.MODULES
    typer.echo(f"生成演示数据：约 {projects} 个项目，经真实流程和交换办理，约需两分钟")
    post = open_post(house)
    try:
        refuse_filled(post)
        _mark(house).touch()
        fill(post, projects=projects, today=business_date(utc_now()), say=typer.echo)
    except RuntimeError as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    finally:
        post.public.close()
        post.extranet.close()
    _mark(house).unlink()


def _mark(house: House) -> Path:
    return house.folder / "filling.unfinished"


def _seal(zone: Zone, house: House) -> None:
    """What an older release left in clear is sealed before anybody comes."""
    from core.sealing import seal_everything
    from core.vault import open_vault

    database = open_database(house.database_url(zone), zone, vault=open_vault(house.field_keys(zone)))
    try:
        if written := seal_everything(database):
            typer.echo(f"已加密{ZONE_WORDS[zone]} {written} 行个人信息")
    finally:
        database.close()
