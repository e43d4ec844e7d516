"""Issuing the project code, in the transaction that writes the project (A10.1, A11.1).

The one replaceable place where the rule of issuing stands: serials run per year, region, industry and type.
"""

from sqlmodel import Session

from core.domain.project_code import ProjectCode, refuse_exhausted
from core.serials import take


def issue_code(session: Session, *, year: int, region: str, industry: str, project_type: str) -> ProjectCode:
    """A new 24-character code; take it last, the series stays locked until the commit.

    Refuses when the series has no number left; the number is then not used, and nothing is stored. A11.1.
    """
    series = f"{year}-{region}-{industry}-{project_type}"
    serial = take(session, f"code:{series}")
    refuse_exhausted(serial, series)
    return ProjectCode(year=year, region=region, industry=industry, project_type=project_type, serial=serial)
