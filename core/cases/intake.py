"""Preliminary review and acceptance (初审、受理): what a clerk does with an application (A14.2, A14.3). Extranet."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clocks
from core.cases import clocks as case_clocks
from core.cases import closing, completing, notices
from core.cases.facts import guide_of, missing_needs
from core.cases.messages import (
    AskedFor,
    CaseAccepted,
    CaseDeclined,
    CaseRefused,
    PreliminaryPassed,
    SupplementRequested,
)
from core.cases.moves import move_case
from core.cases.resting import rest_if_suspended
from core.cases.tables import Case, Supplement
from core.clocks import business_date
from core.consultations.asking import lapse_of_case
from core.domain.case_states import CASE, DECLINE_GROUNDS, OUT_OF_REMIT, REFUSAL_GROUNDS
from core.domain.policy import PLATFORM, Actor
from core.engagements.lapsing import lapse_services
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.guides.publishing import guide_in_force
from core.projects.tables import Project
from core.trace import record

LONGEST_SUPPLEMENT_DAYS = 180
"""A request to supplement can't ask for an answer later than half a year from now."""


def why_unverified(project: Project) -> str:
    """Why the project code can't be verified, in words; empty when it stands (A13.2)."""
    return "" if project.verified_at else "这个项目代码未通过核验，不能受理。请作初审不予通过处理"


def verify_code(session: Session, case: Case, *, by: Actor, at: datetime) -> None:
    """Note that the officer verified the project code: the precondition of everything that follows (A13.2)."""
    if case.code_verified_at is not None:
        return
    if words := why_unverified(session.get_one(Project, case.project_code)):
        raise RuleRefusal(words, article="A13.2")
    case.code_verified_at = at
    session.add(case)
    record(
        session, "case.verify_code", "case", case.application_id, "核验项目代码：与申报信息一致",
        by=by, at=at, project_code=case.project_code,
    )  # fmt: skip


def pass_preliminary(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """The code is genuine and the matter in our remit: on to acceptance (A14.2)."""
    verify_code(session, case, by=by, at=at)
    move_case(session, case, "pass_preliminary", by=by, at=at, seen=seen)
    case.preliminary_passed_at = at
    case_clocks.stop(session, case, "preliminary", on=business_date(at))
    told = PreliminaryPassed(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)


def refuse_preliminary(
    session: Session, case: Case, *, ground: str, reason: str, right_organ: str = "", by: Actor, at: datetime,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Not passed: on one of four grounds, with the reason, told at once by notice (A14.2).

    What is not the department's is refused only with the name of whose it is: `right_organ`.
    """
    words = _ground_words(ground, reason, REFUSAL_GROUNDS, "A14.2", right_organ=right_organ)
    move = move_case(session, case, "refuse_preliminary", by=by, at=at, seen=seen, reason=words, ground=ground)
    end_case(session, case, words, at=at)
    told = CaseRefused(
        project_code=case.project_code, application_id=case.application_id, at=at, ground=ground, reason=words
    )
    send(session, told, at=at)
    notices.issue_for_case(
        session, move.notice, case, at=at, by=by, reason=words, ground=REFUSAL_GROUNDS[ground],
        right_organ=right_organ.strip() if ground == OUT_OF_REMIT else "",
    )  # fmt: skip


def accept(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Accept the application: issue the 受理通知书, start the handling clock, tell the unit (A14.3, A15.1).

    The limit is that of the guide in force today, which the case keeps from now on (A8.1). Refuses when the code is
    not verified, a required material is missing or a prerequisite not granted.
    """
    move = move_case(session, case, "accept", by=by, at=at, seen=seen)
    _begin_handling(session, case, accepted_on=business_date(at), at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by)


def request_supplement(
    session: Session, case: Case, items: Sequence[dict[str, str]], *, answer_by: date | None = None, by: Actor,
    at: datetime, seen: int | None = None,
) -> None:  # fmt: skip
    """Ask once for everything that is missing or wrong, material by material; the clock stops (A14.3).

    `items` hold `material_code`, `name`, `fault`, `cure` and, where there is one, `sample`; `answer_by` is the last day
    for the answer, where one is set. Refuses a second request, an empty one, a day that leaves no time, and one that
    does not name every required material still missing: it could never be asked for again.
    """
    if answer_by is not None and not 1 <= (answer_by - business_date(at)).days <= LONGEST_SUPPLEMENT_DAYS:
        words = f"补正期限须晚于今天，最长 {LONGEST_SUPPLEMENT_DAYS} 天；不设期限的留空"
        raise RuleRefusal(words, field="answer_by", article="A14.3")
    if not items:
        raise RuleRefusal("请至少选择一份材料，写明问题和补正要求", field="items", article="A14.3")
    for item in items:
        if not item.get("fault", "").strip():
            raise RuleRefusal(f"请写明“{item['name']}”存在的问题", field="items", article="A14.3")
    move = move_case(session, case, "request_supplement", by=by, at=at, seen=seen)
    asked = {item["material_code"] for item in items}
    if left_out := [need.name for need in missing_needs(session, case) if need.code not in asked]:
        words = f"补正应当一次性告知全部缺项，还缺：{'、'.join(left_out)}"
        raise RuleRefusal(words, field="items", article="A14.3")
    case.supplements += 1
    case.answer_by = answer_by
    session.add(
        Supplement(
            case_id=case.id or 0,
            requested_at=at,
            requested_by=by.name,
            items=[dict(item) for item in items],
            answer_by=answer_by,
        )
    )
    case_clocks.stop(session, case, "acceptance", on=business_date(at))
    told = SupplementRequested(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        items=tuple(_asked_for(item) for item in items),
        answer_by=answer_by,
    )
    send(session, told, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, supplement=items, answer_by=answer_by)


def decline(
    session: Session, case: Case, *, ground: str, reason: str, right_organ: str = "", by: Actor, at: datetime,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Turn the application down before handling, on a ground of the law, with reason and remedy (A14.3).

    Also one whose request to supplement was not answered in time. What is not the department's is turned down only
    with the name of whose it is: `right_organ` (行政许可法 32).
    """
    words = _ground_words(ground, reason, DECLINE_GROUNDS, "A14.3", right_organ=right_organ)
    move = move_case(session, case, "decline", by=by, at=at, seen=seen, reason=words, ground=ground)
    end_case(session, case, words, at=at)
    told = CaseDeclined(
        project_code=case.project_code, application_id=case.application_id, at=at, ground=ground, reason=words
    )
    send(session, told, at=at)
    notices.issue_for_case(
        session, move.notice, case, at=at, by=by, reason=words, ground=DECLINE_GROUNDS[ground],
        right_organ=right_organ.strip() if ground == OUT_OF_REMIT else "",
    )  # fmt: skip


def record_filing(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """A filing is no decision: complete information received is filed, without sign-off (A14.3)."""
    move = move_case(session, case, "record_filing", by=by, at=at, seen=seen)
    case_clocks.stop(session, case, "acceptance", "preliminary", on=business_date(at))
    notice = notices.issue_for_case(session, move.notice, case, at=at, by=by)
    closing.conclude_filing(session, case, notice, at=at)


def deem_accepted(session: Session, case: Case, *, at: datetime) -> None:
    """Silence beyond the limit is acceptance from the day of receipt: the handling clock runs from that day (A14.3).

    After a supplement it is the day on which the supplement was received. What the department left undone the platform
    does: it verified the code when the declaration arrived, and says so (A13.2).
    """
    if not why_unverified(session.get_one(Project, case.project_code)):
        verify_code(session, case, by=PLATFORM, at=at)
    move = move_case(session, case, "deem_accepted", by=PLATFORM, at=at)
    case.is_deemed = True
    silent = clocks.running(session, case.id or 0, "acceptance")
    case_clocks.stop(session, case, "preliminary", on=business_date(at))
    _begin_handling(session, case, accepted_on=silent.started_on if silent else case.received_on, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=PLATFORM)


def silent_cases(session: Session, today: date, *, after: int = 0, limit: int = 100) -> Sequence[Case]:
    """Applications that the department left unanswered beyond the limit, by id, those `after` one id (A14.3)."""
    found = select(Case).where(*_silent_on(today), col(Case.id) > after)
    return session.exec(found.order_by(col(Case.id)).limit(limit)).all()


def still_silent(session: Session, case_id: int, today: date) -> Case | None:
    """One of them, unless the department has answered meanwhile (A14.3)."""
    return session.exec(select(Case).where(col(Case.id) == case_id, *_silent_on(today))).first()


def _silent_on(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Case.concluded_at).is_(None),
        col(Case.acceptance_due_on) < today,
        col(Case.item_kind) != "filing",
        col(Case.state).in_(sorted(CASE.sources("deem_accepted"))),
    )


def _begin_handling(session: Session, case: Case, *, accepted_on: date, at: datetime) -> None:
    case.accepted_at = at
    case.accepted_on = accepted_on
    case_clocks.stop(session, case, "acceptance", on=business_date(at))
    guide = guide_in_force(session, case.item_code, on=accepted_on) or guide_of(session, case)
    case.guide_version = guide.version_id
    case_clocks.start_handling(session, case, guide, on=accepted_on)
    told = CaseAccepted(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        accepted_on=accepted_on,
        is_deemed=case.is_deemed,
        due_on=case.due_on,
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)
    rest_if_suspended(session, case, at=at)


def end_case(session: Session, case: Case, words: str, *, at: datetime) -> None:
    """Close a case that ends without a decision: clocks stop for good, nobody is asked about it any more (A14.4b)."""
    case.concluded_at = at
    case.end_reason = words
    case_clocks.stop(session, case, "preliminary", "acceptance", "handling", on=business_date(at))
    lapse_of_case(session, case.id or 0, at=at)
    lapse_services(session, case.id or 0, at=at)
    completing.complete_if_due(session, case.project_code, at=at)


def _asked_for(item: dict[str, str]) -> AskedFor:
    """One line as the unit reads it on its page: where a sample is stands with how to cure the fault."""
    sample, cure = item.get("sample", ""), item.get("cure", "")
    told = "。".join(part for part in (cure, f"样本：{sample}" if sample else "") if part)
    return AskedFor(material_code=item["material_code"], name=item["name"], fault=item["fault"], cure=told)


def _ground_words(ground: str, reason: str, grounds: dict[str, str], article: str, *, right_organ: str) -> str:
    if ground not in grounds:
        raise RuleRefusal("请选择理由", field="ground", article=article)
    if len(reason.strip()) < 5:
        raise RuleRefusal("请写明具体情况，项目单位会看到", field="reason", article=article)
    if ground != OUT_OF_REMIT:
        return f"{grounds[ground]}：{reason.strip()}"
    if len(right_organ.strip()) < 2:
        raise RuleRefusal("请写明应当向哪个机关申请", field="right_organ", article=article)
    return f"{grounds[ground]}：{reason.strip()}。请向{right_organ.strip()}申请"
