"""Internet zone: what a case's unit and the public learn of an extension and of a changed calendar (A15.1, A15.2)."""

from datetime import date

from sqlmodel import Session

from core.cases.clock_messages import CaseExtended, CaseRecounted
from core.cases.telling import application_told, tell, tell_event, tell_unit
from core.domain.calendar import full_date
from core.domain.clock import Unit, limit_words
from core.domain.clock_words import title_of_clock
from core.exchange.message import Envelope, applies


@applies(CaseExtended)
def show_extended(session: Session, told: CaseExtended, envelope: Envelope) -> None:
    """The limit was extended; why is for the unit, that it was for everybody."""
    one = application_told(session, told)
    one.clock = told.clock.model_dump(mode="json")
    granted = f"{one.item_name}：经批准延期 {limit_words(told.days, Unit(told.unit))}{_until(told.due_on)}"
    tell_event(session, one, told, envelope, granted)
    tell_unit(session, one, told, envelope, f"{granted}。理由：{told.reason}")


@applies(CaseRecounted)
def show_recounted(session: Session, told: CaseRecounted, envelope: Envelope) -> None:
    """The calendar changed and the due date moved."""
    one = application_told(session, told)
    if one.clock and one.clock["kind"] == told.clock.kind:
        one.clock = told.clock.model_dump(mode="json")
    if told.due_before and told.due_on:
        is_shown = one.clock is None or one.clock["kind"] == told.clock.kind
        what = "到期日" if is_shown else title_of_clock(told.clock.kind)
        before = f"，{what}由 {full_date(told.due_before)}改为 {full_date(told.due_on)}"
    else:
        before = "，法定或全程的最迟日期随之改变"
    tell(session, one, told, envelope, f"{one.item_name}：{told.year} 年工作日历调整{before}")


def _until(due_on: date | None) -> str:
    return f"，至 {full_date(due_on)}" if due_on else ""
