"""Which tables of a zone hold nothing but what the other zone told, and by which kinds of message (A2.1).

These can be rebuilt from the other zone's messages into an empty database. Projects, applications and cases can't: in
both zones they bear what that zone entered itself, which no message it was told contains.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core import appliers
from core.database import Database, ExtranetTable, PublicTable, Zone
from core.exchange.rebuilding import table_digest

assert appliers.MODULES

MIRRORS: Mapping[Zone, Mapping[str, tuple[str, ...]]] = {
    Zone.PUBLIC: {
        "organisations.published.v1": ("region", "org_unit"),
        "calendar.published.v1": ("calendar_day", "calendar_year"),
        "calendar.local_days_published.v1": ("calendar_day",),
        "guide.published.v1": ("guide_version",),
        "disclosure.published.v1": ("published_result",),
        "disclosure.amended.v1": ("published_result",),
        "project.legacy_codes.v1": ("legacy_code",),
        "due_list.frozen.v1": ("due_list_version",),
        "agency.registered.v1": ("agency",),
    },
    Zone.EXTRANET: {"enterprise.registered.v1": ("enterprise",)},
}
"""Zone → kind it is told → the tables that nothing but these kinds writes."""


@dataclass(frozen=True)
class MirrorCompared:
    """One mirrored table, before and rebuilt."""

    table: str
    old: tuple[int, str]
    new: tuple[int, str]

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same rows."""
        return self.old == self.new


def kinds_of(zone: Zone) -> tuple[str, ...]:
    """The kinds from which a zone's mirrors can be rebuilt."""
    return tuple(MIRRORS[zone])


def compare_mirrors(old: Database, new: Database) -> list[MirrorCompared]:
    """The mirrored tables of one zone in two databases, by count and digest."""
    metadata = (PublicTable if old.zone is Zone.PUBLIC else ExtranetTable).metadata
    names = dict.fromkeys(name for tables in MIRRORS[old.zone].values() for name in tables)
    tables = [metadata.tables[name] for name in names]
    return [MirrorCompared(table.name, table_digest(old, table), table_digest(new, table)) for table in tables]
