"""The workflows as they are now: each move from the state machines, with the rules in force that guard it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.core import text
from app.db.engine import Database
from app.db.models import Connection
from app.items import registry
from app.rulebook.rule import Pack, Rule
from app.services import rules_versions
from app.services import settings as declared
from state_machines.item import ITEM
from state_machines.staging import STAGED
from state_machines.table import Table

#: The walk of an item from a draft to QuickBooks, and of a change of what QuickBooks holds.
EXPORT = ("send", "accept", "queue", "confirm")
CHANGE = ("amend", "accept", "queue", "confirm")
#: What a rule fills in of one finding, in words that fit any; the longer phrase first.
_PHRASES = (
    ("{count} of {limit}", "more than the {limit}"),
    ("{count}", "too many"),
    ("{value} sent", "somebody sent"),
    ("{value} accepted", "somebody accepted"),
    ("number {value}", "number"),
    ("for {value}", "for another record"),
    ("{value}", "what stands there"),
    ("an item {code}", "an item of this code"),
    ("{code}", "this code"),
    ("{duplicate}", "QuickBooks has one with the same number already"),
)
#: The limit, where a rule has several.
_LIMITS = (("keeps {limit}", "keeps only so many"), ("{limit}", "the limit"))
_NAME = re.compile(r"\{(\w+)[^}]*\}")


@dataclass(frozen=True)
class Gate:
    """One thing that is checked before a move."""

    rule: str  # its name; empty where a setting asks for it
    sentence: str  # what it says where it is not met


@dataclass(frozen=True)
class Move:
    """One move, and what guards it."""

    name: str
    before: str
    after: str
    gates: tuple[Gate, ...] = ()
    ways_back: tuple[str, ...] = ()  # the other moves from where it leads


@dataclass(frozen=True)
class Walk:
    """Moves one after the other, in Procore's direction or the other."""

    label: str
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Workflow:
    """One workflow of the help page."""

    name: str
    title: str
    kind: str
    walks: tuple[Walk, ...]


#: Title, kind, and how it walks: from which state by which moves.
_WORKFLOWS: tuple[tuple[str, str, str, Sequence[str]], ...] = (
    ("cost-codes", "Create standard cost codes and sync them", "cost_code", EXPORT),
    ("projects", "Create a project and sync it", "project", EXPORT),
    ("vendors", "Create vendors and sync them", "company", EXPORT),
    ("budget", "Set up a budget and export it", "budget", EXPORT),
    ("budget-changes", "Update a budget and export it", "budget", CHANGE),
    ("commitments", "Create commitments and export them", "commitment", EXPORT),
    ("change-orders", "Create commitment change orders and export them", "commitment_change_order", EXPORT),
    ("invoices-set-up", "Set up the export of subcontractor invoices", "subcontractor_invoice", ()),
    ("invoices", "Export subcontractor invoices", "subcontractor_invoice", EXPORT),
)


def all_of(database: Database, connection: Connection) -> list[Workflow]:
    """The nine workflows under the rules in force."""
    pack = rules_versions.in_force(database, connection)
    return [Workflow(name, title, kind, tuple(_walks(pack, kind, moves))) for name, title, kind, moves in _WORKFLOWS]


def _walks(pack: Pack, kind: str, moves: Sequence[str]) -> list[Walk]:
    if not moves:
        return [_set_up(pack, kind)]
    start = "synced" if moves[0] == "amend" else ITEM.initial
    found = [Walk("From Procore", tuple(_walk(ITEM, start, moves, pack, kind)))]
    offered = registry.offered().get(kind)
    if offered is not None and start == ITEM.initial:
        ways = [way for way, open_ in (("add", offered.adds), ("link", not offered.never_links)) if open_]
        found += [Walk("From QuickBooks", tuple(_walk(STAGED, STAGED.initial, [way]))) for way in ways]
    return found


def _walk(table: Table, state: str, moves: Sequence[str], pack: Pack | None = None, kind: str = "") -> list[Move]:
    """The moves one after the other; the table says where each leads."""
    found = []
    for at, name in enumerate(moves):
        after = table.destination(name, state)
        onward = moves[at + 1] if at + 1 < len(moves) else ""
        back = tuple(one for one in table.moves_from(after) if one != onward)
        gates = tuple(_gates(pack, kind, name)) if pack else ()
        found.append(Move(name, state, after, gates, back))
        state = after
    return found


def _gates(pack: Pack, kind: str, move: str) -> list[Gate]:
    rules = pack.rules(kind, "send" if move == "amend" else move)
    return [Gate(rule.name, _plain(rule)) for rule in rules if rule.effect == "deny"]


def _plain(rule: Rule) -> str:
    """A sentence of a rule as it speaks of any item: words of the item that it fills in stand in brackets."""
    said = rule.message.wording.replace("{label}", f"this {registry.kind(rule.kind).label.lower()}")
    limit = _limit(rule.wording["require"])
    for phrase, words in (*_PHRASES, ("{limit}", limit)) if limit else (*_PHRASES, *_LIMITS):
        said = said.replace(phrase, words)
    said = _NAME.sub(lambda found: f"({found[1].replace('_', ' ')})", said)
    return said[:1].upper() + said[1:]


def _limit(require: Mapping[str, Any]) -> str:
    """What a rule with one condition compares one word with: a number, or the text it must be."""
    [(check, given), *more] = require.items()
    values = list(given.values()) if isinstance(given, Mapping) else []
    plain = not more and len(values) == 1 and (check == "equals" or isinstance(values[0], int | Decimal))
    return text.shown(values[0]) if plain else ""


def _set_up(pack: Pack, kind: str) -> Walk:
    """What the switch of the export needs first, then the switch, then what may be sent."""
    switch = declared.find("invoice_export")
    needed = [declared.find(name) for name in switch.needs]
    states = ["off", *(f"{one.label.lower()} chosen" for one in needed), "on"]
    acts = [*(f"choose: {one.label.lower()}" for one in needed), "turn on"]
    rows = zip(acts, pairwise(states), (*needed, switch), strict=True)
    made = [Move(act, *pair, gates=(Gate("", one.help),)) for act, pair, one in rows]
    sent = Move("send", ITEM.initial, ITEM.destination("send", ITEM.initial), tuple(_gates(pack, kind, "send")))
    return Walk("In the settings, by whoever may change the connection", (*made, sent))
