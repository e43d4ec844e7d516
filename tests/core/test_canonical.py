"""Canonical JSON: the compiled encoder writes what RFC 8785 says, or leaves the value to the library."""

import json
import math
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_bytes

LARGEST = 2**53 - 1
TEXT = st.text()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner) | st.dictionaries(st.sampled_from("abcd"), inner),
    max_leaves=20,
)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_every_value_is_written_as_the_library_writes_it(value: object):
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        "".join(map(chr, range(0x20))),
        '"\\/\x7f\u2028\u2029光伏\U00020000',
        {"\ufb33": 1, "\U0001f600": 2, "é": 3},  # sorted by UTF-16 the second comes before the first
        {"b": [(), {}, "", (1, 2)], "a": Colour.RED, Colour.RED: 1},
        [1e21, 1e-7, 0.1, -0.0, 5e-324, 100.0],
        [True, False, None, 0, -1, LARGEST],
    ],
)
def test_what_is_easily_written_otherwise(value: object):
    told = canonical_bytes(value)
    assert told == rfc8785.dumps(value)
    assert json.loads(told) == json.loads(json.dumps(value))


@pytest.mark.parametrize(
    "value", ["\ud800", {"\udfff": 1}, {"a": ["\ud800"]}, LARGEST + 1, -LARGEST - 1, math.nan, math.inf]
)
def test_what_has_no_canonical_form_is_refused(value: object):
    with pytest.raises(ValueError):  # noqa: PT011  (the library and the standard library have words of their own)
        canonical_bytes(value)


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(TypeError):
        canonical_bytes({1: 2})
