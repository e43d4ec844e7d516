"""`tzxm exchange`: what operators of the exchange do from the shell, in the zone they sit in (A2.1).

Each command is told its own zone's settings like the zone's worker, or the folder of `tzxm serve`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core.database import Zone
from core.errors import Refusal
from core.serving import House
from core.settings import ZoneSettings, zone_settings

exchange = typer.Typer(help="两区交换：密钥、介质摆渡、核对。", no_args_is_help=True)

ZoneName = Annotated[Zone, typer.Argument(help="public 互联网区，extranet 政务外网区")]
ServeFolder = Annotated[
    Path | None, typer.Option("--folder", help="tzxm serve 所用的文件夹；不写则取该区的设置（TZXM_…）")
]


@exchange.command("rotate-key")
def rotate_key(
    zone: ZoneName,
    take: Annotated[bool, typer.Option("--take", help="启用已准备好的密钥：此后的封签用它")] = False,
    folder: ServeFolder = None,
) -> None:
    """更换本区的签名密钥：先准备，对方认可之后再启用；后台不必停。"""
    from core.exchange.key_files import prepare_key, take_key

    with refusals():
        path = settings_of(zone, folder).signing_key_file
        if path is None:
            typer.echo(f"没有设置 TZXM_{zone.upper()}_SIGNING_KEY_FILE")
            raise typer.Exit(1)
        if take:
            typer.echo(f"已启用 {take_key(path)}，旧密钥的私钥已不复存在，旧封签仍可验证")
            return
        public, name = prepare_key(path)
        typer.echo(f"已准备 {name}")
        typer.echo(f"请把 {public} 交给对方，电话核对指纹，由对方执行 trust-key；之后本区执行 rotate-key --take")


@exchange.command("trust-key")
def trust(
    zone: ZoneName,
    public: Annotated[Path, typer.Argument(help="对方交来的公钥文件")],
    fingerprint: Annotated[str, typer.Option(help="经电话核对的指纹，如 ed25519-…")],
    folder: ServeFolder = None,
) -> None:
    """认可对方的一把新公钥：指纹相符才收入本区认可的文件夹。"""
    from core.exchange.key_files import trust_key

    with refusals():
        places = [place for place in settings_of(zone, folder).peer_key_files if place.is_dir()]
        if not places:
            typer.echo(f"TZXM_{zone.upper()}_PEER_KEY_FILES 中没有文件夹，无处存放")
            raise typer.Exit(1)
        typer.echo(f"已认可：{trust_key(public, places[0], fingerprint)}")


def settings_of(zone: Zone, folder: Path | None) -> ZoneSettings:
    """What the zone's worker is told: from the environment, or as `tzxm serve` tells it."""
    if folder is not None:
        house = House(folder.resolve(), 8000, 8001)
        os.environ.update(house.zone_environment(zone, with_keys=True))
    return zone_settings(zone)


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal is shown in its own words, and the command ends with 1."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(refusal.words)
        raise typer.Exit(1) from refusal
