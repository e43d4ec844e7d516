"""A project as its unit sees it: tasks, due items, rows of the matrix (A14.1c, A17.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import clocks
from core.cases.applying import OPEN, applications_of, latest_by_item, order_of, why_not_yet
from core.cases.planning import plan_outside
from core.cases.proof import frozen_lists
from core.cases.tables import Application
from core.changes import requesting
from core.changes.requesting import requests_of
from core.documents.materials import Wanted, wanted_for_all
from core.domain.calendar import Calendar
from core.domain.case_states import ACCEPTANCE_DAYS, PRELIMINARY_DAYS, CaseState, Outcome
from core.domain.change_states import KIND_WORDS, OPEN_STATES, ChangeKind
from core.domain.clock import limit_words
from core.domain.project_states import CONCLUDED, ProjectState, why_no_applications
from core.guides.guide import Guide
from core.guides.publishing import guide_version
from core.projects.declaring import due_items_of
from core.projects.legacy_issuing import unanswered
from core.projects.rules import labels
from core.projects.tables import DeclaredProject, ToldDueItem
from core.web.ask import Ask
from core.web.plan import ItemNamed, PlanShown, ProofShown, plan_shown, proofs_shown
from core.web.shown import LightShown, MatrixRow
from public_portal.case_views import TURNED_DOWN, due_of, light_of, matrix_cells, state_words
from public_portal.deliveries import DeliveryShown, under_way

ANSWERED_IN = f"{PRELIMINARY_DAYS} 个工作日内初审，{ACCEPTANCE_DAYS} 个工作日内告知是否受理"
"""What an application may expect (A14.2, A14.3)."""


SHORT_LIST = 6
"""Due items up to this number are all shown; of more the first part."""


@dataclass(frozen=True)
class TaskShown:
    """One thing that waits for the unit."""

    title: str
    words: str
    tone: str
    href: str = ""
    act: str = ""
    main: bool = False


@dataclass(frozen=True)
class DueShown:
    """One due item: why, after what, how long, with which materials, and what to do now."""

    number: int
    name: str
    guide_href: str
    org_unit_name: str
    why: str
    order: tuple[str, ...]
    limit: str
    materials: str
    light: LightShown
    stage: str
    due_on: date | None
    due_words: str
    href: str
    act: str
    case_href: str


@dataclass(frozen=True)
class DueGroup:
    """Due items with which the unit can do the same now; `is_open` shows them without being asked."""

    title: str
    rows: tuple[DueShown, ...]
    is_open: bool


@dataclass(frozen=True)
class Held:
    """What a project page is made of, read once."""

    project: DeclaredProject
    due: Sequence[ToldDueItem]
    latest: Mapping[str, Application]
    guides: Mapping[str, Guide]
    wanted: Mapping[str, tuple[Wanted, ...]]
    days: Mapping[str, Calendar]

    @property
    def takes_applications(self) -> bool:
        """Whether anything can be applied for in this state of the project (A14.1e)."""
        return not why_no_applications(self.project.state)


def held_of(ask: Ask, project: DeclaredProject) -> Held:
    """Everything that the pages of a project show, in a handful of statements."""
    due = due_items_of(ask.session, project.code)
    latest = latest_by_item(applications_of(ask.session, project.code))
    guides = {row.item_code: guide_version(ask.session, row.guide_version) for row in due}
    units = {row.item_code: row.org_unit for row in due} | {code: one.org_unit for code, one in latest.items()}
    return Held(
        project,
        due,
        latest,
        guides,
        wanted_for_all(ask.session, project.code, list(guides.values())),
        {code: clocks.calendar_at(ask.session, unit) for code, unit in units.items()},
    )


def tasks_of(ask: Ask, held: Held) -> list[TaskShown]:
    """What waits for the unit, the gravest first."""
    project = held.project
    tasks = []
    if project.state == ProjectState.RETURNED:
        words = f"{project.state_reason}。请核对后重新申报；这个代码不再使用。"
        tasks.append(TaskShown("申报已退回", words, "red", "/declarations", "重新申报", main=True))
    for one in held.latest.values():
        if one.state == CaseState.AWAITING_SUPPLEMENT:
            words = f"{one.org_unit_name}发来《补正告知书》，须一次补齐；补齐后重新计算受理期限。"
            title = f"{one.item_name}：请一次补齐 {len(one.asked_for)} 份材料"
            tasks.append(TaskShown(title, words, "yellow", _case_href(ask, one), "去补正", main=True))
    for one in held.latest.values():
        if one.outcome == Outcome.DENIED or one.state in TURNED_DOWN - {CaseState.WITHDRAWN, CaseState.VOIDED}:
            title = f"{one.item_name}：{state_words(one)}"
            tasks.append(TaskShown(title, one.reason, "yellow", _case_href(ask, one), "查看原因"))
    if project.state == ProjectState.SUSPENDED:
        words = "中止期间不能申请新的事项，办理中的事项暂停计时，初审、受理照常进行。要继续建设的，请申请恢复。"
        tasks.append(TaskShown("项目已中止", words, "yellow", f"/projects/{project.code}/changes", "申请恢复"))
    tasks += _to_complete(ask, project)
    ready = [row for row in held.due if held.takes_applications and not why_not_yet(row, held.latest)]
    if ready:
        names = "、".join(row.item_name for row in ready[:4]) + ("等" if len(ready) > 4 else "")
        tasks.append(
            TaskShown(
                f"现在可以申请 {len(ready)} 项",
                f"{names}。材料只交一次，各部门复用。",
                "blue",
                ask.url("application.choose", code=project.code),
                "准备材料",
                main=not tasks,
            )
        )
    return tasks


def _to_complete(ask: Ask, project: DeclaredProject) -> list[TaskShown]:
    """What officers left open when they entered a legacy project: its unit completes it as a change (A12.1)."""
    is_asked = project.is_legacy and not why_no_applications(project.state)
    if not is_asked or requesting.open_kinds(ask.session, project.code):
        return []
    missing = [labels()[field].spoken for field in unanswered(ask.session, project, now=ask.now)]
    if not missing:
        return []
    named = "、".join(missing[:4]) + ("等" if len(missing) > 4 else "")
    words = f"综合管理部门只录入了主要信息，还缺 {len(missing)} 项：{named}。补全并经同意后，平台列出还要办的事项。"
    href = ask.url("my_change.see", code=project.code)
    return [TaskShown("请核对并补全申报信息", words, "blue", href, "申请变更，补全信息", main=True)]


def waiting_for_answer(ask: Ask, held: Held) -> tuple[DeliveryShown, ...]:
    """What was sent about this project and isn't answered: applications, supplements, withdrawals, changes (A2.1)."""
    found: dict[str, list[str]] = {}
    for one in held.latest.values():
        if one.state == "sent" or (one.state in OPEN and one.withdrawal_sent_at is not None):
            what = "撤回" if one.withdrawal_sent_at else "补正" if one.asked_for else "申请"
            _note_open(ask, one.message_id, f"{one.item_name}（{what}）", found)
    for request in requests_of(ask.session, held.project.code)[:5]:
        what = "撤回" if request.withdrawn_at else "申请"
        if request.message_id and request.state in OPEN_STATES:
            _note_open(ask, request.message_id, f"{KIND_WORDS[ChangeKind(request.kind)]}（{what}）", found)
    return tuple(DeliveryShown(f"{title}：{'、'.join(names)}", _STORED) for title, names in found.items())


_STORED = "已保存在本平台，不需要你再操作；有了结果会在消息里告知。"


def _note_open(ask: Ask, message_id: str, name: str, found: dict[str, list[str]]) -> None:
    shown = under_way(ask, message_id, name)
    if shown is not None:
        found.setdefault(shown.title, []).append(name)


def due_groups(ask: Ask, held: Held) -> list[DueGroup]:
    """The due items by what can be done with them; a long list opens at its first part alone."""
    by_title: dict[str, list[DueShown]] = {"现在可以申请": [], "还不能申请": [], "正在办理": [], "已结束": []}
    for number, row in enumerate(held.due, start=1):
        by_title[_group_of(held, row)].append(due_shown(ask, held, row, number))
    filled = [(title, rows) for title, rows in by_title.items() if rows]
    is_short = len(held.due) <= SHORT_LIST
    return [
        DueGroup(f"{title} {len(rows)} 项", tuple(rows), is_short or place == 0)
        for place, (title, rows) in enumerate(filled)
    ]


def due_shown(ask: Ask, held: Held, row: ToldDueItem, number: int) -> DueShown:
    """One due item in the list."""
    one, guide = held.latest.get(row.item_code), held.guides[row.item_code]
    due_on, due_words = due_of(one, ask.today, held.days[row.item_code])
    href, act = _what_to_do(ask, held, row, one)
    return DueShown(
        number=number,
        name=row.item_name,
        guide_href=ask.url("guide.see_one", item_code=row.item_code),
        org_unit_name=row.org_unit_name,
        why=row.why,
        order=tuple(words + ("（已满足）" if is_met else "") for words, is_met in order_of(row, held.latest)),
        limit=_limit(guide),
        materials=_materials_words(held.wanted[row.item_code]),
        light=light_of(one, ask.today, held.days[row.item_code]),
        stage=state_words(one),
        due_on=due_on,
        due_words=due_words,
        href=href,
        act=act,
        case_href=_case_href(ask, one) if one is not None else "",
    )


def _group_of(held: Held, row: ToldDueItem) -> str:
    if held.takes_applications and not why_not_yet(row, held.latest):
        return "现在可以申请"
    one = held.latest.get(row.item_code)
    if one is None:
        return "还不能申请"
    return "正在办理" if one.state in OPEN else "已结束"


def _what_to_do(ask: Ask, held: Held, row: ToldDueItem, one: Application | None) -> tuple[str, str]:
    if one is not None and one.state == CaseState.AWAITING_SUPPLEMENT:
        return _case_href(ask, one), "去补正"
    if held.takes_applications and not why_not_yet(row, held.latest):
        return f"{ask.url('application.choose', code=held.project.code)}?item={row.item_code}", "申请"
    return (_case_href(ask, one), "查看") if one is not None else ("", "")


def _limit(guide: Guide) -> str:
    days = limit_words(guide.handling_days, guide.handling_unit)
    if not days:
        return "不设时限"
    statutory = limit_words(guide.statutory_days, guide.statutory_unit) if guide.promised_days else ""
    return f"{days}（法定 {statutory}）" if statutory else days


def _materials_words(wanted: Sequence[Wanted]) -> str:
    needed = [one for one in wanted if one.need.must_be_handed_in]
    missing = sum(one.is_missing for one in needed)
    if not needed:
        return "不用交材料"
    return f"必交 {len(needed)} 份，" + (f"还缺 {missing} 份" if missing else "已齐")


def matrix_row(ask: Ask, held: Held, row: ToldDueItem) -> MatrixRow:
    """One due item in the approval matrix."""
    one = held.latest.get(row.item_code)
    return MatrixRow(
        row.item_name,
        row.org_unit_name,
        _case_href(ask, one) if one else "",
        light_of(one, ask.today, held.days[row.item_code]),
        tuple(matrix_cells(one, ask.today, held.days[row.item_code])),
    )


def plan_of(ask: Ask, held: Held) -> PlanShown | None:
    """The plan of what is due, as far as this zone was told; None before anything is due (A2.3, A14.1c)."""
    if not held.due:
        return None
    named = {
        row.item_code: ItemNamed(row.item_name, row.org_unit_name, *_opened(ask, held, held.latest.get(row.item_code)))
        for row in held.due
    }
    found = plan_outside(ask.session, held.due, held.latest, on=ask.today)
    return plan_shown(found, named, today=ask.today)


def proofs_of(ask: Ask, project: DeclaredProject) -> tuple[ProofShown, ...]:
    """What the completion of the project was proved against, the newest list first (A14.5)."""
    return proofs_shown(frozen_lists(ask.session, project.code), is_concluded=project.state in CONCLUDED)


def _opened(ask: Ask, held: Held, one: Application | None) -> tuple[str, bool]:
    if one is None:
        return "", False
    return _case_href(ask, one), light_of(one, ask.today, held.days[one.item_code]).value in ("paused", "overrun")


def _case_href(ask: Ask, one: Application) -> str:
    return ask.url("application.see", code=one.project_code, application_id=one.id)
