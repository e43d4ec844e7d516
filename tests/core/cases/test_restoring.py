"""The extranet restored from an older backup: a notice's number that went out isn't given again (A13.2)."""

import pytest
from sqlmodel import select

from core.cases.messages import NoticeIssued
from core.cases.restoring import keep_number
from core.cases.tables import Notice
from core.organisations import organisations
from core.serials import take
from tests.world import World, accept, case, case_of


@pytest.mark.parametrize("by_platform", [False, True])
def test_the_series_goes_on_behind_the_number_that_went_out(applied_world: World, by_platform: bool):
    case_id = case_of(applied_world, "DRC-06")
    accept(applied_world, case_id)
    with applied_world.extranet.writing() as session:
        notice = session.exec(select(Notice).where(Notice.case_id == case_id)).one()
        unit = "platform" if by_platform else case(applied_world, case_id).org_unit
        told = NoticeIssued(
            token="t",
            notice_kind=notice.kind,
            number=f"{notice.number.partition('〕')[0]}〕41 号",
            project_code=notice.project_code,
            application_id="",
            org_unit_name="吉林省投资项目在线审批监管平台" if by_platform else _name(session, unit),
            issued_at=notice.issued_at,
            check_code="c",
            digest=notice.digest,
            size=notice.size,
        )
        keep_number(session, told, None)  # type: ignore[arg-type]
        year = notice.issued_at.year
        assert take(session, f"notice:{notice.kind}:{unit}:{year}") == 42
        keep_number(session, told.model_copy(update={"number": "无编号"}), None)  # type: ignore[arg-type]
        assert take(session, f"notice:{notice.kind}:{unit}:{year}") == 43


def _name(session, unit: str) -> str:
    return organisations(session).unit_name(unit)
