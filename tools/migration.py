"""Draft a migration: `make migration ZONE=public ID=0002 NAME="project remarks"`.

A throwaway SQLite database is brought to the newest layout and compared with the tables in the code; the draft holds
the difference. Read it, mend it, and add what Alembic can't see: CHECK constraints and triggers.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parents[1]


def main(zone: str, number: str, name: str) -> None:
    """Write migrations/<zone>/versions/<number>_<name>.py."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(ROOT / "alembic.ini", ini_section=zone, attributes={"url": f"sqlite:///{folder}/{zone}.db"})
        command.upgrade(config, "head")
        command.revision(config, message=name, rev_id=number, autogenerate=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
