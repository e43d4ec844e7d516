"""A portal as one object, and the application around it: what both portals share (A2.1, A4.1)."""

import errno
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.to_thread
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from core.database import Database, Zone, open_database
from core.documents.blobs import open_store
from core.documents.content import Store
from core.loaded import keep_what_is_loaded
from core.settings import ZoneSettings
from core.vault import open_vault
from core.web.ask import Ask
from core.web.headers import SecurityHeaders
from core.web.session import Cookies
from core.web.slow import SlowClients
from core.web.templating import TEMPLATES, environment

SLOW_THREADS = 2
"""Threads of one process that hash passwords and keep files."""


@dataclass(frozen=True)
class NavEntry:
    """One entry of the menu."""

    label: str
    href: str
    current: bool
    count: int | None = None


@dataclass
class Portal:
    """One portal's zone: settings, database, files, templates, menu."""

    zone: Zone
    settings: ZoneSettings
    database: Database
    store: Store
    templates: Environment
    menu: Callable[[Ask], Sequence[NavEntry]]
    cookies: Cookies
    sign_in: str
    second_factor: str = "/sign-in/code"
    slow: anyio.CapacityLimiter | None = None
    routes: Mapping[str, Route | Mount] = field(default_factory=dict)

    def url(self, name: str, **params: Any) -> str:
        """The address of the route of this name: found by name, for a list asks for twenty of them."""
        return str(self.routes[name].url_path_for(name, **params))

    def nav(self, ask: Ask) -> Sequence[NavEntry]:
        """The menu as this reader sees it."""
        return self.menu(ask)

    def slow_work(self) -> anyio.CapacityLimiter:
        """The threads for hashing passwords and keeping files, beside those of all other requests."""
        if self.slow is None:
            self.slow = anyio.CapacityLimiter(SLOW_THREADS)
        return self.slow

    def new_nonce(self) -> str:
        """A nonce for a creating form: the same form sent again gets the first answer (T18, one project, one code)."""
        return secrets.token_urlsafe(18)


def make_portal(zone: Zone, settings: ZoneSettings, menu: Callable[[Ask], Sequence[NavEntry]]) -> Portal:
    """Open a zone's database and files and load its templates."""
    store = open_store(settings.files_url)
    workplace: Mapping[str, Any] = {"store": store, "public_url": settings.public_url}
    return Portal(
        zone=zone,
        settings=settings,
        database=open_database(
            settings.database_url,
            zone,
            # a page that refuses reads, and beside it counts the failure in a transaction of its own
            pool_size=2 * (settings.threads + SLOW_THREADS),
            workplace=workplace,
            vault=open_vault(settings.field_keys_file),
        ),
        store=store,
        templates=environment("public" if zone is Zone.PUBLIC else "extranet"),
        menu=menu,
        cookies=Cookies(settings, zone),
        sign_in="/sign-in",
    )


def application(portal: Portal, routes: Sequence[BaseRoute]) -> Starlette:
    """The ASGI application of a portal: its routes, static files, and the walls around them."""

    @asynccontextmanager
    async def lifespan(app: Starlette):  # type: ignore[no-untyped-def]
        anyio.to_thread.current_default_thread_limiter().total_tokens = portal.settings.threads
        keep_what_is_loaded()
        yield
        portal.database.close()

    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=list(portal.settings.trusted_hosts)),
        Middleware(SlowClients),
    ]
    app = _Walled(
        routes=[
            *routes,
            Route("/healthz", _health, name="health"),
            Mount("/static", StaticFiles(directory=TEMPLATES / "static"), name="static"),
        ],
        middleware=middleware,
        exception_handlers={400: _unreadable, 404: _absent, 405: _wrong_method, 413: _too_large, 500: _failed},
        lifespan=lifespan,
    )
    app.state.portal = portal
    portal.routes = {route.name or "": route for route in app.routes if isinstance(route, Route | Mount)}
    portal.templates.globals["url"] = portal.url
    return app


class _Walled(Starlette):
    """Starlette with our headers around everything: Starlette keeps the page of a failure outside its middleware."""

    def build_middleware_stack(self) -> ASGIApp:
        return SecurityHeaders(super().build_middleware_stack(), is_https=self.state.portal.settings.is_https)


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _unreadable(request: Request, error: Exception) -> Response:
    return _plain(
        request, 400, "没有读懂提交的内容", "内容没有保存。请返回上一页，刷新后重试；单项文字太长的，请删减或改为附件。"
    )


async def _absent(request: Request, error: Exception) -> Response:
    return _plain(request, 404, "没有找到这个页面", "请核对网址，或从首页进入。")


async def _wrong_method(request: Request, error: Exception) -> Response:
    answer = _plain(request, 405, "这个网址不能这样打开", "它只用来提交表单。请返回上一页，从页面上的按钮办理。")
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


async def _too_large(request: Request, error: Exception) -> Response:
    words = "内容没有保存。单个文件不超过 50 MB；请返回上一页，压缩或拆分后再提交。"
    return _plain(request, 413, "内容太大，没有收下", words)


async def _failed(request: Request, error: Exception) -> Response:
    if _is_disk_full(error):
        return _plain(request, 507, "平台存储空间已满", "内容没有保存，请返回上一页稍后重试；你填写的内容仍在页面上。")
    return _plain(request, 500, "平台暂时无法完成", "内容没有保存，请返回上一页稍后重试；你填写的内容仍在页面上。")


def _is_disk_full(error: BaseException) -> bool:
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "database or disk is full" in str(error)


def _plain(request: Request, status: int, heading: str, words: str) -> Response:
    portal: Portal = request.app.state.portal
    if request.headers.get("hx-request") == "true" and status >= 500:
        return HTMLResponse(portal.templates.get_template("_failed.html").render(), status_code=status)
    html = portal.templates.get_template("error.html").render(
        page_title=heading,
        actor=None,
        nav=[],
        csrf_token="",
        large_text=request.cookies.get("tzxm_text") == "large",
        errors={},
        heading=heading,
        words=words,
        article="",
        next_href="/",
        next_words="返回首页",
        is_demo=portal.settings.is_demo,
    )
    return HTMLResponse(html, status_code=status)
