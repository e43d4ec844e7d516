"""Agencies and commissioned services: every row, every missing neighbour, what a commission must hold (A16.1)."""

from datetime import date

import pytest

from core.domain.engagement_states import (
    AGENCY,
    COMMISSION_GROUNDS,
    ENGAGEMENT,
    EngagementFacts,
    faults_of_commission,
    faults_of_result,
)
from core.errors import RuleRefusal
from core.reference import loader

TODAY = date(2026, 11, 23)
GOOD = {
    "service": "testing", "services": ["testing"], "selection": "draw", "fee": 0, "payer": "department",
    "begins_on": TODAY, "expected_on": date(2026, 11, 24), "today": TODAY,
}  # fmt: skip


def test_a16_1_the_rows():
    assert [(move.source, move.event, move.target, move.by) for move in (*AGENCY.moves, *ENGAGEMENT.moves)] == [
        ("listed", "delist", "delisted", "coordinator"),
        ("delisted", "relist", "listed", "coordinator"),
        ("running", "deliver", "delivered", "handler"),
        ("running", "cancel", "cancelled", "handler"),
        ("running", "lapse", "cancelled", "platform"),
    ]


@pytest.mark.parametrize("machine", [AGENCY, ENGAGEMENT])
def test_a16_1_every_missing_row_is_refused(machine):
    rows = {(move.source, move.event) for move in machine.moves}
    for state in machine.states:
        for event in machine.events:
            if (state, event) not in rows:
                with pytest.raises(RuleRefusal, match=machine.word(event)):
                    machine.find(state, event)


def test_a16_1_a_service_ends_with_a_result():
    guard = ENGAGEMENT.find("running", "deliver").guard
    assert guard(EngagementFacts("passed", "报告")) is None
    assert guard(EngagementFacts("passed", "")) == "请写明办理结果"


@pytest.mark.parametrize("field", ["finding", "result", "report"])
def test_a16_1_a_result_names_finding_conclusion_and_report(field):
    good = {"finding": "passed", "result": "可行", "report": "技术评估报告"}
    assert faults_of_result(**good) == {}
    assert list(faults_of_result(**{**good, field: " "})) == [field]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("service", "dancing"),
        ("services", ["energy"]),
        ("selection", ""),
        ("fee", None),
        ("fee", -1),
        ("payer", "unit"),
        ("begins_on", None),
        ("begins_on", date(2026, 11, 24)),
        ("expected_on", TODAY),
        ("expected_on", None),
    ],
)
def test_a16_1_what_a_commission_must_hold(field, wrong):
    assert faults_of_commission(**GOOD) == {}
    assert list(faults_of_commission(**{**GOOD, field: wrong})) == ["service" if field == "services" else field]


def test_a15_2_every_ground_of_a_commission_is_one_of_the_list():
    assert {ground.code for ground in loader.load().pause_grounds} >= COMMISSION_GROUNDS
