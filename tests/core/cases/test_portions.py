"""Applying for many items at once: each message names no more files than one may (A14.1d)."""

from datetime import UTC, datetime

from core.cases.applying import portions
from core.cases.messages import ApplicationMade, MaterialHandedIn
from core.exchange.message import FILES_LIMIT

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def made(number: int, *digests: int) -> ApplicationMade:
    materials = tuple(
        MaterialHandedIn(
            material_code="EIA", name="报告", file_name="报告.pdf", media_type="application/pdf",
            digest=f"{digest:064x}", size=1, handed_in_at=AT,
        )
        for digest in digests
    )  # fmt: skip
    return ApplicationMade(application_id=str(number), item_code="ECO-02", org_unit="220184-ee", materials=materials)


def test_applications_keep_their_order_and_shared_files_count_once():
    told = [made(0, 1, 2), made(1, 2, 3), made(2, 4), made(3)]
    assert portions(told, most=3) == [told[:2], told[2:]]
    assert portions(told, most=4) == [told]
    assert portions([], most=3) == []


def test_no_portion_exceeds_what_a_message_may_name():
    told = [made(number, *range(10 * number, 10 * number + 10)) for number in range(20)]
    for portion in portions(told, most=FILES_LIMIT):
        assert len({one.digest for each in portion for one in each.materials}) <= FILES_LIMIT
