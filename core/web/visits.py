"""What both portals do with a visit: a new token at every step up, its end, larger text, the way back (A20.1, T18)."""

from starlette.responses import Response
from starlette.routing import Match

from core.accounts.sessions import SIGNED_IN, OpenSession, confirm, end_session, renew, rotate
from core.web import reply
from core.web.ask import Ask
from core.web.session import TEXT_SIZE, is_local

_YEAR = 365 * 24 * 3600


def stepped_up(ask: Ask, actor_id: str, stage: str, address: str) -> Response:
    """On to an address under a new session token, at the stage now reached (T20)."""
    before = ask.who.id if ask.who else ""
    token, _ = rotate(ask.session, before, actor_id=actor_id, stage=stage, address=ask.address, at=ask.now)
    response = _under(ask, token, address)
    if stage == SIGNED_IN:
        ask.portal.cookies.remember_device(response, actor_id)
    return response


def confirmed(ask: Ask, who: OpenSession, address: str) -> Response:
    """On to an address in the same session, under a new token, the second factor given again (T20)."""
    return _under(ask, confirm(ask.session, who, address=ask.address, at=ask.now)[0], address)


def renewed(ask: Ask, who: OpenSession, address: str) -> Response:
    """On to an address in the same session, under a new token (T20)."""
    return _under(ask, renew(ask.session, who, address=ask.address, at=ask.now)[0], address)


def ended(ask: Ask, address: str) -> Response:
    """End the session at once, and on to an address."""
    if ask.who is not None:
        end_session(ask.session, ask.who.id)
    response = reply.to(address)
    ask.portal.cookies.drop_session(response)
    return response


def text_size_kept(ask: Ask) -> Response:
    """Keep the choice of larger text for a year and return to the page it was made on."""
    response = reply.to(_page_before(ask))
    size = "large" if ask.text("size") == "large" else "standard"
    ask.portal.cookies.set(response, TEXT_SIZE, size, seconds=_YEAR)
    return response


def can_be_opened(ask: Ask, address: str) -> bool:
    """Whether an address is a page of this portal that a link can lead to (T18)."""
    if not is_local(address):
        return False
    scope = {**ask.request.scope, "method": "GET", "path": address.partition("?")[0]}
    return any(route.matches(scope)[0] is Match.FULL for route in ask.request.app.routes)


def _under(ask: Ask, token: str, address: str) -> Response:
    response = reply.to(address)
    ask.portal.cookies.set_session(response, token)
    return response


def _page_before(ask: Ask) -> str:
    """The page the request came from, if it is one of this portal that can be opened again."""
    referer, own = ask.request.headers.get("referer", ""), str(ask.request.base_url)
    address = "/" + referer.removeprefix(own) if referer.startswith(own) else "/"
    return address if can_be_opened(ask, address) else "/"
