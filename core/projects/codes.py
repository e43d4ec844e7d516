"""Issuing the project code, in the transaction that writes the project (A10.1, A11.1).

The one replaceable place where the rule of issuing stands: serials run per year, region, industry and type.
"""

from sqlmodel import Session

from core.domain.project_code import SERIAL_LIMIT, ProjectCode
from core.errors import RuleRefusal
from core.serials import take


def issue_code(session: Session, *, year: int, region: str, industry: str, project_type: str) -> ProjectCode:
    """A new 24-character code; take it last, the series stays locked until the commit.

    Refuses when the series has no number left; the number is then not used, and nothing is stored. A11.1.
    """
    series = f"{year}-{region}-{industry}-{project_type}"
    serial = take(session, f"code:{series}")
    if serial > SERIAL_LIMIT:
        raise RuleRefusal(
            f"{series} 的流水号已用完（{SERIAL_LIMIT:,} 个），暂时不能赋码，请联系省经济信息中心", article="A11.1"
        )
    return ProjectCode(year=year, region=region, industry=industry, project_type=project_type, serial=serial)
