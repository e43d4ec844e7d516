"""抄送规则 as coordinators read them (A14.4c): what the page says is what a decision then does."""

import pytest
from sqlmodel import col, select

from core.clocks import business_date
from core.copies.tables import Copy
from core.domain.policy import PLATFORM
from core.guides.guide import GuideCopy
from core.guides.publishing import catalogue, publish_guide
from tests.world import decide


@pytest.fixture
def coordinator(office):
    return office.seat("coordinator", "220184-drc", name="郑立新")


def row_of(page, item):
    """What the table says of one item."""
    return next(part for part in page.html.split("<tr>") if f">{item}　" in part)


def test_a14_4c_each_item_names_who_gets_copies_and_why(coordinator):
    page = coordinator.open("/copies/rules")
    row = row_of(page, "ECO-02")
    assert "水利" in row
    assert "水资源保护与排污口管理（本办法第十四条第（四）项）" in row
    assert "综合管理部门掌握并联审批情况" in page.text
    assert "曾就本件参与会商或函询" in page.text
    assert "抄送规则" in coordinator.open("/copies").links
    assert "抄送规则" in coordinator.open("/guides").links


def test_a14_4c_who_the_page_names_is_who_gets_the_copy(office, coordinator):
    world = office.world
    with world.extranet.writing() as session:
        guide = catalogue(session, on=business_date(world.now)).guides["ECO-02"]
        copies = (GuideCopy(department="emergency", reason="安全监管"),)
        changed = guide.model_copy(update={"number": guide.number + 1, "copies": copies})
        publish_guide(session, changed, in_force_from=business_date(world.now), by=PLATFORM, at=world.now)
    row = row_of(coordinator.open("/copies/rules?department=ee"), "ECO-02")
    assert "安全生产监督管理局" in row
    assert "安全监管" in row
    assert "水资源保护" not in row
    decide(world, office.case_id("ECO-02"))
    with world.extranet.reading() as session:
        sent = dict(session.exec(select(Copy.org_unit, Copy.why).where(col(Copy.item_code) == "ECO-02")).all())
    assert sent.get("220184-emergency", "安全监管") == "安全监管"
    assert sent["220184-drc"] == "综合管理部门掌握并联审批情况"


def test_a14_4c_a_department_without_items_is_said_to_have_none_and_clerks_keep_no_standards(office, coordinator):
    assert "这个部门没有事项" in coordinator.open("/copies/rules?department=nobody").text
    clerk = office.seat("clerk", office.unit("ECO-02"))
    assert clerk.open("/copies/rules").status == 403
    assert "抄送规则" not in clerk.open("/copies").links
