"""Legacy codes (A12.1): one code however it is spelt, and files as offices really save them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.legacy_codes import KINDS, MOST_BYTES, MOST_ROWS, key_of, read_file, read_legacy
from core.errors import RuleRefusal
from core.reference import loader

CODE = "2026-220184-13-03-000001"
TABLE = f"原编码,项目代码\r\n吉发改备2015-018,{CODE}\r\n公环 审〔2016〕7 号,{CODE}\r\n"


@pytest.mark.parametrize(
    "spelt",
    ["吉发改备2015-018", " 吉发改备２０１５－０１８ ", "吉发改备2015018", "吉发改备 2015—018", "吉发改备2015_018"],
)
def test_a12_1_one_code_however_it_is_spelt(spelt):
    assert key_of(spelt) == key_of("吉发改备2015-018")


@pytest.mark.parametrize("other", ["吉发改备2015-019", "发改备2015-018", "吉发改备2015-0181"])
def test_a12_1_another_code_is_another(other):
    assert key_of(other) != key_of("吉发改备2015-018")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("2106-440100-04-01-237448", "gb40058"),
        ("2016-220102-36-03-000018", "platform2017"),
        ("吉发改备2015-018", "other"),
    ],
)
def test_a12_1_a_kind_is_known_by_its_form(typed, kind):
    assert read_legacy(typed).kind == kind
    assert read_legacy(typed, "department").kind == "department"


def test_kinds_are_those_of_the_declaration_form():
    assert {one.code: one.name for one in loader.load().field_by_identifier["legacy_codes"].choices} == KINDS


@pytest.mark.parametrize(
    ("typed", "says"), [("", "请填写"), (" - — ", "请填写"), ("长" * 101, "100 个字"), ("涉密7号", "涉密")]
)
def test_a12_1_what_is_no_legacy_code_is_refused(typed, says):
    with pytest.raises(RuleRefusal, match=says):
        read_legacy(typed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a12_1_a_file_is_read_as_offices_save_it(encoding, delimiter):
    rows = read_file(TABLE.replace(",", delimiter).encode(encoding))
    assert [(row.line, row.legacy, row.code, row.fault) for row in rows] == [
        (2, "吉发改备2015-018", CODE, ""),
        (3, "公环 审〔2016〕7 号", CODE, ""),
    ]


def test_a12_1_a_file_without_heading_loses_no_row():
    assert len(read_file(f"甲1,{CODE}\n乙2,{CODE}\n".encode())) == 2


def test_a12_1_quotes_blank_lines_and_spellings_of_our_code_are_forgiven():
    rows = read_file(f'\n"甲,1","{CODE.replace("-", "")}"\n\n,,\n'.encode())
    assert [(row.legacy, row.code, row.fault) for row in rows] == [("甲,1", CODE, "")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("甲1", "应有两栏"),
        (f",{CODE}", "应有两栏"),
        (f"甲1,{CODE},余下", "应有两栏"),
        ("甲1,2026-220184-13-03", "应有 20 位数字"),
        ("甲1,吉A", "第 1 位是“A”"),
        (f"{'长' * 101},{CODE}", "最多 100 个字"),
        (f"{CODE},{CODE}", "不需要对应"),
    ],
)
def test_a12_1_a_row_that_is_wrong_says_what(line, says):
    (row,) = read_file(f"{line}\n".encode())
    assert says in row.fault


def test_a3_2_a_row_that_may_be_classified_is_not_even_shown():
    (row,) = read_file(f"涉密工程7号,{CODE}".encode())
    assert row.legacy == ""
    assert "涉密" in row.fault


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "没有内容"),
        (b"\n\n , \n", "没有内容"),
        (b"\xff\x00\x81\x20\xff", "文字编码"),
        (b"a" * (MOST_BYTES + 1), "2 MB"),
        (b"1,2\n" * (MOST_ROWS + 1), "5,000 行"),
        (b'"' + b"x" * 140_000, "CSV"),
    ],
)
def test_a12_1_a_file_that_cannot_be_read_is_refused_in_words(data, says):
    with pytest.raises(RuleRefusal, match=says) as refused:
        read_file(data)
    assert refused.value.field == "file"


@given(st.binary(max_size=200))
def test_whatever_bytes_come_the_answer_is_rows_or_a_refusal(data):
    try:
        rows = read_file(data)
    except RuleRefusal:
        return
    assert all(len(row.legacy) <= 120 and len(row.code) <= 60 for row in rows)
