"""Single answers (A14.1b): what is read however people type it, what is refused in which words, how facts read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Ground, missing_words, read_value
from core.domain.fields import Kind, in_words
from core.errors import RuleRefusal
from core.reference.loader import load
from tests.domain.sample_declarations import TODAY

FIELDS = load().field_by_identifier
SPECS = load().fields
GROUND = Ground(TODAY, load().region_by_code, load().industry_by_code)


def read(identifier, *answers):
    return read_value(FIELDS[identifier], list(answers), GROUND)


def words_of(identifier, *answers):
    with pytest.raises(RuleRefusal) as refusal:
        read(identifier, *answers)
    assert refusal.value.field == identifier
    return refusal.value.words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("680", "680.00"),
        (" 6 8 0 ", "680.00"),
        ("６８０．５", "680.50"),
        ("68,000.00", "68000.00"),
        ("6,8000", "68000.00"),
        ("１２，３４５", "12345.00"),
        ("680 万元", "680.00"),
        ("+680.", "680.00"),
        ("680.10", "680.10"),
        ("680.1000", "680.10"),
    ],
)
def test_a14_1b_amounts_are_read_however_people_type_them(typed, kept):
    assert read("total_investment", typed) == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-1", "总投资不能小于 0"),
        ("六百八十", "总投资请填数字，单位是万元"),
        ("1,5", "总投资请填数字，单位是万元"),
        ("680.123", "总投资最多写到小数点后 2 位"),
        ("0", "总投资要大于 0"),
        ("1e9", "总投资请填数字，单位是万元"),
        ("1" * 15, "总投资的数太大，请核对单位（万元）"),
        ("12,34", "总投资请填数字，单位是万元"),
    ],
)
def test_a14_1b_amounts_that_cannot_be_read_are_refused_in_words(typed, words):
    assert words_of("total_investment", typed) == words


@pytest.mark.parametrize("typed", ["2027-04", "2027-4", "2027 年 4 月", "２０２７．０４", "2027/4", "202704"])
def test_a14_1b_months_are_read_however_people_type_them(typed):
    assert read("planned_start", typed) == "2027-04"


@pytest.mark.parametrize("typed", ["2027", "2027-13", "27-04", "明年", "2027-04-01", "1899-01"])
def test_a14_1b_a_month_that_is_none_is_refused(typed):
    assert words_of("planned_start", typed) == "拟开工时间请写成年和月，如 2027-04"


def test_a14_1b_texts_are_tidied_and_measured():
    assert read("project_name", "  某某市\n第一\u200b  中学 ") == "某某市 第一 中学"
    assert read("scale_and_content", "第一行写二十个字以上的建设内容\r\n第二行也写一些内容") == (
        "第一行写二十个字以上的建设内容\n第二行也写一些内容"
    )
    assert words_of("scale_and_content", "太短") == "建设规模及内容要 20 至 2000 字，现在 2 字"
    assert words_of("site_address", "长" * 201) == "建设详细地址要 5 至 200 字，现在 201 字"


def test_a14_1b_choices_come_from_the_list():
    assert read("eia_category", "table") == "table"
    assert read("keywords", "民生", "重点项目", "民生") == ["民生", "重点项目"]
    assert words_of("eia_category", "方案") == "请从列出的选项中选择环评类别"
    assert words_of("takes_water", "maybe") == "请选择是否取水"
    assert read("takes_water", "否") is False
    assert read("takes_water") is None


def test_a14_1b_regions_zones_and_industries_are_known_ones():
    assert read("region_code", " 220102 ") == "220102"
    assert "999999" in words_of("region_code", "999999")
    assert words_of("development_zone_code", "220102") == "南关区不是开发区，请选择开发区"
    assert read("other_region_codes", "220102，220103", "220102") == ["220102", "220103"]
    assert "两位大类" in words_of("industry_division", "00")
    assert words_of("industry_class", "36") == "国标行业小类是 4 位数字，不能只填到大类"


def test_a14_1a_credit_codes_are_checked_beside_their_own_field():
    assert read("unit_uscc", "９１２２０１０１ma1400a22h") == "91220101MA1400A22H"
    assert "第 18 位" in words_of("unit_uscc", "91220101MA1400A22J")
    assert words_of("applicant_uscc", "123")


@pytest.mark.parametrize("typed", ["220102199003070013", " 220102 19900307 0013 ", "E12345678", "H1234567890"])
def test_a14_1b_identity_numbers_of_residents_and_others_are_read(typed):
    assert read("legal_representative_id", typed) == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("220102199003070014", "身份证号码第 18 位校验不符，请核对"),
        ("22010219900307001X", "身份证号码第 18 位校验不符，请核对"),
        ("220102199013070013", "身份证号码第 7 至 14 位不是可能的出生日期，请核对"),
        ("220102203003070013", "身份证号码第 7 至 14 位不是可能的出生日期，请核对"),
        ("220102900307001", "法定代表人证件号码：居民身份证 18 位，护照和通行证 5 至 17 位字母数字，请核对"),
        ("护照", "法定代表人证件号码：居民身份证 18 位，护照和通行证 5 至 17 位字母数字，请核对"),
    ],
)
def test_a14_1b_a_wrong_identity_number_says_where(typed, words):
    assert words_of("legal_representative_id", typed) == words


@given(st.integers(0, 16), st.integers(1, 9))
def test_a14_1b_one_wrong_digit_of_an_identity_number_is_always_noticed(place, shift):
    right = "220102199003070013"
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    words_of("legal_representative_id", wrong)


@pytest.mark.parametrize("typed", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "１３８１２３４５６７８"])
def test_a14_1b_mobile_numbers_are_read(typed):
    assert read("contact_mobile", typed) == "13812345678"


def test_a14_1b_ways_to_reach_a_person():
    assert "现在 10 位" in words_of("contact_mobile", "1381234567")
    assert "13 至 19 开头" in words_of("contact_mobile", "12812345678")
    assert read("contact_phone", "（0431）88901234转605") == "0431-88901234-605"
    assert "0431-88901234" in words_of("contact_phone", "88901234")
    assert read("contact_email", "li.min@example.cn") == "li.min@example.cn"
    assert "@" in words_of("contact_email", "li.min.example.cn")
    assert "@" in words_of("contact_email", "a@b.cn\nBcc: x@y.cn")


def test_a12_1_codes_from_elsewhere_are_kept_with_their_kind():
    typed = "2106-440100-04-01-237448\n2017-220102-36-03-000018\n部门原有编号：吉发改备 12 号\n自编 7"
    assert read("legacy_codes", typed) == [
        {"kind": "gb40058", "value": "2106-440100-04-01-237448"},
        {"kind": "platform2017", "value": "2017-220102-36-03-000018"},
        {"kind": "department", "value": "吉发改备 12 号"},
        {"kind": "other", "value": "自编 7"},
    ]
    assert "100 字" in words_of("legacy_codes", "长" * 101)


def test_a12_2_the_replaced_code_is_a_code_of_the_platform():
    assert read("supersedes_code", "2026 220102 36 03 000018") == "2026-220102-36-03-000018"
    assert words_of("supersedes_code", "2026-220102-36-09-000018")


SQUARE = "125.30, 43.80\n125.31, 43.80\n125.31 43.81\n125.30，43.81"


def test_a14_1b_a_boundary_is_read_from_points_and_from_geojson():
    polygon = read("site_boundary", SQUARE)
    assert polygon["coordinates"][0][0] == polygon["coordinates"][0][-1] == [125.3, 43.8]
    assert len(polygon["coordinates"][0]) == 5
    ring = [[125.3, 43.8], [125.31, 43.8], [125.31, 43.81], [125.3, 43.8]]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    assert len(read("site_boundary", json.dumps(feature))["coordinates"][0]) == 4


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("125.30, 43.80\n125.31, 43.80", "现在 2 个"),
        ("43.80, 125.30\n43.80, 125.31\n43.81, 125.31", "第 1 个界址点不在吉林省范围内"),
        ("125.30, 43.80\n125.31, 43.81\n125.31, 43.80\n125.30, 43.81", "自相交叉"),
        ("东经一百二十五度", "每行填一个"),
        ('{"type": "Point", "coordinates": [125, 43]}', "每行填一个"),
        ('{"type": "Polygon"', "每行填一个"),
        ("nan, nan\n1, 1\n2, 2", "不在吉林省"),
        ("[" * 100000, "每行填一个"),
    ],
)
def test_a14_1b_a_boundary_that_bounds_nothing_is_refused(typed, words):
    assert words in words_of("site_boundary", typed)


def test_a14_6_fields_of_reports_are_read_by_the_same_readers():
    start = next(spec for spec in load().report_fields if spec.identifier == "actual_start_date")
    assert start.kind is Kind.DATE
    assert read_value(start, ["2027年4月5日"], GROUND) == "2027-04-05"
    with pytest.raises(RuleRefusal, match="2027-04-15"):
        read_value(start, ["2027-02-30"], GROUND)


@pytest.mark.parametrize(
    ("identifier", "value", "words"),
    [
        ("takes_water", True, "是"),
        ("takes_water", False, "否"),
        ("construction_nature", "new", "新建"),
        ("total_investment", "68000.00", "68,000 万元"),
        ("land_area", "8.6200", "8.62 公顷"),
        ("planned_start", "2027-04", "2027 年 4 月"),
        ("region_code", "220102", "南关区"),
        ("other_region_codes", ["220102", "222401"], "南关区、延吉市"),
        ("industry_division", "36", "汽车制造业"),
        ("legacy_codes", [{"kind": "other", "value": "自编 7"}], "自编 7"),
        ("project_name", "某项目", "某项目"),
        ("project_name", None, ""),
        ("keywords", [], ""),
    ],
)
def test_a14_1b_facts_read_as_people_write_them(identifier, value, words):
    assert in_words(FIELDS[identifier], value, load().place_names) == words


def test_a14_1b_a_boundary_is_shown_by_its_corners():
    assert in_words(FIELDS["site_boundary"], read("site_boundary", SQUARE)) == "已填报 4 个界址点"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.identifier)
def test_a14_1b_every_example_shown_beside_a_field_can_be_read_by_it(spec):
    assert spec.hint
    by_name = {choice.name: choice.code for choice in spec.choices}
    by_name |= {name: code for code, name in load().place_names.items()}
    example = by_name.get(spec.example, spec.example) if spec.kind not in (Kind.TEXT, Kind.LONG_TEXT) else spec.example
    assert read_value(spec, [example], GROUND) is not None


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.identifier)
def test_a14_1b_a_refusal_names_the_field_and_never_speaks_of_formats(spec):
    words = [missing_words(spec)]
    for typed in ("？", "0" * 30, "-1"):
        try:
            read_value(spec, [typed], GROUND)
        except RuleRefusal as refusal:
            words.append(refusal.words)
    assert not [each for each in words if any(bad in each for bad in ("格式", "非法", "不能为空", "必填", "其中："))]
    assert words[0].startswith("请")
