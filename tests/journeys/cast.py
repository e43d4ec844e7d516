"""Who takes part in the journeys: officers with their units and roles, the project unit whose stories are prepared."""

import base64
import hashlib
import time
from datetime import date, datetime

import pyotp
from sqlmodel import Session

from core.accounts.signing_in import actor_of_officer, hasher
from core.accounts.tables import Officer, OfficerGrant
from core.domain.policy import Actor

PASSWORD = "a-long-enough-password"
COMPANY = {
    "credit_code": "91220104MA2020C59C",
    "name": "长春启明装备制造有限公司",
    "mobile": "13900000011",
}
OFFICERS = {
    "220102-drc": {"clerk": "赵明哲", "handler": "钱立群", "approver": "孙长河", "coordinator": "郑立新"},
    "220102-ee": {"clerk": "王敏", "clerk2": "刘晓东", "handler": "李文静", "approver": "周振宇"},
    "220102-nr": {"clerk": "吴桂兰", "handler": "冯国强", "approver": "陈志远"},
    "220102-water": {"clerk": "褚卫东", "handler": "沈玉梅", "approver": "韩建民"},
    "220102-hc": {"clerk": "杨秀英", "handler": "朱庆丰", "approver": "秦海波"},
    "220100-ee": {"clerk": "高宇"},
}
"""Org unit → seat → name. A seat is a role; a second officer with the same role sits at a seat with a number."""

_STEP = 30
_used: dict[str, int] = {}


def login_of(seat: str, unit: str) -> str:
    """The login of the officer at this seat of this unit."""
    return f"{unit}-{seat}"


def hire(session: Session, *, at: datetime) -> dict[str, Actor]:
    """Every officer with the grant of the seat; by login."""
    hashed = hasher().hash(PASSWORD)
    hired = {}
    for unit, seats in OFFICERS.items():
        for seat, name in seats.items():
            login = login_of(seat, unit)
            officer = Officer(login=login, name=name, org_unit=unit, password_hash=hashed, totp_secret=_secret(login))
            session.add(officer)
            session.flush()
            role = seat.rstrip("23456789")
            session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=unit, valid_from=date(2017, 8, 16)))
            session.flush()
            hired[login] = actor_of_officer(session, officer, at=at)
    return hired


def fresh_code(login: str) -> str:
    """A one-time code that this officer has not used: who signs in twice at once takes the next one."""
    step = max(int(time.time()) // _STEP, _used.get(login, 0) + 1)
    _used[login] = step
    return pyotp.TOTP(_secret(login)).at(step * _STEP)


def _secret(login: str) -> str:
    return base64.b32encode(hashlib.sha256(login.encode()).digest()[:20]).decode()
