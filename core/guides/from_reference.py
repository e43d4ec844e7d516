"""The first catalogue: regions, calendar and guides of the reference files, as version 1 (A7.1, A8.1)."""

from datetime import date, datetime

import chinese_calendar
from sqlmodel import Session

from core.domain.case_states import ACCEPTANCE_DAYS, PRELIMINARY_DAYS
from core.domain.clock import Unit
from core.domain.conditions import OnRequest
from core.domain.policy import Actor
from core.guides.guide import Guide, GuideCopy, GuideRelation, MaterialNeed
from core.guides.messages import DayTold, OrgUnitTold, RegionTold
from core.guides.publishing import publish_calendar, publish_guide, publish_local_days, publish_organisations
from core.reference import loader
from core.reference.org_units import org_units

YEARS = range(2016, 2027)
"""Years whose calendar the seed package knows and the platform may count in."""


def publish_everything(session: Session, *, by: Actor, at: datetime, in_force_from: date) -> None:
    """Publish regions, organisational units, the calendar and every guide of the reference files."""
    known = loader.load()
    regions = [
        RegionTold(code=one.code, name=one.name, parent_code=one.parent_code, level=one.level, note=one.note)
        for one in known.regions
    ]
    units = [
        OrgUnitTold(
            code=f"{one.region_code}-{one.department}",
            department=one.department,
            region_code=one.region_code,
            name=one.name,
            phone=_phone(one.region_code, position),
        )
        for position, one in enumerate(org_units())
    ]
    publish_organisations(session, regions, units, by=by, at=at)
    publish_calendar(session, list(YEARS), _days(), by=by, at=at)
    for row in loader.rows("local_days_off"):
        for year in (*YEARS, YEARS.stop, YEARS.stop + 1):
            own = {date.fromisoformat(f"{year}-{row['month_day']}"): row["name"]}
            publish_local_days(session, row["region_code"], year, own, by=by, at=at)
    for guide in guides():
        publish_guide(session, guide, in_force_from=in_force_from, by=by, at=at)


def guides() -> list[Guide]:
    """Every item of the reference files as version 1 of its guide."""
    known = loader.load()
    relations: dict[str, list[GuideRelation]] = {}
    for one in known.relations:
        relations.setdefault(one.item_code, []).append(
            GuideRelation(
                prerequisite=one.prerequisite, relation=one.kind, reason=one.reason, legal_basis=one.legal_basis
            )
        )
    copies: dict[str, list[GuideCopy]] = {}
    for copied in known.copies:
        copies.setdefault(copied.item_code, []).append(
            GuideCopy(department=copied.department, reason=copied.reason, legal_basis=copied.legal_basis)
        )
    rules = {row["code"]: row["applies_when"] for row in loader.rows("items")}
    levels = {row["code"]: int(row["sign_off_levels"]) for row in loader.rows("items")}
    return [
        Guide(
            item_code=item.code,
            number=1,
            name=item.name,
            department=item.department,
            project_types=tuple(sorted(item.project_types)),
            stage=item.stage,
            kind=item.kind,
            levels=tuple(item.handling_levels),
            applies_when=rules[item.code],
            legal_basis=item.legal_basis,
            content=_content(item.name, item.outcome_document),
            acceptance_conditions=_CONDITIONS,
            process=_FILING_PROCESS if item.kind == "filing" else _PROCESS,
            statutory_days=item.statutory_limit,
            statutory_unit=Unit(item.limit_unit or "working_day"),
            statutory_from="receipt" if item.limit_from.startswith("receipt") else "acceptance",
            promised_days=item.promised_limit,
            extension=item.extension,
            fee=item.fee,
            supervision=_SUPERVISION,
            contact="见承办机构联系电话",
            outcome_document=item.outcome_document,
            outcome_validity=item.outcome_validity,
            pause_grounds=item.pause_grounds,
            sign_off_levels=levels[item.code],
            materials=tuple(
                MaterialNeed.model_validate(
                    {
                        "code": row.code,
                        "name": row.name,
                        "form": row.form,
                        "required": row.required,
                        "condition": row.condition,
                        "source": row.source,
                        "reusable": row.reusable,
                        "legal_basis": row.legal_basis,
                        "certainty": row.certainty,
                    }
                )
                for row in known.materials_of(item.code)
            ),
            relations=tuple(relations.get(item.code, ())),
            copies=tuple(copies.get(item.code, ())),
            certainty=item.certainty,
            note="" if isinstance(item.rule, OnRequest) else item.note,
        )
        for item in known.items
    ]


_CONDITIONS = (
    "项目已在本平台申报并取得项目代码；申请事项属于本机关职权范围；申请材料齐全、符合法定形式；"
    "前置事项已办结或依法可以并联办理。"
)
_PROCESS = (
    f"网上申请 → 初审（{PRELIMINARY_DAYS} 个工作日内）→ 受理（收到申请 {ACCEPTANCE_DAYS} 个工作日内）→ 办理 → 签批 → "
    "办结、公开"
)
_FILING_PROCESS = "网上填报 → 核验项目代码 → 信息完整即予备案 → 备案证明、公开"
_SUPERVISION = "办理全过程纳入电子监察；项目单位应当通过本平台及时报送开工、进度和竣工信息，接受监督检查。"


def _content(name: str, document: str) -> str:
    return f"{name}。办结后取得：{document}。" if document else f"{name}。"


def _days() -> list[DayTold]:
    days = []
    for day, holiday in chinese_calendar.holidays.items():
        if day.year in YEARS:
            days.append(DayTold(day=day, region_code="", is_working=False, name=_HOLIDAYS.get(holiday, "放假")))
    for day, holiday in chinese_calendar.workdays.items():
        if day.year in YEARS and day.weekday() >= 5:
            name = f"{_HOLIDAYS.get(holiday, '节日')}调休上班"
            days.append(DayTold(day=day, region_code="", is_working=True, name=name))
    return days


_HOLIDAYS = {
    holiday.value: words
    for holiday, words in (
        (chinese_calendar.Holiday.new_years_day, "元旦"),
        (chinese_calendar.Holiday.spring_festival, "春节"),
        (chinese_calendar.Holiday.tomb_sweeping_day, "清明节"),
        (chinese_calendar.Holiday.labour_day, "劳动节"),
        (chinese_calendar.Holiday.dragon_boat_festival, "端午节"),
        (chinese_calendar.Holiday.national_day, "国庆节"),
        (chinese_calendar.Holiday.mid_autumn_festival, "中秋节"),
        (chinese_calendar.Holiday.anti_fascist_70th_day, "抗战胜利纪念日"),
    )
}


def _phone(region_code: str, position: int) -> str:
    area = {"2201": "0431", "2202": "0432", "2203": "0434", "2204": "0437", "2205": "0435", "2206": "0439"}
    area |= {"2207": "0438", "2208": "0436", "2224": "0433"}
    return f"{area.get(region_code[:4], '0431')}-8××××{position % 1000:03d}"
