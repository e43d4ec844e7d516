"""The picture of a plan (A2.3): every lane is as wide as its head, no bar is lost, today stands where it is."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.web.lanes import Bar, lanes

TODAY = date(2026, 11, 25)


def bar(who, starts, days, words="事项"):
    begins = TODAY + timedelta(days=starts)
    return Bar(who, words, "blue", "", False, begins, begins + timedelta(days=days))


BARS = st.lists(
    st.builds(bar, st.sampled_from(["发改", "环保", "住建"]), st.integers(-60, 200), st.integers(0, 120)), max_size=8
)


@given(BARS)
def test_a2_3_every_lane_is_as_wide_as_its_head_and_draws_each_bar_once(bars):
    made = lanes(bars, TODAY)
    width = 2 * len(made.weeks)
    assert all(sum(cell.span for cell in row.cells) == width for row in made.rows)
    assert all(cell.span > 0 for row in made.rows for cell in row.cells)
    drawn = [cell.bar for row in made.rows for cell in row.cells if cell.bar]
    assert len(drawn) == len(set(map(id, drawn)))
    assert {id(one) for one in bars if one.ends_on >= TODAY} <= {id(one) for one in drawn}
    assert all(cell.bar is None or cell.bar.who == row.who for row in made.rows for cell in row.cells)


@given(BARS)
def test_a2_3_today_is_one_line_through_the_picture(bars):
    made = lanes(bars, TODAY)
    assert [week.label for week in made.weeks if week.today] == ["11/25"]
    column = 2 * [week.today for week in made.weeks].index(True)
    for row in made.rows:
        at = 0
        for cell in row.cells:
            assert cell.today == (at == column)
            at += cell.span


def test_a_short_plan_has_columns_of_half_a_week_a_long_one_wider_ones():
    assert lanes([bar("发改", 0, 10)], TODAY).caption == "各部门并联办理计划，每列半周"
    long = lanes([bar("发改", 0, 150)], TODAY)
    assert long.caption == "各部门并联办理计划，每列7 天"
    assert len(long.weeks) <= 13


def test_what_overlaps_in_one_department_has_lanes_of_its_own():
    made = lanes([bar("发改", 0, 10), bar("发改", 3, 10), bar("发改", 10, 5), bar("环保", -40, 5)], TODAY)
    assert [row.who for row in made.rows] == ["发改", "发改"]
    assert [sum(cell.bar is not None for cell in row.cells) for row in made.rows] == [2, 1]
