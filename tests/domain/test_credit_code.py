"""The unified social credit code: real and made-up codes, every single mistake refused (A14.1a)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.credit_code import make, parse
from core.errors import RuleRefusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KNOWN = [
    "112200000135448753",
    "91220101MA1400A22H",
    "91220100MA17000134",
    "91220000MA0Y00016D",
    "122200004127501234",
    "91222401MA17ABCD25",
]

beginnings = st.builds(
    "{}{}{}".format,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=8, max_size=8),
)


@pytest.mark.parametrize("code", KNOWN)
def test_a14_1a_real_and_worked_codes_are_accepted(code):
    assert parse(code) == code
    assert make(code[:16]) == code


@pytest.mark.parametrize(
    "text",
    [
        "91220101ma1400a22h",
        " 9122 0101 MA14 00A2 2H ",
        "９１２２０１０１ＭＡ１４００Ａ２２Ｈ",
        "91220101\u3000MA1400A22H\u200b",
    ],
)
def test_a14_1a_input_is_forgiving(text):
    assert parse(text) == "91220101MA1400A22H"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请填写"),
        ("91220101MA1400A22", "应为 18 位，现有 17 位"),
        ("91220101MA1400A22H0", "现有 19 位"),
        ("MA1400A22", "现有 9 位，这可能是组织机构代码"),
        ("220101000012345", "现有 15 位，这可能是旧的营业执照注册号"),
        ("9122O101MA1400A22H", "第 5 位是字母 O，代码中不使用该字母，应为数字 0"),
        ("91220101MAI400A22H", "第 11 位是字母 I，代码中不使用该字母，应为数字 1"),
        ("91220101MA1400A2-H", "第 17 位是“-”"),
        ("9122010AMA1400A22H", "第 3 至 8 位是行政区划，应为数字，第 8 位是“A”"),
        ("91220101MA1400A23H", "第 17 位"),
        ("91220101MA1400A22J", "统一社会信用代码第 18 位校验不符，请核对"),
        ("92220101MA1400A22H", "第 18 位校验不符"),
    ],
)
def test_a14_1a_a_refusal_names_the_place(text, said):
    with pytest.raises(RuleRefusal) as caught:
        parse(text)
    assert said in caught.value.words
    assert (caught.value.field, caught.value.article) == ("credit_code", "A14.1a")


def test_a_refusal_stands_beside_the_field_that_was_asked():
    with pytest.raises(RuleRefusal) as caught:
        parse("1", field="agency_code")
    assert caught.value.field == "agency_code"


@given(beginnings)
def test_a_completed_code_is_accepted(beginning):
    assert parse(make(beginning)) == make(beginning)


@given(beginnings, st.integers(0, 17), st.data())
def test_a14_1a_one_changed_character_is_always_refused(beginning, place, data):
    code = make(beginning)
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c.upper() != code[place]))
    with pytest.raises(RuleRefusal):
        parse(code[:place] + other + code[place + 1 :])


@given(beginnings, st.integers(0, 16))
def test_a14_1a_two_neighbours_exchanged_are_refused(beginning, place):
    code = make(beginning)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(RuleRefusal):
            parse(swapped)


@pytest.mark.parametrize("beginning", ["91220101MA1400A", "91220101MA1400A22"])
def test_only_sixteen_characters_are_completed(beginning):
    with pytest.raises(ValueError, match="16"):
        make(beginning)


def test_a_beginning_with_a_forbidden_letter_is_not_completed():
    with pytest.raises(RuleRefusal, match="字母 O"):
        make("91220101MA1400AO")
