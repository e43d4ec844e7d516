"""The form of a consultation or letter of enquiry: whom to ask and why, what goes along, until when (A14.4b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import clocks
from core.cases import consulting, queries
from core.cases.facts import materials_of
from core.cases.tables import CaseMaterial
from core.consultations.asking import Addressee, Asker, Enclosed, Letter
from core.consultations.queries import materials_of as enclosed_in
from core.consultations.queries import suggestions
from core.consultations.replies import replies_of
from core.consultations.tables import Consultation
from core.domain.addressees import Suggested
from core.domain.consultation_states import KIND_WORDS, USUAL_DAYS
from core.domain.policy import reach
from core.errors import NotAllowed
from core.organisations import organisations
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.typed import Limits, read_texts

_TEXTS: Limits = {"subject": ("主题", 100), "question": ("问题", 3000)}
_CHOSEN = "承办人选择"


@dataclass(frozen=True)
class UnitShown:
    """A unit that can be asked: why it is suggested, whether it is ticked, its own deadline if it has one."""

    code: str
    name: str
    why: str
    ticked: bool
    days: str


@dataclass(frozen=True)
class GroupShown:
    """Further units of one region."""

    region: str
    units: tuple[UnitShown, ...]


@dataclass(frozen=True)
class LetterForm:
    """What the form shows before and after typing."""

    kinds: tuple[tuple[str, str], ...]
    kind: str
    subject: str
    question: str
    days: str
    days_hint: str
    suggested: tuple[UnitShown, ...]
    others: tuple[GroupShown, ...]
    others_ticked: bool
    materials: tuple[tuple[str, str, bool], ...]


def asker_of_project(ask: Ask, project: Project) -> Asker:
    """The officer's unit asks about the project as a whole; refuses a unit without a part in it, and one that is over.

    A2.3, A14.4b.
    """
    own = reach(ask.actor, "consultation.open").org_units
    for one in suggestions(ask.session, project.code, item_code="", own_unit="", on=ask.today):
        if one.org_unit in own:
            return consulting.asker_of_project(project, one.org_unit)
    raise NotAllowed("只有承担本项目应办事项的单位的承办人可以就项目发起会商或函询", article="A14.4b")


def asker_of(found: Consultation) -> Asker:
    """Who asks in a draft that was kept."""
    return Asker(
        found.project_code, found.org_unit, found.case_id, found.application_id, found.item_code, found.item_name
    )


def read_letter(ask: Ask, asker: Asker) -> Letter:
    """The letter as it was posted; units and materials that the form never offered are left out (A3.2).

    Refuses texts that are too long or may be classified.
    """
    texts = read_texts(ask, _TEXTS)
    why = {one.org_unit: one.why for one in _suggested(ask, asker)}
    known = organisations(ask.session).org_units
    addressees = tuple(
        Addressee(code, _days(ask.text(f"days-{code}").strip() or ask.text("days").strip()), why.get(code, _CHOSEN))
        for code in dict.fromkeys(ask.texts("addressees"))
        if code in known
    )
    chosen = set(ask.texts("materials"))
    materials = tuple(
        Enclosed(row.name, row.file_name, row.media_type, row.digest, row.size)
        for row in _materials(ask, asker)
        if str(row.id) in chosen
    )
    kind = ask.text("kind")
    return Letter(
        kind if kind in KIND_WORDS else "consultation", texts["subject"], texts["question"], addressees, materials
    )


def letter_form(ask: Ask, asker: Asker, draft: Consultation | None = None) -> LetterForm:
    """The form: as typed when it comes back, else as the draft was kept, else with the suggestions unticked."""
    kept = {row.org_unit: row.limit_days for row in replies_of(ask.session, draft)} if draft else {}
    typed = ask.typed or {}
    ticked = set(typed.get("addressees", [])) if ask.typed is not None else set(kept)
    suggested = tuple(
        _unit(ask, one.org_unit, one.why, ticked, kept)
        for one in _suggested(ask, asker)
        if one.org_unit != asker.org_unit
    )
    others = _others(ask, asker, {one.code for one in suggested}, ticked, kept)
    return LetterForm(
        kinds=tuple(KIND_WORDS.items()),
        kind=ask.shown("kind", draft.kind if draft else "consultation"),
        subject=ask.shown("subject", draft.subject if draft else ""),
        question=ask.shown("question", draft.question if draft else ""),
        days=ask.shown("days", str(USUAL_DAYS)),
        days_hint=f"{USUAL_DAYS} 个工作日即 {_day_words(_due(ask, USUAL_DAYS))}；各单位可另填",
        suggested=suggested,
        others=others,
        others_ticked=any(unit.ticked for group in others for unit in group.units),
        materials=_materials_shown(ask, asker, draft),
    )


def _suggested(ask: Ask, asker: Asker) -> tuple[Suggested, ...]:
    return suggestions(
        ask.session, asker.project_code, item_code=asker.item_code, own_unit=asker.org_unit, on=ask.today
    )


def _materials(ask: Ask, asker: Asker) -> Sequence[CaseMaterial]:
    if asker.case_id is None:
        return ()
    case = queries.case_for(ask.session, ask.actor, asker.case_id)
    return [row for row in materials_of(ask.session, case) if row.is_current]


def _materials_shown(ask: Ask, asker: Asker, draft: Consultation | None) -> tuple[tuple[str, str, bool], ...]:
    kept = {one.digest for one in enclosed_in(ask.session, draft)} if draft else set()
    typed = ask.typed
    return tuple(
        (
            str(row.id),
            f"{row.name}（{row.file_name}）",
            str(row.id) in typed.get("materials", []) if typed is not None else row.digest in kept,
        )
        for row in _materials(ask, asker)
    )


def _unit(ask: Ask, code: str, why: str, ticked: set[str], kept: dict[str, int]) -> UnitShown:
    days = str(kept.get(code) or "")
    name = organisations(ask.session).unit_name(code)
    return UnitShown(code, name, why, code in ticked, ask.shown(f"days-{code}", days))


def _others(
    ask: Ask, asker: Asker, suggested: set[str], ticked: set[str], kept: dict[str, int]
) -> tuple[GroupShown, ...]:
    """The other units of the project's region and of those above it, the nearest region first."""
    tree = organisations(ask.session)
    project = ask.session.get_one(Project, asker.project_code)
    line = sorted(tree.above.get(project.region_code, frozenset()), key=lambda code: -len(tree.above[code]))
    groups = []
    for region in line:
        units = tuple(
            _unit(ask, unit.code, "", ticked, kept)
            for unit in sorted(tree.org_units.values(), key=lambda one: one.code)
            if unit.region_code == region and unit.code not in suggested and unit.code != asker.org_unit
        )
        if units:
            groups.append(GroupShown(tree.region_name(region), units))
    return tuple(groups)


def _days(text: str) -> int | None:
    return int(text) if len(text) <= 3 and text.isascii() and text.isdigit() else None


def _due(ask: Ask, days: int) -> date:
    return clocks.calendar(ask.session).nth_working_day(ask.today, days)


def _day_words(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
