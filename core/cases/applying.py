"""The unit applies for one or several due items in one go, supplements and withdraws (A14.1d, A14.3). Internet zone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.messages import (
    ApplicationMade,
    ApplicationWithdrawn,
    ItemsApplied,
    MaterialHandedIn,
    SupplementGiven,
)
from core.cases.tables import Application
from core.clocks import business_date
from core.database import bump
from core.documents.materials import Wanted, wanted_for, wanted_of
from core.documents.tables import Material
from core.domain.case_states import FAVOURABLE, OPEN_STATES, CaseState
from core.domain.due_items import is_unmet
from core.domain.policy import Actor
from core.domain.project_states import why_no_applications
from core.domain.secrecy import refuse_classified
from core.errors import Absent, RuleRefusal
from core.exchange.message import FILES_LIMIT
from core.exchange.outbox import send
from core.guides.guide import Guide, MaterialNeed
from core.guides.publishing import catalogue, guide_version
from core.projects.declaring import due_items_of
from core.projects.tables import DeclaredProject, ToldDueItem
from core.trace import record

OPEN = OPEN_STATES | {"sent"}
"""An application on its way or being handled; any other ended, and the item can be applied for again if not granted."""

_OF_PROJECT = (
    select(Application)
    .where(col(Application.project_code) == sa.bindparam("code"))
    .order_by(col(Application.applied_at))
)


def applications_of(session: Session, project_code: str) -> Sequence[Application]:
    """Every application of a project, in the order they were made."""
    return session.exec(_OF_PROJECT, params={"code": project_code}).all()


def latest_by_item(applications: Sequence[Application]) -> Mapping[str, Application]:
    """The application that counts for each item: the last one made."""
    return {application.item_code: application for application in applications}


def why_not_yet(due: ToldDueItem, latest: Mapping[str, Application]) -> str:
    """Why an item can't be applied for now, in words; empty when it can (A2.3, A14.1d)."""
    own = latest.get(due.item_code)
    if own is not None and own.state in OPEN:
        return "已申请，正在办理"
    if own is not None and own.outcome in FAVOURABLE:
        return "已办结"
    return "；".join(words for words, is_met in order_of(due, latest) if not is_met)


def order_of(due: ToldDueItem, latest: Mapping[str, Application]) -> list[tuple[str, bool]]:
    """What must be concluded before an item, in words, each with whether it is by now (A2.3, A14.1c)."""
    granted = {code for code, one in latest.items() if one.outcome in FAVOURABLE}
    return [(str(one["reason"]), not is_unmet(one["item_codes"], granted)) for one in due.blockers]


def apply(
    session: Session, project: DeclaredProject, item_codes: Sequence[str], *, knowing_missing: bool, by: Actor,
    at: datetime,
) -> Sequence[Application]:  # fmt: skip
    """Apply for several due items of a project in one go (A14.1d).

    Refuses an item that is not due, is applied for already, or waits for another; and, unless the unit says it knows,
    an item whose required materials are not all there.
    """
    if words := why_no_applications(project.state):
        raise RuleRefusal(words, field="items", article="A14.1e")
    if not item_codes:
        raise RuleRefusal("请至少选择一个事项", field="items", article="A14.1d")
    bump(session, project)
    session.add(project)
    due = {row.item_code: row for row in due_items_of(session, project.code)}
    latest = latest_by_item(applications_of(session, project.code))
    wanted: dict[str, tuple[Wanted, ...]] = {}
    for code in dict.fromkeys(item_codes):
        wanted[code] = _check(session, project, due.get(code), latest, knowing_missing=knowing_missing)
    made = [_application(project, due[code], at=at) for code in wanted]
    _tell(session, project, made, wanted, at=at)
    for one in made:
        session.add(one)
        record(
            session, "application.make", "application", one.id, f"申请：{one.item_name}",
            by=by, at=at, project_code=project.code,
        )  # fmt: skip
    session.flush()
    return made


def _tell(
    session: Session, project: DeclaredProject, made: Sequence[Application], wanted: Mapping[str, Sequence[Wanted]], *,
    at: datetime,
) -> None:  # fmt: skip
    """Tell the extranet of the applications, in as few messages as their files allow; each knows its own."""
    told = [
        ApplicationMade(
            application_id=one.id,
            item_code=one.item_code,
            org_unit=one.org_unit,
            materials=tuple(_told(want.have) for want in wanted[one.item_code] if want.have is not None),
        )
        for one in made
    ]
    known = {one.id: one for one in made}
    for portion in portions(told, most=FILES_LIMIT):
        message = ItemsApplied(
            project_code=project.code, credit_code=project.credit_code, applications=tuple(portion), applied_at=at
        )
        message_id = send(session, message, at=at)
        for one in portion:
            known[one.application_id].message_id = message_id


def portions(told: Sequence[ApplicationMade], *, most: int) -> list[list[ApplicationMade]]:
    """Applications in their order, divided so that no portion names more than `most` different files."""
    found: list[list[ApplicationMade]] = []
    files: set[str] = set()
    for one in told:
        own = {material.digest for material in one.materials}
        if not found or len(files | own) > most:
            found.append([])
            files = set()
        found[-1].append(one)
        files |= own
    return found


def application_of(session: Session, actor: Actor, application_id: str) -> tuple[Application, DeclaredProject]:
    """One's own application with its project; another's looks like none (T2)."""
    found = session.get(Application, application_id)
    project = session.get(DeclaredProject, found.project_code) if found else None
    if found is None or project is None or project.credit_code != actor.credit_code:
        raise Absent("没有找到这个申请")
    return found, project


def guide_of_application(session: Session, application: Application, *, on: date) -> Guide:
    """The guide the item was told under; of an item that is due no more the one in force (A8.1)."""
    due = {row.item_code: row for row in due_items_of(session, application.project_code)}
    if application.item_code in due:
        return guide_version(session, due[application.item_code].guide_version)
    return catalogue(session, on=on).guides[application.item_code]


def asked_for(session: Session, application: Application, guide: Guide) -> dict[str, Wanted]:
    """What the request to supplement names, by code, in its order; also what the guide doesn't list (A14.3)."""
    listed = {need.code: need for need in guide.materials}
    needs = [
        listed.get(str(asked["material_code"])) or _unlisted(str(asked["material_code"]), str(asked["name"]))
        for asked in application.asked_for
    ]
    return {one.need.code: one for one in wanted_of(session, application.project_code, guide.item_code, needs)}


def unlisted(session: Session, application: Application, guide: Guide) -> list[Wanted]:
    """What was asked for beyond the guide's list, each with its answer (A14.3)."""
    listed = {need.code for need in guide.materials}
    return [one for code, one in asked_for(session, application, guide).items() if code not in listed]


def _unlisted(code: str, name: str) -> MaterialNeed:
    """A material that only this request asks for: it serves no other item."""
    return MaterialNeed(code=code, name=name, form="", required="yes", reusable=False)


def answer_to(wanted: Wanted, application: Application) -> Material | None:
    """The file that answers a request to supplement: one handed in since the department asked for it (A14.3)."""
    have, since = wanted.have, application.asked_at or application.applied_at
    return have if have is not None and have.handed_in_at > since else None


def supplement(
    session: Session, application: Application, project: DeclaredProject, *, by: Actor, at: datetime
) -> None:
    """Answer the request to supplement with every material it names (A14.3)."""
    if application.state != CaseState.AWAITING_SUPPLEMENT:
        raise RuleRefusal("现在不需要补正", article="A14.3")
    _refuse_while_withdrawing(application)
    wanted = asked_for(session, application, guide_of_application(session, application, on=business_date(at)))
    lacking = [one.need.name for one in wanted.values() if not answer_to(one, application)]
    if lacking:
        raise RuleRefusal(f"还需补交：{'、'.join(lacking)}", field="materials", article="A14.3")
    bump(session, application)
    application.state = "sent"
    session.add(application)
    given = SupplementGiven(
        project_code=project.code,
        credit_code=project.credit_code,
        application_id=application.id,
        materials=tuple(_told(one.have) for one in wanted.values() if one.have is not None),
        given_at=at,
    )
    application.message_id = send(session, given, at=at)
    record(
        session, "application.supplement", "application", application.id, f"补正：{application.item_name}",
        by=by, at=at, project_code=project.code,
    )  # fmt: skip


def withdraw(
    session: Session, application: Application, project: DeclaredProject, *, reason: str, by: Actor, at: datetime
) -> None:
    """Take an application back before it is decided.

    Refuses one that has ended or is being withdrawn, and a reason that is missing or may be classified (A3.2). A14.1d.
    """
    if application.state not in OPEN:
        raise RuleRefusal("这个申请已经办结，不能撤回", article="A14.1d")
    if not reason.strip():
        raise RuleRefusal("请写明撤回的原因", field="reason", article="A14.1d")
    refuse_classified({"reason": reason})
    _refuse_while_withdrawing(application)
    bump(session, application)
    application.withdrawal_sent_at = at
    session.add(application)
    told = ApplicationWithdrawn(
        project_code=project.code,
        credit_code=project.credit_code,
        application_id=application.id,
        reason=reason.strip(),
        withdrawn_at=at,
    )
    application.message_id = send(session, told, at=at)
    record(
        session, "application.withdraw", "application", application.id, f"撤回申请：{application.item_name}",
        by=by, at=at, project_code=project.code, reason=reason.strip(),
    )  # fmt: skip


def _refuse_while_withdrawing(application: Application) -> None:
    if application.withdrawal_sent_at is not None:
        raise RuleRefusal("撤回申请已经提交，正在送达，不需要再操作", article="A14.1d")


def _check(
    session: Session, project: DeclaredProject, due: ToldDueItem | None, latest: Mapping[str, Application], *,
    knowing_missing: bool,
) -> tuple[Wanted, ...]:  # fmt: skip
    if due is None:
        raise RuleRefusal("所选事项不在本项目的应办事项之内", field="items", article="A14.1c")
    if words := why_not_yet(due, latest):
        raise RuleRefusal(f"{due.item_name}：{words}", field="items", article="A14.1d")
    wanted = wanted_for(session, project.code, guide_version(session, due.guide_version))
    missing = [one.need.name for one in wanted if one.is_missing]
    if missing and not knowing_missing:
        raise RuleRefusal(
            f"{due.item_name}还缺：{'、'.join(missing)}。请先提交；确需先行申请的，请勾选“知悉材料不全”",
            field="items",
            article="A14.1d",
        )
    return wanted


def _application(project: DeclaredProject, due: ToldDueItem, *, at: datetime) -> Application:
    return Application(
        project_code=project.code,
        item_code=due.item_code,
        item_name=due.item_name,
        org_unit=due.org_unit,
        org_unit_name=due.org_unit_name,
        applied_at=at,
    )


def _told(material: Material) -> MaterialHandedIn:
    return MaterialHandedIn(
        material_code=material.material_code,
        name=material.name,
        file_name=material.file_name,
        media_type=material.media_type,
        digest=material.digest,
        size=material.size,
        handed_in_at=material.handed_in_at,
    )
