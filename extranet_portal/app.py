"""The extranet portal: parallel approval by officers of every level and department (A2.2, A2.3, A4.1)."""

from collections.abc import Sequence
from threading import Thread

from starlette.applications import Starlette

from core.database import Zone
from core.documents.rendering import warm
from core.settings import ZoneSettings, zone_settings
from core.web.ask import Ask
from core.web.portal import NavEntry, application, make_portal
from extranet_portal import (
    absences,
    account,
    agencies,
    amendments,
    bulk,
    calendars,
    case_work,
    changes,
    clock_acts,
    completion,
    consultation_acts,
    consultations,
    copies,
    copy_rules,
    desk,
    due_items,
    engagements,
    exchange_desk,
    exchange_message,
    files,
    guide_texts,
    guides,
    handling,
    intake,
    late_records,
    legacy,
    legacy_projects,
    legacy_tables,
    local_days,
    notice_templates,
    notice_voiding,
    projects,
    saved_views,
    security,
    transfers,
)

MENU = (
    ("我的办件", "/cases", desk.has_inbox),
    ("项目", "/projects", projects.has_list),
    ("会商函询", "/consultations", consultations.has_list),
    ("抄送", "/copies", copies.has_list),
    ("变更", "/changes", changes.has_list),
    ("中介服务", "/engagements", engagements.has_list),
    ("原编码", "/legacy-codes", legacy.has_list),
    ("存量项目", "/legacy-projects", legacy_projects.has_list),
    ("迟录", "/late-records", late_records.is_for),
    ("工作日历", "/calendar", calendars.is_for),
    ("办事指南", "/guides", guides.has_guides),
    ("通知书", "/notice-templates", notice_templates.is_for),
    ("交换", "/exchange", exchange_desk.has_desk),
)
"""Label, address and whether an officer has use for the entry: administrators see no case and no project (T9)."""

COUNTS = {"/consultations": consultations.waiting, "/changes": changes.waiting, "/copies": copies.waiting}
"""Entries that say how many things wait behind them."""

CAPABILITIES = (
    account,
    amendments,
    desk,
    intake,
    handling,
    absences,
    bulk,
    calendars,
    local_days,
    case_work,
    changes,
    clock_acts,
    files,
    projects,
    consultations,
    consultation_acts,
    copies,
    copy_rules,
    engagements,
    agencies,
    completion,
    due_items,
    guides,
    guide_texts,
    late_records,
    legacy,
    legacy_tables,
    legacy_projects,
    notice_templates,
    notice_voiding,
    saved_views,
    security,
    transfers,
    exchange_desk,
    exchange_message,
)

routes = [route for capability in CAPABILITIES for route in capability.routes]


def make_app(settings: ZoneSettings | None = None) -> Starlette:
    """The portal as an application; without `settings` those of the environment count.

    The press for notices is warmed beside the first requests, so that no act waits for its fonts.
    """
    Thread(target=warm, name="press", daemon=True).start()
    return application(make_portal(Zone.EXTRANET, settings or zone_settings(Zone.EXTRANET), menu), routes)


def menu(ask: Ask) -> Sequence[NavEntry]:
    """The menu as far as this officer's roles reach; the entry whose pages one is on is marked."""
    path = ask.request.url.path
    return [
        NavEntry(label, href, current=path == href or path.startswith(f"{href}/"), count=_count(ask, href))
        for label, href, is_for in MENU
        if is_for(ask.actor)
    ]


def _count(ask: Ask, href: str) -> int | None:
    return COUNTS[href](ask) if href in COUNTS else None
