"""The project code: canonical form, forgiving input, precise refusals (A11.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.project_code import SERIAL_LIMIT, ProjectCode, is_gb40058, parse, refuse_exhausted
from core.errors import RuleRefusal

CODE = ProjectCode(2026, "220184", "36", "03", 4187)
GB40058 = [
    "2106-440100-04-01-237448",
    "2211-441900-04-02-310151",
    "2502-140109-89-01-287745",
    "2603-141124-89-05-346948",
    "2411-130202-89-01-637015",
    "2509-140602-89-05-864976",
]

codes = st.builds(
    ProjectCode,
    year=st.integers(2015, 2099),
    region=st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    industry=st.from_regex(r"[0-9]{2}", fullmatch=True),
    project_type=st.sampled_from(["01", "02", "03"]),
    serial=st.integers(1, SERIAL_LIMIT),
)


def refusal(text):
    with pytest.raises(RuleRefusal) as caught:
        parse(text)
    assert caught.value.field == "code"
    assert caught.value.article == "A11.1"
    return caught.value.words


def test_a11_1_the_canonical_form_has_24_characters():
    assert str(CODE) == "2026-220184-36-03-004187"
    assert len(str(CODE)) == 24


@given(codes)
def test_a11_1_what_is_written_is_read_back(code):
    assert parse(str(code)) == code
    assert not is_gb40058(str(code))


@given(codes, st.data())
def test_a11_1_spaces_widths_and_hyphens_do_not_matter(code, data):
    typed = str(code).replace("-", data.draw(st.sampled_from(["", "-", "—", "－", "–", "_", "−", " ", "——", "＿"])))
    if data.draw(st.booleans()):
        typed = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in typed)
    for noise in data.draw(st.lists(st.sampled_from([" ", "\u3000", "\u200b", "\ufeff", "\t", "\u00a0"]), max_size=6)):
        place = data.draw(st.integers(0, len(typed)))
        typed = typed[:place] + noise + typed[place:]
    label = data.draw(st.sampled_from(["", "项目代码：", "项目代码: ", "（代码）", "【"]))
    assert parse(label + typed + data.draw(st.sampled_from(["", "。", "】", "）"]))) == code


@pytest.mark.parametrize(
    "text",
    [
        "项目代码：2026-220184-36-03-004187",
        "2026－220184－36－03－004187",
        "２０２６２２０１８４３６０３００４１８７",
        "2026 2201 8436 0300 4187",
        "年产 20 万套新能源汽车电池托盘智能制造项目 2026-220184-36-03-004187",
        "2026-220184-36-03-004187 年产 20 万套新能源汽车电池托盘智能制造项目",
        "代码 2026 — 220184 — 36 — 03 — 004187，2026 年赋码",
    ],
)
def test_a11_1_a_pasted_code_is_found_in_the_words_around_it(text):
    assert parse(text) == CODE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请填写项目代码"),
        ("　 ", "请填写项目代码"),
        ("项目代码：", "请填写项目代码"),
        ("2026-220184-36-03-00418", "现有 19 位"),
        ("2026-220184-36-03-0041877", "现有 21 位"),
        ("2026-220184-36-03-004187-000", "现有 23 位"),
        ("2026-22O184-36-03-004187", "第 7 位是“O”，是否应为数字 0"),
        ("2026-220l84-36-03-004187", "第 8 位是“l”，是否应为数字 1"),
        ("2026-220184-36-03-00四187", "第 17 位是“四”"),
        ("2026-220184-36-04-004187", "01 审批、02 核准或 03 备案，不能是“04”"),
        ("1026-220184-36-03-004187", "不能是 1026"),
        ("2014-220184-36-03-004187", "不能是 2014"),
        ("2026-220184-36-03-000000", "不能是 000000"),
    ],
)
def test_a11_1_a_refusal_says_precisely_what_is_wrong(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize("text", GB40058)
def test_a_code_of_the_national_rule_of_2020_is_recognised(text):
    assert is_gb40058(text)
    assert "GB/T 40058" in refusal(text)


@pytest.mark.parametrize("text", GB40058)
@pytest.mark.parametrize("place", [4, 9, 23])
def test_a_mistyped_code_of_2020_is_not_recognised(text, place):
    digit = next(p for p in range(place, len(text)) if text[p].isdigit())
    assert not is_gb40058(text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :])


def test_a_month_before_the_national_rule_is_no_code_of_it():
    assert not is_gb40058("05062201840401123450")


@pytest.mark.parametrize("text", ["2020-330327-48-01-167360", "2020-451421-88-03-016343"])
def test_codes_issued_under_the_regulation_are_read(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "parts",
    [
        (1999, "220184", "36", "03", 1),
        (2100, "220184", "36", "03", 1),
        (2026, "22018", "36", "03", 1),
        (2026, "22018a", "36", "03", 1),
        (2026, "220184", "C3", "03", 1),
        (2026, "220184", "36", "4", 1),
        (2026, "220184", "36", "03", 0),
        (2026, "220184", "36", "03", SERIAL_LIMIT + 1),
    ],
)
def test_a_code_no_project_can_bear_is_never_made(parts):
    with pytest.raises(RuleRefusal):
        ProjectCode(*parts)


def test_codes_sort_as_their_text_does():
    other = ProjectCode(2026, "220184", "36", "03", 12)
    assert sorted([CODE, other]) == [other, CODE]


def test_a11_1_serials_run_to_the_end_and_never_start_again():
    refuse_exhausted(SERIAL_LIMIT, "2026-220184-36-03")
    with pytest.raises(RuleRefusal, match="2026-220184-36-03 的流水号已用完"):
        refuse_exhausted(SERIAL_LIMIT + 1, "2026-220184-36-03")
