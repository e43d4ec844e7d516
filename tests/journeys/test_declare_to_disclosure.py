"""The main job from end to end, by browser, on both engines: declare → code → apply → accept → decide → disclosed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.domain.sample_declarations import Sample
from tests.journeys.cast import PASSWORD, fresh_code, login_of
from tests.journeys.conftest import Platform, shoot
from tests.journeys.people import ACCOUNT, OfficerAtDesk, Unit, a_file, has, until

pytestmark = pytest.mark.browser

PROJECT = Sample(
    "南关区汽车电池托盘智能化生产线项目",
    {"project_type": "03", "region_code": "220102", "industry_division": "36", "eia_category": "table"},
    "DRC-05 ECO-02 ECO-04",
)
FILING = "企业投资项目备案"
REPORT = "环境影响报告表审批"
COMPLETION = "环境保护设施竣工验收信息报送"
Visitor = Callable[..., Page]


@pytest.fixture
def seat(platform: Platform, visitor: Visitor) -> Callable[..., OfficerAtDesk]:
    """`seat("clerk", "220102-ee")`: that officer, signed in with both factors."""
    seated: dict[str, OfficerAtDesk] = {}

    def officer(role: str, unit: str, *, scripts: bool = True) -> OfficerAtDesk:
        login = login_of(role, unit)
        if login not in seated:
            seated[login] = OfficerAtDesk(visitor(scripts=scripts), platform.extranet)
            seated[login].sign_in(login, PASSWORD, fresh_code(login))
        return seated[login]

    return officer


def answers(account: dict[str, str]) -> dict[str, str]:
    typed = {field: values[0] for field, values in PROJECT.answers.items()}
    return typed | {"unit_name": account["enterprise_name"], "unit_uscc": account["credit_code"]}


def test_from_registration_to_disclosure(
    platform: Platform, visitor: Visitor, seat: Callable[..., OfficerAtDesk], tmp_path: Path
) -> None:
    walk(platform, visitor, seat, tmp_path, ACCOUNT, scripts=True)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_the_same_without_javascript(
    platform: Platform, visitor: Visitor, seat: Callable[..., OfficerAtDesk], tmp_path: Path
) -> None:
    other = ACCOUNT | {
        "credit_code": "91220100MA17000134",
        "enterprise_name": "长春南关精密制造有限公司",
        "mobile": "13900000002",
    }
    walk(platform, visitor, seat, tmp_path, other, scripts=False)


def walk(
    platform: Platform,
    visitor: Visitor,
    seat: Callable[..., OfficerAtDesk],
    folder: Path,
    account: dict[str, str],
    *,
    scripts: bool,
) -> None:
    """All six steps with three roles; pictures are taken on the way."""
    unit = Unit(visitor(scripts=scripts), platform.public)
    unit.page.goto(platform.public)
    unit.register(account)
    code = unit.declare(answers(account), at_step=lambda page: _picture_of_step(page, scripts))
    if scripts:
        shoot(unit.page, "project-code", in_readme=True)
    assert code.startswith("20")
    until(unit.page, has(COMPLETION), what="the due items")
    unit.apply(code, "DRC-05", "ECO-02", folder=folder)

    reception = seat("clerk", "220102-drc", scripts=scripts)
    reception.open_case(FILING, code)
    reception.act("核验并初审通过")
    reception.act("予以备案")
    expect(reception.page.locator("main")).to_contain_text("已办结")

    clerk = seat("clerk", "220102-ee", scripts=scripts)
    clerk.page.goto(f"{platform.extranet}/cases")
    if scripts:
        shoot(clerk.page, "officer-inbox", in_readme=True)
    clerk.open_case(REPORT, code)
    clerk.act("核验并初审通过")
    clerk.act("受理")
    expect(clerk.page.locator("main")).to_contain_text("办理")

    handler = seat("handler", "220102-ee", scripts=scripts)
    handler.open_case(REPORT, code)
    if scripts:
        shoot(handler.page, "officer-case", in_readme=True)
    handler.propose(f"南环审（表）〔2026〕{64 if scripts else 65} 号", a_file(folder, "关于环境影响报告表的批复.pdf"))
    expect(handler.page.locator("main")).to_contain_text("签批")

    approver = seat("approver", "220102-ee", scripts=scripts)
    approver.open_case(REPORT, code)
    approver.act("签批")
    expect(approver.page.locator("main")).to_contain_text("已办结")

    unit.open_project(code)
    until(unit.page, has("准予"), what="the decision at the unit's page")
    unit.apply(code, "ECO-04", folder=folder)
    clerk.open_case(COMPLETION, code)
    clerk.act("核验并初审通过")
    clerk.act("予以备案")

    unit.open_project(code)
    until(unit.page, has("办结通知书"), what="the notice of completion")
    if scripts:
        shoot(unit.page, "project-page", in_readme=True)
    _citizen(platform, visitor, code, account, scripts=scripts)


def _picture_of_step(page: Page, scripts: bool) -> None:
    if scripts and "建设内容与规模" in page.inner_text("h1"):
        shoot(page, "declare-step", in_readme=True)


def _citizen(platform: Platform, visitor: Visitor, code: str, account: dict[str, str], *, scripts: bool) -> None:
    citizen = visitor(scripts=scripts)
    citizen.goto(platform.public)
    if scripts:
        shoot(citizen, "public-home", in_readme=True)
    sloppy = code.replace("-", " ").translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    citizen.locator("main [name=code], .hero [name=code]").first.fill(sloppy)
    citizen.locator(".hero button:has-text('查询'), main button:has-text('查询')").first.click()
    main = citizen.locator("main")
    expect(main).to_contain_text(code)
    expect(main).to_contain_text("办结")
    for hidden in (account["mobile"], account["contact_name"], "13812345678"):
        assert hidden not in citizen.content()
    if scripts:
        shoot(citizen, "public-progress", in_readme=True)
    citizen.goto(f"{platform.public}/disclosures?q=电池托盘")
    expect(main).to_contain_text(code)
    if scripts:
        shoot(citizen, "disclosures", in_readme=True)
    citizen.goto(f"{platform.public}/query/{code}")
    notice = citizen.locator("main a[href*='/notices/']").first
    notice.click()
    expect(citizen).to_have_url(re.compile("/notices/"))
    expect(main).to_contain_text("由本平台发出")
    expect(main).to_contain_text(code)
    if scripts:
        shoot(citizen, "notice", in_readme=True)
