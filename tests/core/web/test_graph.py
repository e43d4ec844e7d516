"""The picture of what waits for what (A2.3, A14.1c): columns, arrows, and what is left out."""

from itertools import combinations

from core.domain.due_items import due_items
from core.reference.loader import load
from core.web.graph import HEIGHT, WIDTH, Item, Tie, graph
from core.web.plan import ties_of
from tests.domain.sample_declarations import PUMPED_STORAGE, SAMPLES, understood


def item(code, tier, *before, kind="law", **given):
    return Item(
        code, given.pop("name", code), code, "later", "", tier, tuple(Tie(one, kind) for one in before), **given
    )


def drawn(*items):
    """Which item an arrow leads from and to, by its two ends."""
    found = graph(items)
    right = {(card.x + WIDTH, card.y + HEIGHT // 2): card.words for card in found.cards}
    left = {(card.x, card.y + HEIGHT // 2): card.words for card in found.cards}
    ends = []
    for arrow in found.arrows:
        numbers = [int(part) for part in arrow.path.replace("M", "").replace("H", " ").replace("C", " ").split()]
        ends.append((right[tuple(numbers[:2])], left[tuple(numbers[-2:])]))
    return ends


def test_a14_1c_an_arrow_leads_from_each_prerequisite_to_what_waits_for_it():
    assert drawn(item("A", 0), item("B", 0), item("C", 1, "A", "B")) == [("A", "C"), ("B", "C")]


def test_a_law_that_follows_from_laws_is_drawn_once_but_never_left_to_custom():
    law = (item("A", 0), item("B", 1, "A"), item("C", 2, "A", "B"))
    assert drawn(*law) == [("A", "B"), ("B", "C")]
    custom = (item("A", 0), item("B", 1, "A", kind="usual"), item("C", 2, "A", "B"))
    assert ("A", "C") in drawn(*custom)


def test_what_comes_before_but_is_not_due_is_not_drawn():
    assert drawn(item("C", 1, "A")) == []


def test_the_chain_that_decides_the_end_is_thick():
    found = graph([item("A", 0, critical=True), item("B", 0), item("C", 1, "A", "B", critical=True, behind="A")])
    assert [arrow.critical for arrow in found.arrows] == [True, False]


def test_a_long_name_has_two_lines_and_ends_in_dots():
    name = "政府投资项目可行性研究报告审批及其初步设计概算核定意见"
    assert graph([item("A", 0, name=name)]).cards[0].lines == (name[:12], f"{name[12:23]}…")


def test_no_card_covers_another_and_every_arrow_points_on():
    for sample in (PUMPED_STORAGE, *SAMPLES):
        known = load()
        dues = due_items(
            understood(sample.answers).facts, known.items, known.relations, labels=known.field_by_identifier
        )
        found = graph([Item(due.item_code, due.item_code, "", "later", "", due.tier, ties_of(due)) for due in dues])
        for one, other in combinations(found.cards, 2):
            assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
        assert all(card.x + WIDTH <= found.width and card.y + HEIGHT <= found.height for card in found.cards)
        for arrow in found.arrows:
            numbers = [int(part) for part in arrow.path.replace("M", "").replace("H", " ").replace("C", " ").split()]
            assert numbers[0] <= numbers[2] < numbers[-2]
            for card in found.cards:  # what an arrow passes between two columns is no card
                passes = numbers[0] <= card.x < numbers[2] and abs(card.y + HEIGHT // 2 - numbers[1]) < HEIGHT
                assert not passes, (card, arrow)
