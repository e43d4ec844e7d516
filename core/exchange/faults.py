"""Which failures pass by themselves: locks, lost connections, full disks. They are waited out, never counted (A2.1)."""

import random

import sqlalchemy as sa

_SQLITE_LOGIC_ERROR = 1


class Behind(Exception):
    """The other zone knows more of what this zone told than its database does: that is an older backup."""


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed later with neither code nor rows mended."""
    if isinstance(error, sa.exc.TimeoutError | Behind):
        return True
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    if isinstance(error, sa.exc.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", None) != _SQLITE_LOGIC_ERROR
    return error.connection_invalidated or isinstance(error, sa.exc.InterfaceError)


class Backoff:
    """Growing pauses after failures: 1 s · 2ⁿ with jitter, at most 60 s."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Seconds to pause after one more failure."""
        self._failures += 1
        return min(60.0, 2.0 ** min(self._failures - 1, 6)) * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Start anew after a success."""
        self._failures = 0
