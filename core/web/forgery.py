"""Whose form was posted: our own, our own of an earlier session, or one that somebody else made (T18, T20)."""

import hmac
from collections.abc import Sequence
from enum import Enum, auto

from starlette.requests import Request


class Standing(Enum):
    """What a posted form proves."""

    OURS = auto()
    OUTDATED = auto()
    """The browser itself names our page, yet the token is another session's: never acted on, but shown again."""
    UNPROVEN = auto()
    FOREIGN = auto()


def standing_of(request: Request, given: str, tokens: Sequence[str], base_url: str) -> Standing:
    """What the headers of a changing request and the token in its form prove; `tokens` are those that count.

    Silence of the headers passes, for the token decides then; but what a form without a token that counts holds is
    shown to nobody as their own words unless the browser vouches for where it comes from.
    """
    if not _comes_from_here(request, base_url):
        return Standing.FOREIGN
    if any(hmac.compare_digest(given.encode(), token.encode()) for token in tokens):
        return Standing.OURS
    is_vouched = request.headers.get("sec-fetch-site") == "same-origin" or _is_own(request, base_url)
    return Standing.OUTDATED if is_vouched else Standing.UNPROVEN


def _comes_from_here(request: Request, base_url: str) -> bool:
    """Whether nothing says that the request comes from elsewhere: Sec-Fetch-Site, else Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return site is not None or origin is None
    return _is_own(request, base_url)


def _is_own(request: Request, base_url: str) -> bool:
    return request.headers.get("origin") in (f"{request.url.scheme}://{request.url.netloc}", base_url)
