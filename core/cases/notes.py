"""Internal notes on a case (内部备注): written and read by officers of its unit, told to nobody else. Extranet."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.cases.desk_tables import LONGEST, CaseNote
from core.cases.tables import Case
from core.domain.policy import Actor
from core.domain.secrecy import refuse_classified
from core.errors import RuleRefusal
from core.trace import record


def add_note(session: Session, case: Case, words: str, *, by: Actor, at: datetime) -> CaseNote:
    """Keep a note; the trace says that one was written, not what it says. Refuses what may be classified (A3.2)."""
    text = words_of(words, field="note", what="备注")
    note = CaseNote(case_id=case.id or 0, at=at, officer_id=by.id, officer_name=by.name, words=text)
    session.add(note)
    record(
        session, "case.note", "case", case.application_id, "写内部备注", by=by, at=at, project_code=case.project_code
    )
    session.flush()
    return note


def notes_of(session: Session, case: Case) -> Sequence[CaseNote]:
    """The notes on a case, the newest first."""
    found = select(CaseNote).where(col(CaseNote.case_id) == case.id)
    return session.exec(found.order_by(col(CaseNote.at).desc(), col(CaseNote.id).desc()).limit(100)).all()


def words_of(words: str, *, field: str, what: str) -> str:
    """A text as it is kept; refuses an empty, a too long or a classified one, beside its field."""
    text = words.strip()
    if not text:
        raise RuleRefusal(f"请填写{what}", field=field)
    if len(text) > LONGEST:
        raise RuleRefusal(f"{what}最多 {LONGEST} 个字，现在是 {len(text)} 个字，请删减", field=field)
    refuse_classified({field: text})
    return text
