"""Answers: a page, a redirect after a change, a file; and the error pages."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from core.domain.policy import may_ever
from core.errors import Absent, Conflict, FormRefusal, NotAllowed, Refusal, RuleRefusal
from core.web.ask import Ask
from core.web.freshness import freshness
from core.web.headers import FILE_POLICY
from core.web.session import is_local

STATUS: dict[type[Refusal], int] = {
    RuleRefusal: 422,
    FormRefusal: 422,
    NotAllowed: 403,
    Absent: 404,
    Conflict: 409,
}


def page(ask: Ask, template: str, *, title: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of this portal, with everything its layout needs."""
    html = ask.portal.templates.get_template(template).render(layout(ask, title) | context)
    return HTMLResponse(html, status_code=status)


def layout(ask: Ask, title: str) -> dict[str, Any]:
    """What every page is given: who reads it, the menu, the form token, errors by field (none)."""
    return {
        "page_title": title,
        "actor": ask.actor if ask.actor.id else None,
        "nav": ask.portal.nav(ask),
        "may_verify": may_ever(ask.actor, "code.verify"),
        "csrf_token": ask.csrf_token,
        "nonce": ask.portal.new_nonce(),
        "large_text": ask.request.cookies.get("tzxm_text") == "large",
        "errors": {},
        "today": ask.today,
        "is_demo": ask.portal.settings.is_demo,
        "shown": ask.shown,
        "fresh": freshness(ask),
    }


def to(address: str) -> Response:
    """After a change: look at the result (303, so that a reload repeats nothing)."""
    return RedirectResponse(address, status_code=303)


def saved(ask: Ask, address: str, fragment: str = "", **context: Any) -> Response:
    """After a change: the changed fragment for htmx, the page that includes it for a plain browser."""
    if ask.is_script and fragment:
        return page(ask, fragment, title="", **context)
    if ask.is_script:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return to(address)


def errors_of(refusal: Refusal) -> dict[str, str]:
    """A refusal as field → words, in the order of the form."""
    if isinstance(refusal, FormRefusal):
        return dict(refusal.errors)
    if isinstance(refusal, RuleRefusal):
        return {refusal.field: refusal.words}
    return {"": refusal.words}


def status_of(refusal: Refusal) -> int:
    """The status an answer to this refusal bears."""
    return STATUS[type(refusal)]


def refused(ask: Ask, refusal: Refusal) -> Response:
    """The plain page of a refusal that no form takes back."""
    headings = {403: "这件事不由你办理", 404: "没有找到这个页面", 409: "其他人已先办理", 422: "没有办成"}
    status = status_of(refusal)
    referer, own = ask.request.headers.get("referer", ""), str(ask.request.base_url)
    back = "/" + referer.removeprefix(own) if referer.startswith(own) else ""
    goes_back = status in (409, 422) and is_local(back)
    return page(
        ask,
        "error.html",
        title=headings[status],
        status=status,
        heading=headings[status],
        words=refusal.words,
        article=refusal.article if status != 404 else "",
        next_href=back if goes_back else "/",
        next_words="返回上一页" if goes_back else "返回首页",
    )


def file(chunks: Iterator[bytes], *, name: str, media_type: str, size: int, inline: bool = False) -> Response:
    """A stored file: sandboxed, never sniffed, under its own name."""
    disposition = "inline" if inline and media_type in ("application/pdf", "image/png", "image/jpeg") else "attachment"
    return StreamingResponse(
        chunks,
        media_type=media_type,
        headers={
            "content-length": str(size),
            "content-disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
            "content-security-policy": FILE_POLICY
            if disposition == "attachment"
            else "default-src 'none'; "
            "object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; frame-ancestors 'self'",
        },
    )
