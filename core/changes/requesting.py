"""The unit applies for a change, suspension, resumption, termination or major change (A12.2, A14.1e). Internet zone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from core.changes.messages import ChangeSubmitted, ChangeWithdrawn
from core.changes.tables import ChangeRequest
from core.clocks import business_date
from core.database import bump
from core.domain import change_states as rules
from core.domain.change_states import CHANGE, KIND_WORDS, OPEN_STATES, WITH_FACTS, ChangeFacts, ChangeKind, ChangeState
from core.domain.changes import answers_of, changed_fields, in_code
from core.domain.declaration import Result, read_answers, refuse_errors, refuse_undeclared, texts
from core.domain.fields import Kind
from core.domain.legacy_projects import EARLIEST_START
from core.domain.policy import Actor, Role
from core.domain.secrecy import refuse_classified
from core.errors import Absent, RuleRefusal
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.declaring import refuse_another_unit, without_identity_numbers
from core.projects.rules import field_specs, industries, labels
from core.projects.tables import DeclaredProject
from core.trace import record, step

LONGEST_REASON = 1000
Answers = Mapping[str, Sequence[str]]


def requests_of(session: Session, project_code: str) -> Sequence[ChangeRequest]:
    """Every request of a project, the newest first."""
    found = select(ChangeRequest).where(col(ChangeRequest.project_code) == project_code)
    return session.exec(found.order_by(col(ChangeRequest.begun_at).desc(), col(ChangeRequest.id).desc())).all()


def request_of(session: Session, project_code: str, change_id: str) -> ChangeRequest:
    """One request of a project of one's own; another's looks like none (T2)."""
    found = session.get(ChangeRequest, change_id)
    if found is None or found.project_code != project_code:
        raise Absent("没有找到这个变更申请")
    return found


def open_kinds(session: Session, project_code: str, *, but: str = "") -> list[str]:
    """The kinds of the requests that are not over, aside from one: no other is begun beside them."""
    return [one.kind for one in requests_of(session, project_code) if one.state in OPEN_STATES and one.id != but]


def begin(session: Session, project: DeclaredProject, kind: str, *, by: Actor, at: datetime) -> ChangeRequest:
    """A new request, filled in with what is declared now (A14.1e).

    Refuses while another is open, and a kind that the project's state does not know.
    """
    bump(session, project)
    session.add(project)
    if words := rules.why_not_now(kind, project.state, open_kinds(session, project.code)):
        raise RuleRefusal(words, field="kind", article="A14.1e")
    answers = answers_of(field_specs(), project.facts) if kind in WITH_FACTS else {}
    request = ChangeRequest(
        project_code=project.code,
        kind=kind,
        answers=answers,
        before=dict(project.facts),
        begun_at=at,
        saved_at=at,
    )
    session.add(request)
    session.flush()
    words = f"开始填写{KIND_WORDS[ChangeKind(kind)]}申请"
    record(session, "change.begin", "change", request.id, words, by=by, at=at, project_code=project.code)
    return request


def save_step(
    session: Session, request: ChangeRequest, answers: Answers, *, step: str, by: Actor, at: datetime
) -> None:
    """Keep what was typed in one step, right or wrong; only a classified word is never stored (A3.2, A14.1e)."""
    refuse_uneditable(request)
    typed = {name: list(values) for name, values in answers.items()}
    given = {**request.answers, **typed}
    refuse_undeclared(field_specs(), given)
    refuse_classified(texts(typed))
    bump(session, request)
    request.answers, request.saved_at = given, at
    session.add(request)
    record(
        session, "change.save", "change", request.id, f"保存变更内容：{step}", by=by, at=at,
        project_code=request.project_code,
    )  # fmt: skip


def refuse_uneditable(request: ChangeRequest) -> None:
    """Refuse to alter a request that lies before the coordinator, or is over."""
    if request.state not in rules.EDITABLE or request.withdrawn_at is not None:
        raise RuleRefusal(f"变更申请{CHANGE.word(request.state)}，不能再修改", article="A14.1e")


def read_change(session: Session, request: ChangeRequest, answers: Answers | None = None, *, at: datetime) -> Result:
    """The altered declaration as typed facts, with every error at once.

    A planned start that was not altered may lie in the past by now: it is judged by the day it was declared. A project
    begun before the platform started whenever it did (A12.1).
    """
    given = {name: list(values) for name, values in (answers or request.answers).items()}
    project = session.get_one(DeclaredProject, request.project_code)
    keeps_start = given.get("planned_start") == [str(request.before.get("planned_start"))]
    return read_answers(
        field_specs(),
        given,
        today=business_date(project.declared_at if keeps_start else at),
        regions=organisations(session).regions,
        industries=industries(),
        earliest_start=EARLIEST_START if project.is_legacy else "",
    )


def changed_now(session: Session, request: ChangeRequest, *, at: datetime) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The facts as altered so far, and the fields that differ; of a request sent already as it was sent."""
    if request.kind not in WITH_FACTS:
        return {}, ()
    after = request.facts if request.facts is not None and request.state not in rules.EDITABLE else None
    facts = after if after is not None else read_change(session, request, at=at).facts
    return facts, changed_fields(field_specs(), request.before, facts)


def submit(
    session: Session, request: ChangeRequest, project: DeclaredProject, *, kind: str, reason: str,
    expected_on: date | None, by: Actor, at: datetime, seen: int | None = None,
) -> None:  # fmt: skip
    """Send the request to the coordinator (A14.1e).

    Refuses while anything in the altered declaration is wrong, without a reason, a change of nothing, and a change of
    what the code names unless it is applied for as a major one (A12.2). Classified words are refused (A3.2).
    """
    refuse_uneditable(request)
    if {kind, request.kind} <= WITH_FACTS:
        request.kind = kind
    said = checked_reason(reason)
    _check_state(session, request, project, expected_on, at=at)
    facts, changed = _altered(session, request, by=by, at=at) if request.kind in WITH_FACTS else (None, ())
    if request.kind == ChangeKind.CHANGE and (named := in_code(changed)):
        names = "、".join(labels()[field].spoken for field in named)
        raise RuleRefusal(f"{names}写在项目代码里，改变后要重新赋码，请选“重大变更”", field="kind", article="A12.2")
    facts_of = ChangeFacts(kind=request.kind, changed=changed)
    _step(session, request, "submit", facts_of, by=by, at=at, seen=seen, reason=said)
    request.before, request.facts = dict(project.facts), facts
    request.reason, request.expected_on, request.submitted_at, request.decision = said, expected_on, at, ""
    told = ChangeSubmitted(
        project_code=project.code,
        credit_code=project.credit_code,
        change_id=request.id,
        change_kind=request.kind,
        facts=without_identity_numbers(facts) if facts is not None else None,
        kept_back=tuple(labels()[field].spoken for field in changed if labels()[field].kind is Kind.IDENTITY_NUMBER),
        reason=said,
        expected_on=expected_on,
        submitted_at=at,
    )
    request.message_id = send(session, told, at=at)
    session.add(request)


def withdraw(session: Session, request: ChangeRequest, project: DeclaredProject, *, by: Actor, at: datetime) -> None:
    """Take a request back. One that was sent ends when the extranet says so: it may have been decided meanwhile."""
    if request.withdrawn_at is not None:
        raise RuleRefusal("已经提交撤回，请等候送达", article="A14.1e")
    if request.state == ChangeState.DRAFT:
        _step(session, request, "withdraw", ChangeFacts(kind=request.kind), by=by, at=at)
        return
    CHANGE.find(request.state, "withdraw")
    bump(session, request)
    request.withdrawn_at = at
    told = ChangeWithdrawn(
        project_code=project.code, credit_code=project.credit_code, change_id=request.id, withdrawn_at=at
    )
    request.message_id = send(session, told, at=at)
    session.add(request)
    record(
        session, "change.ask_withdrawal", "change", request.id, "提交撤回变更申请", by=by, at=at,
        project_code=project.code,
    )  # fmt: skip


def checked_reason(reason: str) -> str:
    """A reason as it may be stored: there, not too long, not classified (A3.2)."""
    said = reason.strip()
    if not said:
        raise RuleRefusal("请写明申请的理由", field="reason", article="A14.1e")
    if len(said) > LONGEST_REASON:
        raise RuleRefusal(f"理由最多 {LONGEST_REASON} 个字，现在是 {len(said)} 个字", field="reason")
    refuse_classified({"reason": said})
    return said


def _check_state(
    session: Session, request: ChangeRequest, project: DeclaredProject, expected_on: date | None, *, at: datetime
) -> None:
    others = open_kinds(session, project.code, but=request.id)
    if words := rules.why_not_now(request.kind, project.state, others):
        raise RuleRefusal(words, article="A14.1e")
    if expected_on is not None and expected_on <= business_date(at):
        raise RuleRefusal("预计恢复日期应在今天之后", field="expected_on", article="A14.1e")


def _altered(
    session: Session, request: ChangeRequest, *, by: Actor, at: datetime
) -> tuple[dict[str, Any], tuple[str, ...]]:
    result = read_change(session, request, at=at)
    refuse_errors(result)
    refuse_another_unit(result.facts, by)
    refuse_classified(texts({name: list(values) for name, values in request.answers.items()}))
    project = session.get_one(DeclaredProject, request.project_code)
    return dict(result.facts), changed_fields(field_specs(), project.facts, result.facts)


def _step(
    session: Session, request: ChangeRequest, event: str, facts: ChangeFacts, *, by: Actor, at: datetime,
    seen: int | None = None, reason: str = "",
) -> None:  # fmt: skip
    held = frozenset({Role.PROJECT_UNIT})
    step(session, CHANGE, request, event, facts, by=by, held=held, at=at, seen=seen, reason=reason)
