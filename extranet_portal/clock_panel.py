"""The panel of a case's pauses and extension, each with its light, ground, dates and reason (A15.2)."""

from dataclasses import dataclass

from core import clocks
from core.cases.recording import late_records_of
from core.cases.tables import Case, LateRecord
from core.clocks import CaseClock, CasePause
from core.domain.clock import Light, limit_words
from core.domain.pauses import standing
from core.domain.recording import ACTS
from core.projects.tables import Project
from core.reference import loader
from core.web.ask import Ask
from core.web.shown import LightShown, date_words
from extranet_portal.panel import PanelShown
from extranet_portal.shown import on_day


@dataclass(frozen=True)
class PauseShown:
    """One pause: its ground with the law, its dates, what happens after it, and how it stands."""

    ground: str
    basis: str
    dates: str
    policy: str
    reason: str
    light: LightShown


def clock_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """What took time out of the handling clock, or added to it; None while there is neither."""
    del project
    rows = [row for row in clocks.clocks_of(ask.session, case.id or 0) if row.kind == "handling"]
    paused = [_pause(ask, one) for row in rows for one in clocks.pauses_of(ask.session, row)]
    extended = [_extension(ask, row) for row in rows if row.extended_on is not None]
    late = [_late(ask, one) for one in late_records_of(ask.session, case)]
    if not paused and not extended and not late:
        return None
    return PanelShown("extranet/handling/_clock.html", {"pauses": paused[::-1], "extensions": extended, "late": late})


def _pause(ask: Ask, row: CasePause) -> PauseShown:
    ground = loader.load().pause_ground_by_code.get(row.ground)
    found = standing(row.begins_on, row.expected_on, row.ends_on, ask.today)
    expected = date_words(row.expected_on, ask.today)
    dates = [date_words(row.begins_on, ask.today, "暂停"), f"预计 {expected}结束" if expected else ""]
    dates.append(date_words(row.ends_on, ask.today, "恢复"))
    tone = Light.YELLOW if found.light is Light.CLOSED and found.overrun else found.light
    return PauseShown(
        ground=ground.name if ground else "暂停计时",
        basis=ground.legal_basis if ground else "",
        dates="，".join(part for part in dates if part),
        policy="恢复后重新计算" if row.restarts else "恢复后接着计算",
        reason=row.reason,
        light=LightShown(tone, found.words),
    )


def _late(ask: Ask, row: LateRecord) -> str:
    happened = date_words(row.happened_on, ask.today, ACTS[row.act])
    return f"{happened}，{on_day(row.recorded_at, ask.today, row.officer_name)}录入，迟 {row.lag_days} 个工作日"


def _extension(ask: Ask, row: CaseClock) -> tuple[str, str]:
    granted = f"延期 {limit_words(row.extension_days, row.unit)}"
    return (date_words(row.extended_on, ask.today, granted), row.extension_reason)
