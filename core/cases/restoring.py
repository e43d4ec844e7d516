"""After a restore from an older backup: no number of a notice that went out is given again (A13.2). Extranet."""

import re

from sqlmodel import Session

from core.cases.messages import NoticeIssued
from core.exchange.message import Envelope, restores
from core.organisations import organisations
from core.serials import raise_to

_NUMBER = re.compile(r"〔(\d{4})〕(\d+) 号")


@restores(NoticeIssued)
def keep_number(session: Session, told: NoticeIssued, envelope: Envelope) -> None:
    """Let the series of the notice's unit go on behind its number. The act itself is entered again by its officer."""
    del envelope
    found = _NUMBER.search(told.number)
    if found is None:
        return
    year, serial = found.groups()
    here = organisations(session)
    units = [code for code in here.org_units if here.unit_name(code) == told.org_unit_name]
    for unit in units or ["platform"]:
        raise_to(session, f"notice:{told.notice_kind}:{unit}:{year}", int(serial))
