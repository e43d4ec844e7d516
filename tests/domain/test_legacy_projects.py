"""What an officer enters of a project begun before the platform, one by one or as a table (A12.1)."""

from datetime import date

import pytest

from core.domain.legacy_projects import COLUMNS, VOUCHED, Ground, blank_table, read_entry, read_table
from core.domain.legacy_states import ENTRY
from core.errors import FormRefusal, RuleRefusal
from core.reference.loader import load

GROUND = Ground(load().fields, date(2026, 11, 23), load().region_by_code, load().industry_by_code)
TYPED = {
    "legacy": "吉发改备2015-018",
    "project_name": "公主岭市玉米深加工项目",
    "project_type": "备案",
    "project_level": "county",
    "region_code": "公主岭市",
    "industry_division": "13",
    "planned_start": "2015年4月",
    "planned_completion": "2018-06",
    "total_investment": "12,000",
    "unit_name": "公主岭金穗食品有限公司",
    "unit_uscc": "91222401MA17ABCD25",
}
VALID = TYPED | {VOUCHED: "true"}


def table(*rows: dict[str, str], heading: list[str] | None = None) -> bytes:
    lines = [heading or blank_table(), *([f'"{row[name]}"' for name in COLUMNS] for row in rows)]
    return "\r\n".join(",".join(line) for line in lines).encode()


def test_a12_1_names_and_codes_mean_the_same_and_a_start_long_ago_is_no_fault():
    entry = read_entry(VALID, "", GROUND)
    assert (entry.legacy.key, entry.legacy.kind) == ("吉发改备2015018", "other")
    assert {name: entry.facts[name] for name in ("project_type", "region_code", "planned_start")} == {
        "project_type": "03", "region_code": "220184", "planned_start": "2015-04",
    }  # fmt: skip
    assert entry.facts["total_investment"] == "12000.00"
    assert entry.facts["legacy_codes"] == [{"kind": "other", "value": "吉发改备2015-018"}]
    coded = {"project_type": "3", "project_level": "县（市、区）级", "region_code": "220184"}
    assert read_entry(VALID | coded, "", GROUND).facts == entry.facts


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("legacy", " ", "请填写原编码"),
        ("project_name", "厂", "项目名称要 4 至 100 字"),
        ("project_type", "其他", "请从列出的选项中选择项目类型"),
        ("region_code", "长春", "没有找到代码为 长春 的地区"),
        ("region_code", "220100", "建设地点要选到县（市、区）"),
        ("industry_division", "食品", "请选择国标行业"),
        ("planned_start", "去年", "请写成年和月"),
        ("planned_completion", "2014-01", "不能早于拟开工时间"),
        ("total_investment", "0", "要大于 0"),
        ("unit_uscc", "91220101MA1400A22X", "校验"),
        (VOUCHED, "", "请先确认项目及材料不涉密"),
    ],
)
def test_a12_1_what_is_wrong_is_named_beside_its_field(field, typed, says):
    with pytest.raises(FormRefusal) as refused:
        read_entry(VALID | {field: typed}, "", GROUND)
    assert list(refused.value.errors) == [field]
    assert says in refused.value.errors[field]


def test_a12_1_every_fault_is_named_at_once():
    with pytest.raises(FormRefusal) as refused:
        read_entry({}, "", GROUND)
    assert set(refused.value.errors) == {*COLUMNS, VOUCHED}


def test_a12_1_a_table_may_order_and_bracket_its_columns_as_it_likes():
    heading = [words.replace("（", " (").replace("）", ")") for words in blank_table()]
    (row,) = read_table(table(TYPED, heading=heading), GROUND)
    assert (row.line, row.legacy, row.name, row.fault) == (2, "吉发改备2015-018", TYPED["project_name"], "")
    turned = "\n".join("\t".join(reversed(line)) for line in (blank_table(), TYPED.values()))
    assert read_table(turned.encode("gbk"), GROUND) == [row]


def test_a12_1_a_row_says_in_which_column_it_is_wrong_and_keeps_nothing_classified():
    wrong = TYPED | {"unit_uscc": "1", "region_code": ""}
    first, second = read_table(table(wrong, TYPED | {"project_name": "涉密工程七号"}), GROUND)
    assert "建设地点：请选择" in first.fault
    assert "统一社会信用代码：" in first.fault
    assert (first.legacy, first.facts) == ("吉发改备2015-018", {})
    assert "项目名称：“涉密”可能涉密" in second.fault
    assert (second.legacy, second.name) == ("", "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "缺少：原编码、项目名称"),
        ("原编码,项目名称\n1,2".encode(), "缺少：项目类型、项目级别"),
        (table(), "没有项目"),
        (table(*[TYPED] * 5001), "最多 5,000 行，现在有 5,001 行"),
    ],
)
def test_a12_1_a_file_that_is_no_such_table_is_refused(data, says):
    with pytest.raises(RuleRefusal, match=says):
        read_table(data, GROUND)


def test_a12_1_the_rows_of_an_entry_and_every_missing_one_is_refused():
    rows = {(move.source, move.event): (move.target, move.by) for move in ENTRY.moves}
    assert rows == {
        ("requested", "issue"): ("issued", "platform"),
        ("requested", "refuse"): ("refused", "platform"),
        ("refused", "request_again"): ("requested", "coordinator"),
    }
    for state in ENTRY.states:
        for event in ENTRY.events:
            if (state, event) not in rows:
                with pytest.raises(RuleRefusal, match=ENTRY.word(event)):
                    ENTRY.find(state, event)
