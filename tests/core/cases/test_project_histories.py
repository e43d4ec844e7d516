"""Any history of a case within its project (A2.3, A12.2, A14): what happens around the case takes part.

To what `test_histories` does at random come consultations, commissions, items added and dropped, and everything a unit
may apply for: change, suspension, resumption, termination, a new code that open cases may go on under.
"""

from itertools import pairwise

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from core import clocks
from core.cases.proof import digest_of, frozen_lists
from core.cases.tables import Application, Case, Notice
from core.changes.tables import ProjectChange
from core.clocks import calendar, pauses_of
from core.consultations.replies import replies_of
from core.consultations.tables import Consultation
from core.domain import clock as rules
from core.domain.case_states import FAVOURABLE, OPEN_STATES
from core.domain.clock import Clock
from core.domain.project_states import CONCLUDED, ProjectState
from core.engagements.tables import Engagement
from core.errors import Refusal
from core.projects.declaring import due_items_of
from core.projects.links import linked
from core.projects.tables import DeclaredProject, DueItem, Project
from core.trace import ExtranetAuditEntry
from tests.core.cases import project_acts as acts
from tests.core.cases.test_histories import ITEM, ITS_CASES, Histories
from tests.world import apply_for

KINDS = ("change", "major_change", "suspension", "resumption", "termination")
TABLES = (Case, Project, DueItem, Consultation, Engagement, ProjectChange)


class ProjectHistories(Histories):
    """Everything that may be done with a case and with the project it belongs to."""

    @property
    def case_id(self) -> int:
        with self.world.extranet.reading() as session:
            return session.exec(ITS_CASES.order_by(col(Case.id).desc())).first().id

    @initialize()
    def an_agency_is_listed(self):
        acts.register_agency(self.world)

    @rule(
        act=st.sampled_from(["send", "send", "answer", "close", "withdraw", "reopen"]),
        opinion=st.sampled_from(["agree", "object"]),
    )
    def departments_consult(self, act, opinion):
        self.attempt(lambda: acts.consult(self.world, self.case_id, act, opinion))

    @rule(act=st.sampled_from(["commission", "deliver", "cancel"]))
    def a_service_is_commissioned(self, act):
        self.attempt(lambda: acts.commission(self.world, self.case_id, act))

    @rule(kind=st.sampled_from(KINDS), month=st.integers(1, 12))
    def the_unit_asks_for_a_change(self, kind, month):
        self.attempt(lambda: acts.ask_for(self.world, kind, month))

    @rule()
    def the_unit_takes_its_request_back(self):
        self.attempt(lambda: acts.take_back(self.world))

    @rule(
        event=st.sampled_from(["grant", "grant", "grant_as_major", "return", "refuse"]),
        fate=st.sampled_from(["carry", "carry", "void"]),
    )
    def the_coordinator_decides(self, event, fate):
        self.attempt(lambda: acts.decide(self.world, event, fate))

    @rule(kind=st.sampled_from(KINDS), fate=st.sampled_from(["carry", "void"]), month=st.integers(1, 12))
    def a_change_goes_all_the_way(self, kind, fate, month):
        self.attempt(lambda: acts.ask_for(self.world, kind, month))
        self.the_exchange_carries()
        self.attempt(lambda: acts.decide(self.world, "grant_as_major" if kind == "major_change" else "grant", fate))
        self.the_exchange_carries()

    @rule(act=st.sampled_from(["add", "drop"]), item=st.sampled_from([ITEM, "WAT-01", "FOR-01"]))
    def the_list_is_changed(self, act, item):
        self.attempt(lambda: acts.replan(self.world, act, item))

    @rule()
    def the_unit_applies_again(self):
        with self.world.public.reading() as session:
            is_due = ITEM in {row.item_code for row in due_items_of(session, self.world.code)}
        if is_due:
            self.attempt(lambda: apply_for(self.world, self.world.code, ITEM))

    @rule()
    def the_exchange_carries(self):
        self.world.pump()
        with self.world.public.reading() as outside, self.world.extranet.reading() as inside:
            told = {one.id: (one.state, one.project_code) for one in outside.exec(select(Application))}
            held = {one.application_id: (one.state, one.project_code) for one in inside.exec(select(Case))}
            assert {identity: told[identity] for identity in held} == held
            assert {told[identity][0] for identity in told.keys() - held.keys()} <= {"rejected"}
            for project in inside.exec(select(Project)):
                assert outside.get_one(DeclaredProject, project.code).state == project.state
                due = {row.item_code for row in live(inside, project.code)}
                assert {row.item_code for row in due_items_of(outside, project.code)} == due
            while after := linked(inside, self.world.code).after:
                self.world.code = after.code

    def attempt(self, act) -> None:
        self.world.later(minutes=1)
        before = self.everything()
        try:
            act()
        except Refusal:
            assert self.everything() == before

    def everything(self):
        with self.world.extranet.reading() as session:
            return [list(session.exec(select(table)).all()) for table in TABLES]

    @invariant()
    def a_case_rests_exactly_while_a_pause_of_its_clock_is_open(self):
        with self.world.extranet.reading() as session:
            for one in session.exec(ITS_CASES):
                row = clocks.running(session, one.id, "handling")
                is_open = row is not None and any(pause.ends_on is None for pause in pauses_of(session, row))
                assert one.is_paused == is_open
                assert is_open <= (one.state == "in_handling")

    @invariant()
    def who_is_asked_is_asked_about_an_open_case_by_a_due_date_of_the_calendar(self):
        with self.world.extranet.reading() as session:
            for found in session.exec(select(Consultation)):
                waits = acts.is_open(found.state)
                about = session.get_one(Case, found.case_id)
                assert not waits or about.state in OPEN_STATES - {"awaiting_sign_off"}
                assert found.project_code == about.project_code
                for one in replies_of(session, found):
                    assert one.state != "awaited" or waits
                    value = Clock(one.started_on, one.limit_days, stopped_on=one.stopped_on)
                    assert one.due_on == rules.due_on(value, calendar(session))

    @invariant()
    def the_traces_of_project_and_request_end_where_they_stand(self):
        with self.world.extranet.reading() as session:
            for table, kind in ((Project, "project"), (ProjectChange, "change")):
                for one in session.exec(select(table)):
                    of_it = select(ExtranetAuditEntry).where(
                        col(ExtranetAuditEntry.object_kind) == kind,
                        col(ExtranetAuditEntry.object_id) == (one.code if table is Project else one.id),
                    )
                    rows = session.exec(of_it.order_by(col(ExtranetAuditEntry.id))).all()
                    steps = [row.change["state"] for row in rows if row.change and "state" in row.change]
                    assert steps[-1][1] == one.state
                    assert all(before[1] == after[0] for before, after in pairwise(steps))

    @invariant()
    def the_project_is_over_exactly_when_every_due_item_is(self):
        with self.world.extranet.reading() as session:
            for project in session.exec(select(Project)):
                cases = session.exec(select(Case).where(col(Case.project_code) == project.code).order_by(col(Case.id)))
                mine = {}
                for one in cases.all():
                    mine.setdefault(one.item_code, []).append(one)
                due = [row.item_code for row in live(session, project.code)]
                over = all(self.is_over(mine.get(item, [])) for item in due)
                assert (project.state == ProjectState.IN_APPROVAL) <= (not over)
                assert (project.state in CONCLUDED) <= over
                if project.state == ProjectState.IN_APPROVAL:
                    assert standing(session, project.code) == []
                if project.state in CONCLUDED:
                    denied = [item for item in due if not any(one.outcome in FAVOURABLE for one in mine[item])]
                    assert project.state == ("not_approved" if denied else "approved")
                    self.is_proved(session, project, due)

    @staticmethod
    def is_proved(session, project, due):
        """The newest frozen list names what is due, and the one 办结通知书 that stands prints it."""
        newest = frozen_lists(session, project.code)[0]
        assert {row["item_code"] for row in newest.items} == set(due)
        assert all(row["document_number"] and row["digest"] for row in newest.items)
        assert digest_of(newest) == newest.digest
        assert [one.facts["list_digest"] for one in standing(session, project.code)] == [newest.digest]


def standing(session, code):
    """The 办结通知书 of a project that are not void."""
    of_project = col(Notice.project_code) == code, col(Notice.kind) == "completion"
    return session.exec(select(Notice).where(*of_project, col(Notice.voided_at).is_(None))).all()


def live(session, code):
    found = select(DueItem).where(col(DueItem.project_code) == code, col(DueItem.dropped_on).is_(None))
    return session.exec(found).all()


def test_whatever_happens_to_a_project_it_stays_consistent(worlds):
    run_state_machine_as_test(
        lambda: ProjectHistories(worlds),
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate],  # as for a single case: sooner read than shrunk
        ),
    )
