"""The approval matrix on paper: sixteen items with long names, every stage filled, on one A4 page (A2.3)."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from core.web.shown import CellShown, LightShown, MatrixRow
from tests.extranet_portal.seats import Office
from tests.journeys.conftest import FLAGS, chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CSS = Path("templates/static/app.css").resolve()


def rows(count: int) -> tuple[MatrixRow, ...]:
    done = CellShown("done", date(2026, 11, 2))
    now = CellShown("now", None, "暂停计时 技术评估，预计 12-20；会商 2 个部门未复")
    row = MatrixRow(
        "生产建设项目水土保持方案审批（含弃渣场补充方案）",
        "长春市生态环境局公主岭市分局",
        "/cases/1",
        LightShown("paused", "暂停 剩 17 个工作日"),
        (done, done, done, now, CellShown(), CellShown()),
    )
    return (row,) * count


@pytest.mark.parametrize(("count", "pages"), [(16, 1), (60, 3)])
def test_a2_3_sixteen_items_print_on_one_a4_page(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, count: int, pages: int
) -> None:
    monkeypatch.setattr("extranet_portal.projects.matrix_rows", lambda ask, project: rows(count))
    desk = office.seat("clerk", office.unit("ECO-02"))
    html = desk.open(f"/projects/{office.world.code}/matrix").html
    sheet = tmp_path / "matrix.html"
    sheet.write_text(re.sub(r'href="/static/app\.css[^"]*"', f'href="file://{CSS}"', html), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(f"file://{sheet}")
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        browser.close()
    (tmp_path / "matrix.pdf").write_bytes(pdf)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == pages
