"""What hangs on an application follows it when it goes on under its project's new code (A12.2). Both zones."""

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

STAYING = frozenset({"audit_entry", "notice", "project_event"})
"""What happened and what was issued under the old code stays there: the trace, notices on paper, the timeline."""


CARRIED = {False: "转入新代码继续办理", True: "批准结果转入新代码，继续有效"}
"""What is said of a case that follows its project, by whether it was decided."""


def follow(session: Session, base: type[SQLModel], application_id: str, new_code: str) -> None:
    """Write the new code into every row that bears this application's id: consultations, commissioned services."""
    session.flush()
    for table in base.metadata.sorted_tables:
        if {"application_id", "project_code"} <= set(table.c.keys()) and table.name not in STAYING:
            moved = sa.update(table).where(table.c.application_id == application_id).values(project_code=new_code)
            session.connection().execute(moved)
    session.expire_all()
