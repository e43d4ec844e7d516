"""Several people at the same moment, each in a thread of their own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from core.errors import Refusal


def together(run: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """What each came to, in the order of the values: what `run` returned, or how it was refused. A bug is raised."""
    gate = threading.Barrier(len(values))

    def one(value: Any) -> Any:
        gate.wait(timeout=30)
        try:
            return run(value)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(values)) as pool:
        return list(pool.map(one, values))
