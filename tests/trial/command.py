"""The command of the trial: run one, print what was killed where, leave with 1 and the seed at the first breach."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core.database import Zone
from tests.databases import ENGINES, SETTINGS, Templates, roomy_place, running_cluster
from tests.trial.checks import Broken
from tests.trial.driver import Trial, summary
from tests.trial.ground import Ground, prepare

CONFIRMING = {**SETTINGS, "synchronous_commit": "on"}
"""A connection that is cut must not lose what was confirmed; the machine itself stays up, so fsync may be off."""


@contextmanager
def ground_on(engine: str, seed: int) -> Iterator[Ground]:
    """Throwaway databases, files and keys in memory."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trial-", dir=roomy_place())))
        made = stack.enter_context(running_cluster(CONFIRMING)) if engine == "postgresql" else None

        def cluster():  # type: ignore[no-untyped-def]
            assert made is not None
            return made

        templates = Templates(folder, cluster)
        urls = {zone: stack.enter_context(templates.copy(engine, zone)) for zone in Zone}
        yield prepare(urls[Zone.PUBLIC], urls[Zone.EXTRANET], folder / "ground", seed)


def main(
    trials: Annotated[int, typer.Option(min=1, help="How many processes are killed")] = 300,
    seed: Annotated[int | None, typer.Option(help="The same choices again; drawn when not given")] = None,
    engine: Annotated[str, typer.Option(help=f"{' or '.join(ENGINES)}")] = "sqlite",
) -> None:
    """Kill the processes of the exchange at random moments, and prove that nothing is lost, doubled or out of order."""
    if engine not in ENGINES:
        raise typer.BadParameter(f"{engine} is none of {', '.join(ENGINES)}")
    drawn = seed if seed is not None else secrets.randbelow(10**6)
    typer.echo(f"seed {drawn}, {trials} kills, {engine}")
    with ground_on(engine, drawn) as ground:
        try:
            score = Trial(ground, typer.echo).run(trials)
        except Broken as broken:
            kept = shutil.copytree(ground.folder.parent, Path(tempfile.gettempdir(), f"trial-{engine}-{drawn}"),
                                   dirs_exist_ok=True)  # fmt: skip
            typer.echo(f"BROKEN with seed {drawn}: {broken}\ndatabases of SQLite, files and logs: {kept}")
            raise typer.Exit(1) from broken
    for line in summary(score, engine):
        typer.echo(line)
