"""第十三条：the code stands where the name stands; it is verified before anything else is done."""

import pytest
import segno
from sqlmodel import col, select

from core.cases import intake
from core.cases.tables import Notice, ReceivedNotice
from core.cases.told import notice_by_check_code, notice_by_token
from core.errors import Absent, RuleRefusal
from core.projects.tables import Project
from core.trace import entries_of
from public_portal.notices import routes
from tests.core.cases.acts import bring, rightful
from tests.core.pdf_qr import modules_of
from tests.core.pdf_text import text_of
from tests.world import act, case, case_of


def unverify(world):
    """The code loses its verification, as if the examination had found it wrong."""
    with world.extranet.writing() as session:
        session.get_one(Project, world.code).verified_at = None


@pytest.mark.parametrize("state", ["awaiting_supplement", "in_handling", "refused", "not_accepted"])
def test_a13_1_every_notice_that_names_the_project_bears_its_code(applied_world, state):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), state)
    with applied_world.extranet.reading() as session:
        notice = session.exec(select(Notice).where(col(Notice.case_id) == case_id)).one()
    printed = text_of(b"".join(applied_world.post.extranet_files.read_chunks(notice.digest)))
    assert "公主岭市玉米深加工生产线技术改造项目" in printed
    assert applied_world.code in printed


def test_a13_2_the_printed_qr_code_is_the_address_of_the_notices_own_verification_page(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    with applied_world.extranet.reading() as session:
        notice = session.exec(select(Notice).where(col(Notice.case_id) == case_id)).one()
    page = next(route for route in routes if route.name == "notice.verify").url_path_for(
        "notice.verify", token=notice.token
    )
    drawn = modules_of(b"".join(applied_world.post.extranet_files.read_chunks(notice.digest)))
    address = segno.make(f"http://public.example{page}", error="m", micro=False)
    assert drawn == [[bool(dark) for dark in row] for row in address.matrix]


def test_a13_2_no_case_goes_on_before_its_code_is_verified(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    unverify(applied_world)
    with pytest.raises(RuleRefusal, match="未通过核验，不能受理") as refused:
        act(applied_world, case_id, intake.pass_preliminary, by=rightful(applied_world, case_id, "accept"))
    assert refused.value.article == "A13.2"


@pytest.mark.parametrize(("item", "stage"), [("ECO-02", intake.accept), ("IIT-01", intake.record_filing)])
def test_a13_2_neither_acceptance_nor_filing_without_a_verified_code(applied_world, item, stage):
    case_id = bring(applied_world, case_of(applied_world, item), "under_acceptance")
    with applied_world.extranet.writing() as session:
        session.get_one(intake.Case, case_id).code_verified_at = None
    with pytest.raises(RuleRefusal, match="代码尚未核验"):
        act(applied_world, case_id, stage, by=rightful(applied_world, case_id, "accept"))
    assert case(applied_world, case_id).state == "under_acceptance"


def test_a13_2_a_code_that_is_not_verified_leads_to_a_refusal_that_says_so(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    unverify(applied_world)
    by = rightful(applied_world, case_id, "accept")
    act(applied_world, case_id, intake.refuse_preliminary, by=by, ground="code_invalid", reason="代码与申报信息不符")
    assert case(applied_world, case_id).end_reason == "项目代码核验未通过：代码与申报信息不符"


def test_a13_2_the_verification_is_in_the_trace_with_who_did_it(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    by = rightful(applied_world, case_id, "accept")
    act(applied_world, case_id, intake.verify_code, by=by)
    with applied_world.extranet.reading() as session:
        entry = entries_of(session, "case", case(applied_world, case_id).application_id)[0]
    assert (entry.action, entry.actor_name) == ("case.verify_code", by.name)


def test_a13_2_anyone_who_holds_a_notice_can_tell_whether_it_is_genuine(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    with applied_world.public.reading() as session:
        notice = session.exec(select(ReceivedNotice)).one()
        assert notice_by_token(session, notice.token).number == notice.number
        typed = notice.check_code.lower().replace("-", " ")
        assert notice_by_check_code(session, applied_world.code, typed).token == notice.token
        assert notice_by_check_code(session, applied_world.code, "0000-0000") is None
        with pytest.raises(Absent, match="没有找到这份通知书"):
            notice_by_token(session, "forged")
