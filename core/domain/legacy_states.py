"""The states of an entered legacy project (存量项目补录): its code is asked for, issued, or not given (A12.1)."""

from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role


class EntryState(StrEnum):
    """How far an entry has come."""

    REQUESTED = "requested"
    ISSUED = "issued"
    REFUSED = "refused"


S, R = EntryState, Role
# fmt: off
ENTRY = Machine("legacy_project", [
    # from          event             to            by               article
    (S.REQUESTED,   "issue",          S.ISSUED,     R.PLATFORM,      "A12.1"),
    (S.REQUESTED,   "refuse",         S.REFUSED,    R.PLATFORM,      "A12.1"),
    (S.REFUSED,     "request_again",  S.REQUESTED,  R.COORDINATOR,   "A12.1"),
], {
    S.REQUESTED: "已提交，等待赋码", S.ISSUED: "已赋码", S.REFUSED: "未能赋码",
    "issue": "补录项目赋码", "refuse": "补录项目未能赋码", "request_again": "改正后重新提交补录",
})
# fmt: on
