"""After a restore from an older backup: projects declared since, brought back from the zone's own messages (A10.1).

Internet zone. Whoever holds a code must find the project under it, and no code may be issued a second time (A11.1).
"""

from sqlmodel import Session

from core.accounts.tables import Enterprise
from core.domain.policy import PLATFORM
from core.domain.project_code import ProjectCode, parse
from core.exchange.message import Envelope, restores
from core.projects.legacy_issuing import hold_legacy, is_held
from core.projects.legacy_messages import CodeIssued
from core.projects.messages import ProjectDeclared
from core.projects.tables import DeclaredProject
from core.serials import raise_to
from core.trace import record


@restores(ProjectDeclared)
def restore_declared(session: Session, told: ProjectDeclared, envelope: Envelope) -> None:
    """Let the series of the code go on behind it, and keep the project as it was told.

    Identity numbers never left this zone (A9.1), so they are lost; a unit that registered after the backup must
    register again before its projects can be shown.
    """
    code = _go_on_behind(session, told.project_code)
    is_known = session.get(DeclaredProject, told.project_code) is not None
    if is_known or session.get(Enterprise, told.credit_code) is None:
        return
    session.add(
        DeclaredProject(
            code=told.project_code,
            credit_code=told.credit_code,
            unit_name=told.unit_name,
            name=str(told.facts.get("project_name", ""))[:200],
            project_type=code.project_type,
            region_code=code.region,
            industry=code.industry,
            facts=dict(told.facts),
            message_id=envelope.id,
            declared_at=told.declared_at,
        )
    )
    session.flush()
    _trace(session, told.project_code, envelope)


@restores(CodeIssued)
def restore_issued(session: Session, told: CodeIssued, envelope: Envelope) -> None:
    """Let the series go on behind the code, and keep the legacy project: its entry gets no second code (A12.1)."""
    _go_on_behind(session, told.project_code)
    if is_held(session, told.request_id) or session.get(DeclaredProject, told.project_code) is not None:
        return
    hold_legacy(session, told, message_id=envelope.id)
    _trace(session, told.project_code, envelope)


def _go_on_behind(session: Session, project_code: str) -> ProjectCode:
    code = parse(project_code)
    raise_to(session, f"code:{code.year}-{code.region}-{code.industry}-{code.project_type}", code.serial)
    return code


def _trace(session: Session, project_code: str, envelope: Envelope) -> None:
    record(
        session, "project.restore", "project", project_code, "由已发出的报文恢复项目",
        by=PLATFORM, at=envelope.happened_at, project_code=project_code,
    )  # fmt: skip
