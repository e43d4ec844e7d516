"""Competence (A5.1): level, region, zones, delegation."""

from datetime import date

import pytest

from core.domain.remit import Delegation, Level, chain, common_region, competent_region, is_within
from core.reference.loader import load

REGIONS = load().region_by_code
DAY = date(2026, 11, 23)
P, C, K, Z = Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.ZONE

JILIN, CHANGCHUN, NANGUAN, YANBIAN, YANJI = "220000", "220100", "220102", "222400", "222401"
NEW_AREA, JINGYUE, CHANGBAISHAN, CHIBEI, HUNCHUN, HUNCHUN_ZONE = (
    "229911",
    "220172",
    "229901",
    "229902",
    "222404",
    "229992",
)


def competent(levels, level, region, **more):
    return competent_region(levels, project_level=level, region_code=region, regions=REGIONS, on=DAY, **more)


@pytest.mark.parametrize(
    ("levels", "level", "region", "expected"),
    [
        ([P, C, K], K, NANGUAN, NANGUAN),
        ([P, C, K], C, NANGUAN, CHANGCHUN),
        ([P, C, K], P, NANGUAN, JILIN),
        ([P, C], K, NANGUAN, CHANGCHUN),
        ([P], K, NANGUAN, JILIN),
        ([K], P, NANGUAN, NANGUAN),
        ([C, K, Z], P, YANJI, YANBIAN),
        ([K, Z], C, YANJI, YANJI),
        ([P, C], C, CHANGCHUN, CHANGCHUN),
    ],
)
def test_a5_1_own_level_then_the_nearest_higher_then_the_nearest_lower(levels, level, region, expected):
    assert competent(levels, level, region) == expected


def test_a5_1_a_zone_project_belongs_to_its_zone():
    assert competent([P, C, K, Z], Z, NANGUAN, zone_code=JINGYUE) == JINGYUE


def test_a5_1_an_item_the_zone_does_not_handle_goes_to_the_place_the_zone_lies_in():
    assert competent([P, C, K], Z, NANGUAN, zone_code=JINGYUE) == CHANGCHUN
    assert competent([P, C, K], Z, HUNCHUN, zone_code=HUNCHUN_ZONE) == HUNCHUN


def test_a5_1_a_county_item_of_a_zone_project_goes_to_the_county_of_its_site():
    assert competent([K], Z, NANGUAN, zone_code=JINGYUE) == NANGUAN


def test_a5_1_a_county_project_inside_a_zone_stays_with_its_county():
    assert competent([P, C, K, Z], K, NANGUAN, zone_code=JINGYUE) == NANGUAN


def test_a5_1_the_new_area_itself_may_be_the_site():
    assert competent([P, C, K, Z], Z, NEW_AREA) == NEW_AREA
    assert competent([P, C], Z, NEW_AREA) == CHANGCHUN
    assert competent([K], K, NEW_AREA) == CHANGCHUN


def test_a5_1_changbaishan_acts_as_a_prefecture():
    assert competent([P, C], C, CHIBEI) == CHANGBAISHAN
    assert competent([P, C, K], K, CHIBEI) == CHANGBAISHAN
    assert competent([C, K, Z], Z, CHIBEI) == CHIBEI
    assert competent([P, C, K], Z, "222426", zone_code=CHIBEI) == CHANGBAISHAN
    assert competent([P], C, CHANGBAISHAN) == JILIN


def test_a5_1_a_project_across_regions_belongs_to_their_common_superior():
    assert common_region(["220702", "220721"], REGIONS) == "220700"
    assert common_region([NANGUAN, YANJI], REGIONS) == JILIN
    assert common_region([NANGUAN, CHANGCHUN], REGIONS) == CHANGCHUN
    assert competent([P, C, K], K, "220702", other_region_codes=["220721"]) == "220700"
    assert competent([K], K, "220702", other_region_codes=["220721"]) == "220700"


def test_a5_1_the_tree_of_regions():
    assert [place.code for place in chain(HUNCHUN_ZONE, REGIONS)] == [HUNCHUN_ZONE, HUNCHUN, YANBIAN, JILIN]
    assert is_within(HUNCHUN_ZONE, YANBIAN, REGIONS)
    assert not is_within(YANBIAN, HUNCHUN_ZONE, REGIONS)
    with pytest.raises(KeyError):
        chain("999999", REGIONS)


DOWN = Delegation("ECO-02", JILIN, CHANGCHUN, date(2026, 1, 1), date(2026, 12, 31))


def delegated(region, *rows, on=DAY, levels=(P,), item_code="ECO-02", level=P):
    return competent_region(
        levels,
        project_level=level,
        region_code=region,
        regions=REGIONS,
        delegations=rows,
        item_code=item_code,
        on=on,
    )


def test_a5_1_a_delegation_in_force_overrides():
    assert delegated(NANGUAN, DOWN) == CHANGCHUN


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a5_1_a_delegation_out_of_its_days_does_not(on):
    assert delegated(NANGUAN, DOWN, on=on) == JILIN


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 12, 31)])
def test_a5_1_the_first_and_the_last_day_of_a_delegation_count(on):
    assert delegated(NANGUAN, DOWN, on=on) == CHANGCHUN


def test_a5_1_a_delegation_reaches_neither_other_items_nor_other_places():
    assert delegated(NANGUAN, DOWN, item_code="ECO-01") == JILIN
    assert delegated(YANJI, DOWN) == JILIN


def test_a5_1_delegations_can_be_handed_on_and_never_go_round():
    onward = Delegation("ECO-02", CHANGCHUN, NANGUAN, date(2026, 1, 1))
    back = Delegation("ECO-02", NANGUAN, JILIN, date(2026, 1, 1))
    assert delegated(NANGUAN, DOWN, onward) == NANGUAN
    assert delegated(NANGUAN, DOWN, onward, back) in {JILIN, CHANGCHUN, NANGUAN}


def test_a5_1_a_delegation_sideways_reaches_every_project_of_the_place():
    sideways = Delegation("ECO-02", NANGUAN, JINGYUE, date(2026, 1, 1))
    assert delegated(NANGUAN, sideways, levels=(K,), level=K) == JINGYUE


def test_a5_1_the_latest_of_two_delegations_counts():
    older = Delegation("ECO-02", JILIN, NANGUAN, date(2020, 1, 1))
    assert delegated(NANGUAN, older, DOWN) == CHANGCHUN
