"""The three servers that pages are measured on, for uvicorn: `benchmarks.servers:portal`, `:unshelled` and `:bare`.

*portal* is the real application. *unshelled* runs the same handlers and templates in the same thread pool, without
middleware, cookies, session, tokens and permission. *bare* sends the page's own statements to the driver in one
transaction, makes its rows into what the template prints, and renders the same template; everything else on the page
was made ready beforehand.
"""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from inspect import getclosurevars
from typing import Any

import anyio.to_thread
import psycopg
import sqlalchemy as sa
from jinja2 import Template
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from benchmarks.bare_pages import MAKERS, Rows
from benchmarks.ground import psycopg_address, sqlite_path
from core import clocks
from core.database import utc_now
from core.loaded import keep_what_is_loaded
from core.web import reply
from core.web.ask import Ask
from core.web.portal import Portal

SHELL = ("FROM session", "FROM publication", "BEGIN")
"""Statements of the shell and of what is kept in memory: the bare page does without."""

Handler = Callable[[Ask], Response]
Statement = tuple[str, str, Any]
"""A name by which its rows are found, the text, the parameters."""


@dataclass
class Seen:
    """One page as the real portal made it: its template and values, its own statements, how many it ran in all."""

    template: Template | None = None
    context: dict[str, Any] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    asked: Ask | None = None
    count: int = 0


def portal() -> Starlette:
    """The portal of the zone named in the environment, as `tzxm` serves it."""
    made: Starlette = import_module(f"{os.environ['BENCH_ZONE']}_portal.app").make_app()
    return made


def unshelled() -> Starlette:
    """The same pages without the shell."""
    app = portal()
    real: Portal = app.state.portal
    actors = {key: seen.asked.actor for key, seen in see_all(app).items() if seen.asked}

    def around(handler: Handler) -> Callable[[Request], Any]:
        def answer(request: Request) -> Response:
            with real.database.reading() as session:
                return handler(
                    Ask(
                        request=request,
                        portal=real,
                        session=session,
                        actor=actors[_key(request)],
                        who=None,
                        now=utc_now(),
                        csrf_token="",
                        address="",
                    )
                )

        async def endpoint(request: Request) -> Response:
            return await anyio.to_thread.run_sync(answer, request)

        return endpoint

    return _served(real, [_changed(route, around) for route in app.routes])


def bare() -> Starlette:
    """The pages' own statements on the driver, their rows in the same templates."""
    app = portal()
    real: Portal = app.state.portal
    pages = see_all(app)
    fetch = _fetcher(real)
    with real.database.reading() as session:
        days = clocks.calendar(session)

    def answer(request: Request) -> Response:
        seen = pages[_key(request)]
        fetched = fetch(seen.statements)
        assert seen.template is not None
        make = MAKERS.get(seen.template.name or "")
        values = make(seen.context, fetched, days) if make else {}
        return HTMLResponse(seen.template.render({**seen.context, **values}))

    async def endpoint(request: Request) -> Response:
        return await anyio.to_thread.run_sync(answer, request)

    return _served(real, [Route("/{path:path}", endpoint)])


def see_all(app: Starlette) -> Mapping[tuple[str, str], Seen]:
    """Every page the load will ask for, by address and cookie, as the real portal makes it the second time."""
    asked_for: Sequence[tuple[str, str]] = [(path, cookie) for path, cookie in json.loads(os.environ["BENCH_PAGES"])]
    found: dict[tuple[str, str], Seen] = {}
    client = TestClient(app, base_url="http://127.0.0.1")
    for path, cookie in asked_for:
        client.get(path, headers={"cookie": cookie}).raise_for_status()  # what is kept in memory is now there
        with _watching(app.state.portal) as seen:
            client.get(path, headers={"cookie": cookie}).raise_for_status()
        found[path, cookie] = seen
    return found


@contextmanager
def _watching(real: Portal) -> Iterator[Seen]:
    seen = Seen()
    made = reply.page

    def page(ask: Ask, template: str, *, title: str, status: int = 200, **context: Any) -> HTMLResponse:
        seen.template = real.templates.get_template(template)
        seen.context = reply.layout(ask, title) | context
        seen.asked = ask
        return made(ask, template, title=title, status=status, **context)

    def heard(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        seen.count += statement != "BEGIN"
        if not any(words in statement for words in SHELL):
            seen.statements.append((_name_of(statement), statement, parameters))

    reply.page = page
    sa.event.listen(real.database.reader, "before_cursor_execute", heard)
    try:
        yield seen
    finally:
        reply.page = made
        sa.event.remove(real.database.reader, "before_cursor_execute", heard)


def _name_of(statement: str) -> str:
    # the list itself is the one statement that reads numbers of cases; the others only count
    table = re.findall(r'FROM "?(\w+)"?', statement)[0]
    return table if table != "case" or '"case".number,' in statement else statement


def _fetcher(real: Portal) -> Callable[[Sequence[Statement]], Mapping[str, Rows]]:
    own = threading.local()
    url = real.settings.database_url

    def connect() -> Any:
        own.connection = _sqlite(url) if real.database.engine.dialect.name == "sqlite" else _postgresql(url)
        return own.connection

    def fetch(statements: Sequence[Statement]) -> Mapping[str, Rows]:
        connection = getattr(own, "connection", None) or connect()
        fetched = {
            name: connection.execute(statement, parameters).fetchall() for name, statement, parameters in statements
        }
        connection.rollback()
        return fetched

    return fetch


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
    for pragma in ("journal_mode=WAL", "cache_size=-32768", "mmap_size=268435456", "temp_store=MEMORY"):
        connection.execute("PRAGMA " + pragma)
    return connection


def _postgresql(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(psycopg_address(url))


def _changed(route: BaseRoute, around: Callable[[Handler], Callable[[Request], Any]]) -> BaseRoute:
    if not isinstance(route, Route) or not hasattr(route.endpoint, "permission"):
        return route
    handler: Handler = getclosurevars(route.endpoint).nonlocals["handler"]
    return Route(route.path, around(handler), methods=list(route.methods or ()), name=route.name)


def _served(real: Portal, routes: Sequence[BaseRoute]) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette):  # type: ignore[no-untyped-def]
        anyio.to_thread.current_default_thread_limiter().total_tokens = real.settings.threads
        keep_what_is_loaded()
        yield

    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.portal = real
    return app


def _key(request: Request) -> tuple[str, str]:
    query = request.url.query
    return (f"{request.url.path}?{query}" if query else request.url.path), request.headers.get("cookie", "")
