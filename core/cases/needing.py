"""Whom cases need, as conditions of statements: of each row what `core.domain.assignment.needed_by` says. Extranet.

Everything that differs from reader to reader is a parameter; their number and places make the text.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.accounts.tables import Officer, OfficerGrant
from core.cases.queries import own_units
from core.cases.tables import Case, Decision, SignOff
from core.database import table_of
from core.domain.assignment import PREPARING, TURNS, Matter
from core.domain.case_states import CaseState
from core.domain.policy import CASE_ROLES, Actor, Role

_C, _D, _S = table_of(Case), table_of(Decision), table_of(SignOff)
_G, _O = table_of(OfficerGrant), table_of(Officer)
_TODAY = sa.bindparam("today", type_=sa.Date())

MATTER: sa.Case[str] = sa.case(
    (_C.c.reviews_left > sa.literal_column("0"), sa.literal_column(f"'{Matter.REVIEW}'")),
    (_C.c.amendment != sa.literal_column("''"), sa.literal_column(f"'{Matter.AMENDMENT}'")),
    (
        sa.and_(_C.c.answer_by < _TODAY, _C.c.item_kind != sa.literal_column("'filing'")),
        sa.literal_column(f"'{Matter.UNANSWERED}'"),
    ),
    else_=sa.literal_column("''"),
)
"""What lies open in a case today, as `Matter` names it; an unanswered filing goes on waiting (A14.3)."""


class Reader(NamedTuple):
    """What of an officer changes the text of a statement.

    `units` is how many they work at, `mine` for how many they stand (themselves too), `posts` their roles with the
    places of the units where they hold them, `parties` as how many they count at each unit.
    """

    units: int
    mine: int
    posts: tuple[tuple[Role, tuple[int, ...]], ...]
    parties: tuple[int, ...]


def reader_of(actor: Actor) -> Reader:
    """The officer as the text of a statement knows them."""
    units = own_units(actor)
    posts = (
        (role, tuple(place for place, unit in enumerate(units) if role in actor.roles_at(unit))) for role in CASE_ROLES
    )
    parties = tuple(len(actor.counts_as(unit)) for unit in units)
    return Reader(len(units), len(actor.stands_for), tuple((role, at) for role, at in posts if at), parties)


def reader_values(actor: Actor, *, today: date) -> dict[str, Any]:
    """The officer as the parameters of a statement."""
    units = own_units(actor)
    values: dict[str, Any] = {"today": today}
    values |= {f"unit_{place}": unit for place, unit in enumerate(units)}
    values |= {f"mine_{place}": one for place, one in enumerate(actor.stands_for)}
    for at, unit in enumerate(units):
        values |= {f"party_{at}_{place}": one for place, one in enumerate(actor.counts_as(unit))}
    return values


def is_of(units: Iterable[int]) -> sa.ColumnElement[bool]:
    """Whether a case is one of these units', by their places."""
    return _C.c.org_unit.in_(_texts(f"unit_{place}" for place in units))


def is_mine(reader: Reader) -> sa.ColumnElement[bool]:
    """Whether a case lies with the reader, or with somebody for whom they stand in."""
    return _C.c.assigned_to.in_(_texts(f"mine_{place}" for place in range(reader.mine)))


def is_turn_of(roles: Iterable[Role], state: sa.ColumnElement[str] = _C.c.state) -> sa.ColumnElement[bool]:
    """Whether it is the turn of one of these roles (`TURNS`)."""
    wanted = frozenset(roles)
    matters = {one: [matter for matter in Matter if TURNS.get((one, matter)) in wanted] for one in CaseState}
    always = [one for one, found in matters.items() if len(found) == len(Matter)]
    sometimes = [
        sa.and_(state == sa.literal_column(f"'{one}'"), MATTER.in_(_literals(found)))
        for one, found in matters.items()
        if 0 < len(found) < len(Matter)
    ]
    return sa.or_(*([state.in_(_literals(always))] if always else []), *sometimes)


def is_needed(reader: Reader, state: sa.ColumnElement[str] = _C.c.state) -> sa.ColumnElement[bool]:
    """Whether the next step of a case is the reader's."""
    return sa.or_(sa.false(), *(_is_needed_as(role, places, reader, state) for role, places in reader.posts))


def _is_needed_as(
    role: Role, places: Sequence[int], reader: Reader, state: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    if role in PREPARING:
        lies = sa.tuple_(_C.c.assigned_to, _C.c.org_unit)
        free = sa.or_(is_mine(reader), lies.not_in(_holders(role, places)))
        return sa.and_(is_turn_of([role], state), is_of(places), free)
    free = sa.or_(*(sa.and_(is_of([place]), ~_is_party(place, reader)) for place in places))
    return sa.and_(is_turn_of([role], state), free)


def _holders(role: Role, places: Sequence[int]) -> sa.Select[Any]:
    """Who may take a step today, and where: read once, whatever the number of cases."""
    return (
        sa.select(_G.c.officer_id, _G.c.org_unit)
        .join(_O, _O.c.id == _G.c.officer_id)
        .where(
            _G.c.org_unit.in_(_texts(f"unit_{place}" for place in places)),
            _G.c.role == sa.literal_column(f"'{role}'"),
            _G.c.valid_from <= _TODAY,
            sa.or_(_G.c.valid_to.is_(None), _G.c.valid_to >= _TODAY),
            _O.c.is_active,
        )
    )


def _is_party(place: int, reader: Reader) -> sa.ColumnElement[bool]:
    """Whether the reader proposed what lies open, or has signed a level of it."""
    names = _texts(f"party_{place}_{one}" for one in range(reader.parties[place]))
    said = sa.select(_S.c.id).where(_S.c.decision_id == _D.c.id, _S.c.officer_id.in_(names)).correlate(_D).exists()
    found = sa.select(_D.c.id).where(
        _D.c.case_id == _C.c.id,
        _D.c.state == sa.literal_column("'proposed'"),
        sa.or_(_D.c.proposed_by.in_(names), said),
    )
    return found.correlate(_C).exists()


def _texts(names: Iterable[str]) -> list[sa.BindParameter[str]]:
    # a parameter for each: an expanding one is written into the statement anew at every execution
    return [sa.bindparam(name, type_=sa.String()) for name in names]


def _literals(words: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    return [sa.literal_column(f"'{word}'") for word in words]
