"""Cookies and form tokens: a signed opaque id in the cookie, the session itself in the database (A20.1, T18, T20).

Who has not signed in bears a signed visitor cookie, without a row: form tokens work for strangers too, and reading
public pages writes nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, TimestampSigner
from itsdangerous import Signer as CookieSigner
from starlette.requests import Request
from starlette.responses import Response

from core.accounts.sessions import REMEMBERED, OpenSession
from core.database import Zone
from core.settings import ZoneSettings

TEXT_SIZE = "tzxm_text"
_DEVICE_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True)
class Cookies:
    """How this portal names and signs its cookies; the names differ by zone, for cookies don't heed ports."""

    settings: ZoneSettings
    zone: Zone

    @property
    def session_name(self) -> str:
        """Cookie of the session; bound to this host alone when TLS allows."""
        return ("__Host-" if self.settings.is_https else "") + f"tzxm_{self.zone}"

    @property
    def visitor_name(self) -> str:
        """Cookie of a visitor who has not signed in."""
        return ("__Host-" if self.settings.is_https else "") + f"tzxm_{self.zone}_visitor"

    def token(self, request: Request) -> str:
        """The session token that the browser bears, signature checked; empty when there is none."""
        return self._unsigned(request.cookies.get(self.session_name, ""))

    def visitor(self, request: Request) -> tuple[str, bool]:
        """The visitor's id, and whether it is new and must be set."""
        known = self._unsigned(request.cookies.get(self.visitor_name, ""))
        return (known, False) if known else (secrets.token_urlsafe(18), True)

    def known_device(self, request: Request) -> str:
        """Who signed in from this browser before, by id; empty when nobody did."""
        return self._unsigned(request.cookies.get(self._device_name, ""))

    def remember_device(self, response: Response, actor_id: str) -> None:
        """Let the browser prove next time that this person has signed in from it."""
        self.set(response, self._device_name, self.signed(actor_id), seconds=_DEVICE_SECONDS)

    @property
    def _device_name(self) -> str:
        return ("__Host-" if self.settings.is_https else "") + f"tzxm_{self.zone}_device"

    def signed(self, value: str) -> str:
        """A value that only this portal can have made."""
        return self._signer().sign(value).decode()

    def set(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie as strict as it can be."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self.settings.is_https,
            httponly=True,
            samesite="lax",
        )

    def set_session(self, response: Response, token: str) -> None:
        """Give the browser its session token; the cookie outlives the session, whose end the server decides."""
        self.set(response, self.session_name, self.signed(token), seconds=int(REMEMBERED.total_seconds()))

    def drop_session(self, response: Response) -> None:
        """Take the session token back."""
        response.delete_cookie(self.session_name, path="/", secure=self.settings.is_https, httponly=True)

    def csrf_token(self, who: OpenSession | None, visitor: str) -> str:
        """The token a form of this person must bear."""
        secret = who.csrf_secret if who else f"visitor:{visitor}"
        key = self.settings.secret_key.get_secret_value().encode()
        return hmac.new(key, f"csrf:{self.zone}:{secret}".encode(), hashlib.sha256).hexdigest()

    def sealed(self, value: str, purpose: str) -> str:
        """A value for a hidden field or link that can't be altered and says when it was made."""
        return self._timed(purpose).sign(value).decode()

    def unsealed(self, value: str, purpose: str, *, seconds: int) -> str:
        """The value of `sealed`; empty when it was altered or is too old."""
        try:
            return self._timed(purpose).unsign(value, max_age=seconds).decode()
        except BadSignature:
            return ""

    def _unsigned(self, value: str) -> str:
        if not value:
            return ""
        try:
            return self._signer().unsign(value).decode()
        except BadSignature:
            return ""

    def _signer(self) -> CookieSigner:
        return CookieSigner(
            self.settings.secret_key.get_secret_value(), salt=f"cookie-{self.zone}", digest_method=hashlib.sha256
        )

    def _timed(self, purpose: str) -> TimestampSigner:
        return TimestampSigner(
            self.settings.secret_key.get_secret_value(), salt=f"{purpose}-{self.zone}", digest_method=hashlib.sha256
        )


def is_local(path: str) -> bool:
    """Whether an address stays on this portal: a plain path, nothing that a browser could read as a host (T18)."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
