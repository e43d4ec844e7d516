"""Who may do what: one table of actions, read by every handler, every list and every state change (A5.1, A9.1).

Deny by default. An action that is not in `POLICY` is allowed to nobody. A list is filtered by the same `Reach` that
decides about one object, so an officer never meets in a list what the page would refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a person is to the platform, or to one object of it."""

    CITIZEN = "citizen"
    PROJECT_UNIT = "project_unit"
    OFFICER = "officer"
    CLERK = "clerk"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    GUIDE_EDITOR = "guide_editor"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"
    PLATFORM = "platform"


ROLE_NAMES = {
    Role.CITIZEN: "社会公众",
    Role.PROJECT_UNIT: "项目单位",
    Role.OFFICER: "工作人员",
    Role.CLERK: "窗口人员",
    Role.HANDLER: "承办人",
    Role.REVIEWER: "审核人",
    Role.APPROVER: "签批人",
    Role.GUIDE_EDITOR: "指南编辑",
    Role.COORDINATOR: "综合管理部门",
    Role.SUPERVISOR: "监督人员",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
    Role.SECURITY_ADMINISTRATOR: "安全管理员",
    Role.AUDIT_ADMINISTRATOR: "审计管理员",
    Role.PLATFORM: "平台",
}

UNIT_ROLES = frozenset({Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.GUIDE_EDITOR})
"""Roles held at one organisational unit; the others below are held over a region's subtree."""

CASE_ROLES = (Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER)
"""Roles that work on the cases of an organisational unit."""

REGION_ROLES = frozenset({Role.COORDINATOR, Role.SUPERVISOR})

EXCLUSIVE_ROLES = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
"""No one holds two of these three administrators (A9.1)."""


@dataclass(frozen=True)
class Grant:
    """One role of an officer: at an organisational unit, or over the subtree of a region.

    `on_behalf_of` and `behalf_name`: the absent colleague for whom the officer stands in (代办); empty for one's own.
    """

    role: Role
    org_unit: str
    department: str
    region: str
    on_behalf_of: str = ""
    behalf_name: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a citizen, a person acting for an enterprise, an officer, or the platform itself."""

    role: Role
    id: str = ""
    name: str = ""
    org_name: str = ""
    credit_code: str = ""
    grants: tuple[Grant, ...] = field(default=())

    @property
    def is_officer(self) -> bool:
        """Whether this person works on the extranet."""
        return self.role is Role.OFFICER

    @property
    def roles(self) -> frozenset[Role]:
        """Every role this actor holds anywhere."""
        return frozenset({self.role, *(grant.role for grant in self.grants)})

    def roles_at(self, org_unit: str) -> frozenset[Role]:
        """The roles this actor holds at one organisational unit."""
        return frozenset(grant.role for grant in self.grants if grant.org_unit == org_unit)

    def stands_in(self, role: Role, org_unit: str) -> Grant | None:
        """The grant by which this actor holds a role only as a substitute; None when it is their own or not held."""
        held = [grant for grant in self.grants if grant.role is role and grant.org_unit == org_unit]
        return held[0] if held and all(grant.on_behalf_of for grant in held) else None

    @property
    def stands_for(self) -> tuple[str, ...]:
        """This actor's id and those of the absent colleagues for whom they stand in: what lies with one of them."""
        return tuple(dict.fromkeys((self.id, *(one.on_behalf_of for one in self.grants if one.on_behalf_of))))

    def counts_as(self, org_unit: str) -> tuple[str, ...]:
        """Who this actor is where nobody does two levels of one proposal: also whom they sign for there (A14.4a)."""
        held = (self.stands_in(role, org_unit) for role in (Role.REVIEWER, Role.APPROVER))
        return tuple(dict.fromkeys((self.id, *(grant.on_behalf_of for grant in held if grant))))

    def acting_as(self, role: Role, org_unit: str) -> "Actor":
        """This actor as the trace names them when they act in this role: 李文静（代王敏） when standing in."""
        grant = self.stands_in(role, org_unit)
        return replace(self, name=f"{self.name}（代{grant.behalf_name}）") if grant else self


CITIZEN = Actor(Role.CITIZEN, name="社会公众")
PLATFORM = Actor(Role.PLATFORM, id="platform", name="平台")


class Scope(StrEnum):
    """How far an allowance reaches from the grant that gives it."""

    ANY = "any"  # no object, or an object open to everyone
    OWN = "own"  # the actor's own enterprise, account or session
    UNIT = "unit"  # objects of the organisational unit where the role is held
    SUBTREE = "subtree"  # objects of the same department in the region and below (A2.2)
    REGION = "region"  # objects of every department in the region and below
    PROJECT = "project"  # projects on which the unit has, or is due to have, a case (A2.3)


R, S = Role, Scope
# fmt: off
POLICY: Mapping[str, tuple[tuple[Role, Scope], ...]] = {
    # internet portal: anyone
    "home.see":            ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "query.see":           ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "disclosure.see":      ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "intermediary.see":    ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "guide.see":           ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "notice.verify":       ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "preference.set":      ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "account.register":    ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    "session.open":        ((R.CITIZEN, S.ANY), (R.PROJECT_UNIT, S.ANY)),
    # internet portal: the project unit, on what is its own
    "session.close":       ((R.PROJECT_UNIT, S.OWN),),
    "own_account.see":     ((R.PROJECT_UNIT, S.OWN),),
    "own_account.secure":  ((R.PROJECT_UNIT, S.OWN),),
    "declaration.see":     ((R.PROJECT_UNIT, S.OWN),),
    "declaration.write":   ((R.PROJECT_UNIT, S.OWN),),
    "declaration.submit":  ((R.PROJECT_UNIT, S.OWN),),
    "my_project.see":      ((R.PROJECT_UNIT, S.OWN),),
    "my_change.see":       ((R.PROJECT_UNIT, S.OWN),),
    "my_change.make":      ((R.PROJECT_UNIT, S.OWN),),
    "application.make":    ((R.PROJECT_UNIT, S.OWN),),
    "application.see":     ((R.PROJECT_UNIT, S.OWN),),
    "application.supplement": ((R.PROJECT_UNIT, S.OWN),),
    "application.withdraw": ((R.PROJECT_UNIT, S.OWN),),
    "application.write":   ((R.PROJECT_UNIT, S.OWN),),
    "material.upload":     ((R.PROJECT_UNIT, S.OWN),),
    "material.see":        ((R.PROJECT_UNIT, S.OWN),),
    "document.see":        ((R.PROJECT_UNIT, S.OWN),),
    # extranet portal: before signing in
    "officer_session.open": ((R.CITIZEN, S.ANY), (R.OFFICER, S.ANY)),
    "officer_preference.set": ((R.CITIZEN, S.ANY), (R.OFFICER, S.ANY)),
    # extranet portal: every officer
    "officer_session.close": ((R.OFFICER, S.OWN),),
    "officer_account.see": ((R.OFFICER, S.OWN),),
    "officer_account.secure": ((R.OFFICER, S.OWN),),
    "code.verify":         tuple((role, S.ANY) for role in (*UNIT_ROLES, *REGION_ROLES)),
    "desk.see":            tuple((role, S.ANY) for role in (*UNIT_ROLES, *REGION_ROLES)),
    "project.see":         ((R.CLERK, S.PROJECT), (R.HANDLER, S.PROJECT), (R.REVIEWER, S.PROJECT),
                            (R.APPROVER, S.PROJECT),
                            (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "guide_version.see":   ((R.GUIDE_EDITOR, S.ANY), (R.COORDINATOR, S.ANY)),
    "guide_text.publish":  ((R.GUIDE_EDITOR, S.UNIT), (R.COORDINATOR, S.REGION)),
    "guide_rule.publish":  ((R.COORDINATOR, S.REGION),),
    "due_item.change":     ((R.HANDLER, S.UNIT), (R.APPROVER, S.UNIT), (R.COORDINATOR, S.REGION)),
    "case.see":            ((R.CLERK, S.SUBTREE), (R.HANDLER, S.SUBTREE), (R.REVIEWER, S.SUBTREE),
                            (R.APPROVER, S.SUBTREE),
                            (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "case_document.see":   ((R.CLERK, S.SUBTREE), (R.HANDLER, S.SUBTREE), (R.REVIEWER, S.SUBTREE),
                            (R.APPROVER, S.SUBTREE),
                            (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    # extranet portal: changes to projects, decided by the coordinator
    "change.list":         ((R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "change.see":          ((R.CLERK, S.PROJECT), (R.HANDLER, S.PROJECT), (R.REVIEWER, S.PROJECT),
                            (R.APPROVER, S.PROJECT),
                            (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "change.grant":        ((R.COORDINATOR, S.REGION),),
    "change.grant_as_major": ((R.COORDINATOR, S.REGION),),
    "change.return":       ((R.COORDINATOR, S.REGION),),
    "change.refuse":       ((R.COORDINATOR, S.REGION),),
    # extranet portal: legacy codes, kept by the coordinator
    "legacy_code.see":     ((R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "legacy_code.map":     ((R.COORDINATOR, S.REGION),),
    "legacy_code.unmap":   ((R.COORDINATOR, S.REGION),),
    "legacy_code.import":  ((R.COORDINATOR, S.REGION),),
    # extranet portal: who gets copies of which decision, read by whoever keeps the standards
    "copy_rule.see":       ((R.GUIDE_EDITOR, S.ANY), (R.COORDINATOR, S.ANY), (R.SUPERVISOR, S.ANY)),
    # extranet portal: projects begun before the platform, entered by the coordinator
    "legacy_project.see":    ((R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "legacy_project.enter":  ((R.COORDINATOR, S.REGION),),
    "legacy_project.import": ((R.COORDINATOR, S.REGION),),
    # extranet portal: what was recorded later than it happened
    "late_record.see":     ((R.APPROVER, S.SUBTREE), (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    # extranet portal: what notices say, read by whoever keeps the standards
    "notice_template.see": ((R.GUIDE_EDITOR, S.ANY), (R.COORDINATOR, S.ANY), (R.SUPERVISOR, S.ANY)),
    # extranet portal: the calendar, one for the whole province, kept by its coordinator
    "calendar.see":        ((R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "calendar.revise":     ((R.COORDINATOR, S.REGION),),
    # extranet portal: acts on a case, each the event of one row of the case machine
    "case.pass_preliminary":   ((R.CLERK, S.UNIT),),
    "case.transfer":           ((R.CLERK, S.UNIT),),
    "transfer.see":            tuple((role, S.ANY) for role in CASE_ROLES),
    "case.refuse_preliminary": ((R.CLERK, S.UNIT),),
    "case.accept":             ((R.CLERK, S.UNIT),),
    "case.request_supplement": ((R.CLERK, S.UNIT),),
    "case.decline":            ((R.CLERK, S.UNIT),),
    "case.record_filing":      ((R.CLERK, S.UNIT),),
    "case.pause":              ((R.HANDLER, S.UNIT),),
    "case.resume":             ((R.HANDLER, S.UNIT),),
    "case.propose":            ((R.HANDLER, S.UNIT),),
    "case.extend":             ((R.APPROVER, S.UNIT),),
    "case.review":             ((R.REVIEWER, S.UNIT),),
    "case.propose_correction": ((R.HANDLER, S.UNIT),),
    "case.propose_revocation": ((R.HANDLER, S.UNIT),),
    "case.return_amendment":   ((R.APPROVER, S.UNIT),),
    "case.correct":            ((R.APPROVER, S.UNIT),),
    "case.revoke":             ((R.APPROVER, S.UNIT),),
    "notice.void":             ((R.APPROVER, S.UNIT),),
    "completion.reissue":      ((R.COORDINATOR, S.REGION),),
    "case.return_review":      ((R.REVIEWER, S.UNIT),),
    "case.send_back":          ((R.APPROVER, S.UNIT),),
    "case.approve":            ((R.APPROVER, S.UNIT),),
    # extranet portal: the exchange, kept by administrators who see no case and no project of their own
    "exchange.see":            ((R.SYSTEM_ADMINISTRATOR, S.ANY), (R.SECURITY_ADMINISTRATOR, S.ANY)),
    "exchange.release":        ((R.SYSTEM_ADMINISTRATOR, S.ANY),),
    "exchange.propose_skip":   ((R.SYSTEM_ADMINISTRATOR, S.ANY),),
    "exchange.confirm_skip":   ((R.SECURITY_ADMINISTRATOR, S.ANY),),
    # extranet portal: the desk of an officer
    "case.assign":             tuple((role, S.UNIT) for role in CASE_ROLES),
    "case.take":               tuple((role, S.UNIT) for role in CASE_ROLES),
    "case.note":               tuple((role, S.UNIT) for role in CASE_ROLES),
    "case.write":              tuple((role, S.UNIT) for role in CASE_ROLES),
    "absence.keep":            tuple((role, S.ANY) for role in CASE_ROLES),
    "desk.hand_over":          tuple((role, S.ANY) for role in CASE_ROLES),
    "desk.keep":               tuple((role, S.ANY) for role in (*UNIT_ROLES, *REGION_ROLES)),
    # extranet portal: consultations; the asker's acts at the asking unit, the answer at the addressed one
    "consultation.see":        ((R.CLERK, S.UNIT), (R.HANDLER, S.UNIT), (R.REVIEWER, S.UNIT),
                                (R.APPROVER, S.UNIT),
                                (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "consultation.open":       ((R.HANDLER, S.UNIT),),
    "consultation.discard":    ((R.HANDLER, S.UNIT),),
    "consultation.remind":     ((R.HANDLER, S.UNIT),),
    "consultation.ask_again":  ((R.HANDLER, S.UNIT),),
    "consultation.withdraw":   ((R.HANDLER, S.UNIT),),
    "consultation.close":      ((R.HANDLER, S.UNIT),),
    "consultation.reopen":     ((R.HANDLER, S.UNIT),),
    "consultation.answer":     ((R.HANDLER, S.UNIT),),
    # extranet portal: copies of decisions; who works at the addressed unit leaves a receipt
    "copy.see":                ((R.CLERK, S.UNIT), (R.HANDLER, S.UNIT), (R.REVIEWER, S.UNIT),
                                (R.APPROVER, S.UNIT),
                                (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "copy.acknowledge":        ((R.CLERK, S.UNIT), (R.HANDLER, S.UNIT), (R.REVIEWER, S.UNIT), (R.APPROVER, S.UNIT),
                                (R.COORDINATOR, S.UNIT)),
    # extranet portal: agencies and what is commissioned from them
    "agency.see":              tuple((role, S.ANY) for role in (*UNIT_ROLES, *REGION_ROLES)),
    "agency.keep":             ((R.COORDINATOR, S.REGION),),
    "engagement.see":          ((R.CLERK, S.SUBTREE), (R.HANDLER, S.SUBTREE), (R.REVIEWER, S.SUBTREE),
                                (R.APPROVER, S.SUBTREE),
                                (R.COORDINATOR, S.REGION), (R.SUPERVISOR, S.REGION)),
    "engagement.commission":   ((R.HANDLER, S.UNIT),),
    "engagement.deliver":      ((R.HANDLER, S.UNIT),),
    "engagement.cancel":       ((R.HANDLER, S.UNIT),),
}
# fmt: on


@dataclass(frozen=True)
class Reach:
    """How far one actor may go with one action; the same value filters lists and admits to single objects."""

    everything: bool = False
    credit_code: str = ""
    org_units: frozenset[str] = frozenset()
    departments_below: frozenset[tuple[str, str]] = frozenset()  # (department, top region)
    regions_below: frozenset[str] = frozenset()
    by_project: frozenset[str] = frozenset()  # org units whose projects are within reach

    @property
    def nothing(self) -> bool:
        """Whether the action is refused whatever the object."""
        return self == Reach()


@lru_cache(maxsize=8192)
def reach(actor: Actor, action: str) -> Reach:
    """How far `actor` may go with `action`; nothing at all for an action the table does not name.

    Kept for those who are at work: a page asks it twenty times for its menu, lists and buttons.
    """
    found = Reach()
    for role, scope in POLICY.get(action, ()):
        if actor.role is role:
            found = _widen(found, scope, actor, None)
        for grant in actor.grants:
            if grant.role is role:
                found = _widen(found, scope, actor, grant)
    return found


def may_ever(actor: Actor, action: str) -> bool:
    """Whether there is any object at all on which `actor` may do `action`."""
    return not reach(actor, action).nothing


def admits(found: Reach, *, org_unit: str, department: str, regions: frozenset[str]) -> bool:
    """Whether a reach admits to an object of `org_unit`; `regions` are its region and all above it."""
    return (
        found.everything
        or org_unit in found.org_units
        or bool(found.regions_below & regions)
        or any(own == department and top in regions for own, top in found.departments_below)
    )


def _widen(found: Reach, scope: Scope, actor: Actor, grant: Grant | None) -> Reach:
    if scope is Scope.ANY:
        return replace(found, everything=True)
    if scope is Scope.OWN:
        return replace(found, credit_code=actor.credit_code or actor.id)
    if grant is None:
        return found
    if scope is Scope.UNIT:
        return replace(found, org_units=found.org_units | {grant.org_unit})
    if scope is Scope.SUBTREE:
        below = found.departments_below | {(grant.department, grant.region)}
        return replace(found, departments_below=below, org_units=found.org_units | {grant.org_unit})
    if scope is Scope.PROJECT:
        return replace(found, by_project=found.by_project | {grant.org_unit})
    return replace(found, regions_below=found.regions_below | {grant.region})
