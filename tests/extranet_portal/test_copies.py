"""抄送 as officers use it: the list, the receipt before the document, the panel (A14.4c)."""

import pytest
from sqlmodel import select

from core.copies.tables import Copy
from tests import world as cast
from tests.extranet_portal.seats import Desk, Office
from tests.world import PDF


@pytest.fixture
def reader(office: Office) -> Desk:
    cast.decide(office.world, office.case_id("ECO-02"))
    return office.seat("clerk", "220184-drc", name="陈静")


def address(office: Office) -> str:
    with office.world.extranet.reading() as session:
        found = session.exec(select(Copy).where(Copy.org_unit == "220184-drc")).one()
        return f"/copies/{found.id}"


def test_a14_4c_the_document_is_read_with_a_receipt_that_the_deciding_unit_sees(office: Office, reader: Desk) -> None:
    page = reader.open("/copies")
    assert "现在有 1 份没有人阅收" in page.text
    assert "抄送 1 件" in page.text
    assert reader.client.get(f"{address(office)}/file").status_code == 422
    page = reader.press(reader.open(address(office)), "查看批复")
    assert "阅收记录 1 人" in page.text
    assert reader.client.get(f"{address(office)}/file").content == PDF
    handler = office.seat("handler", office.unit("ECO-02"), name="李文静")
    panel = handler.open(f"/cases/{office.case_id('ECO-02')}").text
    assert "1 份已阅" in panel
    assert "陈静 11 月 23 日" in panel
    assert "已阅" in reader.open("/copies?state=read").text
    assert "没有符合条件" in reader.open("/copies?state=unread").text


def test_a14_4c_a_supervisor_reads_without_a_receipt(office: Office, reader: Desk) -> None:
    supervisor = office.seat("supervisor", "220000-drc", name="周")
    assert "本单位还没有人阅收" in supervisor.open(address(office)).text
    assert supervisor.client.get(f"{address(office)}/file").content == PDF


def test_a14_4c_who_got_no_copy_finds_none(office: Office, reader: Desk) -> None:
    stranger = office.seat("handler", "220184-hc", name="王敏")
    assert "还没有抄送的文件" in stranger.open("/copies").text
    assert stranger.client.get(address(office)).status_code == 404
