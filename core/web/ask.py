"""One request as a handler sees it: who asks, what was typed, and the transaction it happens in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from core.accounts.sessions import OpenSession
from core.clocks import business_date
from core.domain.policy import Actor
from core.errors import Absent, RuleRefusal
from core.web.body import plain

if TYPE_CHECKING:
    from core.web.portal import Portal

LARGEST_ID = 2**31 - 1
"""The largest number of a row: an integer column of PostgreSQL ends there."""


class RowNumber(IntegerConvertor):
    """`{case_id:int}` in an address: as many digits as a number of a row can have, not as many as somebody likes."""

    regex = "[0-9]{1,10}"


register_url_convertor("int", RowNumber())


@dataclass
class Ask:
    """What a handler needs: `session` is the one transaction, `form` what was posted, `typed` what is shown again."""

    request: Request
    portal: "Portal"
    session: Session
    actor: Actor
    who: OpenSession | None
    now: datetime
    csrf_token: str
    address: str
    form: FormData = field(default_factory=FormData)
    typed: Mapping[str, list[str]] | None = None
    cookies: list[tuple[str, str | None]] = field(default_factory=list)
    prepared: Any = None

    @property
    def today(self) -> date:
        """The business date in Asia/Shanghai."""
        return business_date(self.now)

    @property
    def is_script(self) -> bool:
        """Whether htmx asks and a fragment will do."""
        return self.request.headers.get("hx-request") == "true"

    def path(self, name: str) -> str:
        """A text part of the address."""
        return plain(str(self.request.path_params[name]))

    def number(self, name: str) -> int:
        """A number in the address; one that no row can bear is an address that leads nowhere."""
        number = int(self.request.path_params[name])
        if number > LARGEST_ID:
            raise Absent("没有找到这个页面")
        return number

    def query(self, name: str, default: str = "") -> str:
        """One value behind the question mark, without blanks at its ends."""
        return plain(self.request.query_params.get(name, default)).strip()

    def url(self, name: str, **params: Any) -> str:
        """The address of a route of this portal."""
        return self.portal.url(name, **params)

    def text(self, name: str) -> str:
        """One posted text; empty when it is missing or a file."""
        value = self.form.get(name, "")
        return plain(value) if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Every posted text of this name."""
        return [plain(value) for value in self.form.getlist(name) if isinstance(value, str)]

    def answers(self) -> dict[str, list[str]]:
        """Every posted text by its name, without the platform's own fields."""
        names = [name for name in dict.fromkeys(self.form.keys()) if name not in ("csrf_token", "nonce", "then")]
        return {name: self.texts(name) for name in names if not isinstance(self.form.get(name), UploadFile)}

    def upload(self, name: str) -> UploadFile | None:
        """A posted file; None when none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and (value.filename or value.size) else None

    def day(self, name: str) -> date | None:
        """A posted date `2026-11-23`, forgiving of 年月日 and slashes; None when empty; refuses what is no date."""
        text = self.text(name).strip()
        for mark in ("年", "月", "/", ".", "．"):
            text = text.replace(mark, "-")
        text = text.replace("日", "").strip("- ")
        if not text:
            return None
        try:
            year, month, day = (int(part) for part in text.split("-"))
            return date(year, month, day)
        except (ValueError, OverflowError) as error:
            raise RuleRefusal("请按“年-月-日”填写日期，如 2026-11-23", field=name) from error

    def seen(self) -> int | None:
        """The version of the object that the form's page showed."""
        text = self.text("version")
        return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else None

    def shown(self, name: str, default: str = "") -> str:
        """What a field shows: as typed when a form comes back, else the default."""
        if self.typed is None or name not in self.typed:
            return default
        values: Sequence[str] = self.typed[name]
        return values[0] if values else ""
