"""The official calendar of 2004 to 2026, as every test of working days uses it."""

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from core.domain.calendar import Calendar

_CHINESE = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
OFFICIAL = Calendar(
    {day: _CHINESE[name] for day, name in holidays.items()},
    {day: _CHINESE[name] for day, name in workdays.items()},
    range(2004, 2027),
)
