"""Due dates worked by hand from the State Council's announcements of 2017 to 2026 (A15.1, A15.2).

Each was counted on the announcement itself, a finger for each day: what is off, and which weekend days are worked.
"""

from datetime import date

import pytest

from core.domain.clock import Clock, Light, Pause, Unit, due_on, reading
from tests.domain.official import OFFICIAL

ANNOUNCED = {
    "2017": "off 27 Jan–2 Feb and 1–8 Oct; worked 22 Jan, 4 Feb, 30 Sep",
    "2018": "off 15–21 Feb, 24 Sep and 1–7 Oct; worked 11 and 24 Feb, 29 and 30 Sep",
    "2019": "off 4–10 Feb and 1–7 Oct; worked 2 and 3 Feb, 29 Sep, 12 Oct",
    "2020": "off 24 Jan–2 Feb, the last three days announced on 26 January, and 1–8 Oct; worked 19 Jan, 27 Sep, 10 Oct",
    "2021": "off 11–17 Feb and 1–7 Oct; worked 7 and 20 Feb, 26 Sep, 9 Oct",
    "2022": "off 31 Jan–6 Feb and 1–7 Oct; worked 29 and 30 Jan, 8 and 9 Oct",
    "2023": "off 21–27 Jan and 29 Sep–6 Oct; worked 28 and 29 Jan, 7 and 8 Oct",
    "2024": "off 10–17 Feb and 1–7 Oct; worked 4 and 18 Feb, 29 Sep, 12 Oct",
    "2025": "off 28 Jan–4 Feb and 1–8 Oct; worked 26 Jan, 8 Feb, 28 Sep, 11 Oct",
    "2026": "off 15–23 Feb, 25 Sep and 1–7 Oct; worked 14 and 28 Feb, 20 Sep, 10 Oct",
}

WORKING_DAYS = """
2017-01-20  5 2017-01-26
2017-01-25  5 2017-02-07
2017-01-26 10 2017-02-15
2017-02-02  1 2017-02-03
2017-08-16 20 2017-09-13
2017-09-22 20 2017-10-26
2017-09-29  1 2017-09-30
2017-09-29  5 2017-10-12
2018-02-09  5 2018-02-22
2018-02-14  3 2018-02-24
2018-02-14 10 2018-03-06
2018-09-21  5 2018-09-29
2018-09-28  2 2018-09-30
2018-09-28  5 2018-10-10
2019-01-31  5 2019-02-12
2019-02-01  3 2019-02-11
2019-09-27  2 2019-09-30
2019-09-27 10 2019-10-16
2019-09-30  5 2019-10-12
2020-01-17  5 2020-01-23
2020-01-22  5 2020-02-06
2020-01-23  1 2020-02-03
2020-09-25  3 2020-09-29
2020-09-30  2 2020-10-10
2020-09-30  3 2020-10-12
2021-02-05  5 2021-02-18
2021-02-10  3 2021-02-20
2021-09-24  6 2021-10-08
2021-09-30  2 2021-10-09
2022-01-28  2 2022-01-30
2022-01-28  5 2022-02-09
2022-09-30  2 2022-10-09
2022-09-30  7 2022-10-14
2023-01-19  5 2023-01-31
2023-01-20  2 2023-01-29
2023-09-27  2 2023-10-07
2023-09-28  5 2023-10-11
2024-02-02  6 2024-02-09
2024-02-09  1 2024-02-18
2024-02-09  5 2024-02-22
2024-09-27  3 2024-10-08
2024-09-30  5 2024-10-12
2025-01-24  2 2025-01-27
2025-01-27  4 2025-02-08
2025-09-26  5 2025-10-10
2025-09-30  3 2025-10-11
2026-02-13  1 2026-02-14
2026-02-13  5 2026-02-27
2026-02-13  6 2026-02-28
2026-09-18 20 2026-10-22
2026-09-24  1 2026-09-28
2026-09-30  3 2026-10-10
"""

# accepted, days, pause begins, pause ends, further days granted, due
WITH_PAUSES = """
2022-09-30  2 2022-10-08 2022-10-09  0 2022-10-10
2023-09-27  2 2023-09-28 2023-10-06  0 2023-10-07
2025-09-29  3 2025-09-30 2025-10-09  0 2025-10-11
2026-02-13  5 2026-02-14 2026-02-25  0 2026-03-02
2026-09-29  3 2026-09-30 2026-10-08  2 2026-10-13
"""

CALENDAR_DAYS = """
2025-09-26 15 2025-10-11
2026-02-13 30 2026-03-15
2020-01-22  7 2020-01-29
"""


def rows(table):
    return [line.split() for line in table.strip().splitlines()]


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(("accepted", "days", "due"), rows(WORKING_DAYS))
def test_a15_1_working_days_around_spring_festival_and_national_day(accepted, days, due):
    running = Clock(day(accepted), int(days))
    assert due_on(running, OFFICIAL) == day(due)
    assert reading(running, day(due), OFFICIAL).light is Light.YELLOW
    assert reading(running, date.fromordinal(day(due).toordinal() + 1), OFFICIAL).light is Light.RED


@pytest.mark.parametrize(("accepted", "days", "begins", "ends", "granted", "due"), rows(WITH_PAUSES))
def test_a15_2_a_pause_and_an_extension_around_the_holidays(accepted, days, begins, ends, granted, due):
    pauses = (Pause(day(begins), day(ends), "hearing"),)
    running = Clock(day(accepted), int(days), pauses=pauses, extension=int(granted))
    assert due_on(running, OFFICIAL) == day(due)


@pytest.mark.parametrize(("accepted", "days", "due"), rows(CALENDAR_DAYS))
def test_a15_1_calendar_days_know_no_holiday(accepted, days, due):
    assert due_on(Clock(day(accepted), int(days), Unit.CALENDAR_DAY), OFFICIAL) == day(due)


def test_every_year_from_2017_to_2026_is_worked():
    assert {row[0][:4] for row in rows(WORKING_DAYS)} == ANNOUNCED.keys()
