"""Every state meets every move: the tables do what the grids say, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from state_machines.table import IllegalMove, Table
from tests.state_machines.grids import GRIDS, read

pytestmark = pytest.mark.requirement("STM-01")

EACH_TABLE = pytest.mark.parametrize(("table", "grid"), GRIDS, ids=[table.name for table, _ in GRIDS])
CELLS: list[Any] = [
    pytest.param(table, move, state, dest, id=f"{table.name}-{move}-from-{state}")
    for table, grid in GRIDS
    for (move, state), dest in read(grid)[1].items()
]


@dataclass
class Thing:
    """Anything that has a state."""

    state: str
    note: str = "untouched"


@EACH_TABLE
def test_a_table_has_the_states_and_moves_of_its_grid(table: Table, grid: str) -> None:
    states, cells = read(grid)
    assert set(table.states) == set(states)
    assert set(table.moves) == {move for move, _ in cells}
    assert table.initial == states[0]


@pytest.mark.parametrize(("table", "move", "state", "dest"), CELLS)
def test_a_move_leads_where_the_grid_says_or_changes_nothing(
    table: Table, move: str, state: str, dest: str | None
) -> None:
    thing = Thing(state)
    assert table.allows(move, state) == (dest is not None)
    if dest is None:
        with pytest.raises(IllegalMove):
            table.move(thing, move)
        assert thing == Thing(state)
    else:
        assert table.move(thing, move) == dest
        assert thing == Thing(dest)


@EACH_TABLE
def test_a_diagram_shows_every_move_once_and_no_other(table: Table, grid: str) -> None:
    drawn = [line.strip() for line in table.mermaid().splitlines()]
    arrows = [f"{state} --> {dest}: {move}" for (move, state), dest in read(grid)[1].items() if dest]
    assert drawn[:2] == ["stateDiagram-v2", f"[*] --> {table.initial}"]
    assert sorted(drawn[2:]) == sorted(arrows)
