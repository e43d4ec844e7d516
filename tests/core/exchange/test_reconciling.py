"""Reconciliation: reports cross as messages, agree where both sides are the same, name the first difference (A2.1)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.database import Database
from core.domain.policy import Actor, Role
from core.errors import RuleRefusal
from core.exchange import reconciling
from core.exchange.archiving import archive
from core.exchange.message import Direction
from core.exchange.reports import Span, entries_in, first_difference
from tests.core.exchange.crossing import CODE, NOW, OTHER_CODE, Crossing

OPERATOR = Actor(Role.OFFICER, id="zhao", name="赵磊")
TOMORROW = NOW + timedelta(days=1)
LATE = datetime(2100, 1, 1, tzinfo=UTC)


def tamper(db: Database, statement: str) -> None:
    """Alter rows beneath the platform, past its triggers."""
    with db.engine.begin() as connection:
        drop = "DROP TRIGGER exchange_message_fixed" + (
            " ON exchange_message" if db.engine.dialect.name == "postgresql" else ""
        )
        connection.exec_driver_sql(drop)
        connection.exec_driver_sql(statement)


def outcomes(db: Database, direction: Direction = Direction.TO_EXTRANET) -> list[tuple[str, str]]:
    with db.reading() as session:
        return [(one.outcome, one.words) for one in reconciling.recent(session) if one.direction is direction]


@pytest.fixture
def told(crossing: Crossing) -> Crossing:
    crossing.tell(1, 2)
    crossing.tell(1, code=OTHER_CODE)
    crossing.post.pump(now=NOW)
    return crossing


def test_the_night_reports_each_day_once_and_both_sides_agree(told: Crossing):
    assert reconciling.report_the_day(told.public, NOW) == 0  # the day isn't over
    for db in (told.public, told.extranet):
        assert reconciling.report_the_day(db, TOMORROW) == 1
        assert reconciling.report_the_day(db, TOMORROW) == 0
    told.post.pump(now=TOMORROW)
    for db in (told.public, told.extranet):
        for direction in Direction:
            assert {outcome for outcome, _ in outcomes(db, direction)} == {"agreed"}


def test_a_row_altered_beneath_the_platform_is_named(told: Crossing):
    tamper(told.extranet, f"UPDATE exchange_message SET body = '{{}}' WHERE number = 3 AND subject = '{OTHER_CODE}'")
    reconciling.report_the_day(told.public, TOMORROW)
    told.post.pump(now=TOMORROW)
    words = f"第 1 至 3 号不一致：2026-03-02 test.noted.v1 {OTHER_CODE}：都是 1 件，内容不同"
    assert outcomes(told.extranet) == outcomes(told.public) == [("differs", words)]


def test_a_row_that_vanished_is_named_with_both_counts(told: Crossing):
    tamper(told.extranet, "UPDATE exchange_message SET number = 99 WHERE number = 2 AND direction = 'to_extranet'")
    reconciling.report_the_day(told.public, TOMORROW)
    told.post.pump(now=TOMORROW)
    assert outcomes(told.public)[0][1].endswith(f"2026-03-02 test.noted.v1 {CODE}：发送方 2 件，接收方 1 件")


def test_on_demand_both_directions_are_reconciled_and_not_twice_at_once(told: Crossing):
    with told.extranet.writing() as session:
        reconciling.begin(session, by=OPERATOR, at=NOW)
    with told.extranet.writing() as session, pytest.raises(RuleRefusal, match="还没有得到答复"):
        reconciling.begin(session, by=OPERATOR, at=NOW)
    told.post.pump(now=NOW)
    for direction in Direction:
        assert outcomes(told.extranet, direction) == [("agreed", "")]
    with told.extranet.reading() as session:
        heads = {direction: max(one.last for one in reconciling.recent(session)) for direction in Direction}
    assert min(heads.values()) >= 3


def test_a_long_range_goes_in_several_reports(told: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reconciling, "MOST", 2)
    with told.public.writing() as session:
        assert reconciling.tell_reports(session, at=NOW) == 2
    told.post.pump(now=NOW)
    assert outcomes(told.public) == [("agreed", ""), ("agreed", "")]


def test_accounts_are_the_same_on_both_sides_and_on_both_engines(told: Crossing):
    span = Span(Direction.TO_EXTRANET, 1, 1, 3)
    with told.public.reading() as there, told.extranet.reading() as here:
        theirs, ours = entries_in(there, span), entries_in(here, span)
    assert [(one.subject, one.count) for one in ours] == [(CODE, 2), (OTHER_CODE, 1)]
    assert first_difference(theirs, ours) == ""
    assert first_difference(theirs, ours[1:]).endswith("发送方 2 件，接收方 0 件")


def test_what_nobody_told_is_not_reported(crossing: Crossing):
    assert reconciling.report_the_day(crossing.public, TOMORROW) == 0
    with crossing.public.reading() as session:
        assert session.connection().execute(sa.text("SELECT COUNT(*) FROM exchange_message")).scalar() == 0


def test_what_the_receiver_archived_first_is_no_difference(told: Crossing, tmp_path: Path):
    verifiers = {direction: told.post.verifiers[direction.origin] for direction in Direction}
    told.tell(3)
    told.post.pump(now=NOW)  # the newest seal is never archived
    assert archive(told.extranet, tmp_path, before=LATE, verifiers=verifiers, now=LATE)
    reconciling.report_the_day(told.public, TOMORROW)
    told.post.pump(now=TOMORROW)
    (outcome, words), *_ = outcomes(told.public)
    assert (outcome, "请用归档文件核对" in words) == ("archived", True)
    assert outcomes(told.public) == outcomes(told.extranet)


def test_a_row_altered_after_its_report_is_found_when_everything_is_reported_anew(told: Crossing):
    for db in (told.public, told.extranet):
        reconciling.report_the_day(db, TOMORROW)
    told.post.pump(now=TOMORROW)
    tamper(told.extranet, f"UPDATE exchange_message SET body = '{{}}' WHERE number = 3 AND subject = '{OTHER_CODE}'")
    assert reconciling.report_the_day(told.public, TOMORROW) == 0  # nothing is new
    with told.extranet.writing() as session:
        reconciling.begin_anew(session, by=OPERATOR, at=TOMORROW)
    told.post.pump(now=TOMORROW)
    (outcome, words), *_ = outcomes(told.extranet)
    assert (outcome, "内容不同" in words) == ("differs", True)
    assert {one for one, _ in outcomes(told.extranet, Direction.TO_INTERNET)} == {"agreed"}


def test_each_week_everything_is_reported_anew_by_one_process(told: Crossing):
    reconciling.report_the_day(told.public, TOMORROW)
    assert reconciling.report_the_week(told.public, TOMORROW) == 1
    assert reconciling.report_the_week(told.public, TOMORROW + timedelta(days=6)) == 0
    assert reconciling.report_the_week(told.public, TOMORROW + timedelta(days=8)) == 1


def test_the_nightly_steps_go_on_with_what_a_week_began(told: Crossing, monkeypatch: pytest.MonkeyPatch):
    reconciling.report_the_day(told.public, TOMORROW)
    monkeypatch.setattr(reconciling, "MOST", 1)
    monkeypatch.setattr(reconciling, "_AT_ONCE", 2)
    assert reconciling.report_the_week(told.public, TOMORROW) == 2
    assert reconciling.report_the_day(told.public, TOMORROW) == 1
    assert reconciling.report_the_day(told.public, TOMORROW) == 0


def test_a_difference_stays_in_sight_behind_many_that_agree(told: Crossing, monkeypatch: pytest.MonkeyPatch):
    tamper(told.extranet, "UPDATE exchange_message SET body = '{}' WHERE number = 1 AND direction = 'to_extranet'")
    monkeypatch.setattr(reconciling, "MOST", 1)
    with told.public.writing() as session:
        reconciling.tell_reports(session, at=NOW)
    told.post.pump(now=NOW)
    with told.extranet.reading() as session:
        shown = [one.outcome for one in reconciling.recent(session, limit=1)]
    assert sorted(shown) == ["agreed", "differs"]
