"""Who a request comes from: session and actor by one statement, built once (A9.1, A20.1)."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from core.accounts.sessions import SIGNED_IN, OpenSession, digest, is_alive
from core.accounts.signing_in import grants_in_force
from core.accounts.tables import (
    Account,
    Enterprise,
    ExtranetSession,
    Officer,
    OfficerGrant,
    PublicSession,
)
from core.clocks import business_date
from core.database import Zone, table_of, zone_of
from core.domain.policy import CITIZEN, Actor, Role
from core.organisations import ExtranetOrgUnit
from core.prepared import Prepared


class _Known(NamedTuple):
    """A session with the person it belongs to; of an officer once for each grant in force."""

    session: OpenSession
    seen_at: datetime
    name: str | None
    org_name: str | None
    credit_code: str = ""
    role: str | None = None
    org_unit: str = ""
    on_behalf_of: str = ""
    behalf_name: str = ""


_OWN = [one.name for one in fields(OpenSession)]


def _known(row: Sequence[Any]) -> _Known:
    own = len(_OWN)
    return _Known(OpenSession(*row[:own]), *row[own:])


_S, _A, _E = table_of(PublicSession), table_of(Account), table_of(Enterprise)
_PUBLIC = Prepared(
    sa.select(
        *(_S.c[name] for name in _OWN), _S.c.seen_at, _A.c.name, _E.c.name.label("org_name"), _A.c.credit_code,
    )
    .select_from(
        _S.outerjoin(_A, _A.c.id == _S.c.actor_id).outerjoin(_E, _E.c.credit_code == _A.c.credit_code)
    )
    .where(_S.c.id == sa.bindparam("id")),
    _known,
)  # fmt: skip
_X, _O, _G, _U = table_of(ExtranetSession), table_of(Officer), table_of(OfficerGrant), table_of(ExtranetOrgUnit)
_EXTRANET = Prepared(
    sa.select(
        *(_X.c[name] for name in _OWN), _X.c.seen_at, _O.c.name, _U.c.name.label("org_name"),
        sa.literal_column("''"), _G.c.role, _G.c.org_unit, _G.c.on_behalf_of, _G.c.behalf_name,
    )
    .select_from(
        _X.outerjoin(_O, sa.and_(_O.c.id == _X.c.actor_id, _O.c.is_active))
        .outerjoin(_U, _U.c.code == _O.c.org_unit)
        .outerjoin(
            _G,
            sa.and_(
                _G.c.officer_id == _O.c.id,
                _G.c.valid_from <= sa.bindparam("today"),
                sa.or_(_G.c.valid_to.is_(None), _G.c.valid_to >= sa.bindparam("today")),
            ),
        )
    )
    .where(_X.c.id == sa.bindparam("id"))
    .order_by(_G.c.id),
    _known,
)  # fmt: skip


def look_up(session: Session, token: str, at: datetime) -> tuple[OpenSession | None, bool, Actor, datetime | None]:
    """The session of a token, whether it has expired, its actor (a citizen when unknown), and when it was last seen.

    Grants are read at every request, so that one that ended counts no more (T6).
    """
    zone = zone_of(session)
    key = {"id": digest(token), "today": business_date(at)}
    rows = (_PUBLIC if zone is Zone.PUBLIC else _EXTRANET).all(session, key)
    if not rows:
        return None, False, CITIZEN, None
    first = rows[0]
    known = first.session
    expired = not is_alive(zone, first.seen_at, known.ends_at, at)
    if known.stage != SIGNED_IN or first.name is None:
        return known, expired, CITIZEN, first.seen_at
    if zone is Zone.PUBLIC:
        actor = Actor(
            Role.PROJECT_UNIT,
            id=known.actor_id,
            name=first.name,
            org_name=first.org_name or "",
            credit_code=first.credit_code,
        )
    else:
        held = [(row.role, row.org_unit, row.on_behalf_of, row.behalf_name) for row in rows if row.role]
        grants = grants_in_force(held)
        actor = Actor(Role.OFFICER, id=known.actor_id, name=first.name, org_name=first.org_name or "", grants=grants)
    return known, expired, actor, first.seen_at
