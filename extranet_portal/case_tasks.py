"""The task list beside a case: who did what, what is to be done and by whom, what waits for what (A14.2–A14.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from core.cases.tables import Case
from core.cases.tasks import case_tasks
from core.domain.case_states import CASE
from core.domain.policy import ROLE_NAMES
from core.domain.tasks import STATUS_WORDS, Task, TaskStatus
from core.projects.tables import Project
from core.trace import AuditRow
from core.web.ask import Ask
from extranet_portal.shown import on_day

_MAY_DO = "可以做"
_ORDER = (TaskStatus.AGAIN, TaskStatus.TO_DO, TaskStatus.BLOCKED, TaskStatus.DONE)


@dataclass(frozen=True)
class TaskShown:
    """One task: its word, whose it is or who did it and when, why it waits; `href` leads this reader to the act."""

    word: str
    who: str
    because: str
    href: str


@dataclass(frozen=True)
class TaskGroup:
    """The tasks that stand alike: 需要再做, 要做, 还不能做, 已做. `choices` are what else may be done, in words."""

    status: str
    heading: str
    tasks: tuple[TaskShown, ...]
    choices: tuple[TaskShown, ...]


def task_groups(
    ask: Ask, case: Case, project: Project, entries: Sequence[AuditRow], acts: Collection[str]
) -> tuple[TaskGroup, ...]:
    """The task list of a case; `acts` are the events that are this reader's now."""
    found = case_tasks(ask.session, case, project, entries, by=ask.actor, at=ask.now)
    groups: list[TaskGroup] = []
    for status in _ORDER:
        of_status = [task for task in found if task.status is status]
        choices = tuple(_shown(ask, task, entries, acts) for task in of_status if task.is_choice)
        own = tuple(_shown(ask, task, entries, acts) for task in of_status if not task.is_choice)
        if choices and not own and groups and status is TaskStatus.TO_DO:
            groups[-1] = replace(groups[-1], choices=choices)  # what must be redone comes first, these beside it
        elif own or choices:
            # a case that is over waits for nobody, unless a correction or revocation was proposed
            is_mere_choice = status is TaskStatus.TO_DO and not own and not case.amendment
            groups.append(TaskGroup(status, _MAY_DO if is_mere_choice else STATUS_WORDS[status], own, choices))
    return tuple(groups)


def _shown(ask: Ask, task: Task, entries: Sequence[AuditRow], acts: Collection[str]) -> TaskShown:
    if task.status is TaskStatus.DONE:
        last = next(entry for entry in entries if entry.action == f"{CASE.name}.{task.event}")
        return TaskShown(task.word, on_day(last.at, ask.today, last.actor_name), task.because, "")
    return TaskShown(task.word, ROLE_NAMES[task.by], task.because, f"#act-{task.event}" if task.event in acts else "")
