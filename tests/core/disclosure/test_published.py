"""What citizens read (A17.1, A17.2): results by place, department and words, newest first, page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.disclosure.messages import DisclosurePublished
from core.disclosure.published import (
    PAGE,
    ResultFilter,
    prefecture_of,
    publish,
    result_of,
    results,
    results_of_project,
)

BEGIN = datetime(2026, 11, 1, 2, tzinfo=UTC)


def tell(world, number, **differs):
    """A result is disclosed, `number` hours after the first of November."""
    values = {
        "disclosure_id": f"{number:036d}",
        "disclosure_kind": "approval_result",
        "project_code": f"2026-220184-13-03-{number:06d}",
        "project_name": f"第{number}号项目",
        "unit_name": "吉林某某有限公司",
        "region_code": "220184",
        "department": "ee",
        "org_unit_name": "公主岭市分局",
        "item_code": "ECO-02",
        "item_name": "环境影响报告表审批",
        "outcome": "granted",
        "document_number": "",
        "document_title": "",
        "document_on": date(2026, 11, 1),
        "published_at": BEGIN + timedelta(hours=number),
        **differs,
    }
    with world.public.writing() as session:
        publish(session, DisclosurePublished(**values), None)


def names(world, **chosen):
    with world.public.reading() as session:
        return [row.project_name for row in results(session, ResultFilter(**chosen))]


@pytest.fixture
def told(either_world):
    tell(either_world, 1, region_code="220184", project_name="公主岭玉米项目")
    tell(either_world, 2, region_code="220102", department="drc", project_name="南关区电池托盘项目")
    tell(either_world, 3, region_code="222401", project_name="延吉学校 100%国产化项目", item_name="建设工程规划许可")
    tell(either_world, 4, region_code="220100", unit_name="长春市政_投资有限公司", project_name="长春地铁项目")
    return either_world


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"region": "220000"}, [4, 3, 2, 1]),
        ({"region": "220100"}, [4, 2, 1]),
        ({"region": "220184"}, [1]),
        ({"region": "220203"}, []),
        ({"region": "nowhere"}, [4, 3, 2, 1]),
        ({"department": "drc"}, [2]),
        ({"region": "220100", "department": "ee"}, [4, 1]),
        ({"words": "项目"}, [4, 3, 2, 1]),
        ({"words": "托盘"}, [2]),
        ({"words": "规划许可"}, [3]),
        ({"words": "000003"}, [3]),
        ({"words": "100%"}, [3]),
        ({"words": "市政_投"}, [4]),
        ({"words": "市政投资 地铁"}, [4]),
        ({"words": "％"}, []),
        ({"words": "_"}, []),
        ({"words": "\\"}, []),
        ({"words": "延吉", "department": "drc"}, []),
    ],
)
def test_a17_1_citizens_find_results_by_place_department_and_words(told, chosen, found):
    known = {1: "公主岭玉米项目", 2: "南关区电池托盘项目", 3: "延吉学校 100%国产化项目", 4: "长春地铁项目"}
    # those of one day are ordered by their identifier, so newest first holds within it too
    assert names(told, **chosen) == [known[number] for number in found]


def test_a_list_is_paged_and_knows_whether_there_is_more(world):
    for number in range(1, PAGE + 3):
        tell(world, number)
    assert len(names(world)) == PAGE + 1
    assert names(world, page=2) == ["第2号项目", "第1号项目"]
    assert names(world, page=0) == names(world, page=1)
    assert names(world, page=99) == []


def test_a17_2_the_results_of_a_project_are_found_by_its_code(told):
    tell(told, 5, project_code="2026-220184-13-03-000001", item_name="节能审查")
    with told.public.reading() as session:
        found = results_of_project(session, "2026-220184-13-03-000001")
        assert [row.item_name for row in found] == ["节能审查", "环境影响报告表审批"]
        assert results_of_project(session, "2026-220184-13-03-000404") == []


def test_the_same_disclosure_told_twice_stands_once(told):
    tell(told, 1, region_code="220184", project_name="公主岭玉米项目")
    assert len(names(told)) == 4


def test_one_result_is_opened_by_its_identifier(told):
    with told.public.reading() as session:
        assert result_of(session, f"{1:036d}").project_name == "公主岭玉米项目"
        assert result_of(session, "nothing") is None
        assert result_of(session, "x" * 5000) is None


@pytest.mark.parametrize(
    ("region", "prefecture"),
    [("220184", "220100"), ("220100", "220100"), ("222401", "222400"), ("220000", "220000"), ("999999", "999999")],
)
def test_a_region_belongs_to_its_prefecture(world, region, prefecture):
    with world.public.reading() as session:
        assert prefecture_of(session, region) == prefecture


def test_a_result_bears_the_date_of_shanghai(world):
    tell(world, 1, published_at=datetime(2026, 11, 1, 17, tzinfo=UTC))
    with world.public.reading() as session:
        assert results(session, ResultFilter())[0].published_on == date(2026, 11, 2)
