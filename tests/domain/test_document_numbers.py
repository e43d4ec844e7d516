"""Numbers of approval documents (A14.4a): however spelled they are one, and one follows the other."""

import pytest

from core.domain.document_numbers import LONGEST_KEY, following_number, number_key


@pytest.mark.parametrize(
    "spelled",
    [
        "审〔2026〕1号",
        "审〔2026〕1 号",
        "审[2026]1号",
        "审［2026］１　号",
        "审（2026）1号",
        " 审(2026) 1 号",
        "审【2026】1号",
    ],
)
def test_a14_4a_spaces_brackets_and_full_width_digits_make_no_other_number(spelled):
    assert number_key(spelled) == "审〔2026〕1号"


@pytest.mark.parametrize("other", ["审〔2026〕11号", "审〔2025〕1号", "环审〔2026〕1号", "审〔2026〕1号-2", ""])
def test_a14_4a_what_differs_in_more_is_another_number(other):
    assert number_key(other) != number_key("审〔2026〕1 号")


def test_a_key_has_room_in_its_column():
    assert len(number_key("\ufdfa" * 100)) == LONGEST_KEY  # one sign that folds into eighteen


@pytest.mark.parametrize(
    ("last", "year", "following"),
    [
        ("审〔2026〕63 号", 2026, "审〔2026〕64 号"),
        ("审〔2026〕63 号", 2027, "审〔2027〕1 号"),
        ("审[2026]63号", 2027, "审[2027]1号"),
        ("审（2026）063号", 2026, "审（2026）064号"),
        ("审（2026）063号", 2027, "审（2027）001号"),
        ("第 9 号", 2026, "第 10 号"),
        ("2026-07", 2026, "2026-08"),
        ("无号", 2026, ""),
        ("", 2026, ""),
    ],
)
def test_a_document_number_follows_the_last(last, year, following):
    assert following_number(last, year) == following
