"""What the extranet tells of a case's clock beyond its acts: extension, and a calendar that changed (A15.1, A15.2)."""

from datetime import date
from typing import ClassVar

from core.cases.messages import CaseMessage, ClockTold
from core.exchange.fields import Code, ForUnit, Number, Words


class CaseExtended(CaseMessage):
    """The limit was extended once, by how many days, on which law, and why (A15.2)."""

    kind: ClassVar[str] = "case.extended.v1"
    days: Number
    unit: Code
    basis: Words
    reason: ForUnit
    due_on: date | None
    clock: ClockTold


class CaseRecounted(CaseMessage):
    """The calendar changed and with it the due date of a case that runs (A15.1)."""

    kind: ClassVar[str] = "case.recounted.v1"
    year: Number
    due_before: date | None
    due_on: date | None
    clock: ClockTold
