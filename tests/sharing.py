"""Which worker runs which tests: what stands on one expensive stage stays together, everything else goes where it can.

A stage is five running processes with a browser, or a world that takes seconds to play. Two workers that each built
their own would do the work twice. (xdist's own `loadgroup` marks the tests by a field that pytest no longer reads.)
"""

from xdist.scheduler import LoadScopeScheduling

STAGES = (
    "tests/architecture/test_route_matrix.py",
    "tests/architecture/test_hostile_text.py",
    "tests/core/test_demo.py",
    "tests/core/projects/test_declaring.py",
    "tests/core/changes/test_every_project_row.py",
)
"""Modules all of whose tests stand on one stage."""


def stage_of(test: str) -> str:
    """The stage a test stands on, by its pytest id; a test without one stands alone."""
    path = test.partition("::")[0]
    if path.startswith("tests/journeys/"):
        return "journeys on PostgreSQL" if "postgresql" in test.lower() else "journeys on SQLite"
    return path if path in STAGES else test


class ByStage(LoadScopeScheduling):  # type: ignore[misc]
    """Gives out stage by stage, the largest first, and then test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return stage_of(nodeid)
