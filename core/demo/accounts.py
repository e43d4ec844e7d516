"""Who can sign in to the demonstration, with which password, and the present code of their second factor.

Names and secrets follow from the seed and the login alone, so that they can be printed without asking a database.
"""

import base64
import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyotp

from core.demo.places import PREFIXES
from core.domain.policy import ROLE_NAMES, Role
from core.domain.remit import department_of, region_of
from core.errors import Absent
from core.reference.org_units import org_unit_name

SEED = 20170816
PASSWORD = "Jilin-demo-2026"

UNIT_ROLES = (Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER)
SPECIAL = {
    "jl-drc-coordinator": (Role.COORDINATOR, "220000-drc"),
    "jl-ee-editor": (Role.GUIDE_EDITOR, "220000-ee"),
    "jl-gs-supervisor": (Role.SUPERVISOR, "220000-government_services"),
    "jl-eic-system": (Role.SYSTEM_ADMINISTRATOR, "220000-eic"),
    "jl-eic-security": (Role.SECURITY_ADMINISTRATOR, "220000-eic"),
    "jl-eic-audit": (Role.AUDIT_ADMINISTRATOR, "220000-eic"),
}
"""Officers who hold no role at a unit's cases: login → role and the unit where they hold it."""

_TYPICAL = (
    ("gzl-ee-clerk1", Role.CLERK, "220184-ee"),
    ("gzl-ee-handler1", Role.HANDLER, "220184-ee"),
    ("gzl-ee-approver1", Role.APPROVER, "220184-ee"),
    ("gzl-drc-clerk1", Role.CLERK, "220184-drc"),
    ("ng-nr-handler1", Role.HANDLER, "220102-nr"),
    ("cc-ee-approver1", Role.APPROVER, "220100-ee"),
)
_LOGIN = re.compile(rf"({'|'.join(PREFIXES.values())}|\d{{6}})-[a-z_]+-({'|'.join(UNIT_ROLES)})[12]")

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董于姜崔金朴全"
_GIVEN: tuple[str, ...] = (
    *"敏静丽强磊军洋勇艳杰娟涛明超霞平刚",
    *("桂英", "文静", "振宇", "志远", "晓东", "海燕", "建国", "雪梅", "国栋", "春雷", "立新", "佳怡", "玉兰", "德胜"),
    *("永哲", "美花", "哲洙", "成日", "冬梅", "宏伟", "思远", "天宇", "雨欣", "子涵", "凤霞", "庆林", "学军", "洪波"),
)


@dataclass(frozen=True)
class EnterpriseAccount:
    """A person who signs in to the internet portal for a project unit."""

    mobile: str
    name: str
    org_name: str
    credit_code: str


@dataclass(frozen=True)
class OfficerAccount:
    """A person who signs in to the extranet portal; `secret` is the base32 secret of their second factor."""

    login: str
    name: str
    org_name: str
    role_name: str
    secret: str


@dataclass(frozen=True)
class DemoAccounts:
    """What whoever started the demonstration needs to sign in; the password is the same for everyone."""

    password: str
    enterprises: tuple[EnterpriseAccount, ...]
    officers: tuple[OfficerAccount, ...]


ENTERPRISES = (
    EnterpriseAccount("13800000001", "孙岩", "吉林启辰汽车零部件有限公司", "91220101MA1400A22H"),
    EnterpriseAccount("13800000002", "韩雪梅", "公主岭市绿源生物科技有限公司", "91220184MA1701B409"),
)


def demo_accounts(*, seed: int = SEED) -> DemoAccounts:
    """Both enterprises and the officers most worth trying, with everything needed to sign in."""
    named = [*_TYPICAL, *((login, role, unit) for login, (role, unit) in SPECIAL.items())]
    return DemoAccounts(PASSWORD, ENTERPRISES, tuple(_officer(*one, seed=seed) for one in named))


def lines() -> Sequence[str]:
    """The accounts as text for a terminal."""
    known = demo_accounts()
    return [
        f"所有演示账号的密码：{known.password}",
        "互联网门户（手机号登录）：",
        *(f"  {one.mobile}  {one.name}  {one.org_name}" for one in known.enterprises),
        "政务外网门户（账号登录，再输入 6 位动态口令：",
        "运行 tzxm demo code 账号，或把下列密钥录入动态口令应用）：",
        *(f"  {one.login:<20}{one.secret}  {one.name}  {one.org_name}  {one.role_name}" for one in known.officers),
    ]


def totp_secret(login: str, *, seed: int = SEED) -> str:
    """The base32 secret of a demonstration officer's second factor: 32 characters, from seed and login alone."""
    return base64.b32encode(hashlib.sha256(f"{seed}:{login}".encode()).digest()[:20]).decode()


def totp_code(secret: str) -> str:
    """The six digits that a base32 secret gives at this moment."""
    return str(pyotp.TOTP(secret).now())


def present_code(login: str) -> str:
    """The six digits a demonstration officer types now; refuses a login the demonstration doesn't have."""
    if login not in SPECIAL and not _LOGIN.fullmatch(login):
        raise Absent(f"没有演示账号 {login}。用 tzxm demo accounts 查看账号")
    return totp_code(totp_secret(login))


def person_name(mark: str, *, seed: int = SEED) -> str:
    """A Chinese name for whoever bears this mark; the same mark, the same name."""
    drawn = random.Random(f"{seed}:name:{mark}")
    return drawn.choice(_SURNAMES) + drawn.choice(_GIVEN)


def login_of(org_unit: str, role: Role, number: int) -> str:
    """The login of a unit's officer: gzl-ee-clerk1, or 220521-water-handler2 where the place has no short prefix."""
    region, department = region_of(org_unit), department_of(org_unit)
    return f"{PREFIXES.get(region, region)}-{department}-{role}{number}"


def _officer(login: str, role: Role, org_unit: str, *, seed: int) -> OfficerAccount:
    region, department = region_of(org_unit), department_of(org_unit)
    return OfficerAccount(
        login=login,
        name=person_name(login, seed=seed),
        org_name=org_unit_name(department, region),
        role_name=ROLE_NAMES[role],
        secret=totp_secret(login, seed=seed),
    )
