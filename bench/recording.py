"""The calls of one session as they went over the wire, to be played again to a floor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ANSWERS = "answers.json"

Answer = str | list[str]


@dataclass(frozen=True)
class Exchange:
    """One call: its method, the bytes that went out, and what was answered."""

    method: str
    request: bytes
    answer: Answer


def keep_answers(folder: Path, exchanges: Sequence[Exchange]) -> None:
    """Write down what was answered, call by call."""
    answers = [(exchange.method, exchange.answer) for exchange in exchanges]
    (folder / ANSWERS).write_text(json.dumps(answers), encoding="utf-8")


def kept_answers(folder: Path) -> list[tuple[str, Answer]]:
    """What was answered, call by call: the method and its answer."""
    return [(method, answer) for method, answer in json.loads((folder / ANSWERS).read_text(encoding="utf-8"))]
