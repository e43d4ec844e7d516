"""How a state table is read: what it knows, what it refuses, and that it has a Chinese word for everything."""

import pytest

from core.domain.case_states import CASE
from core.domain.change_states import CHANGE
from core.domain.machine import Machine
from core.domain.policy import ROLE_NAMES, Role
from core.domain.project_states import PROJECT
from core.errors import RuleRefusal

MACHINES = [CASE, PROJECT, CHANGE]
NEIGHBOURS = [
    pytest.param(machine, state, event, id=f"{machine.name}-{state}-{event}")
    for machine in MACHINES
    for state in sorted(machine.states)
    for event in sorted(machine.events)
    if not any((move.source, move.event) == (state, event) for move in machine.moves)
]
DOOR = Machine(
    "door",
    [
        ("open", "close", "closed", Role.CLERK, "A1"),
        ("closed", "open_again", "open", Role.CLERK, "A1"),
        ("closed", "lock", "locked", Role.APPROVER, "A1"),
    ],
    {"open": "开着", "closed": "关着", "locked": "锁着", "close": "关门", "open_again": "再开门", "lock": "上锁"},
)


@pytest.mark.parametrize(("machine", "state", "event"), NEIGHBOURS)
def test_what_no_row_allows_is_refused_in_words_that_name_state_and_act(machine, state, event):
    with pytest.raises(RuleRefusal) as refused:
        machine.find(state, event)
    assert refused.value.words == f"现在是“{machine.word(state)}”，不能{machine.word(event)}"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_row_is_found_by_its_state_and_event(machine):
    for move in machine.moves:
        assert machine.find(move.source, move.event) is move


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_row_names_an_article_and_a_known_role(machine):
    for move in machine.moves:
        assert move.article.startswith("A1")
        assert ROLE_NAMES[move.by]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
@pytest.mark.parametrize("names", ["states", "events"])
def test_every_state_and_every_event_has_a_chinese_word_of_its_own(machine, names):
    named = [machine.word(name) for name in sorted(getattr(machine, names))]
    assert all("\u4e00" <= word[0] <= "\u9fff" for word in named)
    assert len(set(named)) == len(named)


def test_what_someone_could_do_now_are_the_rows_of_their_roles_in_the_order_of_the_table():
    assert [move.event for move in DOOR.open_to("closed", [Role.CLERK])] == ["open_again"]
    assert [move.event for move in DOOR.open_to("closed", [Role.APPROVER, Role.CLERK])] == ["open_again", "lock"]
    assert DOOR.open_to("closed", [Role.HANDLER]) == ()
    assert DOOR.open_to("locked", list(Role)) == ()


def test_a_table_that_says_two_things_of_one_state_and_event_is_a_mistake():
    with pytest.raises(ValueError, match="door"):
        Machine("door", [("a", "go", "b", Role.CLERK, "A1"), ("a", "go", "c", Role.CLERK, "A1")], {})
