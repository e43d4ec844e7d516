"""A project unit declares its project, step by step, and gets the code at once (A14.1b, A10.1, A11.1). Internet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.tables import Enterprise
from core.clocks import business_date
from core.database import ESCAPE, bump, like_pattern
from core.domain.declaration import Result, read_answers, refuse_errors, refuse_undeclared, texts
from core.domain.due_items import Due, due_items
from core.domain.fields import Kind
from core.domain.policy import Actor
from core.domain.secrecy import refuse_classified
from core.errors import Absent, FormRefusal, RuleRefusal
from core.exchange.outbox import send
from core.guides.publishing import catalogue
from core.new_rows import write_new
from core.organisations import organisations
from core.projects.codes import issue_code
from core.projects.links import code_meant
from core.projects.messages import ProjectDeclared
from core.projects.rules import field_specs, industries, item_relations, item_rules, labels
from core.projects.tables import DeclaredProject, Draft, ToldDueItem
from core.trace import record

Answers = Mapping[str, Sequence[str]]
"""Form values as typed: field → its one or several texts."""

MOST_DRAFTS = 50
"""Declarations a unit may have begun and not submitted."""

MOST_TYPED = 200_000
"""Characters of one declaration, wrong answers included: ten times the longest that is in order."""


def begin_draft(session: Session, *, by: Actor, at: datetime) -> Draft:
    """A new declaration with what the platform knows of the unit filled in already (A14.1b).

    Refuses when as many lie about as `MOST_DRAFTS`.
    """
    if len(drafts_of(session, by)) >= MOST_DRAFTS:
        raise RuleRefusal(f"未提交的填报已有 {MOST_DRAFTS} 份，请先继续填写其中一份", article="A14.1b")
    enterprise = session.get_one(Enterprise, by.credit_code)
    known = {
        "unit_name": [enterprise.name],
        "unit_uscc": [enterprise.credit_code],
        "unit_nature": [enterprise.kind],
        "unit_id_type": ["credit_code"],
        "contact_name": [by.name],
    }
    draft = Draft(credit_code=by.credit_code, account_id=by.id, answers=known, visited=[], begun_at=at, saved_at=at)
    session.add(draft)
    session.flush()
    record(session, "declaration.begin", "draft", draft.id, "开始填报项目", by=by, at=at)
    return draft


def draft_for(session: Session, actor: Actor, draft_id: str) -> Draft:
    """One's own draft, locked until the transaction ends; another's looks like none (T2)."""
    found = session.exec(select(Draft).where(col(Draft.id) == draft_id).with_for_update()).first()
    if found is None or found.credit_code != actor.credit_code:
        raise Absent("没有找到这份填报")
    return found


def draft_shown(session: Session, actor: Actor, draft_id: str) -> Draft:
    """One's own draft for reading, not locked; another's looks like none (T2)."""
    found = session.get(Draft, draft_id)
    if found is None or found.credit_code != actor.credit_code:
        raise Absent("没有找到这份填报")
    return found


def drafts_of(session: Session, actor: Actor) -> Sequence[Draft]:
    """The unit's declarations not submitted yet, the one saved last first."""
    return session.exec(
        select(Draft)
        .where(col(Draft.credit_code) == actor.credit_code, col(Draft.project_code).is_(None))
        .order_by(col(Draft.saved_at).desc())
    ).all()


def save_step(session: Session, draft: Draft, answers: Answers, *, step: str, by: Actor, at: datetime) -> None:
    """Keep what was typed in one step, right or wrong; only a classified word is never stored (A3.2, A14.1b).

    Refuses to store anything before the unit declared that nothing is classified.
    """
    given = {**draft.answers, **{name: list(values) for name, values in answers.items()}}
    refuse_undeclared(field_specs(), given)
    refuse_classified(texts({name: list(values) for name, values in answers.items()}))
    if sum(len(value) for values in given.values() for value in values) > MOST_TYPED:
        raise RuleRefusal("填写的文字太多，请删减；成篇的说明请作为材料附件提交", article="A14.1b")
    bump(session, draft)
    draft.answers = given
    draft.visited = [*(draft.visited or []), step] if step not in (draft.visited or []) else draft.visited
    draft.saved_at = at
    session.add(draft)
    record(session, "declaration.save", "draft", draft.id, f"保存填报：{step}", by=by, at=at)


def read(session: Session, answers: Answers, *, at: datetime) -> Result:
    """The answers as typed facts, with every error at once (A14.1b)."""
    given = {name: list(values) for name, values in answers.items()}
    return read_answers(
        field_specs(),
        given,
        today=business_date(at),
        regions=organisations(session).regions,
        industries=industries(),
    )


def expected_items(session: Session, facts: Mapping[str, Any], *, on: date) -> tuple[Due, ...]:
    """The items these facts make due by the guides in force: what the unit may expect before it declares (A14.1c)."""
    found = catalogue(session, on=on)
    return due_items(facts, item_rules(found), item_relations(found), labels=labels())


def submit(session: Session, draft: Draft, *, by: Actor, at: datetime) -> DeclaredProject:
    """Submit a declaration: the project exists and bears its code when this returns (A14.1b, A11.1).

    A draft that was submitted already gives its project again: one project, one code. Refuses with every error of
    every step at once; classified words are refused before anything is stored (A3.2).
    """
    if draft.project_code is not None:
        return session.get_one(DeclaredProject, draft.project_code)
    result = read(session, draft.answers, at=at)
    refuse_errors(result)
    facts = result.facts
    refuse_another_unit(facts, by)
    refuse_classified(texts({name: list(values) for name, values in draft.answers.items()}))
    place = str(facts["region_code"])
    code = issue_code(
        session,
        year=business_date(at).year,
        region=place,
        industry=str(facts["industry_division"]),
        project_type=str(facts["project_type"]),
    )
    return _store(session, draft, facts, str(code), place, by=by, at=at)


def refuse_another_unit(facts: Mapping[str, Any], by: Actor) -> None:
    """Nobody declares in another's name: the project's unit, or the one that declares for it, is the account's own.

    Refuses beside the credit code that differs from the registered one, or the name. A14.1a, T2.
    """
    field = "applicant_uscc" if facts.get("applicant_unit_differs") else "unit_uscc"
    if facts.get(field) != by.credit_code:
        words = (
            f"应为登录账号所属单位的统一社会信用代码（{by.credit_code}）；为其他单位代办的，请在“申报单位”中如实填写"
        )
        raise FormRefusal({field: words}, article="A14.1a")
    if field == "unit_uscc" and facts.get("unit_name") != by.org_name:
        raise FormRefusal({"unit_name": f"应与注册名称一致：{by.org_name}"}, article="A14.1a")


def _store(
    session: Session, draft: Draft, facts: dict[str, Any], code: str, place: str, *, by: Actor, at: datetime
) -> DeclaredProject:
    project = DeclaredProject(
        code=code,
        credit_code=by.credit_code,
        unit_name=str(facts["unit_name"]),
        name=str(facts["project_name"]),
        project_type=str(facts["project_type"]),
        region_code=place,
        industry=str(facts["industry_division"]),
        facts=facts,
        declared_at=at,
    )
    told = ProjectDeclared(
        project_code=code,
        credit_code=by.credit_code,
        unit_name=project.unit_name,
        facts=without_identity_numbers(facts),
        declared_at=at,
    )
    project.message_id = send(session, told, at=at)
    write_new(session, project)
    bump(session, draft)
    draft.project_code = code
    session.add(draft)
    session.flush()
    record(session, "project.declare", "project", code, "项目申报，取得项目代码", by=by, at=at, project_code=code)
    return project


def without_identity_numbers(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the departments are told: an identity number is never needed to examine a project and stays here (A9.1)."""
    kept_back = {spec.identifier for spec in field_specs() if spec.kind is Kind.IDENTITY_NUMBER}
    return {name: value for name, value in facts.items() if name not in kept_back}


def project_of(session: Session, actor: Actor, code: str) -> DeclaredProject:
    """One's own project by any of its codes; another's looks like none (A12.1, T2)."""
    found = session.get(DeclaredProject, code[:24]) or session.get(DeclaredProject, code_meant(session, code))
    if found is None or found.credit_code != actor.credit_code:
        raise Absent("没有找到这个项目")
    return found


def projects_of(
    session: Session, actor: Actor, *, words: str = "", limit: int = 20, offset: int = 0
) -> Sequence[DeclaredProject]:
    """The unit's projects whose names contain these words, newest first."""
    return session.exec(
        select(DeclaredProject)
        .where(col(DeclaredProject.credit_code) == actor.credit_code, _is_named(words))
        .order_by(col(DeclaredProject.declared_at).desc(), col(DeclaredProject.code).desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_projects_of(session: Session, actor: Actor, *, words: str = "") -> int:
    """How many projects the unit has declared whose names contain these words."""
    own = col(DeclaredProject.credit_code) == actor.credit_code
    return int(session.execute(sa.select(sa.func.count()).where(own, _is_named(words))).scalar_one())


def _is_named(words: str) -> sa.ColumnElement[bool]:
    return col(DeclaredProject.name).like(like_pattern(words), escape=ESCAPE) if words else sa.true()


_DUE_ITEMS = (
    select(ToldDueItem).where(col(ToldDueItem.project_code) == sa.bindparam("code")).order_by(col(ToldDueItem.position))
)


def due_items_of(session: Session, project_code: str) -> Sequence[ToldDueItem]:
    """The due items the extranet told for a project, in their order (A14.1c)."""
    return session.exec(_DUE_ITEMS, params={"code": project_code}).all()


def region_words(session: Session, project: DeclaredProject) -> str:
    """Where the project lies, in words."""
    return organisations(session).path(project.region_code)
