"""A project begun before the platform as its unit and citizens see it (A12.1)."""

from tests.core.projects.legacy_entries import UNIT, entered
from tests.public_portal.conftest import signed_in, stranger
from tests.world import make_enterprise


def test_a12_1_citizens_find_it_by_both_codes_marked_as_entered_later(world, open_portal):
    code = entered(world)
    citizen = stranger(open_portal(world))
    for typed in (code, "吉发改备2015-018"):
        page = citizen.open(f"/query?code={typed}")
        assert "公主岭市玉米深加工项目" in page.text
        assert "补录的存量项目" in page.text
        assert "已补录" in page.text
        assert "存量项目补录，取得项目代码" in page.text


def test_a12_1_the_unit_registers_finds_its_project_and_is_asked_to_complete_it(world, open_portal):
    code = entered(world)
    unit = make_enterprise(world, **UNIT)
    browser = signed_in(open_portal(world), world, unit)
    assert "补录" in browser.open("/projects").text
    page = browser.open(f"/projects/{code}")
    assert "请核对并补全申报信息" in page.text
    change = browser.press(browser.open(page.links["申请变更，补全信息"]), "申请变更")
    assert change.status == 200
    assert "请核对并补全申报信息" not in browser.open(f"/projects/{code}").text
