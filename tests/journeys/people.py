"""The people of a journey: a project unit, officers, a citizen; each does by browser what they would do by hand."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from core.documents.rendering import sample_scan

PATIENCE = 30.0
CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")
ACCOUNT = {
    "credit_code": "91220101MA1400A22H",
    "enterprise_name": "吉林启辰汽车零部件有限公司",
    "enterprise_kind": "enterprise",
    "contact_name": "孙岩",
    "mobile": "13812345678",
    "password": "a-long-enough-password",
    "password_again": "a-long-enough-password",
}


def until(page: Page, seen: Callable[[Page], bool], *, what: str) -> None:
    """Look again, as a person would reload, until the exchange has carried what is awaited."""
    deadline = time.monotonic() + PATIENCE
    while not seen(page):
        if time.monotonic() > deadline:
            raise AssertionError(f"never seen: {what}\n{page.inner_text('main')[:3000]}")
        page.wait_for_timeout(300)
        page.reload()


def has(words: str) -> Callable[[Page], bool]:
    """Whether the page's main part says something."""
    return lambda page: words in page.inner_text("main")


def press(page: Page, words: str) -> None:
    """Press the button, or follow the link to another page, with these words."""
    page.locator(f"main button:has-text('{words}'), main a:not([href^='#']):has-text('{words}')").first.click()


def fill(page: Page, answers: Mapping[str, str]) -> None:
    """Answer the questions of a form, whatever kind of input each is; what the page does not ask is passed over."""
    for name, value in answers.items():
        inputs = page.locator(f"main [name='{name}']")
        if inputs.count():
            _answer(inputs, value)


def _answer(inputs: Locator, value: str) -> None:
    first, page = inputs.first, inputs.page
    kind = first.get_attribute("type")
    if page.locator("select").and_(first).count():
        first.select_option(value)
    elif kind == "radio":
        inputs.and_(page.locator(f"[value='{value}']")).check()
    elif kind == "checkbox":
        first.check()
    else:
        first.fill(value)


def a_file(folder: Path, name: str) -> Path:
    """A PDF on the person's own disk that looks like a document."""
    path = folder / name
    if not path.exists():
        title = name.removesuffix(".pdf")
        path.write_bytes(sample_scan(title, "测试〔2026〕1 号", "吉林启辰汽车零部件有限公司", date(2026, 11, 20)))
    return path


class Unit:
    """Someone acting for a project unit, at the internet portal."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def register(self, account: Mapping[str, str] = ACCOUNT) -> None:
        self.page.goto(f"{self.address}/register")
        fill(self.page, account)
        press(self.page, "注册并登录")
        expect(self.page.locator("header.top")).to_contain_text(account["enterprise_name"])

    def sign_in(self, account: Mapping[str, str] = ACCOUNT) -> None:
        self.page.goto(f"{self.address}/sign-in")
        fill(self.page, {"mobile": account["mobile"], "password": account["password"]})
        self.page.locator("main form button").first.click()
        expect(self.page.locator("header.top")).to_contain_text(account["enterprise_name"])

    def declare(self, answers: Mapping[str, str], *, at_step: Callable[[Page], None] = lambda page: None) -> str:
        """Fill in every step and submit; the project code that the page shows at once."""
        page = self.page
        page.goto(f"{self.address}/declarations")
        press(page, "开始申报新项目")
        for _ in range(40):  # some steps ask more after an answer and come back once
            if page.locator("main button:has-text('提交申报')").count():
                break
            fill(page, answers)
            at_step(page)
            press(page, "保存并继续")
        press(page, "提交申报")
        page.wait_for_url(re.compile(r"/projects/\d{4}-"))
        found = CODE.search(page.inner_text("main"))
        assert found, page.inner_text("main")[:2000]
        return found.group()

    def open_project(self, code: str) -> None:
        self.page.goto(f"{self.address}/projects/{code}")

    def apply(self, code: str, *items: str, folder: Path) -> None:
        """Choose items, hand in each missing material once, and apply for all in one go."""
        page = self.page
        page.goto(f"{self.address}/projects/{code}/applications/new?" + "&".join(f"item={item}" for item in items))
        wanting = page.locator("main li.upload").filter(has=page.locator(".tag.red"))
        wanting = wanting.filter(has_not=page.locator(".right-answer"))
        while left := wanting.count():
            row = wanting.first
            row.locator("input[type=file]").set_input_files(a_file(folder, "环境影响报告表.pdf"))
            row.locator("button").first.click()
            expect(wanting).to_have_count(left - 1)
        press(page, f"申请所选 {len(items)} 项")
        page.wait_for_url(re.compile(rf"/projects/{code}($|\?|/)"))


class OfficerAtDesk:
    """An officer at the extranet portal."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def sign_in(self, login: str, password: str, code: str) -> None:
        page = self.page
        page.goto(f"{self.address}/sign-in")
        fill(page, {"login": login, "password": password})
        page.locator("main form button").first.click()
        fill(page, {"code": code})
        page.locator("main form button").first.click()
        expect(page.locator("header.top")).to_contain_text("退出")

    def open_case(self, item: str, code: str) -> None:
        """Find the case in the inbox and open it."""
        page = self.page
        page.goto(f"{self.address}/cases?view=open&q={code}")
        row = page.locator("#cases tr").filter(has_text=item)
        until(page, lambda _: bool(row.count()), what=f"{item} {code} in the inbox")
        row.locator("a.row-title").first.click()
        expect(page.locator("main")).to_contain_text(code)

    def act(self, words: str) -> None:
        press(self.page, words)

    def propose(self, number: str, scan: Path) -> None:
        page = self.page
        form = page.locator("#proposal")
        form.locator("[name=outcome][value=granted]").check()
        form.locator("[name=document_number]").fill(number)
        form.locator("[name=scan]").set_input_files(scan)
        form.locator("[name=opinion]").fill("材料齐全，符合规定，拟同意。")
        form.locator("button:has-text('提交签批')").click()
