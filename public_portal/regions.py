"""Regions as grouped choices: each prefecture with its counties, zones apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from core.domain.remit import Level
from core.organisations import Organisations, organisations


@dataclass(frozen=True)
class Group:
    """A named group of choices, each a code and its words."""

    name: str
    choices: tuple[tuple[str, str], ...]


def site_groups(session: Session) -> Sequence[Group]:
    """Where a project can lie: the whole province, a prefecture, a county; zones have a question of their own."""
    tree = organisations(session)
    whole = [("220000", "吉林省（跨市州）")] if "220000" in tree.regions else []
    return [
        Group("全省", tuple(whole)),
        *(_with_counties(tree, code, "（市本级或跨县）") for code in _prefectures(tree)),
    ]


def zone_groups(session: Session) -> Sequence[Group]:
    """The development zones, by the prefecture they lie in."""
    tree = organisations(session)
    zones = [code for code, one in tree.regions.items() if one.level is Level.ZONE]
    groups = {code: [zone for zone in zones if code in tree.above[zone]] for code in _prefectures(tree)}
    return [
        Group(tree.region_name(code), tuple((zone, tree.region_name(zone)) for zone in found))
        for code, found in groups.items()
        if found
    ]


def filter_groups(session: Session) -> Sequence[Group]:
    """Regions to filter a list by: a prefecture stands for everything below it."""
    return _filter_groups(organisations(session))


def flat_choices(session: Session) -> Sequence[tuple[str, str]]:
    """Counties and prefectures in one row, with the prefecture's name in front."""
    tree = organisations(session)
    return [
        (code, tree.path(code)) for code, one in tree.regions.items() if one.level in (Level.PREFECTURE, Level.COUNTY)
    ]


@lru_cache(maxsize=4)
def _filter_groups(tree: Organisations) -> Sequence[Group]:
    return [_with_counties(tree, code, "全部") for code in _prefectures(tree)]


def _prefectures(tree: Organisations) -> list[str]:
    return sorted(code for code, one in tree.regions.items() if one.acts_as is Level.PREFECTURE)


def _with_counties(tree: Organisations, prefecture: str, words: str) -> Group:
    name = tree.region_name(prefecture)
    below = sorted(
        code
        for code, one in tree.regions.items()
        if one.parent_code == prefecture and (one.level is Level.COUNTY or tree.regions[prefecture].level is Level.ZONE)
    )
    return Group(name, ((prefecture, f"{name}{words}"), *((code, tree.region_name(code)) for code in below)))
