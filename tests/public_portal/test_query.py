"""With the code anyone sees the process and its results, and whether a notice is genuine (A13.2, A17.2)."""

import pytest
from sqlmodel import col, select

from core.cases import intake
from core.cases.proof import frozen_lists
from core.cases.tables import ReceivedNotice
from core.projects.declaring import due_items_of
from core.projects.tables import DeclaredProject
from tests import world as cast
from tests.core.cases import acts
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, stranger
from tests.public_portal.test_projects import declared_but_not_carried
from tests.world import World


@pytest.mark.parametrize("typed", ["{code}", "{bare}", " {code} ", "项目代码：{code}", "{wide}"])
def test_a_code_is_found_however_it_is_typed(applied_citizen: Browser, applied_world: World, typed: str) -> None:
    code = applied_world.code
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    page = applied_citizen.press(
        applied_citizen.open("/"), "查询", code=typed.format(code=code, bare=code.replace("-", ""), wide=wide)
    )
    assert page.path == f"/query/{code}"
    assert "代码有效" in page.text


def test_an_impossible_code_says_what_is_wrong_and_stays_in_the_form(citizen: Browser) -> None:
    page = citizen.open("/query?code=2026-220184-36")
    assert page.status == 422
    assert "现有 12 位" in page.text
    assert page.value("code") == "2026-220184-36"


def test_an_unknown_code_is_said_to_be_unknown(citizen: Browser) -> None:
    page = citizen.open("/query/2026-220184-36-03-009999")
    assert page.status == 404
    assert "没有找到这个代码" in page.text


def test_the_public_page_holds_nothing_personal_and_no_reason(applied_citizen: Browser, applied_world: World) -> None:
    case_id = cast.case_of(applied_world, "ECO-02")
    clerk, _, _ = cast.staff(cast.unit_of(applied_world, case_id))
    reason = "申报材料与现场情况不一致"
    cast.act(applied_world, case_id, intake.refuse_preliminary, by=clerk, ground="code_invalid", reason=reason)
    applied_world.pump()
    page = applied_citizen.open(f"/query/{applied_world.code}")
    assert "初审不予通过" in page.text
    for hidden in (reason, "13812345678", "李敏", "孙岩", "王敏", "因为："):
        assert hidden not in page.text


def test_a_declared_project_is_shown_as_not_verified_yet(citizen: Browser, world: World) -> None:
    code = declared_but_not_carried(world)
    assert "正在核验" in citizen.open(f"/query/{code}").text


def test_an_item_of_state_security_is_not_even_a_line(citizen: Browser, world: World) -> None:
    code = cast.declare(world, in_security_control_area="true")
    with world.public.reading() as session:
        due = [row.item_code for row in due_items_of(session, code)]
    page = citizen.open(f"/query/{code}")
    assert "NSS-01" in due
    assert "国家安全" not in page.text
    assert f"{len(due) - 1} 项应办" in page.text


def test_a_result_stands_on_the_public_page_with_its_document_number(
    applied_citizen: Browser, applied_world: World
) -> None:
    cast.decide(applied_world, cast.case_of(applied_world, "ECO-02"), number="长环审〔2026〕8 号")
    applied_world.pump()
    page = applied_citizen.open(f"/query/{applied_world.code}")
    assert "准予 长环审〔2026〕8 号" in page.text
    assert "公开的结果" in page.text


def test_a_notice_is_genuine_by_its_token_and_by_its_check_code(applied_citizen: Browser, applied_world: World) -> None:
    cast.accept(applied_world, cast.case_of(applied_world, "ECO-02"))
    applied_world.pump()
    with applied_world.public.reading() as session:
        notice = session.exec(select(ReceivedNotice).where(col(ReceivedNotice.kind) == "acceptance")).one()
    page = applied_citizen.open(f"/notices/{notice.token}")
    for shown in (
        "这份通知书由本平台发出",
        "受理通知书",
        notice.number,
        applied_world.code,
        notice.check_code,
        notice.digest,
    ):
        assert shown in page.text
    typed = notice.check_code.lower().replace("-", " ")
    form = applied_citizen.open("/verify")
    assert applied_citizen.press(form, "核验", code=applied_world.code, check_code=typed).path == page.path
    wrong = applied_citizen.press(form, "核验", code=applied_world.code, check_code="0000-0000-0000")
    assert wrong.status == 422
    assert wrong.value("code") == applied_world.code
    assert "通知书所载是发出时的情况" not in page.text
    with applied_world.public.writing() as session:
        session.get_one(DeclaredProject, applied_world.code).state = "suspended"
    assert "这个项目已中止。 通知书所载是发出时的情况" in applied_citizen.open(f"/notices/{notice.token}").text


def test_a14_5_the_page_of_a_completion_notice_lists_what_it_proves_with_every_digit(
    last_item_world: World, open_portal: Open
) -> None:
    world = last_item_world
    cast.decide(world, cast.case_of(world, "DRC-06"), number="公发改能审〔2026〕3 号")
    world.pump()
    with world.public.reading() as session:
        notice = session.exec(select(ReceivedNotice).where(col(ReceivedNotice.kind) == "completion")).one()
        frozen = frozen_lists(session, world.code)[0]
    citizen = stranger(open_portal(world))
    page = citizen.open(f"/notices/{notice.token}").text
    assert "第 1 版清单" in page
    for row in frozen.items:
        for words in (row["item"], row["document_number"], row["digest"]):
            assert words in page
    acts.do(world, cast.case_of(world, "DRC-06"), "propose_correction")
    acts.do(world.later(days=1), cast.case_of(world, "DRC-06"), "correct")
    world.pump()
    page = citizen.open(f"/notices/{notice.token}").text
    assert "这份通知书已作废" in page
    assert "公发改能审〔2026〕3 号" in page  # what it said stays readable


def test_an_unknown_notice_is_said_to_be_unknown(citizen: Browser) -> None:
    page = citizen.open("/notices/never-issued")
    assert page.status == 404
    assert "没有找到这份通知书" in page.text


@pytest.mark.parametrize("typed", ["", "----"])
def test_an_empty_check_code_finds_nothing(applied_citizen: Browser, applied_world: World, typed: str) -> None:
    page = applied_citizen.press(applied_citizen.open("/verify"), "核验", code=applied_world.code, check_code=typed)
    assert page.status == 422
