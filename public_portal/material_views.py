"""Materials as rows: each once, whichever items ask for it, with what was handed in already (A14.1d)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.cases.applying import answer_to, asked_for
from core.cases.tables import Application
from core.documents.materials import Wanted, earlier_versions
from core.documents.tables import Material
from core.documents.uploads import KIND_OF_ENDING, MATERIAL_KINDS, MATERIAL_LIMIT, kind_words, size_words
from core.guides.guide import Guide, MaterialNeed
from core.web.ask import Ask

ACCEPT = ",".join(KIND_OF_ENDING)
RULES = f"{kind_words(MATERIAL_KINDS)}，单个不超过 {size_words(MATERIAL_LIMIT)}；不得含涉密内容"


@dataclass(frozen=True)
class GivenShown:
    """A file that was handed in."""

    file_name: str
    size: int
    at: datetime
    href: str


@dataclass(frozen=True)
class MaterialRow:
    """One material: `item_code` is an item that asks for it, `items` names of all that do, `before` replaced files."""

    code: str
    item_code: str
    name: str
    tag: str
    tone: str
    rules: str
    items: tuple[str, ...]
    given: GivenShown | None = None
    before: tuple[GivenShown, ...] = ()
    is_shared: bool = False
    is_missing: bool = False
    error: str = ""
    fault: str = ""
    cure: str = ""
    application_id: str = ""
    chosen: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The row's place on the page."""
        return f"material-{self.item_code}-{self.code}"


def material_rows(
    ask: Ask, project_code: str, guides: Sequence[Guide], wanted: Mapping[str, tuple[Wanted, ...]]
) -> list[MaterialRow]:
    """The materials of several items, each once; those to hand in first, those the platform gets itself last."""
    rows: dict[tuple[str, str], MaterialRow] = {}
    chosen = tuple(guide.item_code for guide in guides)
    for guide in guides:
        for one in wanted[guide.item_code]:
            key = (one.need.code, "" if one.need.reusable or one.need.is_shared else guide.item_code)
            earlier = rows.get(key)
            rows[key] = _joined(earlier, one, guide) if earlier else _row(ask, project_code, one, guide, chosen)
    return sorted(rows.values(), key=lambda row: (row.is_shared, row.tag != "必需"))


def given_rows(
    ask: Ask, project_code: str, guide: Guide, wanted: Mapping[str, tuple[Wanted, ...]]
) -> list[MaterialRow]:
    """What was handed in for one item, each with the files it replaced (A14.1d, A14.3)."""
    earlier = earlier_versions(ask.session, project_code, guide.item_code)
    return [
        replace(row, before=_all_given(ask, project_code, earlier.get(row.code, ())))
        for row in material_rows(ask, project_code, [guide], wanted)
        if row.given
    ]


def supplement_rows(ask: Ask, one: Application, guide: Guide, *, errors: Mapping[str, str]) -> list[MaterialRow]:
    """The materials that the request to supplement names, each with fault, cure and its versions (A14.3)."""
    wanted = asked_for(ask.session, one, guide)
    earlier = earlier_versions(ask.session, one.project_code, one.item_code)
    rows = []
    for asked in one.asked_for:
        each = wanted[str(asked["material_code"])]
        row = _asked(ask, one, guide, asked, each, errors)
        before = list(earlier.get(row.code, ()))
        if row.given is None and each.have is not None:
            before.insert(0, each.have)
        rows.append(replace(row, before=_all_given(ask, one.project_code, before)))
    return rows


def _row(ask: Ask, project_code: str, one: Wanted, guide: Guide, chosen: tuple[str, ...]) -> MaterialRow:
    tag, tone = _tag(one.need)
    return MaterialRow(
        code=one.need.code,
        item_code=guide.item_code,
        name=one.need.name,
        tag=tag,
        tone=tone,
        rules=one.need.condition and f"{one.need.condition}的提供",
        items=(guide.name,),
        given=_given(ask, project_code, one.have),
        is_shared=one.need.is_shared,
        is_missing=one.is_missing,
        chosen=chosen,
    )


def _joined(earlier: MaterialRow, one: Wanted, guide: Guide) -> MaterialRow:
    tag, tone = _tag(one.need)
    if earlier.tag == "必需":
        tag, tone = earlier.tag, earlier.tone
    return replace(
        earlier, tag=tag, tone=tone, items=(*earlier.items, guide.name), is_missing=earlier.is_missing or one.is_missing
    )


def _asked(
    ask: Ask, one: Application, guide: Guide, asked: Mapping[str, Any], wanted: Wanted, errors: Mapping[str, str]
) -> MaterialRow:
    code = str(asked["material_code"])
    new = answer_to(wanted, one)
    return MaterialRow(
        code=code,
        item_code=guide.item_code,
        name=str(asked["name"]),
        tag="待补正" if new is None else "已补交",
        tone="yellow" if new is None else "green",
        rules="",
        items=(),
        given=_given(ask, one.project_code, new),
        is_missing=new is None,
        error=errors.get(code, ""),
        fault=str(asked.get("fault", "")),
        cure=str(asked.get("cure", "")),
        application_id=one.id,
    )


def _all_given(ask: Ask, project_code: str, files: Sequence[Material]) -> tuple[GivenShown, ...]:
    shown = (_given(ask, project_code, have) for have in files)
    return tuple(one for one in shown if one is not None)


def _given(ask: Ask, project_code: str, have: Material | None) -> GivenShown | None:
    if have is None:
        return None
    href = ask.url("material.see", code=project_code, material_id=have.id)
    return GivenShown(have.file_name, have.size, have.handed_in_at, href)


def _tag(need: MaterialNeed) -> tuple[str, str]:
    if need.is_shared:
        return "免提交", "green"
    return {"yes": ("必需", "red"), "conditional": ("视情形", "yellow")}.get(need.required, ("选交", "still"))
