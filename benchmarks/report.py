"""A measured line, and the table that `python -m benchmarks` prints and README.md shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from sys import stderr


@dataclass(frozen=True)
class Line:
    """One comparison: ours beside a yardstick of the same run, in the same unit; `goal` is the least ratio."""

    what: str
    ours: float
    yardstick: float
    ratio: float
    unit: str
    goal: float | None = None
    remark: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal and the ratio stays below it."""
        return self.goal is not None and self.ratio < self.goal


def compare(
    what: str, rounds: Sequence[tuple[float, float]], *, unit: str, goal: float | None = None, remark: str = ""
) -> Line:
    """A line from alternated rounds of (ours, yardstick): medians, and the median of the ratios within a round."""
    ours = median(mine for mine, _ in rounds)
    yardstick = median(other for _, other in rounds)
    return Line(what, ours, yardstick, median(mine / other for mine, other in rounds), unit, goal, remark)


def print_table(lines: Sequence[Line]) -> None:
    """Print lines as a table of Markdown."""
    print("| what | ours | yardstick | unit | ratio | goal | remark |")
    print("| --- | ---: | ---: | --- | ---: | ---: | --- |")
    for line in lines:
        goal = "" if line.goal is None else f"≥ {line.goal:.2f}{' MISSED' if line.is_missed else ''}"
        print(
            f"| {line.what} | {line.ours:,.0f} | {line.yardstick:,.0f} | {line.unit} "
            f"| **{line.ratio:.2f}** | {goal} | {line.remark} |",
            flush=True,
        )


def progress(words: str) -> None:
    """Say what was just measured, beside the table."""
    print(words, file=stderr, flush=True)
