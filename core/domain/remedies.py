"""Where a refusal can be contested: reconsideration within 60 days, litigation within 6 months (行政许可法 38).

Reconsideration goes to the government of the organ's own place (行政复议法 2023, 24); a development zone has none, so
it goes to the government that set the zone up. If the remedy was not told, its time does not begin.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.remit import Level, Region, chain, region_of

RECONSIDERATION_DAYS = 60
"""Days from knowing of the decision (行政复议法 20)."""

LITIGATION_MONTHS = 6
"""Months from knowing of the decision (行政诉讼法 46)."""

COURT = "有管辖权的人民法院"


@dataclass(frozen=True)
class Remedy:
    """Who hears a complaint against a decision."""

    reconsideration_organ: str
    court: str = COURT

    @property
    def words(self) -> str:
        """The remedy in one sentence, as pages print it."""
        return (
            f"可以自知道本决定之日起 {RECONSIDERATION_DAYS} 日内向{self.reconsideration_organ}申请行政复议，"
            f"或者 {LITIGATION_MONTHS} 个月内向{self.court}提起行政诉讼"
        )


def remedy_of(org_unit: str, regions: Mapping[str, Region]) -> Remedy:
    """The remedy against what an organisational unit decided; the province's where its region is unknown."""
    region_code = region_of(org_unit)
    places = chain(region_code, regions) if region_code in regions else ()
    own = next((place.name for place in places if place.level is not Level.ZONE), "吉林省")
    return Remedy(f"{own}人民政府")
