"""Rules of a declaration that hold between its fields (A14.1b): one small function each, all listed in `RULES`.

A rule yields (field, words) for what is wrong. It speaks only about facts that could be read and are asked for; a field
that already has an error of its own is not judged a second time.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal

from core.domain.answers import Ground
from core.domain.fields import Facts, amount, plain
from core.domain.remit import LEVELS, PREFECTURE_POWERS, Level, chain

Problem = tuple[str, str]
Rule = Callable[[Facts, Ground, Collection[str]], Iterator[Problem]]

BUDGETS = ("fund_central_budget", "fund_provincial_fiscal", "fund_local_fiscal")
FUNDS = (
    *BUDGETS,
    "fund_special_bond",
    "fund_domestic_loan",
    "fund_own_funds",
    "fund_foreign_capital",
    "fund_other",
)
LONGEST_CONSTRUCTION_YEARS = 15

_PARTS = (
    # part, whole, and how a sentence calls the two
    ("fixed_asset_investment", "total_investment", "固定资产投资", "总投资"),
    ("project_capital", "total_investment", "项目资本金", "总投资"),
    ("new_construction_land_area", "land_area", "新增建设用地面积", "总用地面积"),
    ("farmland_area", "new_construction_land_area", "农用地面积", "新增建设用地面积"),
    ("cultivated_land_area", "farmland_area", "耕地面积", "农用地面积"),
    ("permanent_basic_farmland_area", "cultivated_land_area", "永久基本农田面积", "耕地面积"),
    ("black_soil_area", "cultivated_land_area", "黑土地面积", "耕地面积"),
)


def fits_level(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """A county's project lies in a county, not in a whole prefecture; a zone's project names its zone (A5.1)."""
    region = ground.regions.get(str(facts.get("region_code")))
    level = facts.get("project_level")
    if region is None or level not in set(Level):
        return
    if level == Level.ZONE and region.level is not Level.ZONE and facts.get("in_development_zone") is False:
        yield "in_development_zone", "开发区级项目要在开发区内，请选“是”并选择开发区"
    elif level != Level.ZONE and LEVELS.index(region.acts_as) < LEVELS.index(Level(str(level))):
        wanted = {Level.PREFECTURE: "市（州）", Level.COUNTY: "县（市、区）"}[Level(str(level))]
        yield "region_code", f"建设地点要选到{wanted}，或者改选项目级别；现在选的是{region.name}"


def zone_lies_there(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """The development zone belongs to the prefecture of the site; 长白山 reaches into several (A5.1)."""
    zone, region = facts.get("development_zone_code"), facts.get("region_code")
    if not isinstance(zone, str) or not isinstance(region, str):
        return
    zone_chain = chain(zone, ground.regions)
    if any(place.code in PREFECTURE_POWERS for place in zone_chain):
        return
    site = {place.code for place in chain(region, ground.regions) if place.level is not Level.PROVINCE}
    above = {place.code for place in zone_chain if place.level is not Level.PROVINCE}
    if site and not site & above:
        yield "development_zone_code", f"{zone_chain[0].name}不在{ground.regions[region].name}，请核对建设地点和开发区"


def other_regions_differ(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """A project that crosses regions names others than the one of its site."""
    others = facts.get("other_region_codes")
    if isinstance(others, list) and facts.get("region_code") in others:
        yield "other_region_codes", "这里只填建设地点之外的行政区，请去掉与建设地点相同的一项"


def months_in_order(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """Start not before the month of declaration, completion not before the start and within 15 years of it.

    A project begun before the platform started whenever it did (A12.1).
    """
    start, end = facts.get("planned_start"), facts.get("planned_completion")
    if isinstance(start, str) and start < ground.starts_from:
        yield "planned_start", f"拟开工时间不能早于本月（{_month_words(ground.starts_from)}）"
    if not isinstance(start, str) or not isinstance(end, str):
        return
    if end < start:
        yield "planned_completion", f"拟建成时间不能早于拟开工时间（{_month_words(start)}）"
    elif _months(end) - _months(start) > LONGEST_CONSTRUCTION_YEARS * 12:
        yield "planned_completion", f"拟建成时间应在拟开工之后 {LONGEST_CONSTRUCTION_YEARS} 年以内"


def class_in_division(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """A class of GB/T 4754 begins with its division's two digits."""
    division, detail = facts.get("industry_division"), facts.get("industry_class")
    if isinstance(division, str) and isinstance(detail, str) and not detail.startswith(division):
        yield "industry_class", f"行业小类前两位要与大类 {division} 一致，现在是 {detail}"


def policy_allows(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """What the catalogue of industries eliminates is not declared (条例 673 号 第十三条)."""
    if facts.get("industrial_policy_entry") == "eliminated":
        yield "industrial_policy_entry", "淘汰类项目禁止投资建设，不能通过本平台申报"


def parts_within_whole(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """Each part is at most its whole: capital, fixed assets, and the nested areas of land."""
    for part, whole, part_name, whole_name in _PARTS:
        small, large = amount(facts, part), amount(facts, whole)
        if small is not None and large is not None and small > large:
            yield part, f"{part_name}（{plain(small)}）不能大于{whole_name}（{plain(large)}）"


def costs_within_fixed_assets(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """Construction, equipment and other costs together are part of the fixed assets."""
    whole = amount(facts, "fixed_asset_investment")
    costs = sum(_given(facts, ("building_installation_cost", "equipment_cost", "other_cost")), Decimal())
    if whole is not None and costs > whole:
        words = f"固定资产投资不能小于建安、设备和其他费用之和（{plain(costs)} 万元）"
        yield "fixed_asset_investment", words


def funds_make_the_total(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """All sources of funds together are the total investment."""
    total = amount(facts, "total_investment")
    if total is None or any(fund in unread for fund in FUNDS):
        return
    funds = sum(_given(facts, FUNDS), Decimal())
    if funds != total:
        apart = f"{'多' if funds > total else '少'} {plain(abs(funds - total))} 万元"
        yield "total_investment", f"各资金来源合计 {plain(funds)} 万元，比总投资 {plain(total)} 万元{apart}，请核对"


def government_funds_agree(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """Budget money is government funds; direct investment and injected capital need approval (政府投资条例 第九条)."""
    budget = sum(_given(facts, BUDGETS), Decimal())
    if budget and facts.get("uses_government_funds") is False:
        yield "uses_government_funds", f"资金来源中有财政资金 {plain(budget)} 万元，这里应选“是”"
    if facts.get("government_funding_mode") not in ("direct", "capital"):
        return
    if facts.get("project_type") in ("02", "03"):
        yield "government_funding_mode", "政府直接投资和资本金注入的项目实行审批制，请将项目类型改为“审批”"
    public = sum(_given(facts, (*BUDGETS, "fund_special_bond")), Decimal())
    if not public and not any(fund in unread for fund in FUNDS):
        yield "government_funding_mode", "资金来源中没有财政资金或专项债券，请核对政府投资方式"


def foreign_capital_agrees(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """Foreign money makes a foreign-invested project."""
    if amount(facts, "fund_foreign_capital") and facts.get("is_foreign_invested") is False:
        yield "is_foreign_invested", "资金来源中有外资，这里应选“是”"


def agent_differs(facts: Facts, ground: Ground, unread: Collection[str]) -> Iterator[Problem]:
    """A unit that declares for another is another."""
    agent = facts.get("applicant_uscc")
    if agent and agent == facts.get("unit_uscc"):
        yield "applicant_uscc", "与项目单位的统一社会信用代码相同；由项目单位自己申报的，请将上一项改为“否”"


RULES: tuple[Rule, ...] = (
    fits_level,
    zone_lies_there,
    other_regions_differ,
    months_in_order,
    class_in_division,
    policy_allows,
    parts_within_whole,
    costs_within_fixed_assets,
    funds_make_the_total,
    government_funds_agree,
    foreign_capital_agrees,
    agent_differs,
)


def _given(facts: Facts, identifiers: Collection[str]) -> list[Decimal]:
    return [number for each in identifiers if (number := amount(facts, each)) is not None]


def _months(month: str) -> int:
    day = date.fromisoformat(f"{month}-01")
    return day.year * 12 + day.month


def _month_words(month: str) -> str:
    return f"{month[:4]} 年 {int(month[5:])} 月"
