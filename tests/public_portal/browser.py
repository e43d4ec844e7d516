"""A browser without script: opens pages, fills the form that holds a button, and keeps its cookies."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

BASE = "http://127.0.0.1:8000"


@dataclass
class Form:
    """One form of a page: where it goes, what stands in it, the words of its buttons."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value


class Page(HTMLParser):
    """What an answer shows."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.text if "text/html" in response.headers.get("content-type", "") else ""
        self.path = response.url.path
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._select, self._textarea, self._button, self._link = "", "", False, ""
        self.feed(self.html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(here.get("action", ""), here.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "a":
            self._link = here.get("href", "")
        elif self._form is not None:
            self._in_form(tag, here)

    def _in_form(self, tag: str, here: dict[str, str]) -> None:
        assert self._form is not None
        ticked = here.get("type") not in ("radio", "checkbox") or "checked" in here
        if tag == "input" and here.get("type") != "file" and here.get("name") and ticked:
            self._form.values.append((here["name"], here.get("value", "on")))
        elif tag == "select":
            self._select = here["name"]
        elif tag == "option" and self._select and "selected" in here:
            self._form.values.append((self._select, here.get("value", "")))
        elif tag == "textarea":
            self._textarea = here["name"]
        elif tag == "button":
            self._button = True
            self._form.buttons.append(("", here.get("name", ""), here.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "button":
            self._button = False
        elif tag == "a":
            self._link = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, text: str) -> None:
        if self._textarea and self._form:
            self._form.values.append((self._textarea, text.removeprefix("\n")))
        elif self._button and self._form:
            words, name, value = self._form.buttons[-1]
            self._form.buttons[-1] = (words + text.strip(), name, value)
        if self._link and text.strip():
            self.links.setdefault(text.strip(), self._link)
        self.words.append(text)

    def form_with(self, button: str) -> Form:
        """The form whose button says these words."""
        for form in self.forms:
            if any(words.startswith(button) for words, _, _ in form.buttons):
                return form
        raise AssertionError(f"no button {button} among {[form.buttons for form in self.forms]}")

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next(value for form in self.forms for one, value in form.values if one == name)


@dataclass
class Browser:
    """One person's browser."""

    client: TestClient

    def open(self, path: str) -> Page:
        return Page(self.client.get(path))

    def press(
        self, page: Page, button: str, *, follow: bool = True, file: tuple[str, bytes] | None = None, **typed: Any
    ) -> Page:
        """Fill the form with this button and press it; `None` leaves a field out, as an unticked box does."""
        form = page.form_with(button)
        values = [(name, value) for name, value in form.values if name not in typed]
        for name, given in typed.items():
            values += [(name, one) for one in (given if isinstance(given, list) else [given]) if one is not None]
        values += [(name, value) for words, name, value in form.buttons if words.startswith(button) and name]
        fields: dict[str, list[str]] = {}
        for name, value in values:
            fields.setdefault(name, []).append(value)
        action = form.action or page.path
        if form.method == "get":
            return Page(self.client.get(action, params=fields, follow_redirects=follow))
        files = {"file": file} if file is not None else None
        return Page(self.client.post(action, data=fields, files=files, follow_redirects=follow))
