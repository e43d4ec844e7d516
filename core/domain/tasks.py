"""The task list beside an object: what was done, what is to be done, what can't begin yet and why, what must be redone.

Everything is read from a state table, its guards and what happened so far. A row added to the table brings its task
with it; a row that leads back turns what it undoes into tasks that need their officer again (A14.4a).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.machine import Machine, Move
from core.domain.policy import Role


class TaskStatus(StrEnum):
    """How a task stands."""

    DONE = "done"
    TO_DO = "to_do"
    BLOCKED = "blocked"
    AGAIN = "again"


STATUS_WORDS = {
    TaskStatus.DONE: "已做",
    TaskStatus.TO_DO: "要做",
    TaskStatus.BLOCKED: "还不能做",
    TaskStatus.AGAIN: "需要再做",
}

_NOT_OFFICERS = frozenset({Role.PLATFORM, Role.PROJECT_UNIT})
"""What happens by itself, or what the unit does, is no officer's task; once it happened it is among what was done."""


@dataclass(frozen=True)
class Task:
    """One task: an event of the table, in words, whose it is, how it stands, and why it can't begin or is due again.

    `is_choice`: it may be done in the present state, but the way on does not lead through it.
    """

    event: str
    word: str
    by: Role
    status: TaskStatus
    because: str = ""
    is_choice: bool = False


@dataclass(frozen=True)
class Situation:
    """What the tasks are derived from.

    `facts` are what the guards look at now, `at_best` the same once everything was done that work can do: a row whose
    guard objects even then is no task of this object. `happened` are the events so far, the first one first.
    """

    state: str
    facts: Any
    at_best: Sequence[Any]
    happened: Sequence[str]
    open_states: Collection[str]


def tasks(machine: Machine, now: Situation) -> tuple[Task, ...]:
    """Every task, in the order of work: what was done, the way on, and what else may be done now."""
    gone, undone = _replay(machine, now)
    way = _way_on(machine, now)
    ahead = {move.event for move in way}
    again = [move for move in gone if move.event in undone and move.source == move.target and _is_possible(move, now)]
    left = ahead | {move.event for move in again}
    done = [
        Task(move.event, machine.word(move.event), move.by, TaskStatus.DONE) for move in gone if move.event not in left
    ]
    later = [
        Task(move.event, machine.word(move.event), move.by, TaskStatus.AGAIN, f"因“{undone[move.event]}”")
        for move in again
    ]
    return (*done, *_ahead(machine, now, way, undone), *later, *_choices(machine, now, left))


def _replay(machine: Machine, now: Situation) -> tuple[list[Move], dict[str, str]]:
    """What was done, each event at its last time; and what was undone by a row that led back: event → its word."""
    depth = _depths(machine)
    done: dict[str, Move] = {}
    undone: dict[str, str] = {}
    state = machine.moves[0].source
    for event in now.happened:
        move = next((one for one in machine.moves if (one.source, one.event) == (state, event)), None)
        if move is None:
            continue
        state = move.target
        undone.pop(event, None)
        done.pop(event, None)
        if not _leads_back(move, depth, now.open_states):
            done[event] = move
            continue
        for other in done.values():
            # what stays in its state, a pause or a level of review, is undone only by a return from beyond its state
            is_beyond = depth[other.source] > depth[move.target] or other.source != other.target
            if is_beyond and depth[other.source] >= depth[move.target]:
                undone[other.event] = machine.word(event)
    return list(done.values()), undone


def _ahead(machine: Machine, now: Situation, way: Sequence[Move], undone: dict[str, str]) -> Iterator[Task]:
    """The steps of the way on: the first one now, the others after it."""
    for place, move in enumerate(way):
        because = _objection(move, now.facts) if place == 0 else f"等“{machine.word(way[place - 1].event)}”完成"
        status = TaskStatus.BLOCKED if because else TaskStatus.TO_DO
        if move.event in undone:
            status = TaskStatus.AGAIN
            because = because or f"因“{undone[move.event]}”"
        yield Task(move.event, machine.word(move.event), move.by, status, because)


def _choices(machine: Machine, now: Situation, ahead: Collection[str]) -> Iterator[Task]:
    """What else an officer may do now; a pause, extension or the like that is not possible is not worth a line."""
    for move in machine.moves:
        if move.source != now.state or move.event in ahead or move.by in _NOT_OFFICERS or not _is_possible(move, now):
            continue
        because = _objection(move, now.facts)
        if not because or move.source != move.target:
            status = TaskStatus.BLOCKED if because else TaskStatus.TO_DO
            yield Task(move.event, machine.word(move.event), move.by, status, because, is_choice=True)


def _way_on(machine: Machine, now: Situation) -> tuple[Move, ...]:
    """The rows from the present state to the end that lead through the most states; none when it has ended."""
    if now.state not in now.open_states:
        return ()
    depth = _depths(machine)

    def longest(state: str, passed: frozenset[str]) -> tuple[Move, ...]:
        best: tuple[Move, ...] = ()
        for move in _leading_on(machine, now, state, depth):
            ends = move.target not in now.open_states
            rest = () if ends or move.target in passed else longest(move.target, passed | {state})
            if (ends or rest) and len(rest) + 1 > len(best):
                best = (move, *rest)
        return best

    return longest(now.state, frozenset())


def _leading_on(machine: Machine, now: Situation, state: str, depth: Mapping[str, int]) -> list[Move]:
    """Officers' rows that don't lead back; where officers have none, the unit's by which the work goes on."""
    rows = [move for move in machine.moves if move.source == state != move.target and _is_possible(move, now)]
    own = [move for move in rows if move.by not in _NOT_OFFICERS and not _leads_back(move, depth, now.open_states)]
    return own or [move for move in rows if move.by is Role.PROJECT_UNIT and move.target in now.open_states]


def _leads_back(move: Move, depth: Mapping[str, int], open_states: Collection[str]) -> bool:
    return move.target in open_states and depth[move.target] < depth[move.source]


def _is_possible(move: Move, now: Situation) -> bool:
    """Whether the guard has nothing against the row, now or once everything that work can do was done."""
    return any(not _objection(move, facts) for facts in (now.facts, *now.at_best))


def _objection(move: Move, facts: Any) -> str:
    return (move.guard(facts) or "") if move.guard else ""


def _depths(machine: Machine) -> dict[str, int]:
    """How many rows lead from the table's first state to each; the platform's shortcuts count only where no other does.

    An ended state is as deep as it likes: nothing leads back to it.
    """
    depth = {machine.moves[0].source: 0}
    for rows in ([move for move in machine.moves if move.by is not Role.PLATFORM], machine.moves):
        frontier = list(depth)
        while frontier:
            state = frontier.pop(0)
            for target in [move.target for move in rows if move.source == state and move.target not in depth]:
                depth[target] = depth[state] + 1
                frontier.append(target)
    return depth | {state: len(depth) for state in machine.states - depth.keys()}
