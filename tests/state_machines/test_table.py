"""What a table promises whatever its rows are."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state_machines.item import ITEM, STATES
from state_machines.operation import HOLDS_LOCK, OPERATION
from state_machines.table import IllegalMove, Table


@dataclass
class Door:
    """A thing with two states."""

    state: str


DOOR = Table("door", "shut", [("open", "shut", "open"), ("shut", "open", "shut"), ("lock", "shut", "locked")])


def test_it_says_in_words_which_move_from_which_state_is_not_there() -> None:
    with pytest.raises(IllegalMove, match="door: no lock from open"):
        DOOR.move(Door("open"), "lock")


@pytest.mark.parametrize("move", ["paint", "to_open", "trigger", ""])
def test_it_knows_no_move_but_its_own(move: str) -> None:
    door = Door("shut")
    with pytest.raises(IllegalMove):
        DOOR.move(door, move)
    assert door.state == "shut"


def test_a_state_it_never_heard_of_is_a_fault_and_not_a_refusal() -> None:
    with pytest.raises(ValueError, match="ajar"):
        DOOR.move(Door("ajar"), "open")


def test_asking_where_a_move_leads_moves_nothing() -> None:
    door = Door("shut")
    assert DOOR.destination("open", door.state) == "open"
    assert door.state == "shut"


def test_it_lists_the_moves_of_a_state_in_the_order_of_the_rows() -> None:
    assert DOOR.moves_from("shut") == ("open", "lock")
    assert DOOR.moves_from("locked") == ()


def test_one_table_serves_many_things_and_remembers_none() -> None:
    one, other = Door("shut"), Door("shut")
    DOOR.move(one, "open")
    assert (one.state, other.state) == ("open", "shut")


@pytest.mark.requirement("STM-01")
@given(st.lists(st.sampled_from(ITEM.moves), max_size=30))
def test_whatever_is_tried_an_item_is_always_in_one_of_its_six_states(moves: list[str]) -> None:
    item = Door("draft")
    for move in moves:
        before = item.state
        try:
            ITEM.move(item, move)
        except IllegalMove:
            assert item.state == before
        assert item.state in {"draft", "sent", "accepted", "queued", "synced", "failed"}


def test_people_meet_exactly_the_states_of_the_table() -> None:
    assert set(STATES) == set(ITEM.states)


def test_an_operation_that_may_have_touched_quickbooks_keeps_its_lock() -> None:
    assert set(HOLDS_LOCK) == {"working", "unknown", "failed"}
    assert set(HOLDS_LOCK) <= set(OPERATION.states)
