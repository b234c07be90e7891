"""What people do with the records QuickBooks has shown: add to Procore, link, archive, restore, update Procore."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from sqlalchemy import select

from app.core import text
from app.core.batches import in_batches
from app.core.errors import Conflict, NotFound, Pointer, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Errand, Item, StagedRecord
from app.items import registry
from app.items.offered import Bar, Offered
from app.services import permissions, refusals, rules_versions, updating, write_back
from app.services.gather import staged_of
from app.services.linking import pair, there_already
from app.services.people import Person
from app.services.unit import Work, work
from state_machines.staging import STAGED

BATCH = 200


@dataclass
class Result:
    """What became of one record."""

    staged_id: int
    name: str
    state: str = ""
    problem: TieoutError | None = None


@dataclass
class Results:
    """What became of each."""

    each: list[Result] = field(default_factory=list)

    @property
    def done(self) -> list[Result]:
        return [one for one in self.each if one.problem is None]

    @property
    def refused(self) -> list[Result]:
        return [one for one in self.each if one.problem is not None]


@dataclass(frozen=True)
class _Acting:
    """One record somebody acts on."""

    unit: Work
    kind: Offered
    record: StagedRecord
    bound: Item | None
    errand: Errand | None
    who: Person
    unbound: Callable[[], Mapping[str, tuple[int, str]]]  # what Procore has of the kind, free, by its name


def add(database: Database, connection_id: int, kind: str, who: Person, staged_ids: Sequence[int]) -> Results:
    """Ask for records to be made in Procore; the worker does it, exactly once."""
    return _each(database, connection_id, kind, who, "import", staged_ids, _add)


def link(database: Database, connection_id: int, kind: str, who: Person, pairs: Mapping[int, int]) -> Results:
    """Link records, by id, with items of Procore, by id."""
    offered = registry.offered().get(kind)
    if offered is not None and offered.never_links:
        refusals.refuse(database, connection_id, who.name, offered.never_links)

    def one(acting: _Acting) -> None:
        _link(acting, pairs[acting.record.id])

    return _each(database, connection_id, kind, who, "link", list(pairs), one)


def archive(database: Database, connection_id: int, kind: str, who: Person, staged_ids: Sequence[int]) -> Results:
    """Put records away; they stay on the list of what is archived."""
    return _each(database, connection_id, kind, who, "archive", staged_ids, _archive)


def restore(database: Database, connection_id: int, kind: str, who: Person, staged_ids: Sequence[int]) -> Results:
    """Bring archived records back."""
    return _each(database, connection_id, kind, who, "archive", staged_ids, _restore)


def update(database: Database, connection_id: int, kind: str, who: Person, staged_ids: Sequence[int]) -> Results:
    """Ask for Procore to be given what QuickBooks says, the name too."""
    return _each(database, connection_id, kind, who, "link", staged_ids, _update)


# -- the shared walk -----------------------------------------------------------------------------------------------


def _each(
    database: Database,
    connection_id: int,
    kind: str,
    who: Person,
    right: str,
    staged_ids: Sequence[int],
    act: Callable[[_Acting], None],
) -> Results:
    offered = registry.offered().get(kind)
    if offered is None:
        raise NotFound(f"There is no list of records to import as {kind}.", "Choose one in the menu.")
    permissions.must(database, connection_id, who, right, kind)
    _must_be_there(database, connection_id, offered, staged_ids)
    found = Results()
    for batch in in_batches(dict.fromkeys(staged_ids), BATCH):
        with work(database, connection_id) as unit:
            acting = _acting(unit, offered, who, batch)
            found.each += [_one(unit, acting[staged_id], right, act) for staged_id in batch]
    return found


def _must_be_there(database: Database, connection_id: int, kind: Offered, staged_ids: Sequence[int]) -> None:
    """Refuse the whole, before any of it is done, where one of them was never shown."""
    row = StagedRecord
    with database.reading() as session:
        for batch in in_batches(staged_ids, BATCH):
            mine = (row.connection_id == connection_id, row.source == kind.source, row.id.in_(batch))
            known = set(session.execute(select(row.id).where(*mine)).scalars())
            if missing := [one for one in batch if one not in known]:
                raise NotFound(
                    f"QuickBooks has shown no such record ({missing[0]}).", "Press Refresh, then look again."
                )


def _acting(unit: Work, kind: Offered, who: Person, staged_ids: Sequence[int]) -> dict[int, _Acting]:
    row = StagedRecord
    query = (
        select(row, Item, Errand)
        .outerjoin(Binding, (Binding.connection_id == row.connection_id) & (Binding.quickbooks_id == row.list_id))
        .outerjoin(Item, Item.id == Binding.item_id)
        .outerjoin(Errand, Errand.staged_id == row.id)
        .where(row.connection_id == unit.connection.id, row.source == kind.source, row.id.in_(staged_ids))
    )
    unbound = cache(partial(_unbound, unit, kind))
    rows = unit.session.execute(query)
    return {record.id: _Acting(unit, kind, record, bound, errand, who, unbound) for record, bound, errand in rows}


def _unbound(unit: Work, kind: Offered) -> dict[str, tuple[int, str]]:
    free = Item.id.not_in(select(Binding.item_id))
    query = select(Item.id, Item.name).where(Item.connection_id == unit.connection.id, Item.kind == kind.kind, free)
    named = unit.session.execute(query.order_by(Item.id.desc())).all()
    return {text.same_name(row.name): (row.id, row.name) for row in named}  # of several of a name, the first


def _one(unit: Work, acting: _Acting, right: str, act: Callable[[_Acting], None]) -> Result:
    record = acting.record
    result = Result(record.id, record.full_name)
    try:
        with unit.attempt():
            act(acting)
    except TieoutError as problem:
        result.problem = problem
        unit.trail.add(
            Tag.REFUSED,
            acting.who.name,
            what=right,
            record=record.full_name,
            list_id=record.list_id,
            code=problem.code,
            rule=problem.rule_id,
            sentence=problem.sentence,
        )
    result.state = record.state
    return result


def barred(unit: Work, bar: Bar) -> Refusal:
    """A bar as an error, in the words of the catalogue where it names an entry."""
    if bar.refusal:
        return refusals.refusal(refusals.known(rules_versions.refusals(unit.session, unit.connection), bar.refusal))
    return Refusal(bar.sentence, bar.what_to_do, code="cannot_import")


def _must_rest(acting: _Acting, trigger: str, verb: str) -> None:
    """Refuse what is linked already, or on its way to Procore."""
    record, errand = acting.record, acting.errand
    if acting.bound is not None:
        raise Conflict(
            f"{record.full_name} is linked with {acting.bound.name} already.",
            "Unlink that one first.",
            code="linked_already",
            links=[Pointer(acting.bound.name, acting.bound.kind, str(acting.bound.id))],
        )
    if errand is not None and not errand.refused:
        raise Conflict(f"{record.full_name} is being added to Procore.", "Wait until it is there.", code="on_its_way")
    if not STAGED.allows(trigger, record.state):
        raise Conflict(f"{record.full_name} cannot be {verb}: it is {record.state}.", "Look at it again.")


# -- one act each --------------------------------------------------------------------------------------------------


def _add(acting: _Acting) -> None:
    unit, kind, record = acting.unit, acting.kind, acting.record
    _must_rest(acting, "add", "added to Procore")
    staged = staged_of(record)
    if not kind.adds or record.type not in kind.types:
        raise Refusal(
            f"{kind.plural} are export only; {record.full_name} cannot be added to Procore.",
            f"Make the {kind.label.lower()} in Procore; then link it here, or send it.",
            code="export_only",
        )
    if bar := kind.why_not_add(staged, unit.connection.settings):
        raise barred(unit, bar)
    _not_there_yet(acting)
    errand = acting.errand or Errand(staged_id=record.id, connection_id=unit.connection.id, fields={})
    errand.kind, errand.act, errand.fields = kind.kind, updating.ADD, {}
    updating.ask(unit, errand, acting.who.name)
    unit.trail.add(Tag.STAGED_ASKED, acting.who.name, kind=kind.kind, record=record.full_name, list_id=record.list_id)


def _not_there_yet(acting: _Acting) -> None:
    """Refuse what Procore has under the very same name."""
    kind = acting.kind
    if same := acting.unbound().get(text.same_name(kind.features_of(staged_of(acting.record)).name)):
        item_id, name = same
        problem = barred(acting.unit, there_already(kind, name))
        problem.links.append(Pointer(name, kind.kind, str(item_id)))
        raise problem


def _link(acting: _Acting, item_id: int) -> None:
    unit, kind, record = acting.unit, acting.kind, acting.record
    _must_rest(acting, "link", "linked")
    if bar := kind.why_not_link(staged_of(record)):
        raise barred(unit, bar)
    item = unit.session.get(Item, item_id)
    if item is None or item.connection_id != unit.connection.id or item.kind != kind.kind:
        raise NotFound(f"There is no such {kind.label.lower()} in Procore.", "Choose one of the list.")
    if unit.session.get(Binding, item.id) is not None:
        raise Conflict(f"{item.name} is linked already.", "Unlink it first.", code="linked_already")
    _forget(acting)
    pair(unit, item, record, "link", acting.who.name, f"linked with the {kind.quickbooks.lower()}")
    write_back.want(unit, [item])


def _archive(acting: _Acting) -> None:
    _must_rest(acting, "archive", "archived")
    _forget(acting)
    STAGED.move(acting.record, "archive")
    _note(acting, Tag.STAGED_ARCHIVED)


def _restore(acting: _Acting) -> None:
    _must_rest(acting, "restore", "restored")
    STAGED.move(acting.record, "restore")
    _note(acting, Tag.STAGED_RESTORED)


def _update(acting: _Acting) -> None:
    if acting.bound is None:
        raise Conflict(f"{acting.record.full_name} is not linked.", "Link it, or add it to Procore, first.")
    fields = updating.differing(acting.unit, acting.kind, acting.record, acting.bound)
    if not fields:
        raise Conflict(f"{acting.bound.name} is the same in Procore and QuickBooks.", "Nothing was changed.")
    updating.give(acting.unit, acting.kind, acting.record, fields, acting.who.name)


def _forget(acting: _Acting) -> None:
    """A person chose otherwise than to try once more what Procore refused."""
    if acting.errand is not None:
        acting.unit.session.delete(acting.errand)


def _note(acting: _Acting, tag: Tag) -> None:
    acting.unit.trail.add(tag, acting.who.name, record=acting.record.full_name, list_id=acting.record.list_id)
