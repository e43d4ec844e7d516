"""The states of a revision of the calendar: drafted, published, counted through all open cases (A15.1)."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    COUNTED = "counted"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class RevisionFacts:
    """What the guards look at."""

    is_outdated: bool = False
    is_another_counting: bool = False


def may_be_published(facts: RevisionFacts) -> str | None:
    """A draft is measured against the calendar that holds, and one revision is counted at a time (A15.1)."""
    if facts.is_outdated:
        return "起草之后工作日历又有调整，请重新起草，以免覆盖"
    return "上一次调整还在重新计算到期日，请稍后再发布" if facts.is_another_counting else None


S, R = RevisionState, Role
# fmt: off
REVISION = Machine("calendar", [
    # from         event      to           by              article  guard
    (S.DRAFT,      "publish", S.PUBLISHED, R.COORDINATOR,  "A15.1", may_be_published),
    (S.DRAFT,      "discard", S.DISCARDED, R.COORDINATOR,  "A15.1"),
    (S.PUBLISHED,  "count",   S.COUNTED,   R.PLATFORM,     "A15.1"),
], {
    S.DRAFT: "草稿", S.PUBLISHED: "正在重新计算", S.COUNTED: "已施行", S.DISCARDED: "已放弃",
    "publish": "发布工作日历", "discard": "放弃草稿", "count": "到期日重新计算完毕",
})
# fmt: on
