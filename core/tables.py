"""Every table of both zones, imported in one place so that the metadata is whole (migrations, tests)."""

from core import clocks, organisations, publications, search, serials, trace
from core.accounts import tables as accounts
from core.cases import desk_tables as desk
from core.cases import tables as cases
from core.changes import tables as changes
from core.consultations import tables as consultations
from core.copies import tables as copies
from core.disclosure import tables as disclosure
from core.documents import tables as documents
from core.engagements import tables as engagements
from core.exchange import desk_tables as exchange_desk
from core.exchange import placed as exchange_places
from core.exchange import tables as exchange
from core.guides import tables as guides
from core.projects import legacy_tables as legacy_projects
from core.projects import link_tables as project_links
from core.projects import tables as projects
from core.supervision import tables as supervision

__all__ = [
    "accounts",
    "cases",
    "changes",
    "clocks",
    "consultations",
    "copies",
    "desk",
    "disclosure",
    "documents",
    "engagements",
    "exchange",
    "exchange_desk",
    "exchange_places",
    "guides",
    "legacy_projects",
    "organisations",
    "project_links",
    "projects",
    "publications",
    "search",
    "serials",
    "supervision",
    "trace",
]
