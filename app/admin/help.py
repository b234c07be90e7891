"""Help: the workflows as the state machines and rules are now, and how each screen is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from app.admin.access import around, needs_person, services
from app.admin.help_texts import HOW_TO
from app.admin.words import MOVES, PILLS
from app.core.errors import NotFound
from app.services import workflows
from app.services.workflows import Walk

pages = Blueprint("help", __name__, url_prefix="/help")

#: Words for states that are not those of an item.
STATES = {"staged": "Offered by QuickBooks", "imported": "Added to Procore and linked", "linked": "Linked"}
STEPS = {"queue": "goes in line", "confirm": "QuickBooks saves it", "add": "add to Procore", "accept": "accept"}
#: The measures of a diagram: a column of boxes, the moves between them.
WIDE, LEFT, BOX, HIGH, GAP = 320, 8, 150, 34, 46
LONG = 18  # more characters than a box has room for


@dataclass(frozen=True)
class Box:
    """One state of a diagram."""

    y: int
    word: str

    @property
    def wide(self) -> int:
        """Long words take the whole width."""
        return WIDE - 2 * LEFT if len(self.word) > LONG else BOX


@dataclass(frozen=True)
class Arrow:
    """One move of a diagram."""

    y: int
    word: str
    checks: str


@dataclass(frozen=True)
class Drawn:
    """One walk as a drawing, and the same in words."""

    walk: Walk
    high: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    said: str


@pages.app_context_processor
def _for_every_page() -> dict[str, Any]:
    return {"how_to": HOW_TO.get(request.blueprint or "")}


@pages.get("/")
@needs_person
def page() -> str:
    """All workflows, each with its diagram, and the list of how-tos."""
    found = workflows.all_of(services().database, around().connection)
    drawn = [(one, [draw(walk) for walk in one.walks]) for one in found]
    return render_template("help.html", workflows=drawn, how_tos=HOW_TO, said=move_word, states=state_word, wide=WIDE)


@pages.get("/<topic>")
@needs_person
def topic(topic: str) -> str:
    """How one screen is used."""
    if topic not in HOW_TO:
        raise NotFound("There is no such help.", "The page Help lists all there is.")
    return render_template("how_to.html", found=HOW_TO[topic])


def draw(walk: Walk) -> Drawn:
    """The states below one another, and between them the moves."""
    words = [state_word(walk.moves[0].before)]
    boxes, arrows, y = [Box(LEFT, words[0])], [], LEFT
    for move in walk.moves:
        if state_word(move.before) != words[-1]:
            y += HIGH + GAP
            words.append(state_word(move.before))
            boxes.append(Box(y, words[-1]))
        many = len(move.gates)
        arrows.append(Arrow(y + HIGH, move_word(move.name), f"{many} check{'s' if many > 1 else ''}" if many else ""))
        y += HIGH + GAP
        words.append(state_word(move.after))
        boxes.append(Box(y, words[-1]))
    said = "; ".join(f"{state_word(one.before)}, {move_word(one.name)}, {state_word(one.after)}" for one in walk.moves)
    return Drawn(walk, y + HIGH + LEFT, tuple(boxes), tuple(arrows), f"{walk.label}: {said}.")


def state_word(state: str) -> str:
    """A state as people read it."""
    return PILLS[state][2] if state in PILLS else STATES.get(state, state[:1].upper() + state[1:])


def move_word(move: str) -> str:
    """A move as people read it."""
    return STEPS.get(move) or (move.replace("_", " ") if move in MOVES else move)
