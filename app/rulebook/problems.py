"""What is wrong with a rule file: where it stands, a sentence, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; lines and columns count from one."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend."""

    place: Place
    sentence: str
    suggestion: str = ""

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def line(self) -> int:
        return self.place.line

    @property
    def column(self) -> int:
        return self.place.column

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence} {self.suggestion}".rstrip()


class Fault(Exception):
    """Raised where a problem is found, so that reading can go on with the next part."""

    def __init__(self, place: Place, sentence: str, suggestion: str = "") -> None:
        super().__init__(sentence)
        self.problem = Problem(place, sentence, suggestion)


@dataclass
class RuleErrors(Refusal):
    """The rules cannot be used."""

    code: str = "rules_invalid"
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.problems)
        self.sentence = self.sentence or f"The rules have {count} {'problem' if count == 1 else 'problems'}."
        self.what_to_do = self.what_to_do or "\n".join(["", *map(str, self.problems)])
        super().__post_init__()


def suggest(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or the choice itself when nothing comes near and the choice is short."""
    choice = sorted(known)
    near = difflib.get_close_matches(name, choice, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Possible: {', '.join(choice)}." if 0 < len(choice) <= 25 else ""
