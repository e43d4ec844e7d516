"""What binds others at once wants a fresh second factor (T20)."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.confirmation import CONFIRMED_ACTS, CONFIRMED_FOR, must_confirm
from core.domain.policy import POLICY

GIVEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize("action", sorted(CONFIRMED_ACTS))
def test_t20_a_quarter_of_an_hour_after_the_code_it_is_asked_for_again(action: str) -> None:
    assert not must_confirm(action, GIVEN, GIVEN + CONFIRMED_FOR - MOMENT)
    assert must_confirm(action, GIVEN, GIVEN + CONFIRMED_FOR)


def test_other_acts_go_by_the_session_alone() -> None:
    assert not must_confirm("case.propose", GIVEN, GIVEN + timedelta(hours=11))


def test_every_act_that_is_named_exists() -> None:
    assert POLICY.keys() >= CONFIRMED_ACTS
