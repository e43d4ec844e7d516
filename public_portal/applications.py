"""One application as its unit sees it: stages, the clock day by day, supplement, withdrawal, result (A14.3, A15.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from core.cases import letters
from core.cases.applying import OPEN, application_of, guide_of_application, supplement, unlisted, withdraw
from core.cases.desk_tables import ApplicationLetter
from core.cases.progress import History, history_of
from core.cases.tables import Application
from core.cases.told import days_of
from core.documents.materials import wanted_for
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.case_states import OPEN_STATES, CaseState, Outcome, unanswered_words
from core.domain.remedies import remedy_of
from core.errors import Absent, Refusal
from core.exchange.status import Delivery, answer_to
from core.guides.guide import Guide
from core.organisations import organisations
from core.projects.links import codes_meant
from core.projects.tables import DeclaredProject
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import EntryShown, ProjectShown
from public_portal.case_views import TURNED_DOWN, case_stages, due_of, light_of, state_words
from public_portal.clock_views import account_of
from public_portal.deliveries import DeliveryShown, delivery_shown, under_way
from public_portal.material_views import ACCEPT, RULES, MaterialRow, given_rows, supplement_rows


@dataclass(frozen=True)
class NoticeShown:
    """A notice to download."""

    title: str
    number: str
    at: datetime
    href: str
    genuine_href: str
    is_void: bool


@dataclass(frozen=True)
class LetterShown:
    """One message of the thread with the department."""

    at: datetime
    who: str
    words: str
    is_own: bool
    is_unread: bool
    standing: str
    refusal: str


@action(allow="application.see")
def see_application(ask: Ask) -> Response:
    """Show one application."""
    return case_page(ask, ask.path("application_id"))


def case_again(ask: Ask, refusal: Refusal) -> Response:
    """The application with what was refused."""
    return case_page(ask, ask.path("application_id"), refusal)


def case_page(ask: Ask, application_id: str, refusal: Refusal | None = None) -> Response:
    """The page of one application; a refusal stands beside the material it is about."""
    one, project = _own(ask, application_id)
    guide = guide_of_application(ask.session, one, on=ask.today)
    days = days_of(ask.session, one)
    errors = reply.errors_of(refusal) if refusal else {}
    due_on, due_words = due_of(one, ask.today, days)
    history = history_of(ask.session, one)
    wanted = [*wanted_for(ask.session, project.code, guide), *unlisted(ask.session, one, guide)]
    return reply.page(
        ask,
        "public/applications/case.html",
        title=one.item_name,
        status=reply.status_of(refusal) if refusal else 200,
        errors=errors,
        project=ProjectShown(project.name, project.code, ask.url("my_project.see_one", code=project.code)),
        code=project.code,
        application=one,
        light=light_of(one, ask.today, days),
        stages=case_stages(one, ask.today),
        state=state_words(one),
        due_on=due_on,
        due_words=due_words,
        under_way=_under_way(ask, one),
        account=account_of(ask, one),
        supplement_rows=_supplement(ask, one, guide, errors),
        unanswered=unanswered_words(guide.kind),
        rows=given_rows(ask, project.code, guide, {guide.item_code: tuple(wanted)}),
        notices=_notices(ask, history),
        timeline=_timeline(ask, one, history),
        letters=_letters(ask, one),
        may_write=one.state in OPEN_STATES,
        may_withdraw=one.state in OPEN and one.withdrawal_sent_at is None,
        is_turned_down=one.state in TURNED_DOWN,
        is_concluded=one.state in (CaseState.CONCLUDED, CaseState.REVOKED),
        remedy=_remedy(ask, one),
        accept=ACCEPT,
        rules=RULES,
    )


@action(allow="application.supplement")
def see_supplement(ask: Ask) -> Response:
    """Whoever comes back to the address of supplementing finds the application."""
    return case_page(ask, ask.path("application_id"))


@action(allow="application.supplement", again=case_again, creates=True)
def give_supplement(ask: Ask) -> Response:
    """Answer the request to supplement with everything it names (A14.3)."""
    one, project = _own(ask, ask.path("application_id"))
    supplement(ask.session, one, project, by=ask.actor, at=ask.now)
    return reply.to(ask.url("application.see", code=project.code, application_id=one.id))


def withdraw_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The page that asks why an application is withdrawn."""
    one, project = _own(ask, ask.path("application_id"))
    return reply.page(
        ask,
        "public/applications/withdraw.html",
        title=f"撤回申请 {one.item_name}",
        status=reply.status_of(refusal) if refusal else 200,
        project=ProjectShown(project.name, project.code, ask.url("my_project.see_one", code=project.code)),
        code=project.code,
        application=one,
        state=state_words(one),
        may_withdraw=one.state in OPEN and one.withdrawal_sent_at is None,
        is_being_withdrawn=one.state in OPEN and one.withdrawal_sent_at is not None,
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="application.withdraw")
def see_withdrawal(ask: Ask) -> Response:
    """Ask for the reason."""
    return withdraw_page(ask)


@action(allow="application.withdraw", again=withdraw_page, creates=True)
def withdraw_application(ask: Ask) -> Response:
    """Take the application back before it is decided."""
    one, project = _own(ask, ask.path("application_id"))
    reason = ask.text("reason")[:1000]
    withdraw(ask.session, one, project, reason=reason, by=ask.actor, at=ask.now)
    return reply.to(ask.url("application.see", code=project.code, application_id=one.id) + "?withdrawn=1")


@action(allow="application.write")
def see_letters(ask: Ask) -> Response:
    """Whoever comes back to the address of the thread finds the application."""
    return case_page(ask, ask.path("application_id"))


@action(allow="application.write", again=case_again, creates=True)
def write_letter(ask: Ask) -> Response:
    """Write to the department that handles the application."""
    one, project = _own(ask, ask.path("application_id"))
    letters.write_to_department(ask.session, one, project, ask.text("letter"), by=ask.actor, at=ask.now)
    return reply.to(ask.url("application.see", code=project.code, application_id=one.id) + "#letters")


@action(allow="application.write", again=case_again)
def mark_read(ask: Ask) -> Response:
    """Note that the unit has read what the department wrote."""
    one, project = _own(ask, ask.path("application_id"))
    letters.mark_read_by_unit(ask.session, one, at=ask.now)
    return reply.to(ask.url("application.see", code=project.code, application_id=one.id) + "#letters")


@action(allow="document.see")
def see_document(ask: Ask) -> Response:
    """The approval document of a decision."""
    one, _ = _own(ask, ask.path("application_id"))
    if not one.document_digest:
        raise Absent("这个申请没有批复文件")
    return reply.file(
        ask.portal.store.read_chunks(one.document_digest),
        name=f"{one.document_title or one.item_name}.pdf",
        media_type="application/pdf",
        size=one.document_size,
        inline=True,
    )


def _own(ask: Ask, application_id: str) -> tuple[Application, DeclaredProject]:
    one, project = application_of(ask.session, ask.actor, application_id)
    if project.code not in codes_meant(ask.session, ask.path("code")[:100]):
        raise Absent("没有找到这个申请")
    return one, project


def _supplement(ask: Ask, one: Application, guide: Guide, errors: dict[str, str]) -> list[MaterialRow]:
    if one.state != CaseState.AWAITING_SUPPLEMENT:
        return []
    return supplement_rows(ask, one, guide, errors=errors)


def _remedy(ask: Ask, one: Application) -> str:
    """Where a denial or revocation can be contested, in words (A14.5)."""
    if one.outcome != Outcome.DENIED and one.state != CaseState.REVOKED:
        return ""
    return remedy_of(one.org_unit, organisations(ask.session).regions).words


def _letters(ask: Ask, one: Application) -> Sequence[LetterShown]:
    return [_letter(ask, letter) for letter in letters.letters_of_application(ask.session, one.id)]


def _letter(ask: Ask, letter: ApplicationLetter) -> LetterShown:
    """One message; the unit's own with how far it has come, and why it was refused."""
    standing, refusal = "", ""
    if letter.is_from_unit:
        answer = answer_to(ask.session, letter.message_id)
        shown = delivery_shown(answer, "留言")
        standing = shown.title.partition("，")[2] if shown else ""
        refusal = answer.reason if answer.delivery is Delivery.REFUSED else ""
    is_unread = not letter.is_from_unit and letter.read_at is None
    return LetterShown(letter.at, letter.writer_name, letter.words, letter.is_from_unit, is_unread, standing, refusal)


def _under_way(ask: Ask, one: Application) -> DeliveryShown | None:
    """What the unit sent last about an open application, as long as it isn't answered."""
    if one.state not in OPEN:
        return None
    if one.withdrawal_sent_at is not None:
        return under_way(ask, one.message_id, "撤回申请", then="送达后本次办理终止")
    return under_way(ask, one.message_id, "补正" if one.asked_for else "申请")


def _notices(ask: Ask, history: History) -> Sequence[NoticeShown]:
    return [
        NoticeShown(
            TITLES[NoticeKind(notice.kind)],
            notice.number,
            notice.issued_at,
            ask.url("document.see_notice", code=notice.project_code, token=notice.token),
            ask.url("notice.verify", token=notice.token),
            notice.voided_at is not None,
        )
        for notice in history.notices
    ]


def _timeline(ask: Ask, one: Application, history: History) -> Sequence[EntryShown]:
    lines = [
        EntryShown(
            event.at,
            event.words.removeprefix(f"{one.item_name}："),
            event.who,
            "now" if place == 0 else "done",
            ask.url("document.see_notice", code=event.project_code, token=event.notice_token)
            if event.notice_token
            else "",
        )
        for place, event in enumerate(history.events)
    ]
    return [*lines, EntryShown(one.applied_at, "提交申请", "项目单位")]


routes = [
    Route("/projects/{code}/applications/{application_id}", see_application, methods=["GET"], name="application.see"),
    Route(
        "/projects/{code}/applications/{application_id}/supplements",
        see_supplement, methods=["GET"], name="application.see_supplement",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/supplements",
        give_supplement, methods=["POST"], name="application.supplement",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/withdrawal",
        see_withdrawal, methods=["GET"], name="application.see_withdrawal",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/withdrawal",
        withdraw_application, methods=["POST"], name="application.withdraw",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/letters",
        see_letters, methods=["GET"], name="application.see_letters",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/letters",
        write_letter, methods=["POST"], name="application.write",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/letters/reading",
        see_letters, methods=["GET"], name="application.see_reading",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/letters/reading",
        mark_read, methods=["POST"], name="application.mark_read",
    ),
    Route(
        "/projects/{code}/applications/{application_id}/document",
        see_document, methods=["GET"], name="document.see_decision",
    ),
]  # fmt: skip
