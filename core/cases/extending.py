"""Extension (延期): once, by the approver, within what the item's law gives; the unit is told (A15.2). Extranet."""

from datetime import datetime

from sqlmodel import Session

from core import clocks
from core.cases import clocks as case_clocks
from core.cases import notices
from core.cases.clock_messages import CaseExtended
from core.cases.facts import extension_of
from core.cases.moves import move_case
from core.cases.tables import Case
from core.clocks import business_date
from core.domain.clock import limit_words
from core.domain.extensions import days_fault
from core.domain.policy import Actor
from core.errors import FormRefusal, RuleRefusal
from core.exchange.outbox import send


def extend(
    session: Session, case: Case, *, days: int | None, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Add days to the limit of the handling, promise and statute alike; issues the 延期通知书.

    Refuses a second extension, one after the limit ran out, more days than the law of the item gives, and no reason.
    A15.2, 行政许可法 42.
    """
    rule = extension_of(session, case)
    errors: dict[str, str] = {}
    if rule is not None and (fault := days_fault(days, rule)):
        errors["days"] = fault
    if rule is not None and len(reason.strip()) < 5:
        errors["reason"] = "请写明延期的理由，项目单位会看到"
    if errors:
        raise FormRefusal(errors, article="A15.2")
    granted = limit_words(days, rule.unit) if rule else ""
    told = f"{granted}：{reason.strip()}"
    move = move_case(session, case, "extend", by=by, at=at, seen=seen, reason=told)
    row = clocks.running(session, case.id or 0, "handling")
    if rule is None or row is None or days is None:
        raise RuleRefusal("这个办件没有在计时", article="A15.2")
    clocks.extend(session, row, days=days, on=business_date(at), reason=reason.strip())
    case_clocks.show_current(session, case)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, reason=reason.strip())
    message = CaseExtended(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        days=days,
        unit=rule.unit,
        basis=rule.basis,
        reason=reason.strip(),
        due_on=case.due_on,
        clock=case_clocks.told(session, row),
    )
    send(session, message, at=at)
