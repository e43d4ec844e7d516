"""The walls of the templates: what the content security policy and A13.1 forbid; files by others are unchanged."""

import hashlib
import re
from pathlib import Path

import pytest

from core.web.template_check import TEMPLATES, check, findings
from core.web.templating import environment, static

AXE = Path(__file__).parents[1] / "axe"
PAGES = [path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html"))]


def test_templates_hold_nothing_the_policy_forbids():
    assert PAGES
    assert [str(found) for found in findings()] == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ('<p style="color:red">', "inline style"),
        ("<style>p{}</style>", "style element"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a href="/x" onclick="go()">', "event attribute"),
        ('<div hx-on:click="go()">', "hx-on"),
        ("<div hx-vals='js:{a: 1}'>", "js:"),
        ('<a href="javascript:go()">', "js:"),
        ('<div hx-trigger="click[ctrlKey]">', "event filter"),
        ("{{ words | safe }}", "safe"),
        ("{% autoescape false %}x{% endautoescape %}", "autoescape"),
        ('<a href="https://example.com/">', "other host"),
        ('<img src="//example.com/a.png" alt="">', "other host"),
        ('<form hx-get="//example.com/">', "other host"),
        ('<img src="/a.png">', "alt"),
        ('<form method="post" action="{{ to }}">\n</form>{{ csrf(token) }}', "csrf"),
        ('<form hx-post="{{ to }}">\n</form>', "csrf"),
        ("<h2>{{ project.name }}</h2>", "A13.1"),
        ("<li>{{ case.project.name }}</li>", "A13.1"),
        ("x\n" * 121, "120"),
        ("{% macro long() %}\n" + "x\n" * 40 + "{% endmacro %}", "macro long"),
    ],
)
def test_a_template_is_refused_for(bad, words):
    found = check("public/page.html", bad)
    assert len(found) == 1, found
    assert words in found[0].words


@pytest.mark.parametrize(
    "good",
    [
        '<script src="{{ static("htmx.min.js") }}" defer></script>',
        '<form method="post" action="/x">{{ csrf(csrf_token) }}</form>',
        '<form method="get" action="/x"></form>',
        '<input name="name" value="{{ project.name }}">',
        '{{ text_field("name", "项目名称", value=project.name) }}',
        "<title>{{ project.name }} {{ project.code }}</title>",
        '<img src="/a.png" alt="">',
        '<div hx-trigger="input changed delay:300ms from:#find">',
        "{% if once == 1 %}{{ words }}{% endif %}",
        "{# never write style= or |safe #}",
    ],
)
def test_a_template_is_let_pass(good):
    assert check("public/page.html", good) == []


def test_a_finding_names_its_line():
    assert str(check("public/page.html", "<p>\n</p>\n{# a\nb #}<style>")[0]).startswith(
        "templates/public/page.html:4: "
    )


@pytest.mark.parametrize("zone", ["public", "extranet"])
def test_every_template_compiles(zone):
    made = environment(zone)
    for page in PAGES:
        made.get_template(page)


def test_every_file_and_icon_a_template_names_is_there():
    source = "\n".join((TEMPLATES / page).read_text(encoding="utf-8") for page in PAGES)
    for name in re.findall(r"""static\(["']([^"']+)["']\)""", source):
        assert static(name)
    for name in re.findall(r"""icon\(["']([^"']+)["']\)""", source):
        assert (TEMPLATES / "components" / "icons" / f"{name}.svg").is_file(), name


def test_files_by_others_are_the_ones_named():
    rows = named_in(TEMPLATES / "static/VERSIONS.md")
    assert {"static/htmx.min.js"} | {f"components/icons/{p.name}" for p in TEMPLATES.glob("components/icons/*")} == {
        name for name, _ in rows
    }
    for name, digest in rows:
        assert hashlib.sha256((TEMPLATES / name).read_bytes()).hexdigest() == digest, name


def test_the_accessibility_checker_is_the_one_named_with_its_licence():
    [(name, digest)] = named_in(AXE / "VERSIONS.md")
    assert hashlib.sha256((AXE / name).read_bytes()).hexdigest() == digest
    assert "Mozilla Public License" in (AXE / "LICENSE").read_text(encoding="utf-8")


def named_in(table: Path) -> list[tuple[str, str]]:
    """File and sha256 of each row."""
    return re.findall(r"^\| (\S+\.\w+) \|.*\| ([0-9a-f]{64}) \|$", table.read_text(encoding="utf-8"), re.M)
