"""Passing a case to the competent unit (A5.1, A14.2): clocks run on, both sides know, the sender keeps a trace."""

import pytest

from core.cases.progress import events_of
from core.cases.tables import Case
from core.cases.transferring import sent_on, targets, transfer, transfers_of
from core.clocks import business_date, clocks_of
from core.domain.policy import Role
from core.errors import FormRefusal
from core.projects.tables import DueItem, ToldDueItem
from tests.core.cases.acts import do, rightful
from tests.world import act, application, case, case_of, make_officer, words

REASON = "项目用地跨县区，应由市级办理"


@pytest.fixture
def case_id(applied_world):
    return case_of(applied_world, "ECO-02")


def running(world, case_id):
    with world.extranet.reading() as session:
        return [(row.kind, row.started_on, row.due_on, row.stopped_on) for row in clocks_of(session, case_id)]


def test_a5_1_what_is_competent_by_remit_stands_first_once_the_case_lies_elsewhere(applied_world, case_id):
    on = business_date(applied_world.now)
    with applied_world.extranet.reading() as session:
        found = targets(session, session.get_one(Case, case_id), on=on)
    assert "220184-ee" not in {one.code for one in found}
    assert {"220100-ee", "220000-ee", "220184-drc"} <= {one.code for one in found}
    assert not any(one.is_competent for one in found)
    do(applied_world, case_id, "transfer")
    with applied_world.extranet.reading() as session:
        found = targets(session, session.get_one(Case, case_id), on=on)
    assert (found[0].code, found[0].is_competent) == ("220184-ee", True)


def test_a14_2_a_transferred_case_goes_on_at_its_new_unit_with_its_clocks_running(applied_world, case_id):
    before = running(applied_world, case_id)
    do(applied_world.later(days=1), case_id, "transfer")
    applied_world.pump()
    assert case(applied_world, case_id).org_unit == "220100-ee"
    assert running(applied_world, case_id) == before
    do(applied_world, case_id, "pass_preliminary")
    assert case(applied_world, case_id).state == "under_acceptance"
    one = application(applied_world, applied_world.code, "ECO-02")
    assert (one.org_unit, one.org_unit_name) == ("220100-ee", "长春市生态环境局")
    with applied_world.public.reading() as outside, applied_world.extranet.reading() as inside:
        assert outside.get(ToldDueItem, (applied_world.code, "ECO-02")).org_unit == "220100-ee"
        assert inside.get(DueItem, (applied_world.code, "ECO-02")).org_unit == "220100-ee"


def test_a14_2_the_sender_keeps_a_trace_and_the_receiver_reads_why(applied_world, case_id):
    do(applied_world, case_id, "transfer")
    with applied_world.extranet.reading() as session:
        kept = sent_on(session, make_officer((Role.CLERK, "220184-ee")))
        nothing = sent_on(session, make_officer((Role.CLERK, "220184-drc")))
        history = transfers_of(session, session.get_one(Case, case_id))
    assert [(row.item_name, row.to_name, row.state) for row in kept] == [
        (case(applied_world, case_id).item_name, "长春市生态环境局", "submitted")
    ]
    assert not nothing
    assert [(row.from_unit, row.to_unit) for row in history] == [("220184-ee", "220100-ee")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"to": "220184-ee", "reason": REASON}, "to"),
        ({"to": "220200-ee", "reason": REASON}, "to"),
        ({"to": "220100-ee", "reason": "改"}, "reason"),
    ],
)
def test_a_transfer_needs_another_unit_that_can_be_competent_and_a_reason(applied_world, case_id, given, field):
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, case_id, transfer, by=rightful(applied_world, case_id, "transfer"), **given)
    assert set(refused.value.errors) == {field}
    assert case(applied_world, case_id).org_unit == "220184-ee"


def test_the_unit_is_told_of_the_transfer(applied_world, case_id):
    do(applied_world, case_id, "transfer")
    applied_world.pump()
    with applied_world.public.reading() as session:
        told = words(events_of(session, applied_world.code))
    assert any("转长春市生态环境局办理，时限继续计算" in line for line in told)
