"""Finds items by the beginnings of words in their names and titles; the cost does not grow with the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, delete, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.core import text
from app.db.engine import add_rows
from app.db.models import Item, ItemWord

LONGEST = 60
#: Words beyond these narrow nothing any more.
MOST_WORDS = 6
#: A word of more items than this is common: then the list is walked, since hits come soon.
COMMON = 1000
#: … but no further than this at once: the page says how far it looked, and leads on from there.
WALKED = 2500
_PART = re.compile(r"[^\W_]+")
#: Greater than all text that begins alike.
END = "\U0010ffff"
#: Stands for the end of a walk where otherwise the number of a word stands.
_END_OF_WALK = -1


def words_of(*texts: str) -> set[str]:
    """Every place a person may begin to type from: ``PO-00231`` is found by po-00, 00231 and 231."""
    found = set()
    for chunk in (chunk for one in texts for chunk in text.same_name(one).split()):
        rests = {chunk, *(chunk[part.start() :] for part in _PART.finditer(chunk))}
        found |= {rest[:LONGEST] for rest in (*rests, *(rest.lstrip("0") for rest in rests)) if rest}
    return found


def sortable(name: str) -> str:
    """The name as a list sorts it: SC-9 before SC-10, case left aside."""
    return re.sub(r"\d+", lambda number: number[0].lstrip("0").zfill(12), text.same_name(name))[:LONGEST]


def note(session: Session, items: Iterable[Item], marks: Mapping[int, Iterable[str]]) -> None:
    """Find these items from now on by the names and titles they have, and by their ``marks``."""
    wanted = list(items)
    if not wanted:
        return
    session.execute(delete(ItemWord).where(ItemWord.item_id.in_([item.id for item in wanted])))
    rows = [
        {"item_id": item.id, "word": word, "connection_id": item.connection_id, "kind": item.kind}
        for item in wanted
        for word in sorted({*words_of(item.name, item.title), *marks.get(item.id, ())})
    ]
    add_rows(session, ItemWord, rows)


@dataclass(frozen=True)
class Hits:
    """The items that have all rare words of those typed, or None where all are common; and what the others ask for."""

    ids: frozenset[int] | None
    common: tuple[str, ...]
    end: tuple[int, Any] | None = None  # where a walk must stop: an item, and its value in the order

    def having(self, item_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
        """That an item has the common words too."""
        of_item = select(ItemWord.item_id).where(ItemWord.item_id == item_id)
        return [of_item.where(*_begins(begins)).exists() for begins in self.common]


def hits(session: Session, connection_id: int, kind: str, typed: str, end: Select[int, Any]) -> Hits:
    """What the words typed lead to, and the ``end`` of a walk: all of it in one statement."""
    asked = sorted({one[:LONGEST] for one in text.same_name(typed).split()}, key=len, reverse=True)[:MOST_WORDS]
    last = end.subquery()
    parts = [select(literal(_END_OF_WALK), *last.c)]
    value = cast(null(), last.c[1].type)
    for number, begins in enumerate(asked):
        having = select(ItemWord.item_id).where(
            ItemWord.connection_id == connection_id, ItemWord.kind == kind, *_begins(begins)
        )
        too_many = having.order_by(ItemWord.word, ItemWord.item_id).offset(COMMON).limit(1).scalar_subquery()
        # Said as a limit: a database may look at a condition only row by row.
        few = having.limit(case((too_many.is_(None), COMMON), else_=0)).subquery()
        parts.append(select(literal(number), few.c.item_id, value))
        parts.append(select(literal(number), literal(0), value).where(too_many.is_not(None)))
    found: list[set[int]] = [set() for _ in asked]
    stop = None
    for number, item_id, at in session.execute(union_all(*parts)):
        if number == _END_OF_WALK:
            stop = item_id, at
        else:
            found[number].add(item_id)
    rare = [ids for ids in found if 0 not in ids]
    common = tuple(begins for begins, ids in zip(asked, found, strict=True) if 0 in ids)
    return Hits(frozenset.intersection(*map(frozenset, rare)) if rare else None, common, stop)


def _begins(begins: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ItemWord.word >= begins, ItemWord.word < begins + END
