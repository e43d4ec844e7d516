"""The trial's own messages, told at a high rate beside the real ones, and the rows by which each one is counted.

In the zone that tells, a row of `ledger` is the change that is told; in the zone that is told, a row of `note` is what
applying changes. A subject is `zone-number`, its steps are 1, 2, 3 …
"""

from typing import ClassVar

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session

from core.errors import NotAllowed
from core.exchange import outbox
from core.exchange.fields import Number, Readers
from core.exchange.message import Direction, Envelope, FileRef, Message, applies

_rows = sa.MetaData()
ledger = sa.Table(
    "trial_ledger",
    _rows,
    sa.Column("message_id", sa.String(36), primary_key=True),
    sa.Column("subject", sa.String(120)),
    sa.Column("step", sa.Integer),
    sa.UniqueConstraint("subject", "step"),
)
note = sa.Table(
    "trial_note",
    _rows,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("message_id", sa.String(36)),
    sa.Column("subject", sa.String(120)),
    sa.Column("step", sa.Integer),
)
mended = sa.Table("trial_mended", _rows, sa.Column("message_id", sa.String(36), primary_key=True))


def lay_out(url: str) -> None:
    """Give a migrated database the tables of the trial."""
    engine = sa.create_engine(url)
    _rows.create_all(engine)
    engine.dispose()


class Told(Message):
    """Internet zone → extranet. `asks` wants an answer, `is_poison` can't be applied before someone has mended it."""

    kind: ClassVar[str] = "test.trial_told.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.WORKER
    code: str = Field(max_length=120)
    step: Number
    asks: bool = False
    is_poison: bool = False
    file: str | None = None
    size: Number = 0

    def subject(self) -> str:
        return self.code

    def files(self) -> tuple[FileRef, ...]:
        return (FileRef(self.file, self.size),) if self.file else ()


class Answered(Told):
    """Extranet → internet zone: an answer, or a word of its own."""

    kind: ClassVar[str] = "test.trial_answered.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET


@applies(Told)
@applies(Answered)
def take_note(session: Session, told: Told, envelope: Envelope) -> None:
    connection = session.connection()
    row = {"message_id": envelope.id, "subject": envelope.subject, "step": told.step}
    connection.execute(sa.insert(note), row)
    is_mended = sa.select(mended.c.message_id).where(mended.c.message_id == envelope.id)
    if told.is_poison and connection.execute(is_mended).first() is None:
        raise NotAllowed("这件报文要先处理数据才能办理")
    if told.asks:
        answer = Answered(code=f"answer-{told.code}", step=told.step)
        outbox.send(session, answer, at=envelope.happened_at, cause=envelope.id)
