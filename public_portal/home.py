"""首页: look-up by code, live figures, ways in, the newest disclosures (A4.2, A17.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from core.cases.told import Figures, figures
from core.disclosure.published import ResultFilter, results
from core.domain.case_states import PRELIMINARY_DAYS
from core.guides.publishing import catalogue
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from public_portal.disclosure import shown_result

FRESH = timedelta(seconds=60)
"""How old the figures may be: counting for every visitor would cost more than anybody gains."""

NEWEST = 5

STEPS = (
    ("申报", "企业注册，填报项目，当场取得 24 位项目代码"),
    ("应办事项", "平台告知要办哪些事、找谁办、先后顺序和材料"),
    ("初审与受理", f"{PRELIMINARY_DAYS} 个工作日内初审；发《受理通知书》后开始计时"),
    ("并联办理", "各部门同时办；临期亮黄灯，超时亮红灯并留痕"),
    ("办结与公开", "结果即时公开；全部办结后发《办结通知书》"),
)


@dataclass(frozen=True)
class FigureShown:
    """One number of the home page."""

    label: str
    value: int
    unit: str
    href: str = ""


@dataclass(frozen=True)
class TileShown:
    """One way in."""

    label: str
    href: str
    words: str


@action(allow="home.see")
def see_home(ask: Ask) -> Response:
    """Show the home page."""
    counted, at = _figures(ask)
    return reply.page(
        ask,
        "public/home/home.html",
        title="首页",
        figures=_figures_shown(counted),
        counted_at=at,
        tiles=_tiles(ask),
        newest=[shown_result(row) for row in results(ask.session, ResultFilter())[:NEWEST]],
        steps=STEPS,
    )


@action(allow="home.see")
def see_figures(ask: Ask) -> Response:
    """The figures alone, as the page refreshes them."""
    counted, at = _figures(ask)
    return reply.page(ask, "public/home/_figures.html", title="", figures=_figures_shown(counted), counted_at=at)


def _figures(ask: Ask) -> tuple[Figures, datetime]:
    state = ask.request.app.state
    kept: tuple[Figures, datetime] | None = getattr(state, "figures", None)
    if kept is None or not timedelta() <= ask.now - kept[1] < FRESH:
        kept = figures(ask.session, since=ask.today.replace(day=1)), ask.now
        state.figures = kept
    return kept


def _figures_shown(counted: Figures) -> list[FigureShown]:
    return [
        FigureShown("赋码项目", counted.projects, "个"),
        FigureShown("在办事项", counted.open_cases, "件"),
        FigureShown("本月办结", counted.concluded, "件", "/disclosures"),
    ]


def _tiles(ask: Ask) -> list[TileShown]:
    guides = catalogue(ask.session, on=ask.today).guides.values()
    departments = len({guide.department for guide in guides})
    return [
        TileShown("项目申报", "/declarations", "填报一次，当场取得项目代码，并告知全部应办事项"),
        TileShown("我的项目", "/projects", "提交材料、补正、撤回，逐日查看时限，下载通知书和批复"),
        TileShown("进度查询", "/query", "凭项目代码核验真伪，查看全过程和结果，不需要登录"),
        TileShown(
            "办事指南", "/guides", f"{departments} 个部门 {len(guides)} 个事项：依据、条件、材料、时限、收费、电话"
        ),
        TileShown("公开公示", "/disclosures", "审批和备案结果，按地区和部门查看"),
        TileShown("通知书核验", "/verify", "凭项目代码和通知书下方的校验码，核验通知书是否由本平台发出"),
    ]


routes = [
    Route("/", see_home, methods=["GET"], name="home.see"),
    Route("/figures", see_figures, methods=["GET"], name="home.figures"),
]
