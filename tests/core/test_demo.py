"""Demonstration data: made by the real stages, the same in both zones, the same again from the same seed."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import pyotp
import pytest
from sqlmodel import Session, col, func, select

from core import appliers
from core.accounts.signing_in import actor_of_officer, sign_in_account, sign_in_officer
from core.accounts.tables import KnownEnterprise, Officer, OfficerGrant
from core.cases.inbox import InboxFilter, counts, inbox
from core.cases.tables import Application, Case, Decision, LateRecord, Notice, ReceivedNotice
from core.changes.tables import ChangeRequest, ProjectChange
from core.clocks import SHANGHAI, CaseClock, calendar
from core.consultations.tables import Consultation
from core.copies.tables import Copy, CopyReceipt
from core.database import Database, Zone, open_database, utc_now
from core.demo import PASSWORD, DemoAccounts, accounts, fill, totp_code
from core.demo.accounts import UNIT_ROLES
from core.disclosure.tables import PublishedResult
from core.documents.blobs import LocalStore
from core.domain.case_states import DECIDED, CaseState
from core.domain.policy import Role
from core.domain.project_code import parse
from core.domain.project_states import ProjectState
from core.domain.remit import Level, department_of, region_of
from core.engagements.tables import Engagement, PublicAgency, ToldEngagement
from core.errors import Absent
from core.exchange.pump import Post, fresh_post
from core.exchange.tables import tables_of
from core.guides.publishing import versions_of
from core.guides.tables import CalendarRevision
from core.organisations import organisations
from core.projects.legacy_tables import LegacyProject
from core.projects.link_tables import ExtranetLegacyCode, ExtranetProjectLink, PublicLegacyCode, PublicProjectLink
from core.projects.tables import DeclaredProject, Draft, DueItem, Project, ToldDueItem
from core.trace import ENTRIES
from tests.databases import Templates
from tests.world import VAULT

TODAY = date(2026, 11, 23)
PROJECTS = 12
LEGACY = 2
Filled = tuple[Post, DemoAccounts]

assert appliers.MODULES


@contextmanager
def empty_post(templates: Templates, folder: Path, engine: str = "sqlite") -> Iterator[Post]:
    stores = {zone: LocalStore(folder / f"files-{zone}") for zone in Zone}
    with ExitStack() as stack:
        databases: dict[Zone, Database] = {}
        for zone in Zone:
            url = stack.enter_context(templates.copy(engine, zone))
            workplace = {"store": stores[zone], "public_url": "http://public.example"}
            databases[zone] = open_database(url, zone, workplace=workplace, vault=VAULT)
            stack.callback(databases[zone].close)
        yield fresh_post(databases[Zone.PUBLIC], databases[Zone.EXTRANET], stores[Zone.PUBLIC], stores[Zone.EXTRANET])


@pytest.fixture(scope="module")
def filled(database_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with empty_post(database_templates, tmp_path_factory.mktemp("demo")) as post:
        yield post, fill(post, projects=PROJECTS, today=TODAY)


def counted(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def story_of(post: Post) -> list[tuple]:
    """What must not depend on when the data was made: codes, names, and how each case stands."""
    with post.public.reading() as session:
        projects = session.exec(select(DeclaredProject.code, DeclaredProject.name, DeclaredProject.state)).all()
    with post.extranet.reading() as session:
        cases = session.exec(select(Case.number, Case.state, Case.outcome, Case.due_on, Case.accepted_on)).all()
    return [*sorted(map(tuple, projects)), *sorted(tuple(map(str, row)) for row in cases)]


def test_every_state_of_a_project_is_shown_but_that_which_no_honest_portal_brings_about(filled):
    # a declaration is returned when its code contradicts its facts: the portal that gave the code must be wrong
    with filled[0].public.reading() as session:
        states = set(session.exec(select(DeclaredProject.state)).all())
    assert states == set(ProjectState) - {ProjectState.RETURNED}


def test_two_officers_hold_each_role_in_six_departments_at_three_levels(filled):
    with filled[0].extranet.reading() as session:
        held = select(OfficerGrant.role, OfficerGrant.org_unit, func.count()).group_by(
            col(OfficerGrant.role), col(OfficerGrant.org_unit)
        )
        tree, found = organisations(session), defaultdict(set)
        for role, unit, number in session.exec(held).all():
            if number >= 2:
                found[role, tree.regions[region_of(unit)].level].add(department_of(unit))
    levels = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
    assert all(len(found[role, level]) >= 6 for role in UNIT_ROLES for level in levels)


def test_a_change_that_waits_one_that_was_granted_and_a_new_code_are_shown(filled):
    with filled[0].public.reading() as outside, filled[0].extranet.reading() as inside:
        asked = {(one.kind, one.state) for one in outside.exec(select(ChangeRequest)).all()}
        told = {(one.kind, one.state) for one in inside.exec(select(ProjectChange)).all()}
        assert asked == told >= {("change", "submitted"), ("change", "granted"), ("major_change", "superseded")}
        assert counted(outside, PublicProjectLink) == counted(inside, ExtranetProjectLink) == 1
        assert counted(outside, PublicLegacyCode) == counted(inside, ExtranetLegacyCode) >= 3


def test_projects_begun_before_the_platform_are_shown_with_and_without_their_unit(filled):
    with filled[0].public.reading() as outside, filled[0].extranet.reading() as inside:
        entered = inside.exec(select(LegacyProject).order_by(col(LegacyProject.value))).all()
        registered = [inside.get(KnownEnterprise, one.credit_code) is not None for one in entered]
        assert [(one.state, one.project_code is not None) for one in entered] == [("issued", True)] * LEGACY
        assert registered == [False, True]
        assert all(outside.get(DeclaredProject, one.project_code) for one in entered)


def test_decisions_corrected_revoked_and_to_be_revoked_are_shown(filled):
    with filled[0].extranet.reading() as session:
        amended = {(one.kind, one.state) for one in session.exec(select(Decision)).all()}
        waiting = session.exec(select(Case).where(col(Case.amendment) != "")).all()
    assert amended >= {("correction", "decided"), ("revocation", "decided"), ("revocation", "proposed")}
    assert [(one.state, one.amendment) for one in waiting] == [("concluded", "revocation")]


def test_every_state_of_a_case_is_shown(filled):
    with filled[0].extranet.reading() as session:
        states = set(session.exec(select(Case.state)).all())
        outcomes = set(session.exec(select(Case.outcome)).all())
        deemed = session.exec(select(func.count()).where(col(Case.is_deemed))).one()
    assert states == set(CaseState)
    assert outcomes >= {"granted", "granted_with_conditions", "denied", "filed"}
    assert deemed


def test_every_light_burns_in_some_inbox(filled):
    with filled[0].extranet.reading() as session:
        burning = {}
        for officer in session.exec(select(Officer).where(col(Officer.login).endswith("-clerk1"))).all():
            actor = actor_of_officer(session, officer, at=utc_now())
            for name, number in counts(session, actor, today=TODAY).lights.items():
                burning[name] = burning.get(name, 0) + number
    assert {light for light in ("green", "yellow", "red", "paused") if burning[light]} == {
        "green", "yellow", "red", "paused",
    }  # fmt: skip


def test_both_zones_tell_the_same_story(filled):
    with filled[0].public.reading() as session:
        applications = {one.id: one for one in session.exec(select(Application)).all()}
        declared = counted(session, DeclaredProject)
        received, published = counted(session, ReceivedNotice), counted(session, PublishedResult)
    with filled[0].extranet.reading() as session:
        cases = session.exec(select(Case)).all()
        projects, issued = counted(session, Project), counted(session, Notice)
    assert {(case.application_id, case.number, case.state) for case in cases} == {
        (one.id, one.case_number, one.state) for one in applications.values()
    }
    assert (declared, received) == (projects + 1, issued)  # the last declaration lies in the outbox
    assert published == sum(case.state in DECIDED for case in cases)


def test_nothing_was_rejected_or_held_on_the_way(filled):
    for database in (filled[0].public, filled[0].extranet):
        table = tables_of(database.zone).message
        with database.reading() as session:
            states = set(session.connection().execute(select(table.c.state).distinct()).scalars())
        assert states <= {"settled", "applied", "told"}


def test_codes_are_genuine_and_names_are_not_repeated(filled):
    with filled[0].public.reading() as session:
        projects = session.exec(select(DeclaredProject)).all()
    assert len({one.name for one in projects}) == PROJECTS + LEGACY
    assert all(parse(one.code).region == one.region_code for one in projects)


def test_units_act_before_the_day_itself_in_office_hours(filled):
    with filled[0].public.reading() as session:
        applied = [at.astimezone(SHANGHAI) for at in session.exec(select(Application.applied_at)).all()]
        working = calendar(session).is_working
    assert all(at.date() < TODAY and working(at.date()) and 8 <= at.hour < 17 for at in applied)


def test_the_trace_names_an_officer_of_the_unit_for_each_act(filled):
    table = ENTRIES[Zone.EXTRANET]
    with filled[0].extranet.reading() as session:
        known = set(session.exec(select(Officer.id)).all())
        acted = set(session.exec(select(table.actor_id).where(col(table.actor_kind) == Role.OFFICER)).all())
    assert acted
    assert acted <= known


def test_the_enterprises_and_officers_listed_can_sign_in(filled):
    post, known = filled
    with post.public.reading() as session:
        for one in known.enterprises:
            account = sign_in_account(session, mobile=one.mobile, password=PASSWORD, address="127.0.0.1", at=utc_now())
            assert account.name == one.name
    with post.extranet.reading() as session:
        one = known.officers[0]
        officer = sign_in_officer(session, login=one.login, password=PASSWORD, address="127.0.0.1", at=utc_now())
        assert (officer.name, officer.totp_secret) == (one.name, one.secret)
        assert inbox(session, actor_of_officer(session, officer, at=utc_now()), InboxFilter(), today=TODAY)


def test_every_officer_listed_exists(filled):
    post, known = filled
    with post.extranet.reading() as session:
        logins = set(session.exec(select(Officer.login)).all())
    assert {one.login for one in known.officers} <= logins


def test_drafts_wait_to_be_gone_on_with(filled):
    with filled[0].public.reading() as session:
        waiting = session.exec(select(Draft).where(col(Draft.project_code).is_(None))).all()
    assert len(waiting) == 2


@pytest.mark.postgresql
def test_the_same_seed_and_day_give_the_same_again_on_postgresql(filled, database_templates, tmp_path):
    with empty_post(database_templates, tmp_path, "postgresql") as again:
        fill(again, projects=PROJECTS, today=TODAY)
        assert story_of(again) == story_of(filled[0])


def test_commits_wait_for_the_disk_again_afterwards(filled):
    with filled[0].public.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_data_is_never_put_on_top_of_data(filled):
    with pytest.raises(RuntimeError, match="已有数据"):
        fill(filled[0], projects=1, today=TODAY)


def test_the_present_code_is_that_of_the_officers_secret():
    secret = accounts.totp_secret("gzl-ee-clerk1")
    assert accounts.present_code("gzl-ee-clerk1") in {totp_code(secret), pyotp.TOTP(secret).now()}
    assert len(totp_code(secret)) == 6


@pytest.mark.parametrize("login", ["", "gzl-ee-clerk", "gzl-ee-clerk3", "root", "220521-water-boss1"])
def test_an_unknown_login_has_no_code(login: str):
    with pytest.raises(Absent, match="没有演示账号"):
        accounts.present_code(login)


def test_the_lines_name_every_account_and_the_password():
    text = "\n".join(accounts.lines())
    known = accounts.demo_accounts()
    assert PASSWORD in text
    assert all(one.mobile in text for one in known.enterprises)
    assert all(one.login in text for one in known.officers)


def test_the_coordinator_changed_some_lists_and_a_rule_that_is_to_come(filled):
    with filled[0].extranet.reading() as inside, filled[0].public.reading() as outside:
        rows = inside.exec(select(DueItem).where(col(DueItem.added_by) != "platform")).all()
        dropped = inside.exec(select(DueItem).where(col(DueItem.dropped_on).is_not(None))).all()
        assert (len(rows), len(dropped) >= 1) == (2, True)
        assert [version.guide.number for version in versions_of(outside, "HUD-09")] == [1, 2]
        listed = {(row.project_code, row.item_code) for row in outside.exec(select(ToldDueItem)).all()}
    assert {(row.project_code, row.item_code) for row in rows} <= listed
    assert not {(row.project_code, row.item_code) for row in dropped} & listed


def test_two_limits_were_extended_and_next_years_calendar_is_drafted(filled):
    with filled[0].extranet.reading() as session:
        extended = session.exec(select(CaseClock).where(col(CaseClock.extended_on).is_not(None))).all()
        (draft,) = session.exec(select(CalendarRevision)).all()
    assert sorted(row.extension_days for row in extended) == [5, 10]
    assert draft.state == "draft"


def test_a_pause_was_recorded_late(filled):
    with filled[0].extranet.reading() as session:
        assert [one.act for one in session.exec(select(LateRecord)).all()] == ["pause"]


def test_what_departments_ask_commission_and_copy_is_shown(filled):
    post, _ = filled
    with post.extranet.reading() as session:
        assert {one.state for one in session.exec(select(Consultation)).all()} >= {"sent", "closed"}
        assert {one.state for one in session.exec(select(Engagement)).all()} >= {"running"}
        assert counted(session, CopyReceipt) > 0
        assert counted(session, Copy) > counted(session, CopyReceipt)
    with post.public.reading() as session:
        assert counted(session, PublicAgency) == 3
        assert counted(session, ToldEngagement) > 0
