"""The templates of notices as the coordinator reads them: words, tags, a sample; an unknown tag is shown (A7.1)."""

import pytest

from core.documents import notice_tags
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.policy import Role
from extranet_portal import notice_templates
from tests.core.pdf_text import text_of
from tests.extranet_portal.seats import Desk, Office


@pytest.fixture
def coordinator(office: Office) -> Desk:
    return office.seat(Role.COORDINATOR, "220000-drc", name="孙主任")


def test_a7_1_every_notice_is_listed_with_when_it_is_issued(coordinator: Desk) -> None:
    page = coordinator.open("/notice-templates")
    for title in TITLES.values():
        assert title in page.text
    assert "初审不予通过" in page.text
    assert "不存在" not in page.text.replace("不存在的标签", "")


def test_a7_1_a_template_is_read_with_its_tags_and_as_it_prints(coordinator: Desk) -> None:
    page = coordinator.open("/notice-templates/supplement")
    for words in ("现一次性告知需要补正的全部内容如下", "d.answer_by", "补正期限", "defect.cure"):
        assert words in page.text
    sample = coordinator.client.get("/notice-templates/supplement/sample")
    assert sample.headers["content-type"] == "application/pdf"
    printed = text_of(sample.content)
    for words in ("补正告知书", "〔补正要求〕", "2026 年 1 月 15 日 前备齐"):
        assert words.replace(" ", "") in printed.replace(" ", "")
    assert "每份通知书共用" in coordinator.open("/notice-templates/_layout").text
    for nothing in ("/notice-templates/nothing", "/notice-templates/_layout/sample"):
        assert coordinator.client.get(nothing).status_code == 404


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a7_1_every_notice_has_a_sample_that_names_its_facts(coordinator: Desk, kind: NoticeKind) -> None:
    answer = coordinator.client.get(f"/notice-templates/{kind}/sample")
    assert answer.status_code == 200
    assert "〔项目名称〕" in text_of(answer.content)


def test_a7_1_a_tag_that_does_not_exist_is_shown(coordinator: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_templates, "_text", lambda name: "#d.recieved_on #head.unit")
    assert "1 个标签不存在" in coordinator.open("/notice-templates").text
    assert notice_tags.tags_of("acceptance", "#d.recieved_on #head.unit") == [
        ("d.recieved_on", False), ("head.unit", True)
    ]  # fmt: skip


def test_whoever_keeps_no_standards_finds_no_templates(office: Office) -> None:
    assert office.seat("clerk", "220184-ee").client.get("/notice-templates").status_code == 403
