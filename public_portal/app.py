"""The internet portal: declaration, query, guides and disclosure in one window (A4.1, A4.2)."""

from collections.abc import Sequence

from starlette.applications import Starlette

from core.database import Zone
from core.settings import ZoneSettings, zone_settings
from core.web.ask import Ask
from core.web.portal import NavEntry, application, make_portal
from public_portal import (
    account,
    applications,
    apply,
    changes,
    declare,
    disclosure,
    guides,
    home,
    intermediaries,
    materials,
    notices,
    projects,
    query,
    query_clock,
    security,
)

MENU = (
    ("首页", "/"),
    ("项目申报", "/declarations"),
    ("我的项目", "/projects"),
    ("进度查询", "/query"),
    ("办事指南", "/guides"),
    ("公开公示", "/disclosures"),
    ("中介服务", "/intermediaries"),
)

CAPABILITIES = (
    home,
    account,
    declare,
    projects,
    apply,
    materials,
    applications,
    changes,
    query,
    query_clock,
    notices,
    guides,
    disclosure,
    intermediaries,
    security,
)


routes = [route for capability in CAPABILITIES for route in capability.routes]


def make_app(settings: ZoneSettings | None = None) -> Starlette:
    """The portal as an application; without `settings` those of the environment count."""
    return application(make_portal(Zone.PUBLIC, settings or zone_settings(Zone.PUBLIC), menu), routes)


def menu(ask: Ask) -> Sequence[NavEntry]:
    """The menu, the same for everybody; the entry whose pages one is on is marked."""
    path = ask.request.url.path
    return [
        NavEntry(label, href, current=path == href or (href != "/" and path.startswith(f"{href}/")))
        for label, href in MENU
    ]
