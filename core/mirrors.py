"""Which tables of a zone hold what the other zone told, and by which kinds of message (A2.1).

They can be rebuilt from the other zone's messages into a fresh database. Tables of the first sort hold nothing else. In
those of the second the zone enters a row and the other zone tells how it goes on with it: there the rows are laid out
as the zone entered them, without personal facts, and the told columns are rebuilt. What the extranet does with a
project or case stands in no message it was told, so that zone has none of the second sort.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import SQLModel

from core import appliers
from core.cases.tables import Application
from core.database import Database, ExtranetTable, PublicTable, Zone, table_of
from core.exchange.rebuilding import stand_alone, table_digest
from core.projects.tables import DeclaredProject

assert appliers.MODULES

PORTION = 500
_PROGRESS = ("application", "project")

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
        "due_items.told.v1": ("due_item",),
        "due_items.changed.v1": ("due_item", "project"),
        "notice.issued.v1": ("notice",),
        "notice.voided.v1": ("notice", "project"),
        "agency.registered.v1": ("agency",),
        "service.commissioned.v1": ("engagement",),
        "service.ended.v1": ("engagement",),
        "service.disclosed.v1": ("engagement",),
        "project.verified.v1": ("project",),
        "project.concluded.v1": ("project",),
        "case.opened.v1": ("application",),
        "case.preliminary_passed.v1": ("application",),
        "case.refused.v1": ("application",),
        "supplement.requested.v1": ("application",),
        "supplement.received.v1": ("application",),
        "case.accepted.v1": ("application",),
        "case.declined.v1": ("application",),
        "case.paused.v1": ("application",),
        "case.resumed.v1": ("application",),
        "case.extended.v1": ("application",),
        "case.recounted.v1": ("application",),
        "case.transferred.v1": ("application", "due_item"),
        "case.proposed.v1": ("application",),
        "case.sent_back.v1": ("application",),
        "case.concluded.v1": ("application",),
        "case.withdrawn.v1": ("application",),
        "case.voided.v1": ("application",),
        "case.carried_over.v1": ("application", "engagement"),
        "decision.amended.v1": _PROGRESS,
    },
    Zone.EXTRANET: {"enterprise.registered.v1": ("enterprise",)},
}
"""Zone → kind it is told → the tables that these kinds write, alone or in the told columns of `SHARED`."""


@dataclass(frozen=True)
class Shared:
    """A table whose rows the zone enters and whose other columns are told: which are which."""

    model: type[SQLModel]
    entered: tuple[str, ...]
    told: tuple[str, ...]

    @property
    def table(self) -> sa.Table:
        """The table itself."""
        return table_of(self.model)


SHARED: Mapping[Zone, tuple[Shared, ...]] = {
    Zone.PUBLIC: (
        Shared(
            DeclaredProject,
            ("code", "credit_code", "unit_name", "name", "project_type", "region_code", "industry", "declared_at"),
            ("code", "verified_at", "completed_at"),
        ),
        Shared(
            Application,
            ("id", "project_code", "item_code", "item_name", "org_unit", "org_unit_name", "applied_at"),
            (
                *("id", "case_number", "clock", "answer_by"),
                *("received_on", "preliminary_on", "accepted_on", "proposed_on", "concluded_on"),
                *("outcome", "conditions", "document_number", "document_title", "document_on", "document_digest"),
                *("document_size", "amendment", "amends_number"),
            ),
        ),
    ),
    Zone.EXTRANET: (),
}


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


def mirrored(zone: Zone) -> tuple[str, ...]:
    """The names of a zone's mirrored tables, shared ones included."""
    return tuple(dict.fromkeys(name for tables in MIRRORS[zone].values() for name in tables))


def lay_out_shared(old: Database, new: Database) -> None:
    """Copy the rows that the zone entered itself, as they were entered, for the other zone's messages to go on with."""
    stand_alone(new)
    for shared in SHARED[old.zone]:
        fields = shared.model.model_fields
        rest = {
            column.name: fields[column.name].get_default(call_default_factory=True)
            for column in shared.table.columns
            if column.name not in shared.entered and column.name != "facts"
        }
        if "facts" in shared.table.columns:
            rest["facts"] = {}  # personal, and nothing that is told depends on them
        wanted = sa.select(*(shared.table.c[name] for name in shared.entered))
        with old.streaming() as there, new.writing() as here:
            for rows in there.connection().execute(wanted).partitions(PORTION):
                here.connection().execute(sa.insert(shared.table), [{**rest, **row._asdict()} for row in rows])


def compare_mirrors(old: Database, new: Database) -> list[MirrorCompared]:
    """The mirrored tables of one zone in two databases, by count and digest; of shared ones the told columns."""
    metadata = (PublicTable if old.zone is Zone.PUBLIC else ExtranetTable).metadata
    told = {shared.table.name: shared.told for shared in SHARED[old.zone]}
    compared = []
    for name in mirrored(old.zone):
        table = metadata.tables[name]
        columns = [table.c[each] for each in told.get(name, table.c.keys())]
        compared.append(MirrorCompared(name, table_digest(old, *columns), table_digest(new, *columns)))
    return compared
