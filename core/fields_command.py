"""`tzxm fields`: the keys of sealed fields, made, followed by others and retired (A9.1, MLPS 8.1.4.8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from core.database import Database, Zone, open_database
from core.exchange_command import ServeFolder, ZoneName, settings_of

fields = typer.Typer(help="字段加密：证件号码、手机号、动态口令种子所用的密钥。", no_args_is_help=True)


@fields.command("add-key")
def add(zone: ZoneName, folder: ServeFolder = None) -> None:
    """生成一把新密钥，此后写入的字段用它加密；文件不存在时建立。旧密钥留着解密。"""
    from core.vault import add_key

    file = _key_file(zone, folder)
    typer.echo(f"新密钥 {add_key(file)} 已写入 {file}，请立即备份，并与数据分开存放")
    typer.echo(f"门户和后台无需重启。接着执行 tzxm fields seal {zone}")


@fields.command("seal")
def seal(zone: ZoneName, folder: ServeFolder = None) -> None:
    """用最新的密钥加密本区全部应加密的字段，包括升级前的明文；可与门户同时运行，重复执行无妨。"""
    from core.sealing import seal_everything

    with _opened(zone, folder) as database:
        typer.echo(f"已加密 {seal_everything(database)} 行，其余已是最新")


@fields.command("retire-keys")
def retire(zone: ZoneName, folder: ServeFolder = None) -> None:
    """先用最新的密钥加密全部字段，再从文件中删去旧密钥。"""
    from core.sealing import seal_everything
    from core.vault import keep_newest

    with _opened(zone, folder) as database:
        while written := seal_everything(database):  # a process may have sealed by the old key until just now
            typer.echo(f"已加密 {written} 行")
    typer.echo(f"已删去 {keep_newest(_key_file(zone, folder))} 把旧密钥；用旧密钥加密的备份须另存旧密钥才能读出")


def _key_file(zone: Zone, folder: Path | None) -> Path:
    file = settings_of(zone, folder).field_keys_file
    if file is None:
        typer.echo(f"没有设置 TZXM_{zone.upper()}_FIELD_KEYS_FILE")
        raise typer.Exit(1)
    return file


@contextmanager
def _opened(zone: Zone, folder: Path | None) -> Iterator[Database]:
    from core.vault import open_vault

    file = _key_file(zone, folder)
    database = open_database(settings_of(zone, folder).database_url, zone, vault=open_vault(file))
    try:
        yield database
    finally:
        database.close()
