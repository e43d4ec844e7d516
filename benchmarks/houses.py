"""The platform's own processes on databases of a benchmark: those that `tzxm serve` starts, or some of them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core.serving import ROOT, House, clean_environment

EXCHANGE = ("互联网区后台", "政务外网区后台", "交换")
"""Both workers and the relay, as `House.processes` names them."""


@contextmanager
def running(house: House, *names: str) -> Iterator[None]:
    """The named processes of a house, or all of them; ended afterwards. One that left by itself is an error."""
    told = house.processes()
    started = {name: _start(*told[name]) for name in names or told}
    try:
        yield
        left = [name for name, process in started.items() if process.poll() is not None]
        if left:
            raise RuntimeError(f"left by themselves: {', '.join(left)}")
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            process.wait(20)


def _start(words: list[str], told: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "core.command", *words], env=clean_environment() | told, cwd=ROOT, stdout=sys.stderr
    )
