"""Any history of one case (A4.4, A14, A15): whoever does whatever in whatever order, what must hold holds.

Clerk, handler, approver, unit and platform act at random on the last open item of a project, through the real stages,
the exchange now and then. What is refused must change nothing; what is done must leave everything consistent.
"""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from core.cases import clocks as case_clocks
from core.cases.facts import guide_of
from core.cases.tables import Application, Case, Decision, SignOff
from core.clocks import as_rule, calendar, clocks_of, pauses_of
from core.domain import clock as rules
from core.domain.case_states import CASE, FAVOURABLE, OPEN_STATES
from core.domain.policy import CASE_ROLES
from core.errors import Refusal
from core.projects.tables import DueItem, Project
from core.trace import ExtranetAuditEntry
from extranet_portal.worker import accept_the_silent, record_lights
from tests.core.cases.acts import ACTS, SIGNATURES, WAYS, arrive, do, hear, needs_reviews
from tests.world import apply_for, case, case_of, decide, make_officer, unit_of
from tests.worlds import Worlds, one_left

ITEM = "DRC-06"
ITS_CASES = select(Case).where(col(Case.item_code) == ITEM)
BY_OFFICERS = sorted(move.event for move in CASE.moves if move.by in CASE_ROLES)


class Histories(RuleBasedStateMachine):
    """One case after another for the same item, and everything that may be done with them."""

    def __init__(self, worlds: Worlds) -> None:
        super().__init__()
        self.kept = worlds.copy("sqlite", one_left)
        self.world = self.kept.__enter__()
        self.names = 0

    def teardown(self) -> None:
        self.kept.__exit__(None, None, None)

    @property
    def case_id(self) -> int:
        return case_of(self.world, ITEM)

    @rule(days=st.integers(1, 6))
    def time_passes(self, days):
        self.world.later(days=days)

    @initialize(
        state=st.sampled_from([*sorted(WAYS), "concluded", "concluded", "concluded"]),
        outcome=st.sampled_from(["granted", "denied"]),
        levels=st.integers(1, 3),
    )
    def it_has_come_some_way(self, state, outcome, levels):
        needs_reviews(self.world, ITEM, levels=levels)
        for event in WAYS[state]:
            while event in SIGNATURES and case(self.world, self.case_id).reviews_left:
                self.officer_does("review", outcome)
            self.officer_does(event, outcome) if event in BY_OFFICERS else do(self.world, self.case_id, event)
        self.world.pump()

    @rule(event=st.sampled_from(BY_OFFICERS), outcome=st.sampled_from(["granted", "denied"]))
    def an_officer_acts(self, event, outcome):
        if event == "decline":
            hear(self.world)  # what is under way arrives first, whether or not the act is refused
        self.attempt(lambda: self.officer_does(event, outcome))

    @rule(choice=st.randoms(use_true_random=False), outcome=st.sampled_from(["granted", "denied"]))
    def an_officer_does_what_is_open(self, choice, outcome):
        rows = [move.event for move in CASE.moves if move.source == self.standing and move.event in BY_OFFICERS]
        if rows:
            self.an_officer_acts(choice.choice(rows), outcome)

    def officer_does(self, event, outcome) -> None:
        self.names += 1
        role = next(move.by for move in CASE.moves if move.event == event)
        by = make_officer((role, unit_of(self.world, self.case_id)), name=f"{role}{self.names % 3}")
        ACTS[event](self.world, self.case_id, by, **({"outcome": outcome} if event == "propose" else {}))

    @rule(event=st.sampled_from(["supplement", "withdraw"]))
    def the_unit_acts(self, event):
        # What is still under way arrives later, perhaps after the department has acted.
        self.attempt(lambda: ACTS[event](self.world, self.case_id, self.world.unit, carried=False))

    @rule()
    def the_unit_applies_again(self):
        self.attempt(lambda: apply_for(self.world, self.world.code, ITEM))

    @rule()
    def the_exchange_carries(self):
        self.world.pump()
        with self.world.public.reading() as outside, self.world.extranet.reading() as inside:
            told = {one.id: one.state for one in outside.exec(select(Application))}
            assert told == {one.application_id: one.state for one in inside.exec(select(Case))}

    @rule()
    def the_platform_looks(self):
        accept_the_silent(self.world.extranet, self.world.now)
        record_lights(self.world.extranet, self.world.now)
        assert record_lights(self.world.extranet, self.world.now) == 0

    @property
    def standing(self) -> str:
        return case(self.world, self.case_id).state

    def attempt(self, act) -> None:
        self.world.now += timedelta(minutes=1)
        before = case(self.world, self.case_id)
        try:
            act()
        except Refusal:
            assert case(self.world, before.id) == before

    @invariant()
    def at_most_one_clock_of_a_kind_runs(self):
        with self.world.extranet.reading() as session:
            for one in session.exec(ITS_CASES):
                running = [row.kind for row in clocks_of(session, one.id) if row.stopped_on is None]
                assert len(running) == len(set(running))
                assert not running or one.state in OPEN_STATES

    @invariant()
    def the_dates_are_what_the_clocks_and_the_calendar_say(self):
        with self.world.extranet.reading() as session:
            days = calendar(session)
            for one in session.exec(ITS_CASES):
                for row in clocks_of(session, one.id):
                    value = as_rule(row, pauses_of(session, row))
                    assert (row.due_on, row.warn_on) == (rules.due_on(value, days), rules.warned_on(value, days))
                    assert row.red_on == rules.overtime_from(value, days)
                now = case_clocks.current(session, one)
                assert one.due_on == (now.due_on if now.stopped_on is None else None)

    @invariant()
    def the_trace_ends_where_the_case_stands(self):
        with self.world.extranet.reading() as session:
            for one in session.exec(ITS_CASES):
                rows = session.exec(
                    select(ExtranetAuditEntry)
                    .where(
                        col(ExtranetAuditEntry.object_id) == one.application_id,
                        col(ExtranetAuditEntry.action).startswith(
                            "case."
                        ),  # what departments are asked stands there too
                    )
                    .order_by(col(ExtranetAuditEntry.id))
                ).all()
                steps = [row.change["state"] for row in rows if row.change and "state" in row.change]
                assert steps[-1][1] == one.state
                assert all(before[1] == after[0] for before, after in pairwise(steps))

    @invariant()
    def a_conclusion_rests_on_a_signed_document(self):
        with self.world.extranet.reading() as session:
            for one in session.exec(ITS_CASES):
                found = select(Decision).where(col(Decision.case_id) == one.id, col(Decision.state) == "decided")
                decided = session.exec(found).all()
                assert len(decided) == (one.state in ("concluded", "revoked"))
                for decision in decided:
                    assert decision.document_number
                    assert decision.document_title
                    said = session.exec(select(SignOff).where(col(SignOff.decision_id) == decision.id)).all()
                    signed = [row.officer_id for row in said]
                    assert signed[-1] == decision.approved_by
                    assert len({decision.proposed_by, *signed}) == len(signed) + 1
                    assert [row.level for row in said] == [*range(1, guide_of(session, one).sign_off_levels + 1)]
                    assert self.world.post.extranet_files.has(decision.scan_digest)

    @invariant()
    def the_project_is_over_exactly_when_every_due_item_is(self):
        with self.world.extranet.reading() as session:
            cases = session.exec(select(Case).order_by(col(Case.id))).all()
            due = session.exec(select(DueItem.item_code)).all()
            state = session.get(Project, self.world.code).state
        over = all(self.is_over([one for one in cases if one.item_code == item]) for item in due)
        assert (state != "in_approval") == over
        denied = {one.item_code for one in cases if one.outcome == "denied"}
        granted = {one.item_code for one in cases if one.outcome in FAVOURABLE}
        assert not over or state == ("not_approved" if denied - granted else "approved")

    @staticmethod
    def is_over(cases) -> bool:
        if any(one.outcome in FAVOURABLE for one in cases):
            return True
        judged = [one for one in cases if one.outcome or one.state in OPEN_STATES]
        return bool(judged) and judged[-1].state == "concluded"


def test_whatever_happens_to_a_case_it_stays_consistent(worlds):
    run_state_machine_as_test(
        lambda: Histories(worlds),
        settings=settings(
            max_examples=14,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate],  # fourteen steps are read sooner than shrunk
        ),
    )


def test_the_crossing_of_a_late_withdrawal_and_an_acceptance_ends_withdrawn(last_item_world):
    # The unit withdrew on Monday, the exchange was down, the department accepted on Tuesday.
    case_id = case_of(last_item_world, ITEM)
    ACTS["withdraw"](last_item_world, case_id, last_item_world.unit, carried=False)
    last_item_world.later(days=1)
    do(last_item_world, case_id, "pass_preliminary")
    do(last_item_world, case_id, "accept")
    last_item_world.pump()
    assert case(last_item_world, case_id).state == "withdrawn"
    with last_item_world.extranet.reading() as session:
        assert all(as_rule(row, pauses_of(session, row)).stopped_on for row in clocks_of(session, case_id))


def test_an_application_that_arrives_after_its_item_was_granted_reopens_nothing(last_item_world):
    decide(last_item_world, case_of(last_item_world, ITEM))
    arrive(last_item_world, ITEM)
    with last_item_world.extranet.reading() as session:
        assert session.get(Project, last_item_world.code).state == "approved"
