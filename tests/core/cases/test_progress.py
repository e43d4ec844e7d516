"""What the internet zone may see of cases (A14.2–A14.5, A17.2): states, a timeline for all, words for the unit."""

from datetime import date

import pytest
from sqlmodel import col, select

from core.cases import progress
from core.cases.messages import CaseAccepted, ClockTold
from core.cases.progress import events_of, history_of, messages_of
from core.cases.tables import Message, ProjectEvent
from core.cases.told import public_events
from core.exchange.message import Direction, Envelope
from tests.core.cases.acts import WAYS, bring, do
from tests.world import application, apply_for, case, case_of, decide, declare, words


def timeline(world, *, only_public=True):
    with world.public.reading() as session:
        return words(public_events(session, world.code) if only_public else events_of(session, world.code))


@pytest.mark.parametrize("state", sorted(WAYS))
def test_both_zones_agree_on_the_state_of_a_case(applied_world, state):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), state)
    assert case(applied_world, case_id).state == application(applied_world, applied_world.code, "ECO-02").state == state


def test_a17_2_the_public_reads_the_whole_way_of_a_case(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    decide(applied_world, case_id, number="公环审〔2026〕7 号")
    applied_world.pump()
    mine = [line for line in timeline(applied_world) if "环境影响报告表" in line]
    assert mine[::-1] == [
        "环境影响报告表审批：已送达长春市生态环境局公主岭市分局，待初审",
        "环境影响报告表审批：初审通过，项目代码已核验",
        "环境影响报告表审批：已受理，开始计时",
        "受理通知书　长春市生态环境局公主岭市分局受〔2026〕1 号（环境影响报告表审批）",
        "环境影响报告表审批：已提交签批",
        "审批决定告知书　长春市生态环境局公主岭市分局决〔2026〕1 号（环境影响报告表审批）",
        "环境影响报告表审批：准予　公环审〔2026〕7 号",
    ]


@pytest.mark.parametrize("event", ["refuse_preliminary", "decline"])
def test_a17_1_why_an_application_was_turned_away_is_for_the_unit_alone(applied_world, event):
    case_id = case_of(applied_world, "ECO-02")
    if event == "decline":
        do(applied_world, case_id, "pass_preliminary")
    do(applied_world, case_id, event)
    applied_world.pump()
    reason = application(applied_world, applied_world.code, "ECO-02").reason
    assert reason
    assert not [line for line in timeline(applied_world, only_public=False) if reason in line]
    with applied_world.public.reading() as session:
        assert [one for one in messages_of(session, applied_world.code) if reason in one.words and one.wants_action]


def test_a3_1_what_was_withheld_from_the_public_is_in_the_units_timeline_only(world):
    # An item of state security is in no public line: not its application, not its notices.
    world.code = declare(world, "logistics_park")
    (case_id,) = apply_for(world, world.code, "NSS-01")
    do(world, case_id, "pass_preliminary")
    do(world, case_id, "accept")
    world.pump()
    assert not [line for line in timeline(world) if "国家安全" in line]
    assert [line for line in timeline(world, only_public=False) if "国家安全" in line]


def test_the_same_message_twice_changes_nothing(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "under_acceptance")
    told = CaseAccepted(
        project_code=applied_world.code,
        application_id=case(applied_world, case_id).application_id,
        at=applied_world.now,
        accepted_on=date(2026, 11, 23),
        is_deemed=False,
        due_on=date(2026, 12, 14),
        clock=ClockTold(kind="handling", started_on=date(2026, 11, 23), limit=15, unit="working_day", warn_days=None),
    )
    envelope = Envelope("m" * 36, told.kind, told.subject(), Direction.TO_INTERNET, 99, applied_world.now, None)
    for _ in range(2):
        with applied_world.public.writing() as session:
            progress.show_accepted(session, told, envelope)
    with applied_world.public.reading() as session:
        assert len(session.exec(select(ProjectEvent).where(col(ProjectEvent.id) == envelope.id)).all()) == 1
        assert len(session.exec(select(Message).where(col(Message.id) == envelope.id)).all()) == 1
    assert application(applied_world, applied_world.code, "ECO-02").state == "in_handling"


def test_every_notice_reaches_the_unit_with_its_bytes_and_its_check_code(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    with applied_world.public.reading() as session:
        (notice,) = history_of(session, application(applied_world, applied_world.code, "ECO-02")).notices
    assert (notice.kind, len(notice.check_code) > 5) == ("acceptance", True)
    assert b"".join(applied_world.post.public_files.read_chunks(notice.digest)).startswith(b"%PDF")


def test_a_deemed_acceptance_says_so_to_everyone(applied_world):
    applied_world.on(date(2026, 12, 1))
    do(applied_world, case_of(applied_world, "ECO-02"), "deem_accepted")
    applied_world.pump()
    assert "环境影响报告表审批：逾期未告知，自收到之日起视为受理" in timeline(applied_world)
