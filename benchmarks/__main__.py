"""`python -m benchmarks [codes] [pages] [processes] [shell] …`: measure, print the table; all without names."""

import sys

from benchmarks import backlog, codes, exchange, latency, lights, pages
from benchmarks.ground import ground
from benchmarks.report import print_table

MEASURES = {
    "codes": codes.measure,
    "pages": pages.measure_pages,
    "processes": pages.measure_processes,
    "shell": pages.measure_shell,
    "lights": lights.measure,
    "exchange": exchange.measure,
    "backlog": backlog.measure,
    "latency": latency.measure,
}


def main() -> int:
    """Run the named measures; leaves with 1 when a goal was missed, so that a script can tell."""
    names = sys.argv[1:] or list(MEASURES)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    with ground() as here:
        lines = [line for name in names for line in MEASURES[name](here)]
    print_table(lines)
    return 1 if any(line.is_missed for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
