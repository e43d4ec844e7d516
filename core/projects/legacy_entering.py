"""Officers enter projects begun before the platform; the internet zone issues their codes (A12.1). Extranet zone.

What was entered counts, not what comes back with the code: whoever took the other portal over can't alter a project.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.accounts.tables import KnownEnterprise
from core.clocks import business_date
from core.domain.legacy_codes import LegacyCode
from core.domain.legacy_projects import Entry, Ground
from core.domain.legacy_states import ENTRY, EntryState
from core.domain.policy import PLATFORM, Actor, Role, reach
from core.errors import Absent, Conflict, FormRefusal, NotAllowed
from core.exchange.message import Envelope, applies, mends
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.legacy import map_if_free, mapped_to
from core.projects.legacy_messages import CodeIssued, CodeRequested
from core.projects.legacy_tables import LegacyProject
from core.projects.rules import field_specs, industries
from core.projects.tables import Project
from core.projects.verifying import take_in, verify, what_contradicts
from core.trace import record, step


def ground_on(session: Session, at: datetime) -> Ground:
    """What an entry is judged against."""
    return Ground(field_specs(), business_date(at), organisations(session).regions, industries())


def enter(session: Session, entry: Entry, *, by: Actor, at: datetime) -> LegacyProject:
    """Enter one project and ask the internet zone for its code (A12.1).

    Refuses a legacy code that is mapped or entered already or is a code of ours, a place beyond the officer's reach,
    and a credit code that another name is registered under.
    """
    refuse_unfit(session, entry, by=by)
    return put_in(session, entry, by=by, at=at)


def put_in(session: Session, entry: Entry, *, by: Actor, at: datetime) -> LegacyProject:
    """Keep an entry that was found fit, and ask for its code; one that got none is asked for again (A12.1).

    Refuses a legacy code that was entered already.
    """
    known = session.exec(select(LegacyProject).where(col(LegacyProject.key) == entry.legacy.key)).first()
    if known is not None and known.state == EntryState.REFUSED:
        return request_again(session, known, entry, by=by, at=at)
    if known is not None:
        raise FormRefusal({"legacy": entered_words(known.state, known.project_code)}, article="A12.1")
    row = LegacyProject(
        key=entry.legacy.key, requested_at=at, officer_id=by.id, officer_name=by.name, org_name=by.org_name,
        **_values(entry),
    )  # fmt: skip
    _keep(session, row)
    record(
        session, "legacy_project.enter", "legacy_project", row.id, f"补录存量项目：{row.name}"[:400], by=by, at=at,
        change={"legacy_codes": [[], [row.value]]},
    )  # fmt: skip
    _ask_for_code(session, row, by=by, at=at)
    return row


def request_again(
    session: Session, row: LegacyProject, entry: Entry, *, by: Actor, at: datetime, seen: int | None = None
) -> LegacyProject:
    """Ask again for the code of an entry that got none, with what was mended (A12.1).

    Refuses a legacy code that another entry bears.
    """
    twin = select(LegacyProject).where(col(LegacyProject.key) == entry.legacy.key, col(LegacyProject.id) != row.id)
    if (other := session.exec(twin).first()) is not None:
        raise FormRefusal({"legacy": entered_words(other.state, other.project_code)}, article="A12.1")
    step(session, ENTRY, row, "request_again", by=by, held=by.roles, at=at, seen=seen)
    for name, value in _values(entry).items():
        setattr(row, name, value)
    row.key, row.reason, row.requested_at = entry.legacy.key, "", at
    _keep(session, row)
    _ask_for_code(session, row, by=by, at=at)
    return row


def refuse_unfit(session: Session, entry: Entry, *, by: Actor) -> None:
    """Refuse what contradicts what the platform knows already, naming each field (A12.1)."""
    tops = reach(by, "legacy_project.enter").regions_below
    tree, facts = organisations(session), entry.facts
    code = str(facts["unit_uscc"])
    holder = session.get(KnownEnterprise, code)
    mapped = mapped_to(session, [entry.legacy.key]).get(entry.legacy.key)
    errors = {
        "legacy": mapped_words(mapped) if mapped else ours_words(session.get(Project, entry.legacy.value) is not None),
        "region_code": "" if is_in_reach(str(facts["region_code"]), tops, tree.above) else BEYOND_REACH,
        "unit_name": name_words(holder.name if holder else "", str(facts["unit_name"])),
    }
    if wrong := {field: words for field, words in errors.items() if words}:
        raise FormRefusal(wrong, article="A12.1")


BEYOND_REACH = "建设地点不在你的管辖范围"


def is_in_reach(region: str, tops: frozenset[str], above: Mapping[str, frozenset[str]]) -> bool:
    """Whether a place lies in one of these regions."""
    return bool(tops & above.get(region, frozenset()))


def mapped_words(project_code: str) -> str:
    """What an entry under a mapped code is told."""
    return f"原编码已对应到项目 {project_code}"


def ours_words(is_ours: bool) -> str:
    """What an entry under a code of the platform itself is told; empty when it is none."""
    return "这是本平台的项目代码，不是原编码" if is_ours else ""


def name_words(registered: str, entered: str) -> str:
    """What an entry is told whose credit code is registered under another name; empty when all is well."""
    return f"这个统一社会信用代码已由{registered}注册，请核对" if registered and registered != entered else ""


def entered_words(state: str, project_code: str | None) -> str:
    """What a second entry of one project is told."""
    if state == EntryState.ISSUED:
        return f"这个原编码的项目已补录，代码 {project_code}"
    return "这个原编码的项目已补录，等待赋码"


def entry_for(session: Session, actor: Actor, entry_id: str) -> LegacyProject:
    """One entry within the actor's reach; any other looks like none (T5)."""
    row = session.get(LegacyProject, entry_id[:36])
    above = organisations(session).above
    if row is None or not is_in_reach(row.region_code, reach(actor, "legacy_project.see").regions_below, above):
        raise Absent("没有找到这个补录的项目")
    return row


def origin_of(session: Session, project_code: str) -> LegacyProject | None:
    """The entry that a project came from; None for one that its unit declared."""
    return session.exec(select(LegacyProject).where(col(LegacyProject.project_code) == project_code)).first()


@applies(CodeIssued)
def receive_code(session: Session, told: CodeIssued, envelope: Envelope) -> None:
    """The code is here: the project exists, verified as any other, found by both codes (A12.1, A13.2).

    Nothing is due yet: the unit completes the declaration, or the coordinator names items. Refuses a code that nobody
    asked for, one for other facts, and one that another project bears (T11).
    """
    del envelope
    row = session.get(LegacyProject, told.request_id)
    if row is None or (row.facts, row.credit_code) != (told.facts, told.credit_code):
        raise NotAllowed("没有与这个代码对应的补录", article="A12.1")
    if row.project_code == told.project_code:
        return
    at = told.issued_at
    fault = what_contradicts(told.project_code, row.facts, declared_on=business_date(at))
    if fault or session.get(Project, told.project_code) is not None:
        raise NotAllowed(fault or "这个项目代码已属于另一个项目", article="A11.1")
    row.project_code = told.project_code
    step(session, ENTRY, row, "issue", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at)
    project = take_in(session, told.project_code, row.credit_code, row.unit_name, row.facts, at=at)
    verify(session, project, at=at)
    legacy = LegacyCode(row.key, row.value, row.kind)
    map_if_free(session, project.code, [legacy], by=_officer(row), at=at, source="entered")


@mends(CodeRequested)
def show_refused(session: Session, told: CodeRequested, envelope: Envelope, reason: str) -> None:
    """The internet zone gave no code, and why; the entry may be mended and sent again."""
    row = session.get_one(LegacyProject, told.request_id)
    if row.state == EntryState.REQUESTED:
        at = session.info.get("now", envelope.happened_at)
        step(session, ENTRY, row, "refuse", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at, reason=reason)
        row.reason = reason[:1000]


def _keep(session: Session, row: LegacyProject) -> None:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise Conflict("其他人刚刚补录了这个原编码的项目，请看最新情况后再办") from None


def _values(entry: Entry) -> dict[str, Any]:
    facts = entry.facts
    return {
        "value": entry.legacy.value,
        "kind": entry.legacy.kind,
        "name": str(facts["project_name"]),
        "unit_name": str(facts["unit_name"]),
        "credit_code": str(facts["unit_uscc"]),
        "region_code": str(facts["region_code"]),
        "facts": facts,
    }


def _ask_for_code(session: Session, row: LegacyProject, *, by: Actor, at: datetime) -> None:
    row.officer_id, row.officer_name, row.org_name = by.id, by.name, by.org_name
    request = CodeRequested(
        request_id=row.id, credit_code=row.credit_code, unit_name=row.unit_name, facts=row.facts, requested_at=at
    )
    row.message_id = send(session, request, at=at)
    session.add(row)


def _officer(row: LegacyProject) -> Actor:
    return Actor(Role.OFFICER, id=row.officer_id, name=row.officer_name, org_name=row.org_name)
