"""What signing in leaves behind is forgotten in time: ended sessions, answered and parked forms, failures (T20).

Both zones. Parked forms hold what people typed, so none is kept longer than anybody may come back for it
(ASVS 14.2.7); decision 0021 says why a fortnight.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts.sessions import REMEMBERED
from core.accounts.tables import FAILURES, NONCES, PARKED, SESSIONS
from core.database import Database, Zone, table_of, utc_now

FORGETTING_SECONDS = 6 * 3600.0
AT_ONCE = 2000
"""Rows of one transaction: nobody's writing waits long for it."""


def forget_the_old(database: Database, now: datetime | None = None) -> int:
    """A worker's step: delete what nobody can come back for any more, portion by portion; returns how many rows.

    A session is known for a fortnight after its end. A form's answer and a parked form stay for a fortnight after they
    were posted, longer than any session lives that could post the same form again. Failures count for a day at most.
    """
    before = (now or utc_now()) - REMEMBERED
    return sum(_forgotten(database, table, by, before) for table, by in _aging(database.zone))


def _aging(zone: Zone) -> Iterator[tuple[sa.Table, sa.ColumnElement[Any]]]:
    """Each table with the instant by which its rows age."""
    for rows, instant in ((SESSIONS, "ends_at"), (NONCES, "at"), (PARKED, "at"), (FAILURES, "last_at")):
        table = table_of(rows[zone])
        yield table, table.c[instant]


def _forgotten(database: Database, table: sa.Table, by: sa.ColumnElement[Any], before: datetime) -> int:
    (key,) = table.primary_key.columns
    portion = sa.select(key).where(by < before).limit(AT_ONCE)
    deleting = sa.delete(table).where(key.in_(portion), by < before)
    total, deleted = 0, AT_ONCE
    while deleted == AT_ONCE:
        with database.writing() as session:
            deleted = session.connection().execute(deleting).rowcount
        total += deleted
    return total
