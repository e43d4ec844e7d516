"""What the internet zone tells of an enterprise (A14.1a)."""

from datetime import datetime
from typing import ClassVar

from core.exchange.fields import Code, CreditCode, Name, Readers
from core.exchange.message import Direction, Message


class EnterpriseRegistered(Message):
    """Internet → extranet: an enterprise registered. Contact and credentials stay in the internet zone."""

    kind: ClassVar[str] = "enterprise.registered.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    name: Name
    enterprise_kind: Code
    registered_at: datetime

    def subject(self) -> str:
        """Kept in order per enterprise."""
        return f"account:{self.credit_code}"
