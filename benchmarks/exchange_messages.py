"""Real messages by the thousand, laid into the internet zone as `outbox.send` would have left them: unsealed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks import bulk
from core import appliers
from core.accounts.messages import EnterpriseRegistered
from core.cases.messages import ApplicationMade, ItemsApplied
from core.database import Database
from core.domain import credit_code
from core.domain.project_code import ProjectCode
from core.exchange.chain import canonical_body, canonical_files
from core.exchange.message import Message
from core.exchange.tables import PublicExchangeMessage, State
from core.projects.declaring import without_identity_numbers
from core.projects.messages import ProjectDeclared
from core.uuids import uuid7
from tests.domain.sample_declarations import PARTS_FACTORY, understood

assert appliers.MODULES  # what is told here is applied for real

UNIT, UNIT_NAME = "91220101MA1400A22H", "吉林启辰汽车零部件有限公司"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def declarations(count: int) -> Iterator[ProjectDeclared]:
    """So many projects of one factory, each with its own code: 2.4 kB of body, the largest there are."""
    facts = without_identity_numbers(understood(PARTS_FACTORY.answers).facts)
    place = {"region": facts["region_code"], "industry": facts["industry_division"]}
    for serial in range(1, count + 1):
        code = ProjectCode(year=2026, **place, project_type=facts["project_type"], serial=serial)
        yield ProjectDeclared(
            project_code=str(code), credit_code=UNIT, unit_name=UNIT_NAME, facts=facts, declared_at=AT
        )


def applications(count: int) -> Iterator[ItemsApplied]:
    """So many projects whose units apply for four items each: 0.6 kB of body, an ordinary message."""
    items = [("DRC-05", "drc"), ("ECO-02", "ee"), ("NR-03", "nr"), ("HC-01", "hc")]
    for serial in range(1, count + 1):
        made = tuple(
            ApplicationMade(application_id=uuid7(), item_code=item, org_unit=f"220102-{department}", materials=())
            for item, department in items
        )
        code = ProjectCode(year=2026, region="220102", industry="36", project_type="03", serial=serial)
        yield ItemsApplied(project_code=str(code), credit_code=UNIT, applications=made, applied_at=AT)


def registrations(count: int) -> Iterator[EnterpriseRegistered]:
    """So many enterprises: small messages, none of which waits for another."""
    for number in range(count):
        yield registration(credit_code.make(f"91220100{number:08}"), f"吉林第{number:06}实业有限公司")


def registration(code: str, name: str) -> EnterpriseRegistered:
    """One enterprise that has registered."""
    return EnterpriseRegistered(credit_code=code, name=name, enterprise_kind="enterprise", registered_at=AT)


def lay(database: Database, messages: Iterable[Message]) -> None:
    """Leave the messages unsealed in an internet zone that has told nothing yet."""
    bulk.insert(database, PublicExchangeMessage, (_row(place, one) for place, one in enumerate(messages, 1)))
    if database.engine.dialect.name == "postgresql":
        with database.engine.begin() as connection:  # COPY wrote the positions itself: the sequence must follow
            last = "(SELECT max(position) FROM exchange_message)"
            connection.exec_driver_sql(f"SELECT setval('exchange_message_position_seq', {last})")
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE exchange_message, exchange_unsealed")


def _row(position: int, message: Message) -> dict[str, Any]:
    return {
        "position": position,
        "id": uuid7(),
        "direction": message.direction,
        "kind": message.kind,
        "subject": message.subject(),
        "body": canonical_body(message),
        "files": canonical_files(message.files()),
        "happened_at": AT,
        "state": State.TOLD,
    }
