"""A tag that does not exist can't be released (A7.1): every slip in a notice's template is found by reading it."""

import pytest

from core.documents.notice_facts import NoticeKind
from core.documents.notice_tags import check, findings
from core.documents.rendering import FONTS, LAYOUTS, Press, TagsUnknown
from core.web import template_check


def test_every_tag_of_every_notice_exists():
    assert findings() == []
    assert {kind.value for kind in NoticeKind} <= {path.stem for path in LAYOUTS.glob("*.typ")}


@pytest.mark.parametrize(
    ("name", "text", "unknown"),
    [
        ("acceptance", "你单位 #d.recieved_on 提交", "d.recieved_on"),
        ("acceptance", "#head.project_title", "head.project_title"),
        ("acceptance", "#d.desk.fax", "d.desk.fax"),
        ("acceptance", "#d.basis.words", "d.basis.words"),
        ("supplement", "#d.defects.map(((n, one)) => (one.material, one.remedy))", "one.remedy"),
        ("decline", "#for (n, why) in d.reason.enumerate(start: 1) [#why]", "d.reason.enumerate"),
        ("_layout", "#let limits(l) = l.extension", "l.extension"),
    ],
)
def test_a_slip_is_named_with_its_line(name, text, unknown):
    assert check(name, f"// 说明\n\n{text}\n") == [(3, f"{unknown}: no such tag among the facts of this notice")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("acceptance", "#d.title #d.limits.due_on #d.materials.join([、]) #head.item"),
        ("supplement", "#d.defects.enumerate(start: 1).map(((n, one)) => (one.material, one.cure))"),
        ("completion", "#d.items.map(it => it.digest.slice(0, 16)) #d.dropped.map(it => it.reason)"),
        ("sample_scan", "#d.whatever"),
        ("acceptance", "// d.nothing\n#text.first()"),
    ],
)
def test_what_exists_passes(name, text):
    assert check(name, text) == []


def test_the_lint_reads_the_notices_too(monkeypatch, capsys):
    monkeypatch.setattr("core.documents.notice_tags.findings", lambda: ["templates/notices/x.typ:1: d.x: no such tag"])
    assert template_check.main() == 1
    assert "no such tag" in capsys.readouterr().out


def test_a7_1_nothing_is_printed_from_templates_with_an_unknown_tag(monkeypatch):
    monkeypatch.setattr("core.documents.rendering.findings", lambda: ["templates/notices/x.typ:1: d.x: no such tag"])
    with pytest.raises(TagsUnknown, match="no such tag"):
        Press(FONTS)
