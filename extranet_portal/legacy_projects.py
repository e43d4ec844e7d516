"""存量项目补录: projects begun before the platform, entered one by one, and how far each has come (A12.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from core.domain import legacy_codes
from core.domain.legacy_projects import COLUMNS, VOUCHED, Entry, read_entry
from core.domain.legacy_states import ENTRY, EntryState
from core.domain.policy import Actor, may_ever, reach
from core.domain.remit import Level
from core.errors import Refusal
from core.organisations import organisations
from core.projects import legacy_entering as entering
from core.projects.legacy_list import PAGE, entries_page
from core.projects.legacy_tables import LegacyProject
from core.projects.rules import industries, labels
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import address_of, page_number, page_of
from extranet_portal.shown import errors_given

_TONES = {EntryState.REQUESTED: "blue", EntryState.ISSUED: "green", EntryState.REFUSED: "red"}


@dataclass(frozen=True)
class EntryShown:
    """One entered project in the list."""

    name: str
    unit_name: str
    legacy: str
    place: str
    state: str
    tone: str
    words: str
    code: str
    href: str
    act: str
    who: str
    at: datetime


@action(allow="legacy_project.see")
def see_entries(ask: Ask) -> Response:
    """The entries within reach, the newest first."""
    state = ask.query("state")
    words, page = ask.query("q")[:100], page_number(ask.query("page"))
    state = state if state in set(EntryState) else ""
    rows = entries_page(ask.session, ask.actor, words=words, state=state, page=page)
    here, filters = rows[:PAGE], {"q": words, "state": state}
    return reply.page(
        ask,
        "extranet/legacy_projects/list.html",
        title="存量项目补录",
        words=words,
        state=state,
        states=[(str(one), ENTRY.word(one)) for one in EntryState],
        is_filtered=any(filters.values()),
        rows=[_shown(ask, row) for row in here],
        may_enter=may_ever(ask.actor, "legacy_project.enter"),
        done=bool(ask.query("done")),
        waits=any(row.state == EntryState.REQUESTED for row in here),
        address=address_of("/legacy-projects", filters, page=page),
        pager_page=page_of(
            "/legacy-projects", filters, page, size=PAGE, shown=len(here), more=len(rows) > PAGE, counted="个"
        )
        if here
        else None,
    )


def form_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form for one project."""
    return _form(ask, "补录一个存量项目", {}, ask.url("legacy_project.enter"), refusal)


@action(allow="legacy_project.enter")
def see_form(ask: Ask) -> Response:
    """Show the empty form."""
    return form_page(ask)


@action(allow="legacy_project.enter", again=form_page, creates=True)
def enter(ask: Ask) -> Response:
    """Enter one project; its code is asked for."""
    entering.enter(ask.session, _typed(ask), by=ask.actor, at=ask.now)
    return reply.to(ask.url("legacy_project.see") + "?done=1")


def entry_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One entry that got no code, to be mended; any other in the list."""
    row = entering.entry_for(ask.session, ask.actor, ask.path("entry_id"))
    if row.state != EntryState.REFUSED and refusal is None:
        return reply.to(ask.url("legacy_project.see") + f"?q={quote(row.value)}")
    facts = {name: str(row.facts.get(name, "")) for name in COLUMNS} | {"legacy": row.value, "kind": row.kind}
    return _form(ask, "改正后重新提交", facts, ask.url("legacy_project.request", entry_id=row.id), refusal, row)


@action(allow="legacy_project.enter")
def see_entry(ask: Ask) -> Response:
    """Show an entry that is to be mended."""
    return entry_page(ask)


@action(allow="legacy_project.enter", again=entry_page, creates=True)
def request_again(ask: Ask) -> Response:
    """Ask again for the code of an entry that got none."""
    row = entering.entry_for(ask.session, ask.actor, ask.path("entry_id"))
    entry = _typed(ask)
    entering.refuse_unfit(ask.session, entry, by=ask.actor)
    entering.request_again(ask.session, row, entry, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("legacy_project.see") + "?done=1")


def has_list(actor: Actor) -> bool:
    """Whether this officer has use for the list."""
    return may_ever(actor, "legacy_project.see")


def _typed(ask: Ask) -> Entry:
    typed = {name: ask.text(name)[:500] for name in (*COLUMNS, VOUCHED)}
    return read_entry(typed, ask.text("kind")[:20], entering.ground_on(ask.session, ask.now))


def _form(
    ask: Ask, heading: str, given: Mapping[str, str], address: str, refusal: Refusal | None,
    row: LegacyProject | None = None,
) -> Response:  # fmt: skip
    tree, fields = organisations(ask.session), labels()
    tops = reach(ask.actor, "legacy_project.enter").regions_below
    near = [code for code in tree.regions if entering.is_in_reach(code, tops, tree.above)]
    return reply.page(
        ask,
        "extranet/legacy_projects/form.html",
        title=heading,
        heading=heading,
        address=address,
        names=COLUMNS,
        given=given,
        refused=row.reason if row else "",
        version=row.version if row else 0,
        kinds=list(legacy_codes.KINDS.items()),
        types=[(one.code, one.name) for one in fields["project_type"].choices],
        levels=[(one.code, one.name) for one in fields["project_level"].choices],
        regions=[(code, tree.path(code)) for code in near if tree.regions[code].level is not Level.ZONE],
        industries=[(one.code, f"{one.code} {one.name}") for one in industries().values()],
        vouched=VOUCHED,
        **errors_given(refusal),
    )


def _shown(ask: Ask, row: LegacyProject) -> EntryShown:
    is_refused = row.state == EntryState.REFUSED and may_ever(ask.actor, "legacy_project.enter")
    return EntryShown(
        name=row.name,
        unit_name=row.unit_name,
        legacy=row.value,
        place=organisations(ask.session).path(row.region_code),
        state=ENTRY.word(row.state),
        tone=_TONES[EntryState(row.state)],
        words=row.reason,
        code=row.project_code or "",
        href=ask.url("project.see", code=row.project_code) if row.project_code else "",
        act=ask.url("legacy_project.see_one", entry_id=row.id) if is_refused else "",
        who=f"{row.org_name}　{row.officer_name}",
        at=row.requested_at,
    )


routes = [
    Route("/legacy-projects", see_entries, methods=["GET"], name="legacy_project.see"),
    Route("/legacy-projects/new", see_form, methods=["GET"], name="legacy_project.enter_form"),
    Route("/legacy-projects/new", enter, methods=["POST"], name="legacy_project.enter"),
    Route("/legacy-projects/{entry_id}", see_entry, methods=["GET"], name="legacy_project.see_one"),
    Route("/legacy-projects/{entry_id}/request", see_entry, methods=["GET"], name="legacy_project.request_form"),
    Route("/legacy-projects/{entry_id}/request", request_again, methods=["POST"], name="legacy_project.request"),
]
