"""Which items a record of QuickBooks may be: looked up by name, words and marks, never by reading them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, String, and_, column, select, union, values
from sqlalchemy.orm import Session, aliased

from app.core import text
from app.core.batches import in_batches
from app.db.models import Binding, Item, ItemWord, Revision
from app.items import registry
from app.items.alike import core_of
from app.items.base import Content
from app.items.offered import Features
from app.services import search

#: A word that begins the words of more items than this tells none apart; what has exactly the name is found anyway.
COMMON = 50
#: Letters at a word's end in which two spellings may differ; shorter words are looked up whole.
ENDING, SHORTEST = 2, 4
#: States in which nothing was decided about an item.
FREE = ("draft", "sent")
BATCH = 500


def marks(kind: str, content: Content) -> list[str]:
    """By what an item is recognised beside its name, as words to be found by."""
    offered = registry.offered().get(kind)
    return _marks(offered.features(content)) if offered else []


def is_free(connection_id: int, kind: str, item: type[Item] = Item) -> list[ColumnElement[bool]]:
    """That QuickBooks does not hold an item, and nobody decided that it shall."""
    bound = select(Binding.item_id).where(Binding.item_id == item.id).exists()
    return [item.connection_id == connection_id, item.kind == kind, item.state.in_(FREE), ~bound]


def like(session: Session, connection_id: int, kind: str, wanted: Sequence[Features]) -> list[tuple[Item, Content]]:
    """The free items that one of these may be, with what Procore says of them: far more than are alike, never all."""
    if not wanted:
        return []
    names = {text.same_name(one.name) for one in wanted}
    stems = {stem for one in wanted for stem in _stems(one)}
    by_name = select(Item.id).where(Item.connection_id == connection_id, Item.kind == kind, Item.name_key.in_(names))
    # Signs alone make no word, and no database takes a table of nothing.
    found = union(by_name, _by_words(connection_id, kind, stems)) if stems else by_name
    ids = session.execute(found).scalars().all()
    query = select(Item, Revision.content).join(Revision, Revision.id == Item.seen_revision_id)
    query = query.where(*is_free(connection_id, kind), Item.id.in_(ids)).order_by(Item.name, Item.id)
    return [(item, content) for item, content in session.execute(query)]


def named(session: Session, connection_id: int, kind: str, names: Iterable[str]) -> Mapping[str, list[int]]:
    """The free items of exactly these names, by name."""
    found: dict[str, list[int]] = {}
    for batch in in_batches(sorted({text.same_name(name) for name in names}), BATCH):
        query = select(Item.name_key, Item.id).where(*is_free(connection_id, kind), Item.name_key.in_(batch))
        for name, item_id in session.execute(query):
            found.setdefault(name, []).append(item_id)
    return found


def _by_words(connection_id: int, kind: str, stems: Iterable[str]) -> Select[int]:
    """The items with a word that begins with one of these, where that word is not common."""
    asked = values(column("stem", String), name="asked").data([(stem,) for stem in sorted(stems)]).cte("stems")
    word, other = aliased(ItemWord), aliased(ItemWord)
    too_many = select(other.item_id).where(*_has(other, connection_id, kind, asked.c.stem)).correlate(asked)
    too_many = too_many.order_by(other.word, other.item_id).offset(COMMON).limit(1)
    has = and_(*_has(word, connection_id, kind, asked.c.stem))
    return select(word.item_id).select_from(asked).join(word, has).where(too_many.scalar_subquery().is_(None))


def _has(word: type[ItemWord], connection_id: int, kind: str, stem: ColumnElement[str]) -> list[ColumnElement[bool]]:
    of_kind = (word.connection_id == connection_id) & (word.kind == kind)
    return [of_kind, word.word >= stem, word.word < stem + search.END]


def _stems(features: Features) -> Iterable[str]:
    for word in core_of(features.name).split():
        yield word[: max(SHORTEST, len(word) - ENDING)] if word.isalpha() else word
    yield from _marks(features)


def _marks(features: Features) -> list[str]:
    return [f"{name}={value}"[: search.LONGEST] for name, value in features.marks.items() if value]
