"""Voiding notices and issuing them anew (A14.3): the bytes stay, and both zones say which one stands."""

import pytest
from sqlmodel import col, select

from core.cases import notice_voiding
from core.cases.tables import Case, Message, Notice, ReceivedNotice
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from tests.core.cases.acts import bring, lead, rightful
from tests.core.cases.test_voiding import carried
from tests.core.pdf_text import text_of
from tests.world import case_of


@pytest.fixture
def case_id(applied_world):
    return bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")


def notices(world, case_id):
    with world.extranet.reading() as session:
        return list(session.exec(select(Notice).where(col(Notice.case_id) == case_id).order_by(col(Notice.id))))


def void(world, case_id, *, by=None, reissue=True, reason="承办人姓名有误", handler="周振宇", place=0):
    approver = by or rightful(world, case_id, "approve")
    notice_id = notices(world, case_id)[place].id
    with world.extranet.writing() as session:
        case, notice = session.get_one(Case, case_id), session.get_one(Notice, notice_id)
        return notice_voiding.void(
            session, case, notice, reason=reason, reissue=reissue, handler=handler, by=approver, at=world.now
        )


def test_a14_3_a_void_notice_keeps_its_bytes_and_names_its_successor_in_both_zones(applied_world, case_id):
    before = notices(applied_world, case_id)[0]
    void(applied_world.later(days=1), case_id)
    applied_world.pump()
    old, new = notices(applied_world, case_id)
    assert (old.digest, old.number, old.check_code) == (before.digest, before.number, before.check_code)
    assert (old.void_reason, old.successor_id) == ("承办人姓名有误", new.id)
    assert new.number != old.number
    assert new.facts["desk"]["handler"] == "周振宇"
    assert new.facts["materials"] == old.facts["materials"]
    with applied_world.public.reading() as session:
        told = session.get(ReceivedNotice, old.token)
        assert (told.voided_at is not None, told.successor_token) == (True, new.token)
        assert session.get(ReceivedNotice, new.token).voided_at is None
        said = session.exec(select(Message).order_by(col(Message.id).desc())).first()
    assert "已作废，由" in said.words
    assert "承办人姓名有误" in said.words
    assert "周振宇" in text_of(b"".join(applied_world.post.public_files.read_chunks(new.digest)))


def test_a12_2_word_of_a_void_notice_leads_to_the_application_under_its_new_code(applied_world, case_id):
    new = carried(applied_world)
    void(applied_world.later(days=1), case_id)
    applied_world.pump()
    with applied_world.public.reading() as session:
        (said,) = [one for one in session.exec(select(Message)).all() if "已作废，由" in one.words]
    assert (said.project_code, said.href.split("/")[2]) == (new, new)


def test_a_notice_is_voided_once_by_an_approver_of_the_unit_with_a_reason(applied_world, case_id):
    with pytest.raises(NotAllowed, match="由签批人"):
        void(applied_world, case_id, by=rightful(applied_world, case_id, "propose"))
    with pytest.raises(FormRefusal):
        void(applied_world, case_id, reason="错")
    with pytest.raises(RuleRefusal, match="作废须同时重新签发"):
        void(applied_world, case_id, reissue=False)
    void(applied_world, case_id)
    with pytest.raises(RuleRefusal, match="已经作废"):
        void(applied_world, case_id)


def test_the_notice_of_a_case_that_rests_on_it_no_more_is_voided_without_a_successor(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "revoked")
    assert void(applied_world, case_id, reissue=False) is None
    assert notices(applied_world, case_id)[0].successor_id is None
