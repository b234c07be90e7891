"""Builds one shared, modelless machine from rows of (move, source, destination)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from transitions import Machine

Row = tuple[str, str, str]


class Stateful(Protocol):
    """Anything with a state that a table may move."""

    state: str


class IllegalMove(Exception):
    """The table has no such move from this state; nothing was changed."""

    def __init__(self, name: str, move: str, state: str) -> None:
        self.name, self.move, self.state = name, move, state
        super().__init__(f"{name}: no {move} from {state}")


class Table:
    """States and moves of one kind of thing. Holds no rows, keeps no history, asks no questions.

    Reasons live outside: decide first, then move.
    """

    def __init__(self, name: str, initial: str, rows: Iterable[Row]) -> None:
        self.name, self.initial, self.rows = name, initial, tuple(rows)
        self.states = tuple(dict.fromkeys([initial, *(s for _, source, dest in self.rows for s in (source, dest))]))
        self.moves = tuple(dict.fromkeys(move for move, _, _ in self.rows))
        machine = Machine(model=None, states=list(self.states), initial=initial, auto_transitions=False)
        for move, source, dest in self.rows:
            machine.add_transition(move, source, dest)
        self._goes = _goes(machine)

    def move(self, thing: Stateful, move: str) -> str:
        """Move ``thing`` and return its new state, or raise IllegalMove and leave it as it was."""
        thing.state = self.destination(move, thing.state)
        return thing.state

    def destination(self, move: str, state: str) -> str:
        """Where a move leads from a state, or IllegalMove."""
        dest = self._goes.get((move, state))
        if dest is None:
            if state not in self.states:
                raise ValueError(f"{self.name}: there is no state {state}")
            raise IllegalMove(self.name, move, state)
        return dest

    def allows(self, move: str, state: str) -> bool:
        """Whether the table has this move from this state."""
        return (move, state) in self._goes

    def moves_from(self, state: str) -> tuple[str, ...]:
        """The moves the table has from a state."""
        return tuple(move for move, source, _ in self.rows if source == state)

    def mermaid(self) -> str:
        """The diagram of this table, drawn from its rows."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {source} --> {dest}: {move}" for move, source, dest in self.rows]
        return "\n".join(lines) + "\n"


def _goes(machine: Machine) -> dict[tuple[str, str], str]:
    """Where the machine leads, looked up once: no row here has a condition or a callback to run at a move."""
    return {
        (move, source): str(first.dest)
        for move, event in machine.events.items()
        for source, (first, *_) in event.transitions.items()
    }
