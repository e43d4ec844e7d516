"""Standing in for an absent colleague (代办): from one day to another, with the absent officer's roles. Extranet.

The substitute gets a grant of their own for each role, bounded by the dates: whatever reads grants needs to know
nothing of absences, and the trace names both.
"""

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.tables import Absence, Officer, OfficerGrant
from core.clocks import business_date
from core.domain.policy import CASE_ROLES, Actor
from core.errors import FormRefusal, RuleRefusal
from core.trace import record

LONGEST_DAYS = 90
"""Calendar days an absence may last; who is away longer needs a change of post."""


def be_absent(
    session: Session, *, substitute: str, from_on: date | None, to_on: date | None, reason: str, by: Actor, at: datetime
) -> Absence:
    """Let a colleague stand in while one is away; refuses every gap of the form at once.

    The substitute stands in with the absent officer's roles at the units where both work, and nowhere else: whoever
    is away from several units asks a colleague at each.
    """
    today = business_date(at)
    colleague = session.get(Officer, substitute) if substitute else None
    theirs = {grant.org_unit for grant in _roles_of(session, colleague.id, on=today)} if colleague else set()
    shared = [grant for grant in _roles_of(session, by.id, on=today) if grant.org_unit in theirs]
    errors = _gaps(session, by, {grant.org_unit for grant in shared}, from_on, to_on, today)
    if colleague is None or not shared or colleague.id == by.id or not colleague.is_active:
        errors = {"substitute": "请选择同单位的另一位工作人员", **errors}
    if errors or colleague is None or from_on is None or to_on is None:
        raise FormRefusal(errors)
    absence = Absence(
        officer_id=by.id, officer_name=by.name, substitute_id=colleague.id, substitute_name=colleague.name,
        from_on=from_on, to_on=to_on, reason=reason.strip()[:200], recorded_at=at,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    for grant in shared:
        session.add(
            OfficerGrant(
                officer_id=colleague.id, role=grant.role, org_unit=grant.org_unit, valid_from=from_on,
                valid_to=min(to_on, grant.valid_to or to_on), on_behalf_of=by.id, behalf_name=by.name,
            )
        )  # fmt: skip
    words = f"请{colleague.name}代办：{from_on.isoformat()} 至 {to_on.isoformat()}"
    record(session, "absence.begin", "absence", str(absence.id), words, by=by, at=at, reason=absence.reason)
    session.flush()
    return absence


def be_back(session: Session, absence_id: int, *, by: Actor, at: datetime) -> None:
    """End one's own absence before its time: from this request on the substitute acts no more."""
    absence = session.get(Absence, absence_id)
    today = business_date(at)
    if absence is None or absence.officer_id != by.id or absence.to_on < today:
        raise RuleRefusal("没有找到可以结束的代办", field="absence")
    yesterday = today - timedelta(days=1)
    absence.to_on = yesterday
    session.add(absence)
    stood_in = sa.and_(
        col(OfficerGrant.officer_id) == absence.substitute_id,
        col(OfficerGrant.on_behalf_of) == absence.officer_id,
        col(OfficerGrant.valid_from) == absence.from_on,
    )
    if absence.from_on >= today:
        session.execute(sa.delete(OfficerGrant).where(stood_in))
    else:
        session.execute(sa.update(OfficerGrant).where(stood_in).values(valid_to=yesterday))
    record(session, "absence.end", "absence", str(absence.id), f"结束{absence.substitute_name}的代办", by=by, at=at)


def absences_of(session: Session, officer_id: str, *, on: date) -> Sequence[Absence]:
    """One's absences that last or are to come, and those for which one stands in, the soonest first."""
    concerned = sa.or_(col(Absence.officer_id) == officer_id, col(Absence.substitute_id) == officer_id)
    return session.exec(
        select(Absence).where(concerned, col(Absence.to_on) >= on).order_by(col(Absence.from_on), col(Absence.id))
    ).all()


def _gaps(
    session: Session, by: Actor, units: Set[str], from_on: date | None, to_on: date | None, today: date
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if from_on is None or from_on < today:
        errors["from_on"] = "请填写开始日期，不早于今天"
    if to_on is None or (from_on is not None and to_on < from_on):
        errors["to_on"] = "请填写结束日期，不早于开始日期"
    elif from_on is not None and (to_on - from_on).days >= LONGEST_DAYS:
        errors["to_on"] = f"代办最长 {LONGEST_DAYS} 天，更久的请调整岗位"
    if errors or from_on is None or to_on is None:
        return errors
    other = _standing_in(session, by, units, from_on, to_on)
    return {"from_on": f"这段时间已请{other}代办，请先结束"} if other else {}


def _standing_in(session: Session, by: Actor, units: Set[str], from_on: date, to_on: date) -> str | None:
    """The name of who stands in already at one of these units on one of these days; None when nobody does."""
    return session.exec(
        select(Officer.name)
        .join(OfficerGrant, col(OfficerGrant.officer_id) == col(Officer.id))
        .where(
            col(OfficerGrant.on_behalf_of) == by.id,
            col(OfficerGrant.org_unit).in_(sorted(units)),
            col(OfficerGrant.valid_from) <= to_on,
            col(OfficerGrant.valid_to) >= from_on,
        )
        .order_by(col(OfficerGrant.id))
        .limit(1)
    ).first()


def _roles_of(session: Session, officer_id: str, *, on: date) -> Sequence[OfficerGrant]:
    """The roles on cases that an officer holds in their own right: nobody passes on what they stand in for."""
    return session.exec(
        select(OfficerGrant).where(
            col(OfficerGrant.officer_id) == officer_id,
            col(OfficerGrant.role).in_([str(role) for role in CASE_ROLES]),
            col(OfficerGrant.on_behalf_of) == "",
            col(OfficerGrant.valid_from) <= on,
            sa.or_(col(OfficerGrant.valid_to).is_(None), col(OfficerGrant.valid_to) >= on),
        )
    ).all()
