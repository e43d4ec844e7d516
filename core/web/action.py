"""`action`: one string names the permission; one transaction goes around the handler; refusals become answers.

A handler finds, acts, answers. It runs in a thread, with the form already read, the form token, origin and nonce
checked and the actor known. A refusal rolls everything back; `again` then shows the form as it was typed (A4.4, A9.1).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.accounts.actors import look_up
from core.accounts.sessions import OpenSession, is_due_to_be_seen, mark_seen
from core.accounts.tables import NONCES
from core.database import utc_now
from core.domain.confirmation import must_confirm
from core.domain.policy import CITIZEN, Actor, may_ever
from core.errors import Absent, Conflict, NotAllowed, Refusal, RuleRefusal
from core.trace import record
from core.web import reply
from core.web.ask import Ask
from core.web.body import form_of, plain
from core.web.forgery import Standing, standing_of
from core.web.parked import SignInFirst, park, posted, unpark
from core.web.portal import Portal

Handler = Callable[[Ask], Response]
Again = Callable[[Ask, Refusal], Response]
Prepare = Callable[[Ask], Any]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Permission:
    """What a route asks for; the route tables are checked against it."""

    allow: str
    creates: bool
    takes_files: bool


def action(
    allow: str,
    *,
    again: Again | None = None,
    prepare: Prepare | None = None,
    creates: bool = False,
    takes_files: bool = False,
) -> Callable[[Handler], Endpoint]:
    """Make a handler into an endpoint that needs the permission `allow`.

    `again` renders the form once more after a refusal; `creates` says that the form bears a nonce, so that sending it
    twice creates one thing; `takes_files` lets the body be as large as an upload. `prepare` does what takes long
    (hashing a password, keeping a file) before the write transaction begins, with reading alone; its result is
    `ask.prepared`. Such requests wait for each other, never for all the others' threads.
    """

    def decorate(handler: Handler) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            form = await form_of(request, takes_files=takes_files) if request.method == "POST" else FormData()
            call = _Call(request, handler, allow, again, prepare, creates, form)
            try:
                limiter = request.app.state.portal.slow_work() if prepare else None
                return await anyio.to_thread.run_sync(call.answer, limiter=limiter)
            finally:
                await form.close()

        endpoint.__name__ = handler.__name__
        endpoint.__doc__ = handler.__doc__
        endpoint.permission = Permission(allow, creates, takes_files)  # type: ignore[attr-defined]
        return endpoint

    return decorate


@dataclass
class _Call:
    request: Request
    handler: Handler
    allow: str
    again: Again | None
    prepare: Prepare | None
    creates: bool
    form: FormData

    @property
    def portal(self) -> Portal:
        portal: Portal = self.request.app.state.portal
        return portal

    def answer(self) -> Response:
        now = utc_now()
        self.visitor, self.is_new_visitor = self.portal.cookies.visitor(self.request)
        try:
            return self._finish(self._run(now), now)
        except SignInFirst as stranger:
            return self._finish((self._to_sign_in(stranger), None), now)
        except Refusal as refusal:
            return self._finish(self._refuse(refusal, now), now)
        except IntegrityError as error:
            if self.creates and (first := self._first_answer(now)) is not None:
                return self._finish((first, None), now)
            if not _is_nonce(error):
                raise
            return self._finish(self._refuse(Conflict("这份表单正在处理，请稍候刷新页面"), now), now)

    def _run(self, now: datetime) -> tuple[Response, Ask]:
        if self.request.method in ("GET", "HEAD"):
            with self.portal.database.reading() as session:
                ask = self._ask(session, now)
                return self.handler(ask), ask
        prepared = self._prepared(now)
        return self.portal.database.change(lambda session: self._change(session, prepared, now))

    def _change(self, session: Session, prepared: Any, now: datetime) -> tuple[Response, Ask]:
        ask = self._ask(session, now)
        ask.prepared = prepared
        nonce = self._take_nonce(session, ask) if self.creates else None
        if isinstance(nonce, Response):
            return nonce, ask
        response = self.handler(ask)
        location = response.headers.get("location") or response.headers.get("hx-redirect", "")
        if nonce is not None and location:
            nonce.location = location
            session.add(nonce)
        if nonce is not None and response.status_code >= 400:
            session.rollback()
        return response, ask

    def _prepared(self, now: datetime) -> Any:
        if self.prepare is None:
            return None
        with self.portal.database.reading() as session:
            return self.prepare(self._ask(session, now))

    def _ask(self, session: Session, now: datetime) -> Ask:
        who, actor, stale = self._recognise(session, now)
        changing = self.request.method == "POST"
        token = self.portal.cookies.csrf_token(who, self.visitor)
        if changing:
            self._check_form(actor, stale, token)
        if not may_ever(actor, self.allow):
            if actor.id:
                raise NotAllowed("你的岗位没有这项权限。需要办理请联系本单位负责人或系统管理员")
            raise SignInFirst(stale)
        if changing and who is not None and must_confirm(self.allow, who.opened_at, now):
            raise SignInFirst(who, is_half=True)
        session.info["now"] = now
        session.info["request"] = {"session_ref": who.id[:16] if who else "", "address": self._address()}
        return Ask(
            request=self.request,
            portal=self.portal,
            session=session,
            actor=actor,
            who=who,
            now=now,
            csrf_token=token,
            address=self._address(),
            form=self.form,
            typed=self._typed(session, actor, changing),
        )

    def _recognise(self, session: Session, now: datetime) -> tuple[OpenSession | None, Actor, OpenSession | None]:
        token = self.portal.cookies.token(self.request)
        if not token:
            return None, CITIZEN, None
        known, expired, actor, seen_at = look_up(session, token, now)
        if known is None:
            return None, CITIZEN, None
        if expired:
            return None, CITIZEN, known
        # A page that refreshes itself is nobody's use of it: the session still ends when its person is away.
        by_itself = "x-refresh" in self.request.headers
        if seen_at is not None and not by_itself and is_due_to_be_seen(seen_at, now):
            self.seen = (known.id, now)
        return known, actor, None

    def _check_form(self, actor: Actor, stale: OpenSession | None, token: str) -> None:
        given = plain(str(self.form.get("csrf_token", "")))
        tokens = [token] + ([self.portal.cookies.csrf_token(stale, self.visitor)] if stale else [])
        standing = standing_of(self.request, given, tokens, self.portal.settings.base_url)
        if standing is Standing.OURS:
            return
        if standing is Standing.FOREIGN:
            raise NotAllowed("这个请求不是从本平台的页面发出的，没有办理")
        if standing is Standing.OUTDATED and may_ever(actor, self.allow):
            raise RuleRefusal("这一页打开之后重新登录过，这次提交没有办理。请核对内容，再提交一次")
        if standing is Standing.OUTDATED and stale is not None:
            raise SignInFirst(stale)
        raise NotAllowed("页面已过期，内容没有保存。请另开一个标签页登录，再回到这里刷新，填写的内容会带回来")

    def _take_nonce(self, session: Session, ask: Ask) -> Any:
        nonce = ask.text("nonce")[:64]
        if not nonce:
            raise RuleRefusal("页面已过期，请刷新后重试")
        table = NONCES[self.portal.zone]
        known = session.get(table, nonce)
        if known is not None:
            if known.actor_id != ask.actor.id or not known.location:
                raise Conflict("这份表单已提交过")
            return reply.to(known.location)
        row = table(nonce=nonce, actor_id=ask.actor.id, location="", at=ask.now)
        session.add(row)
        session.flush()
        return row

    def _first_answer(self, now: datetime) -> Response | None:
        with self.portal.database.reading() as session:
            _, actor, _ = self._recognise(session, now)
            known = session.get(NONCES[self.portal.zone], plain(str(self.form.get("nonce", "")))[:64])
            is_own = known is not None and known.actor_id == actor.id
            return reply.to(known.location) if known and is_own and known.location else None

    def _refuse(self, refusal: Refusal, now: datetime) -> tuple[Response, Ask | None]:
        if isinstance(refusal, NotAllowed):
            self._leave_trace(refusal, now)
        with self.portal.database.reading() as session:
            ask = self._quietly(session, now)
            if self.again is not None and not isinstance(refusal, NotAllowed | Absent):
                try:
                    return self.again(ask, refusal), ask
                except Refusal as second:
                    return reply.refused(ask, second), ask
            return reply.refused(ask, refusal), ask

    def _quietly(self, session: Session, now: datetime) -> Ask:
        who, actor, _ = self._recognise(session, now)
        return Ask(
            request=self.request,
            portal=self.portal,
            session=session,
            actor=actor,
            who=who,
            now=now,
            csrf_token=self.portal.cookies.csrf_token(who, self.visitor),
            address=self._address(),
            form=self.form,
            typed=self._typed(session, actor, self.request.method == "POST"),
        )

    def _leave_trace(self, refusal: NotAllowed, now: datetime) -> None:
        with self.portal.database.writing() as session:
            _, actor, _ = self._recognise(session, now)
            if not actor.id:  # a trace that nobody may shorten is not filled by strangers
                return
            session.info["now"] = now
            session.info["request"] = {"session_ref": "", "address": self._address()}
            path = plain(self.request.url.path)[:60]
            record(session, self.allow, "route", path, refusal.words[:400], by=actor, at=now, outcome="refused")

    def _typed(self, session: Session, actor: Actor, changing: bool) -> Mapping[str, list[str]] | None:
        return posted(self.form) if changing else unpark(session, self.request, actor)

    def _to_sign_in(self, stranger: SignInFirst) -> Response:
        back = self.request.url.path
        if self.request.method == "POST" and stranger.known is not None:
            parked = park(self.portal.database, stranger.known, back, self.form, at=utc_now())
            back = f"{back}?{urlencode({'parked': parked})}"
        elif self.request.method == "GET" and self.request.url.query:
            back = f"{back}?{self.request.url.query}"
        place = self.portal.second_factor if stranger.is_half else self.portal.sign_in
        address = f"{place}?{urlencode({'next': back})}"
        if self.request.headers.get("hx-request") == "true":
            return Response(status_code=204, headers={"HX-Redirect": address})
        return reply.to(address)

    def _finish(self, made: tuple[Response, Ask | None], now: datetime) -> Response:
        response, ask = made
        cookies = self.portal.cookies
        if self.is_new_visitor:
            cookies.set(response, cookies.visitor_name, cookies.signed(self.visitor))
        for name, value in ask.cookies if ask else ():
            if value is None:
                response.delete_cookie(name, path="/", secure=cookies.settings.is_https, httponly=True)
            else:
                cookies.set(response, name, value)
        seen = getattr(self, "seen", None)
        if seen is not None:
            self.portal.database.change(lambda session: mark_seen(session, *seen))
        return response

    def _address(self) -> str:
        return self.request.client.host if self.request.client else ""


def _is_nonce(error: IntegrityError) -> bool:
    return "form_nonce" in str(error)
