"""Why the date is what it is: officer, unit and public read the same account, the public without names (A15.2)."""

from datetime import date

from core.clocks import as_rule, calendar, pauses_of, running
from core.domain.clock_account import sentence
from tests import world as cast
from tests.core.cases.acts import do
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, signed_in, stranger
from tests.world import World

GROUNDS = {"technical_assessment": "技术评估"}


def handled(world: World) -> int:
    """The energy review: accepted on 23 November, paused from the 24th to 1 December, extended by 10 working days."""
    case_id = cast.case_of(world, "DRC-06")
    cast.accept(world, case_id)
    do(world.on(date(2026, 11, 24)), case_id, "pause")
    do(world.on(date(2026, 12, 1)), case_id, "resume")
    do(world, case_id, "extend")
    world.pump()
    return case_id


def test_a15_2_officer_unit_and_public_read_the_same_account(applied_world: World, open_portal: Open) -> None:
    case_id = handled(applied_world)
    with applied_world.extranet.reading() as session:
        row = running(session, case_id, "handling")
        told = sentence(
            as_rule(row, pauses_of(session, row)), date(2026, 12, 1), calendar(session), pause_words=GROUNDS
        )
    for words in ("11 月 25 日—12 月 1 日技术评估不计入", "经批准延期 10 个工作日", "由 12 月 7 日顺延至 12 月 28 日"):
        assert words in told
    app = open_portal(applied_world)
    case = cast.application(applied_world, applied_world.code, "DRC-06")
    own = signed_in(app, applied_world).open(f"/projects/{applied_world.code}/applications/{case.id}")
    public = stranger(app).open(f"/query/{applied_world.code}/items/DRC-06")
    statute = "最迟 2027 年 1 月 11 日"  # 20 + 10 working days and five not counted: seven weeks; 2027 is not announced
    for page in (own, public):
        assert told in page.text
        assert statute in page.text
    for hidden in ("李文静", "某approver", "委托技术评估", "评审意见分歧"):
        assert hidden not in public.text


def test_a17_2_the_progress_leads_to_the_account(applied_citizen: Browser, applied_world: World) -> None:
    page = applied_citizen.open(f"/query/{applied_world.code}")
    assert f"/query/{applied_world.code}/items/DRC-06" in page.html
    assert applied_citizen.open(f"/query/{applied_world.code}/items/NSS-01").status == 404
    assert applied_citizen.open("/query/2026-220184-36-03-009999/items/DRC-06").status == 404


def test_a15_2_a_pause_shows_on_the_day_it_begins_and_no_more_on_the_day_it_ends(
    applied_world: World, open_portal: Open
) -> None:
    world, case_id = applied_world, cast.case_of(applied_world, "DRC-06")
    cast.accept(world, case_id)
    app = open_portal(world)
    address = f"/query/{world.code}"
    do(world, case_id, "pause")
    world.pump()
    resting = stranger(app).open(address).text
    assert "暂停计时 已计 0 天" in resting
    assert "恢复后重新计算" in resting
    assert "11 月 24 日起技术评估，暂停计时" in stranger(app).open(f"{address}/items/DRC-06").text
    do(world.on(date(2026, 11, 26)), case_id, "resume")
    world.pump()
    running_again = stranger(app).open(address).text
    assert "暂停计时 已计 0 天" not in running_again
    assert "12 月 10 日" in running_again
