"""Lights once earned, for good (A14.4d, A15.2)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable


class LightEvent(ExtranetTable, table=True):
    """A yellow or red that a clock earned; unique per clock and colour, however late the sweep ran."""

    __tablename__ = "light_event"
    __table_args__ = (sa.UniqueConstraint("clock_id", "light"),)
    id: int | None = Field(default=None, primary_key=True)
    clock_id: int = Field(foreign_key="clock.id")
    case_id: int = Field(foreign_key="case.id", index=True)
    project_code: str = Field(max_length=24)
    org_unit: str = Field(max_length=40, index=True)
    light: str = Field(max_length=10)
    earned_on: date
    recorded_at: datetime


class PauseOverrun(ExtranetTable, table=True):
    """A pause that outlasted the day on which it was expected to end; once for each, for good (A15.2)."""

    __tablename__ = "pause_overrun"
    pause_id: int = Field(foreign_key="pause.id", primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    project_code: str = Field(max_length=24)
    org_unit: str = Field(max_length=40, index=True)
    ground: str = Field(max_length=40)
    expected_on: date
    recorded_at: datetime
