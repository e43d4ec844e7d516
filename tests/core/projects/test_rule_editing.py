"""The coordinator changes when an item applies (A14.1c, A8.1): tried on past projects, published from a day on."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest

from core.domain.policy import Role
from core.errors import Absent, Conflict, FormRefusal, NotAllowed, RuleRefusal
from core.guides.editing import Edition
from core.guides.publishing import catalogue, versions_of
from core.projects import declaring, rule_editing
from core.trace import entries_of
from tests.world import declare, make_officer

COORDINATOR = make_officer((Role.COORDINATOR, "220000-drc"), name="宋杰")
WIDER = "eia_category in (report, table)"
TOMORROW = date(2026, 11, 24)


def publish(world, text=WIDER, *, item="ECO-01", on=TOMORROW, reason="分类管理名录调整", seen=1, by=COORDINATOR):
    with world.extranet.writing() as session:
        return rule_editing.publish_rule(session, item, text, edition=Edition(on, reason, seen), by=by, at=world.now)


def preview(world, text, item="ECO-01"):
    with world.extranet.reading() as session:
        return rule_editing.preview(session, item, text)


def told(world, code):
    with world.public.reading() as session:
        return {row.item_code for row in declaring.due_items_of(session, code)}


def test_a14_1c_a_rule_is_tried_on_past_projects_and_names_those_that_would_gain_or_lose(world):
    table, other = declare(world, "parts_factory"), declare(world, "renovation", eia_category="registration")
    found = preview(world, WIDER)
    assert (found.looked_at, [hit.code for hit in found.gain], found.lose, found.keep) == (2, [table], (), 0)
    found = preview(world, "eia_category = report", item="ECO-03")
    assert ([hit.code for hit in found.lose], found.gain, found.keep) == ([other], (), 0)
    assert preview(world, "eia_category in (registration, report)", item="ECO-03").keep == 1


def test_a14_1c_a_published_rule_counts_from_its_day_in_both_zones_and_for_new_projects_only(either_world):
    world = either_world
    before = declare(world, "parts_factory")
    publish(world, "  eia_category in （report，table） ")
    assert "ECO-01" not in told(world, declare(world, "parts_factory"))
    world.later(days=1)
    assert "ECO-01" in told(world, declare(world, "parts_factory"))
    assert "ECO-01" not in told(world, before)
    for database in (world.extranet, world.public):
        with database.reading() as session:
            assert catalogue(session, on=TOMORROW).guides["ECO-01"].applies_when == WIDER
            assert catalogue(session, on=world.now.date().replace(day=23)).guides["ECO-01"].number == 1


def test_a4_4_the_trace_says_who_published_the_rule_and_why(world):
    publish(world)
    with world.extranet.reading() as session:
        entry = entries_of(session, "guide", "ECO-01.2")[0]
    assert (entry.actor_name, entry.reason) == ("宋杰", "分类管理名录调整")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"text": "eia_category = report"}, "applies_when", "没有改动"),
        ({"text": "eia_category = huge"}, "applies_when", "没有“huge”这个选项"),
        ({"text": "colour = red"}, "applies_when", "没有这个字段"),
        ({"on": None}, "in_force_from", "请填写施行日期"),
        ({"on": date(2026, 11, 22)}, "in_force_from", "不能早于今天"),
        ({"reason": "  "}, "reason", "请说明为什么"),
        ({"reason": "长" * 501}, "reason", "不超过 500 字"),
        ({"reason": "涉及国家秘密"}, "reason", "涉密"),
    ],
)
def test_a14_1c_what_is_wrong_stands_beside_its_field_and_nothing_is_published(world, given, field, words):
    with pytest.raises((RuleRefusal, FormRefusal)) as refusal:
        publish(world, **given)
    found = refusal.value
    told_beside = found.errors if isinstance(found, FormRefusal) else {found.field: found.words}
    assert words in told_beside[field]
    with world.extranet.reading() as session:
        assert len(versions_of(session, "ECO-01")) == 1


@pytest.mark.parametrize(("role", "unit"), [("coordinator", "220100-drc"), ("guide_editor", "220000-ee")])
def test_a14_1c_a_rule_that_holds_everywhere_is_not_changed_by_one_place(world, role, unit):
    with pytest.raises(NotAllowed):
        publish(world, by=make_officer((role, unit)))


def test_an_item_nobody_knows_has_no_rule(world):
    with pytest.raises(Absent):
        publish(world, item="XXX-01")


def test_a8_1_of_two_coordinators_who_publish_at_once_one_wins_and_the_other_is_told(either_world):
    world = either_world
    given = {"edition": Edition(TOMORROW, "名录调整", 1), "by": COORDINATOR, "at": world.now}
    with ThreadPoolExecutor(1) as pool:
        with world.extranet.writing() as session:
            rule_editing.publish_rule(session, "ECO-01", WIDER, **given)
            other = pool.submit(publish, world, "eia_category != report")
            wait([other], timeout=0.5)  # it waits for the first one, or would be through without having seen it
        with pytest.raises(Conflict, match="刚刚由其他人发布"):
            other.result()
    with world.extranet.reading() as session:
        assert [one.guide.applies_when for one in versions_of(session, "ECO-01")] == ["eia_category = report", WIDER]
