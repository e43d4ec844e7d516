"""The people of a journey: a project unit, officers, a citizen; each does by browser what they would do by hand."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from core.documents.rendering import sample_scan

PATIENCE = 90.0
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


def sees(page: Page, *words: str) -> None:
    """The page's main part says all of this."""
    for one in words:
        expect(page.locator("main")).to_contain_text(one)


def awaits(page: Page, *words: str) -> None:
    """All of this is seen, at the latest when the exchange has carried it."""
    until(page, lambda seen: all(has(one)(seen) for one in words), what="、".join(words))


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


def a_file(folder: Path, name: str, by: str = "长春市生态环境局南关区分局") -> Path:
    """A PDF on the person's own disk that looks like a document of an organisation."""
    path = folder / name
    if not path.exists():
        title = name.removesuffix(".pdf")
        path.write_bytes(sample_scan(title, "测试〔2026〕1 号", by, date(2026, 11, 20)))
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

    def open_case(self, item: str, code: str) -> None:
        """From the project's page to the application for one item."""
        self.open_project(code)
        self.page.locator("main table.matrix a.row-title").filter(has_text=item).click()
        expect(self.page.locator("main h1")).to_have_text(item)

    def supplement(self, *files: Path) -> None:
        """Answer the request to supplement one file after the other, then hand everything in."""
        rows = self.page.locator("#supplement li.upload")
        expect(rows).to_have_count(len(files))
        for place, file in enumerate(files):
            rows.nth(place).locator("input[type=file]").set_input_files(file)
            rows.nth(place).locator("button").first.click()
            expect(rows.nth(place)).to_contain_text(file.name)
        press(self.page, "提交补正材料")
        expect(self.page.locator("#supplement")).to_have_count(0)

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

    def due_on(self) -> str:
        """The day in the head of the case on which it is due: 12 月 4 日."""
        return self.page.locator(".case-head strong").filter(has_text="到期").inner_text().removesuffix("到期")

    def act(self, words: str) -> None:
        press(self.page, words)

    def ask_to_supplement(self, faults: Mapping[str, str], beyond: Mapping[str, str]) -> None:
        """The one request: what is wrong with materials of the list, by name, and what is missing beyond it."""
        press(self.page, "发补正告知")
        for name, fault in faults.items():
            row = self.page.locator("main .defect").filter(has_text=name)
            row.locator("[name=items]").check()
            row.locator("[name^=fault-]").fill(fault)
        for code, (name, fault) in zip(("other", "other-2", "other-3"), beyond.items(), strict=False):
            fill(self.page, {f"{code}_name": name, f"{code}_fault": fault})
        press(self.page, "发补正告知")

    def pass_on(self, unit: str, reason: str) -> None:
        """Transfer the case to a unit, by its name."""
        press(self.page, "转办")
        self.page.locator("select[name=to]").select_option(label=unit)
        fill(self.page, {"reason": reason})
        press(self.page, "转办")

    def consult(self, subject: str, question: str, *units: str) -> None:
        """Ask other units, by their names, about the case."""
        press(self.page, "发起会商或函询")
        fill(self.page, {"subject": subject, "question": question})
        for unit in units:
            self._addressee(unit)
        press(self.page, "发出")

    def _addressee(self, unit: str) -> None:
        box = self.page.locator("label.choice").filter(has_text=unit).locator("[name=addressees]")
        if not box.is_visible():
            self.page.locator("details").filter(has=box).locator("summary").click()
        box.check()

    def open_letter(self, subject: str) -> None:
        """Find what the officer's own unit is asked, and open it."""
        self.page.goto(f"{self.address}/consultations")
        self.page.locator("#consultations a.row-title").filter(has_text=subject).click()
        expect(self.page.locator("main h1")).to_have_text(subject)

    def answer(self, opinion: str, statement: str = "") -> None:
        self.page.get_by_role("radio", name=opinion, exact=True).check()
        fill(self.page, {"statement": statement})
        press(self.page, "提交答复")

    def pause(self, ground: str, *, until: date, reason: str) -> None:
        press(self.page, "暂停计时")
        fill(self.page, {"ground": ground, "expected_on": until.isoformat(), "reason": reason})
        press(self.page, "暂停计时")

    def extend(self, days: int, *, reason: str) -> None:
        """Grant further days; on the form already, where it came back."""
        if not self.page.locator("[name=days]").count():
            press(self.page, "延期")
        fill(self.page, {"days": str(days), "reason": reason})
        press(self.page, "延期")

    def propose(self, number: str, scan: Path, *, outcome: str = "granted", reasons: str = "") -> None:
        """Send a proposal to the approver."""
        form = self.page.locator("#proposal")
        form.locator(f"[name=outcome][value={outcome}]").check()
        form.locator("[name=document_number]").fill(number)
        form.locator("[name=scan]").set_input_files(scan)
        form.locator("[name=opinion]").fill("已按规定审查。")
        form.locator("[name=reasons]").fill(reasons)
        form.locator("button:has-text('提交签批')").click()
