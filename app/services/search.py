"""Finds items by the beginnings of words in their names and titles; the cost does not grow with the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, literal, select, union_all
from sqlalchemy.orm import Session

from app.core import text
from app.db.engine import add_rows
from app.db.models import Item, ItemWord

LONGEST = 60
#: Words beyond these narrow nothing any more.
MOST_WORDS = 6
#: A word of more items than this is common: then the list is walked, since hits come soon.
COMMON = 2000
#: … but no further than this at once: the page says how far it looked, and leads on from there.
WALKED = 5000
_PART = re.compile(r"[^\W_]+")
#: Greater than all text that begins alike.
_END = "\U0010ffff"


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


def note(session: Session, items: Iterable[Item]) -> None:
    """Find these items from now on by the names and titles they have."""
    wanted = list(items)
    if not wanted:
        return
    session.execute(delete(ItemWord).where(ItemWord.item_id.in_([item.id for item in wanted])))
    rows = [
        {"item_id": item.id, "word": word, "connection_id": item.connection_id, "kind": item.kind}
        for item in wanted
        for word in sorted(words_of(item.name, item.title))
    ]
    add_rows(session, ItemWord, rows)


@dataclass(frozen=True)
class Hits:
    """What holds of the items that are found; ``walk`` where all words are common: then no index names them."""

    conditions: list[ColumnElement[bool]]
    walk: bool = False


def hits(session: Session, connection_id: int, kind: str, typed: str) -> Hits:
    """The items of a kind that have a word for each of those typed."""
    asked = sorted({one[:LONGEST] for one in text.same_name(typed).split()}, key=len, reverse=True)[:MOST_WORDS]
    rare: set[int] | None = None
    walked: list[ColumnElement[bool]] = []
    for begins, found in _with(session, connection_id, kind, asked).items():
        if found is None:
            walked.append(exists().where(ItemWord.item_id == Item.id, *_begins(begins)))
        else:
            rare = found if rare is None else rare & found
    return Hits(walked, walk=True) if rare is None else Hits([Item.id.in_(sorted(rare)), *walked])


def _with(session: Session, connection_id: int, kind: str, asked: Sequence[str]) -> dict[str, set[int] | None]:
    """The items that have each of these words, all in one statement; None of a word that is common."""
    parts = []
    for number, begins in enumerate(asked):
        having = select(ItemWord.item_id).where(
            ItemWord.connection_id == connection_id, ItemWord.kind == kind, *_begins(begins)
        )
        too_many = having.order_by(ItemWord.word, ItemWord.item_id).offset(COMMON).limit(1).scalar_subquery()
        parts.append(having.add_columns(literal(number)).where(too_many.is_(None)))
        parts.append(select(literal(0), literal(number)).where(too_many.is_not(None)))
    found: dict[str, set[int] | None] = {begins: set() for begins in asked}
    for item_id, number in session.execute(union_all(*parts)) if parts else ():
        named = found[asked[number]]
        if item_id and named is not None:
            named.add(item_id)
        else:
            found[asked[number]] = None
    return found


def _begins(begins: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ItemWord.word >= begins, ItemWord.word < begins + _END
