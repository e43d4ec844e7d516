"""How far a limit may be extended (A15.2), as each guide says it, and the revisions of the calendar (A15.1)."""

import pytest

from core.domain.calendar_states import REVISION, RevisionFacts, RevisionState
from core.domain.clock import Unit
from core.domain.extensions import LICENCE_LAW, days_fault, extension_rule
from core.errors import RuleRefusal
from core.guides.from_reference import guides


def test_a15_2_ten_working_days_are_those_of_the_licence_law():
    rule = extension_rule("+10 working days", "某条例")
    assert (rule.days, rule.unit, rule.basis) == (10, Unit.WORKING_DAY, LICENCE_LAW)


def test_a15_2_another_length_is_the_law_of_the_item():
    rule = extension_rule("+40 working days, approved by the principal of the authority", "核准和备案管理条例 第十条")
    assert (rule.days, rule.basis) == (40, "核准和备案管理条例 第十条")
    assert extension_rule("+30 calendar days", "某条例").unit is Unit.CALENDAR_DAY


def test_a15_2_without_an_entry_there_is_no_extension_and_a_riddle_is_refused():
    assert extension_rule("", "某条例") is None
    with pytest.raises(RuleRefusal, match="应写作"):
        extension_rule("once, somewhat longer", "某条例")


def test_a15_2_every_guide_of_the_catalogue_can_be_read():
    found = {guide.item_code: guide.extension_rule for guide in guides()}
    assert (found["DRC-04"].days, found["DRC-06"].days, found["ECO-02"]) == (40, 10, None)


@pytest.mark.parametrize(("days", "is_wrong"), [(1, False), (10, False), (0, True), (11, True), (None, True)])
def test_a15_2_so_many_days_and_no_more(days, is_wrong):
    assert bool(days_fault(days, extension_rule("+10 working days", ""))) is is_wrong


def test_a15_1_a_revision_goes_from_draft_to_counted_and_nowhere_else():
    rows = {(move.source, move.event, move.target, move.by) for move in REVISION.moves}
    assert rows == {
        ("draft", "publish", "published", "coordinator"),
        ("draft", "discard", "discarded", "coordinator"),
        ("published", "count", "counted", "platform"),
    }
    guard = REVISION.find(RevisionState.DRAFT, "publish").guard
    assert guard(RevisionFacts()) is None
    assert "重新起草" in guard(RevisionFacts(is_outdated=True))
    assert "请稍后" in guard(RevisionFacts(is_another_counting=True))
