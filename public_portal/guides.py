"""办事指南: every item with its nine elements, found by department, project type and words (A8.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from core.domain.clock import Unit, limit_words
from core.domain.project_code import PROJECT_TYPES
from core.errors import Absent
from core.guides.guide import Catalogue, Guide, GuideRelation, MaterialNeed, without_remark
from core.guides.publishing import catalogue
from core.organisations import organisations
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.clock_told import pause_words
from public_portal.shown import department_name, in_department_order, names_in

_RELATIONS = {
    "must_precede": "须先办结",
    "one_of": "须先办结下列之一",
    "before_construction_start": "开工前须办结",
    "normally_precedes": "一般先办",
    "together_with": "可一并办理",
}


@dataclass(frozen=True)
class Told:
    """A text of a guide for its reader; `unchecked` marks what the department has yet to confirm."""

    words: str
    unchecked: bool = False


@dataclass(frozen=True)
class GuideRow:
    """One item in the list."""

    code: str
    name: str
    kind: str
    stage: str
    types: str
    limit: str
    materials: int


@dataclass(frozen=True)
class GuideGroup:
    """The items of one department."""

    department: str
    rows: tuple[GuideRow, ...]


@dataclass(frozen=True)
class MaterialShown:
    """One row of the table of materials."""

    name: str
    tag: str
    tone: str
    asks: str
    source: str
    unchecked: bool


@dataclass(frozen=True)
class RelationShown:
    """How another item stands to this one."""

    words: str
    name: str
    href: str
    basis: str


@action(allow="guide.see")
def see_guides(ask: Ask) -> Response:
    """The list of items, filtered by what stands in the address."""
    chosen = {"q": ask.query("q")[:60], "department": ask.query("department"), "type": ask.query("type")}
    guides = list(catalogue(ask.session, on=ask.today).guides.values())
    found = [guide for guide in guides if _matches(guide, chosen)]
    departments = in_department_order(guide.department for guide in guides)
    return reply.page(
        ask,
        "public/guides/list.html",
        title="办事指南",
        chosen=chosen,
        departments=[(code, department_name(code)) for code in departments],
        types=list(PROJECT_TYPES.items()),
        groups=[
            GuideGroup(department_name(code), tuple(_row(guide) for guide in found if guide.department == code))
            for code in departments
            if any(guide.department == code for guide in found)
        ],
        total=len(found),
    )


@action(allow="guide.see")
def see_guide(ask: Ask) -> Response:
    """One item: nine elements, materials, and what comes before and after."""
    guides = catalogue(ask.session, on=ask.today)
    guide = guides.guides.get(ask.path("item_code"))
    if guide is None:
        raise Absent("没有找到这个事项的办事指南，请从办事指南查找")
    return reply.page(
        ask,
        "public/guides/guide.html",
        title=f"{guide.name} 办事指南",
        guide=guide,
        department=department_name(guide.department),
        kind=names_in("item_kind").get(guide.kind, guide.kind),
        stage=names_in("stage").get(guide.stage, guide.stage),
        levels="、".join(names_in("handling_level")[level] for level in guide.levels),
        types="、".join(PROJECT_TYPES[one] for one in guide.project_types),
        basis=[told(part) for part in re.split(r"[；;]", guide.legal_basis) if told(part).words],
        basis_unchecked=told(guide.legal_basis).unchecked,
        steps=[step.strip() for step in guide.process.split("→")],
        statutory=limit_words(guide.statutory_days, guide.statutory_unit),
        promised=limit_words(guide.promised_days, Unit.WORKING_DAY),
        limit=_limit_told(guide),
        fee=fee_told(guide.fee),
        validity=told(guide.outcome_validity),
        unchecked="to be checked" in guide.certainty or "uncertain" in guide.certainty,
        materials=[material_shown(need, guides) for need in guide.materials],
        before=[_before(one, guides) for one in guide.relations],
        after=_after(guide, guides),
        units=_units(ask, guide),
    )


def told(text: str) -> Told:
    """A text without its editorial remark, and whether it bore one."""
    return Told(without_remark(text), "from memory" in text)


def fee_told(fee: str) -> Told:
    """What an item costs, in words."""
    found = told(fee)
    if found.words == "none at this step":
        return Told("本环节不收费")
    if found.words in ("", "none") or found.words.startswith("none "):
        return Told(f"不收费{found.words.removeprefix('none').strip().replace('(', '（').replace(')', '）')}")
    return found


def material_shown(need: MaterialNeed, guides: Catalogue) -> MaterialShown:
    """A material as the table shows it: whether it is asked for, in which form, and who brings it."""
    if need.is_shared:
        tag, tone = "免提交", "green"
    else:
        tag, tone = {"yes": ("必需", "red"), "conditional": ("视情形", "yellow")}.get(need.required, ("选交", "still"))
    asks = [
        names_in("material_form").get(need.form, need.form),
        need.condition,
        "提交一次，各事项复用" if need.reusable else "",
    ]
    return MaterialShown(
        need.name,
        tag,
        tone,
        "；".join(part for part in asks if part),
        source_words(need, guides),
        "from memory" in need.certainty,
    )


def source_words(need: MaterialNeed, guides: Catalogue) -> str:
    """Who brings a material."""
    source = need.source
    if source.startswith("platform"):
        return "平台按申报信息生成"
    if source.startswith("shared:"):
        codes = re.findall(r"[A-Z]{3}-\d{2}", source)
        return f"平台共享：{'或'.join(guides.named(code) for code in codes)}" if codes else "平台共享核验"
    return {
        "intermediary": "中介机构编制",
        "applicant or intermediary": "项目单位或中介机构",
        "county government": "县级人民政府",
        "applicant with local government": "项目单位会同当地政府",
        "applicant, off-platform if classified": "项目单位；涉密的走线下渠道",
    }.get(source, "项目单位")


def _matches(guide: Guide, chosen: dict[str, str]) -> bool:
    words = chosen["q"].lower()
    return (
        (not chosen["department"] or guide.department == chosen["department"])
        and (not chosen["type"] or chosen["type"] in guide.project_types)
        and (not words or words in f"{guide.name} {guide.item_code} {guide.outcome_document}".lower())
    )


def _row(guide: Guide) -> GuideRow:
    return GuideRow(
        code=guide.item_code,
        name=guide.name,
        kind=names_in("item_kind").get(guide.kind, guide.kind),
        stage=names_in("stage").get(guide.stage, guide.stage),
        types="、".join(PROJECT_TYPES[one] for one in guide.project_types),
        limit=limit_words(guide.handling_days, guide.handling_unit) or "不设时限",
        materials=sum(need.must_be_handed_in for need in guide.materials),
    )


def _limit_told(guide: Guide) -> str:
    since = "收到申请" if guide.statutory_from == "receipt" else "受理"
    parts = []
    if guide.statutory_days:
        parts.append(f"法定时限自{since}次日起 {limit_words(guide.statutory_days, guide.statutory_unit)}。")
    if guide.promised_days:
        parts.append(f"承诺自受理次日起 {guide.promised_days} 个工作日办结。")
    if extension := re.match(r"\+(\d+) working days", guide.extension):
        parts.append(f"经批准可延长一次，最多 {extension[1]} 个工作日，并告知项目单位。")
    names = "、".join(pause_words().get(ground, ground) for ground in guide.pause_grounds)
    parts.append(f"不计入时限：{names}；起止日期逐日可查。" if names else "")
    return "".join(parts) or "法律未设办理时限。"


def _before(one: GuideRelation, guides: Catalogue) -> RelationShown:
    return RelationShown(
        _RELATIONS[one.relation],
        guides.named(one.prerequisite),
        f"/guides/{one.prerequisite}",
        told(one.legal_basis).words,
    )


def _after(guide: Guide, guides: Catalogue) -> Sequence[RelationShown]:
    blocking = ("must_precede", "one_of", "before_construction_start")
    return [
        RelationShown("办结后方可办理", later.name, f"/guides/{later.item_code}", "")
        for later in guides.guides.values()
        if any(one.prerequisite == guide.item_code and one.relation in blocking for one in later.relations)
    ]


def _units(ask: Ask, guide: Guide) -> Sequence[tuple[str, str]]:
    """Who handles the item and their telephone, down from the highest level that may."""
    tree = organisations(ask.session)
    return [
        (unit.name, unit.phone)
        for unit in sorted(tree.org_units.values(), key=lambda one: one.code)
        if unit.department == guide.department
        and unit.region_code in tree.regions
        and tree.regions[unit.region_code].acts_as in guide.levels
    ]


routes = [
    Route("/guides", see_guides, methods=["GET"], name="guide.see"),
    Route("/guides/{item_code}", see_guide, methods=["GET"], name="guide.see_one"),
]
