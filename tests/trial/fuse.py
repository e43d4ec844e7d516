"""Where a process is, as seen from outside, and how it is killed at an exact point: between two durable steps.

A point is the moment before or after a commit, and before a file gets its final name. A process learns nothing else of
the trial: it runs the real code, with SIGKILL as its only ending.
"""

import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from types import FrameType
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

_NAMES = 120
_START = "its start"
_SKIPPED = ("core.database", "core.group_commit", "core.trace", "tests.trial.fuse")


@dataclass(frozen=True)
class Fuse:
    """Memory shared by the driver and one process: points it may still pass, and the last one that it passed."""

    left: Any
    place: Any

    def pass_point(self, when: str) -> None:
        """Note the place; here it ends when the fuse was set to this point."""
        self.place.value = f"{when} {_actor()}".encode()[:_NAMES]
        if self.left.value > 0:
            self.left.value -= 1
            if self.left.value == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def set_to(self, points: int) -> None:
        """Kill the process at one of its next points."""
        self.left.value = points

    def renew(self) -> None:
        """For the process that follows."""
        self.left.value = 0
        self.place.value = _START.encode()

    @property
    def is_at_work(self) -> bool:
        """Whether the process has come past its start."""
        return self.last_place != _START

    @property
    def last_place(self) -> str:
        return str(self.place.value.decode())


def make_fuse(context: ForkServerContext) -> Fuse:
    """Memory without locks: who holds one may be killed."""
    fuse = Fuse(context.RawValue("i", 0), context.RawArray("c", _NAMES + 1))
    fuse.renew()
    return fuse


def lay(fuse: Fuse) -> None:
    """Let every durable step of this process pass the fuse."""
    commit = DefaultDialect.do_commit

    def fused(dialect: DefaultDialect, connection: Any) -> None:
        fuse.pass_point("before the commit of")
        commit(dialect, connection)
        fuse.pass_point("after the commit of")

    DefaultDialect.do_commit = fused  # type: ignore[method-assign]

    def heard(event: str, told: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.link"):
            fuse.pass_point("before the file of")

    sys.addaudithook(heard)


def _actor() -> str:
    """The innermost function of the platform that is at work, `sealing.seal`."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(("core.", "tests.trial.")) and module not in _SKIPPED:
            return f"{module.rpartition('.')[2]}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "start"
