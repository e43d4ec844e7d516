"""What a clock is called and with what it begins, the same in both portals (A14.3, A15.1)."""

from datetime import date

import pytest

from core.domain.clock_words import words_of_clock

MONDAY, FRIDAY, LATER = date(2026, 11, 23), date(2026, 11, 27), date(2026, 12, 8)


@pytest.mark.parametrize(
    ("kind", "started_on", "accepted_on", "says"),
    [
        ("preliminary", MONDAY, None, "收到申请"),
        ("acceptance", MONDAY, None, "收到申请"),
        ("acceptance", LATER, None, "收到补正"),
        ("handling", FRIDAY, FRIDAY, "受理"),
        ("handling", MONDAY, FRIDAY, "收到申请"),  # the law counts it from receipt
        ("handling", FRIDAY, LATER, "收到补正"),  # and from the day on which all was received
    ],
)
def test_a15_1_a_clock_says_what_it_began_with(kind, started_on, accepted_on, says):
    words = words_of_clock(kind, started_on=started_on, received_on=MONDAY, accepted_on=accepted_on)
    assert words.start == says


def test_a14_3_what_silence_accepted_says_so():
    given = {"started_on": MONDAY, "received_on": MONDAY, "accepted_on": MONDAY}
    assert words_of_clock("handling", **given, is_deemed=True).start == "视为受理"
    assert words_of_clock("handling", **given).start == "受理"
