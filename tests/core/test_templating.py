"""How dates, money and sizes are written, and what every page of a portal carries."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from core.web.templating import environment, static

PROJECT = SimpleNamespace(name="电池托盘<项目>", code="2026-220184-36-03-004187")
OFFICER = SimpleNamespace(name="李文静", org_name="长春市生态环境局公主岭市分局")
LAYOUT = {"page_title": "我的办件", "actor": None, "nav": [], "csrf_token": "token-7", "large_text": False}


def environment_on(today, zone="public"):
    made = environment(zone)
    made.globals["business_date"] = lambda: today
    return made


def written(source, zone="public", today=date(2026, 11, 23), **names):
    return environment_on(today, zone).from_string(source).render(**names)


@pytest.mark.parametrize(
    ("source", "value", "words"),
    [
        ("day", date(2026, 11, 23), "11 月 23 日"),
        ("day", date(2027, 1, 5), "2027 年 1 月 5 日"),
        ("day", datetime(2026, 11, 23, 17, 0, tzinfo=UTC), "11 月 24 日"),
        ("day", None, "—"),
        ("day_dense", date(2026, 11, 3), "11-03"),
        ("day_dense", date(2027, 1, 5), "2027-01-05"),
        ("full_day", date(2026, 11, 23), "2026 年 11 月 23 日"),
        ("moment", datetime(2026, 11, 20, 7, 12, tzinfo=UTC), "11 月 20 日 15:12"),
        ("moment", datetime(2025, 12, 31, 16, 5, tzinfo=UTC), "1 月 1 日 00:05"),
        ("moment", datetime(2025, 12, 31, 15, 5, tzinfo=UTC), "2025 年 12 月 31 日 23:05"),
        ("moment", date(2026, 11, 20), "11 月 20 日"),
        ("moment", None, "—"),
        ("iso", date(2026, 11, 20), "2026-11-20"),
        ("iso", datetime(2026, 11, 20, 7, 12, tzinfo=UTC), "2026-11-20T15:12+08:00"),
        ("money", "68000.00", "6.80 亿元"),
        ("money", Decimal("9999.5"), "9,999.5 万元"),
        ("money", 10000, "1.00 亿元"),
        ("money", Decimal(123456789), "12,345.68 亿元"),
        ("money", "680.00", "680 万元"),
        ("money", "0.00", "0 万元"),
        ("money", "", "—"),
        ("number", "46800.00", "46,800"),
        ("number", 100, "100"),
        ("number", "8.62", "8.62"),
        ("number", None, "—"),
        ("file_size", 812, "812 字节"),
        ("file_size", 320 * 1024, "320 KB"),
        ("file_size", 1024 * 1024 - 1, "1.0 MB"),
        ("file_size", 1_258_291, "1.2 MB"),
    ],
)
def test_values_are_written_for_a_reader(source, value, words):
    assert written(f"{{{{ value | {source} }}}}", value=value) == words


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        written("{{ at | moment }}", at=datetime(2026, 11, 20, 7, 12))  # noqa: DTZ001 - the very thing refused


def test_an_unknown_name_is_an_error_and_markup_is_escaped():
    with pytest.raises(UndefinedError):
        written("{{ nobody }}")
    assert written("{{ words }}", words="<b>") == "&lt;b&gt;"


def test_a_static_address_changes_with_the_content():
    address, mark = static("app.css").split("?v=")
    assert address == "/static/app.css"
    assert len(mark) == 12
    with pytest.raises(FileNotFoundError):
        static("absent.css")


def test_a_project_is_never_named_without_its_code():
    shown = '{% from "components/project_name.html" import project_name, project_heading %}{{ project_name(project) }}'
    line = written(shown, project=PROJECT)
    head = written(shown + "{{ project_heading(project) }}", project=PROJECT)
    assert "电池托盘&lt;项目&gt;" in line
    assert line.count(PROJECT.code) == 1
    assert head.count(PROJECT.code) == 2
    assert "尚未赋码" in written(shown, project=SimpleNamespace(name="草稿", code=""))


def test_a_field_ties_label_hint_and_error_together():
    made = written(
        '{% from "components/field.html" import text_field %}'
        '{{ text_field("name", "项目名称", "旧名", error="请填写项目名称", hint="不超过 60 字", optional=true) }}'
    )
    assert '<label class="label" for="name">项目名称<span class="optional">（选填）</span></label>' in made
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in made
    assert made.index("不超过 60 字") < made.index("请填写项目名称") < made.index("<input")
    assert 'value="旧名"' in made


def test_a_password_is_never_written_back():
    made = written(
        '{% from "components/field.html" import text_field %}'
        '{{ text_field("secret", "密码", "x1y2", type="password") }}'
    )
    assert "x1y2" not in made


@pytest.mark.parametrize(("value", "checked"), [(True, "true"), ("false", "false"), (False, "false"), (None, None)])
def test_yes_no_shows_what_was_answered(value, checked):
    made = written(
        '{% from "components/field.html" import yes_no %}{{ yes_no("land", "新增用地", value) }}', value=value
    )
    assert made.count(" checked") == (0 if checked is None else 1)
    assert checked is None or f'value="{checked}" checked' in made


def test_the_error_summary_leads_to_the_fields_in_page_order():
    made = written(
        '{% from "components/error_summary.html" import error_summary %}{{ error_summary(errors) }}',
        errors={"name": "请填写项目名称", "": "已受理，不能再改"},
    )
    assert "有 2 处需要改正" in made
    assert '<a href="#name">请填写项目名称</a>' in made
    assert 'href="#"' not in made
    assert 'role="alert" tabindex="-1" autofocus' in made


@pytest.mark.parametrize("zone", ["public", "extranet"])
def test_every_page_carries_its_frame(zone):
    source = '{% extends zone ~ "/_layout.html" %}{% block content %}<h1>办件</h1>{% endblock %}'
    nav = [SimpleNamespace(label="我的办件", href="/cases", current=True, count=27)]
    made = written(source, zone, **{**LAYOUT, "actor": OFFICER, "nav": nav, "large_text": True, "may_verify": True})
    assert '<a class="skip" href="#content">' in made
    assert '<div id="status" class="status" role="status" aria-live="polite"></div>' in made
    assert '<html lang="zh-CN" data-text="large">' in made
    assert '<a href="/cases" aria-current="page">' in made
    assert made.count('name="csrf_token" value="token-7"') == 2
    assert '"mode":"same-origin"' in made
    assert ("政务外网" in made) == (zone == "extranet")
    assert ('accesskey="s"' in made) == (zone == "extranet")


def test_who_may_not_verify_a_code_is_offered_no_form_for_it():
    source = '{% extends "extranet/_layout.html" %}'
    assert 'accesskey="s"' not in written(source, "extranet", **{**LAYOUT, "actor": OFFICER, "may_verify": False})


def test_a_stranger_is_offered_to_sign_in_and_never_to_sign_out():
    made = written('{% extends "public/_layout.html" %}', **LAYOUT)
    assert 'href="/sign-in"' in made
    assert "/sign-out" not in made


def test_the_title_of_a_refused_form_begins_with_the_error():
    made = written('{% extends "public/_layout.html" %}', **LAYOUT, errors={"name": "请填写项目名称"})
    assert "<title>错误：我的办件 · 吉林省投资项目在线审批监管平台</title>" in made


def test_an_error_page_says_what_happened_and_where_to_go():
    made = (
        environment_on(date(2026, 11, 23), "extranet")
        .get_template("error.html")
        .render(
            **LAYOUT,
            heading="这件由市水利局办理",
            words="你所在单位可查看进度。",
            article="第五条",
            next_href="/cases",
            next_words="我的办件",
        )
    )
    assert "<h1>这件由市水利局办理</h1>" in made
    assert "第五条" in made
    assert '<a class="button" href="/cases">我的办件</a>' in made
