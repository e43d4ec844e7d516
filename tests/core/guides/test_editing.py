"""Departments keep the words of their guides (A8.1): who, what is refused, and what a new version leaves alone."""

from datetime import date

import pytest

from core.domain.policy import Role
from core.errors import Conflict, FormRefusal, NotAllowed
from core.guides import editing
from core.guides.editing import Edition
from core.guides.publishing import catalogue, guide_version
from tests.world import make_officer

EDITOR = make_officer((Role.GUIDE_EDITOR, "220000-ee"), name="王敏")
BEGINS = date(2027, 1, 1)
GOOD = Edition(BEGINS, "压缩时限", 1)


def publish(world, *, item="ECO-02", promised="10", edition=GOOD, by=EDITOR, **changed):
    with world.extranet.writing() as session:
        given = editing.text_of(editing.newest_version(session, item)) | changed
        return editing.publish_text(session, item, given, promised=promised, edition=edition, by=by, at=world.now)


def test_a8_1_the_department_publishes_changed_words_for_both_zones_and_the_rest_stays(world):
    publish(world, contact="生态环境厅环评处 0431-8××××012")
    world.pump()
    for database in (world.extranet, world.public):
        with database.reading() as session:
            made, before = guide_version(session, "ECO-02.2"), guide_version(session, "ECO-02.1")
            assert catalogue(session, on=BEGINS).guides["ECO-02"] == made
    assert (made.contact, made.promised_days, made.fee) == ("生态环境厅环评处 0431-8××××012", 10, "不收费")
    same = {"materials", "relations", "applies_when", "statutory_days", "levels"}
    assert made.model_dump(include=same) == before.model_dump(include=same)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"content": " "}, "content", "请填写审批内容"),
        ({"contact": "长" * 501}, "contact", "最多 500 个字"),
        ({"promised": "0"}, "promised_days", "请填 1 到 365"),
        ({"promised": "十天"}, "promised_days", "请填 1 到 365"),
        ({"promised": "15"}, "content", "没有改动"),
        ({"edition": Edition(None, "")}, "in_force_from", "请填写施行日期"),
        ({"edition": Edition(None, "")}, "reason", "请说明为什么"),
        ({"edition": Edition(date(2026, 11, 22), "理由")}, "in_force_from", "不能早于今天"),
        ({"process": "国家秘密"}, "process", "涉密"),
    ],
)
def test_a8_1_what_is_wrong_stands_beside_its_field(world, given, field, words):
    with pytest.raises(FormRefusal) as refusal:
        publish(world, **given)
    assert words in refusal.value.errors[field]


def test_decision_9_a_promise_is_never_longer_than_the_law_allows(world):
    with pytest.raises(FormRefusal) as refusal:
        publish(world, item="NRD-04", promised="300", by=make_officer((Role.COORDINATOR, "220000-drc")))
    assert "不能长于法定时限" in refusal.value.errors["promised_days"]


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("guide_editor", "220000-ee", True),
        ("coordinator", "220000-drc", True),
        ("guide_editor", "220000-water", False),
        ("guide_editor", "220184-ee", False),
        ("coordinator", "220100-drc", False),
        ("approver", "220000-ee", False),
    ],
)
def test_a8_1_a_guide_is_kept_by_its_department_at_the_province(world, role, unit, may):
    officer = make_officer((role, unit))
    if may:
        assert publish(world, by=officer).number == 2
        return
    with pytest.raises(NotAllowed):
        publish(world, by=officer)


def test_a8_1_of_two_who_keep_one_guide_the_second_is_told(world):
    publish(world)
    with pytest.raises(Conflict, match="刚刚由其他人发布"):
        publish(world, promised="5")
