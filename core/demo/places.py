"""Where demonstration projects lie: every prefecture, many counties and zones, most of them where the inboxes are."""

from dataclasses import dataclass

from core.domain.remit import Level
from core.reference.loader import load

PREFIXES = {"220000": "jl", "220100": "cc", "220184": "gzl", "220102": "ng", "222401": "yj"}
"""How logins begin at the places whose units are fully staffed."""

STAFFED_DEPARTMENTS = ("drc", "nr", "ee", "hc", "water", "forestry")

BUSY = (("220184", 38), ("220102", 16), ("222401", 6))
"""The places whose inboxes shall be full, each with its share of a hundred projects."""

ZONES = {
    "220102": "220172",
    "220104": "220173",
    "220105": "220171",
    "220106": "220174",
    "220203": "220271",
    "220204": "220272",
    "220302": "229931",
    "220402": "229941",
    "220502": "229951",
    "220581": "229952",
    "220702": "220771",
    "220802": "220871",
    "222401": "229991",
    "222404": "229992",
    "222406": "229993",
}
"""A development zone in, or beside, some counties."""

_SPOTS = {
    "220184": "范家屯镇 怀德镇 大岭镇 秦家屯镇 陶家屯镇 公主大街 西公主大街 环岭街道",
    "220102": "幸福乡 彩宇大街 南湖大路 亚泰大街 人民大街 永春镇 新湖镇 生态大街",
    "222401": "朝阳川镇 依兰镇 小营镇 三道湾镇 公园街道 进学街道 北山街道 光明街",
}
_ANY_SPOT = "工业集中区 城南新区 城北街道 解放大路 迎宾路 滨河路 兴工街 站前街 食品产业园 新兴产业园"
_LETTERS = {"220000": "吉", "220200": "吉市", "222400": "延州", "220105": "二道", "220503": "江", "220602": "浑"}


@dataclass(frozen=True)
class Place:
    """A place as project names and document numbers call it; `letter` is its abbreviation: 南 of 南环审."""

    region: str
    name: str
    letter: str
    spots: tuple[str, ...]

    @property
    def is_busy(self) -> bool:
        """Whether the inboxes here shall be full."""
        return self.region in dict(BUSY)


def place_of(region: str) -> Place:
    """The place with this region code."""
    name = load().region_by_code[region].name
    name = {"前郭尔罗斯蒙古族自治县": "前郭县", "伊通满族自治县": "伊通县", "长白朝鲜族自治县": "长白县"}.get(
        name, name
    )
    spots = tuple(_SPOTS.get(region, _ANY_SPOT).split())
    return Place(region, name, _LETTERS.get(region, name[0]), spots)


def quiet_counties() -> list[str]:
    """Every county of the province that isn't one of the busy places, prefecture by prefecture in turn."""
    busy = {region for region, _ in BUSY}
    counties = [one for one in load().regions if one.level is Level.COUNTY and one.code not in busy]
    rank = {
        one.code: [each.code for each in counties if each.code[:4] == one.code[:4]].index(one.code) for one in counties
    }
    return [one.code for one in sorted(counties, key=lambda one: (rank[one.code], one.code))]
