"""A guide as one document (A8.1): which limit counts, and what may be asked of a unit."""

import re

import pytest

from core.domain.clock import Unit
from core.guides.from_reference import guides
from core.guides.guide import Catalogue, MaterialNeed, without_remark

GUIDES = {guide.item_code: guide for guide in guides()}


@pytest.mark.parametrize(
    ("item", "days", "unit"),
    [
        ("ECO-02", 15, Unit.WORKING_DAY),
        ("DRC-06", 10, Unit.WORKING_DAY),
        ("ECO-04", 1, Unit.WORKING_DAY),
    ],
)
def test_a15_1_the_clock_runs_on_the_promise(item, days, unit):
    assert (GUIDES[item].handling_days, GUIDES[item].handling_unit) == (days, unit)


def test_a15_1_without_a_promise_it_runs_on_the_statute_in_the_statutes_unit():
    bare = GUIDES["ECO-02"].model_copy(update={"promised_days": None})
    assert (bare.handling_days, bare.handling_unit) == (30, Unit.CALENDAR_DAY)


@pytest.mark.parametrize("statutory", [None, 0])
def test_an_item_without_any_limit_has_none(statutory):
    bare = GUIDES["ECO-02"].model_copy(update={"promised_days": None, "statutory_days": statutory})
    assert bare.handling_days is None


def test_a_promise_is_never_longer_than_the_statute():
    for guide in GUIDES.values():
        if guide.promised_days and guide.statutory_days and guide.statutory_unit is Unit.WORKING_DAY:
            assert guide.promised_days <= guide.statutory_days, guide.item_code


@pytest.mark.parametrize(
    ("required", "source", "must"),
    [
        ("yes", "applicant", True),
        ("yes", "shared: licence register", False),
        ("yes", "platform form", False),
        ("conditional", "applicant", False),
        ("no", "applicant", False),
    ],
)
def test_a14_1d_only_what_the_unit_alone_has_must_be_handed_in(required, source, must):
    need = MaterialNeed(code="X", name="材料", form="original", required=required, source=source, reusable=True)
    assert need.must_be_handed_in == must


def test_a_filing_is_known_as_one():
    assert {guide.item_code for guide in GUIDES.values() if guide.is_filing} >= {"DRC-05", "IIT-01", "ECO-03", "ECO-04"}
    assert not GUIDES["ECO-02"].is_filing


def test_an_item_without_a_guide_is_called_by_its_code():
    assert Catalogue(GUIDES).named("ECO-02") == "环境影响报告表审批"
    assert Catalogue(GUIDES).named("XXX-99") == "XXX-99"


@pytest.mark.parametrize("guide", GUIDES.values(), ids=list(GUIDES))
def test_a8_1_no_law_is_told_with_the_remark_of_whoever_wrote_it_down(guide):
    laws = [guide.legal_basis, *(one.legal_basis for one in (*guide.materials, *guide.relations))]
    told = [without_remark(law) for law in laws]
    assert not [words for words in told if re.search("[a-z]{3}", words)]
    assert [bool(words) for words in told[:1]] == [True]
