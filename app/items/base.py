"""What a kind of item must say about itself, what it is given and what it answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from marshmallow import EXCLUDE, Schema

from app.items import ports
from app.items.erp import Event, Mark
from app.items.ports import Place, Procore, Told

EXPORT, IMPORT, BOTH = "export", "import", "both"

Content = ports.Content


# -- what a kind declares ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One row of the data mapping: a person's word, where Procore has it, where QuickBooks gets it."""

    label: str
    procore: str
    quickbooks: str
    note: str = ""


@dataclass(frozen=True)
class Input:
    """Something the approver may fill in at accept."""

    name: str
    label: str
    form: str = "text"  # text | day | account | customer | item | choice
    max_length: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    account_types: tuple[str, ...] = ()
    help: str = ""
    suggest: str = ""  # the word whose value stands in the empty field


@dataclass(frozen=True)
class Need:
    """Another item this one points at, under the name the rules use."""

    name: str
    kind: str
    procore_id: str


# -- what a kind is given ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Staged:
    """One record QuickBooks has shown us."""

    type: str  # Account, Customer, Vendor, ItemService, ItemInventory …
    list_id: str
    name: str
    full_name: str
    active: bool
    sublevel: int
    data: Mapping[str, Any]
    bound_to: int | None = None  # the item whose binding it is


@dataclass(frozen=True)
class BindingView:
    """The QuickBooks side of an item, as its kind may see it."""

    quickbooks_id: str
    edit_sequence: str = ""
    full_name: str = ""
    lines: tuple[str, ...] = ()
    fresh: bool = False  # answered in this very session: needs no read before a Mod


@dataclass(frozen=True)
class Sibling:
    """Another item of the same kind and lock."""

    item_id: int
    name: str
    state: str
    content: Content  # what was sent, or what was last seen
    document: Content  # the fields approved last; empty when nobody approved any
    in_quickbooks: bool


@dataclass(frozen=True)
class Surroundings:
    """Everything outside its own record that a kind may look at when it states its words."""

    settings: Mapping[str, Any]
    staged: tuple[Staged, ...]
    item_id: int | None = None
    connected_at: datetime | None = None
    now: datetime | None = None
    host: Mapping[str, Any] = field(default_factory=dict)  # what QuickBooks said of itself last
    needed: Mapping[str, Sequence[Content]] = field(default_factory=dict)  # contents of the items it needs
    bound: Mapping[str, Sequence[BindingView]] = field(default_factory=dict)  # QuickBooks' side of those it has
    earlier: Sequence[Sibling] = ()  # those before it in its line, for kinds that read them
    written: Content = field(default_factory=dict)  # the fields of the document QuickBooks holds of it
    first_of: Collection[str] = ()  # of the needs in `firsts`: those of which nothing of its kind was approved before

    def by_id(self, list_id: str | None) -> Staged | None:
        """The staged record with this ListID."""
        return next((s for s in self.staged if list_id and s.list_id == list_id), None)

    def of(self, *types: str) -> tuple[Staged, ...]:
        """The staged records of these types."""
        return tuple(s for s in self.staged if s.type in types)


class Record(Protocol):
    """A QuickBooks record as parsed."""

    @property
    def type(self) -> str: ...

    def text(self, path: str) -> str: ...

    def attribute(self, name: str) -> str: ...

    def all(self, name: str) -> Sequence[Record]: ...

    def xml(self) -> str: ...


@dataclass(frozen=True)
class Reply:
    """What became of one request of an operation."""

    step: str
    outcome: str  # saved found empty retry stale taken missing refused unrun unclear; unknown: no answer ever came
    status: int = 0
    sentence: str = ""
    what_to_do: str = ""
    records: Sequence[Any] = ()  # Record: what the parser yields
    handed_out: datetime | None = None
    iterator_id: str = ""
    remaining: int = 0


@dataclass(frozen=True)
class Situation:
    """Where an operation stands when its kind is asked what comes next."""

    document: Content  # of a refresh: what it was asked for
    marker: str
    replies: Sequence[Reply] = ()
    bound: Mapping[tuple[str, str], BindingView] = field(default_factory=dict)  # of the items it needs
    own: BindingView | None = None  # what QuickBooks holds of it already
    host: Mapping[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> Reply | None:
        return self.replies[-1] if self.replies else None

    def tried(self, step: str) -> int:
        """How often a step has been answered or lost."""
        return sum(1 for reply in self.replies if reply.step == step)

    def doubtful(self, step: str) -> Reply | None:
        """The first time a step went out whose answer never came."""
        return next((r for r in self.replies if r.step == step and r.outcome == "unknown"), None)


# -- what a kind answers -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """Send this request."""

    step: str
    writes: bool
    context: Content = field(default_factory=dict)
    also: tuple[Ask, ...] = ()  # further questions for the same set; what comes next is asked when all are answered


@dataclass(frozen=True)
class Done:
    """QuickBooks holds it; bind it."""

    record: str
    quickbooks_id: str
    edit_sequence: str = ""
    full_name: str = ""
    lines: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    adopted: bool = False
    #: the binding of a parent that this answer touched, by (kind, Procore id)
    parent: tuple[str, str] | None = None
    #: the parent's lines as this answer tells them, with its EditSequence; None: it changed, and must be read again
    parent_lines: tuple[str, ...] | None = None
    #: of a refresh: what its answers come to, taken together
    report: Content = field(default_factory=dict)


@dataclass(frozen=True)
class Refuse:
    """QuickBooks will not take it; a person must act."""

    sentence: str
    what_to_do: str
    code: str = "quickbooks"


@dataclass(frozen=True)
class Hold:
    """Nothing was written; a person must choose."""

    rule: str
    sentence: str
    what_to_do: str
    field: str = ""


@dataclass(frozen=True)
class Again:
    """QuickBooks was busy with it: the same step once more, in a later session."""

    sentence: str


Step = Ask | Done | Refuse | Hold | Again


class Loose(Schema):
    """Base of the border schemas: Procore adds fields freely; only what we map is kept."""

    class Meta:
        unknown = EXCLUDE


class ItemType:
    """One kind of Procore record and its QuickBooks counterpart."""

    kind: ClassVar[str]
    label: ClassVar[str]
    plural: ClassVar[str]
    quickbooks: ClassVar[str]  # what QuickBooks calls it
    direction: ClassVar[str] = EXPORT
    places: ClassVar[str] = ""  # where to find it on both sides
    order: ClassVar[int] = 50  # place in menus
    letter: ClassVar[str] = ""  # on the keyboard, g and this letter lead to its list
    fields: ClassVar[tuple[Field, ...]] = ()
    inputs: ClassVar[tuple[Input, ...]] = ()
    settings: ClassVar[tuple[str, ...]] = ()  # connection settings its document reads
    reads: ClassVar[tuple[str, ...]] = ()  # needs whose content its words and document look into
    reads_earlier: ClassVar[bool] = False  # whether they look into those before it in its line
    firsts: ClassVar[Collection[str]] = ()  # needs of which they ask whether an item is the first
    named_within: ClassVar[str] = ""  # the need without whose name its own says too little
    amends: ClassVar[bool] = False  # a change in Procore may be sent once more and written over what QuickBooks holds
    looked_at: ClassVar[bool] = False  # whoever accepts one must have looked at it: never ticked beforehand
    skips_approver: ClassVar[bool] = False  # Direct Export may be turned on: what is sent needs no approver then
    by_hand: ClassVar[bool] = False  # what cannot be carried may be recorded as typed into QuickBooks by a person
    watched: ClassVar[str] = ""  # the refresh that shows its record in QuickBooks over and over
    named_as: ClassVar[str] = ""  # the reference by which transactions name its record: VendorRef
    part_of_another: ClassVar[bool] = False  # QuickBooks keeps it as lines of another item's record
    to_complete: ClassVar[tuple[str, ...]] = ()  # what a person adds in QuickBooks to a record Tieout made
    measure: ClassVar[str] = ""  # as what its amount stands in the tie-out report
    held: ClassVar[Mapping[str, str]] = {}  # what the preview shows, by label: where QuickBooks' record keeps it
    held_lines: ClassVar[str] = ""  # the name of the record's lines, where the preview shows each of them
    marks: ClassVar[bool] = True  # whether Procore has a place to note that QuickBooks holds it
    read_every: ClassVar[timedelta] = timedelta(minutes=10)  # how often Procore is asked for it
    #: Whether every list `fetch` goes through can be asked for what changed (`procore.changed`); else it reads them
    #: whole each time. A record whose lines alone changed may be missed so: the day's whole reading finds it.
    lists_changes: ClassVar[bool] = False
    read_with: ClassVar[str] = ""  # the setting without which Procore is not asked for it
    resources: ClassVar[tuple[str, ...]] = ()  # as Procore's webhooks name it and its parts
    erp_events: ClassVar[tuple[Event, ...]] = ()  # what Procore's ERP Integrations tool asks for, in that mode
    grammar: ClassVar[str] = ""
    schema: ClassVar[type[Schema]]

    def prepare(self, procore: Procore) -> None:
        """Make what must stand in Procore before there can be records of this kind; done again, it makes nothing."""

    def fetch(self, procore: Procore) -> Iterator[Content]:
        """Every record of this kind in Procore, in full; deleted ones too, where Procore still tells of them.

        What hangs on a project comes project by project, as `procore.projects()` names them.
        """
        return iter(())

    @property
    def is_fetched(self) -> bool:
        """Whether its records come from Procore's lists, so that one they no longer show is gone."""
        return type(self).fetch is not ItemType.fetch

    def formerly(self, record: Content) -> Sequence[str]:
        """Procore ids under which the record may be known from before it got the one it has."""
        return ()

    def can_be_marked(self, procore_id: str) -> bool:
        """Whether Procore has a place on this record to note that QuickBooks holds it."""
        return self.marks

    def place(self, procore: Procore, told: Told) -> Place:
        """Where Procore keeps the mark of the item."""
        raise NotImplementedError

    def origin(self, procore: Procore, told: Told) -> Content:
        """The fields of the mark as this record is to hold them."""
        has_code = self.place(procore, told).has_code
        return {name: value for name, value in told.origin.items() if has_code or name != "origin_code"}

    def in_procore(self, procore: Procore, told: Told) -> Content:
        """The record as Procore has it now, the fields of its mark among the others."""
        place = self.place(procore, told)
        found: Content = procore.get(place.path, **place.parents, **place.view)
        return found

    def tell(self, procore: Procore, told: Told) -> None:
        """Write to Procore that QuickBooks holds the item, in one call that may be repeated."""
        place = self.place(procore, told)
        procore.patch(place.path, {**place.parents, place.part: self.origin(procore, told)})

    def of_event(self, record: Content, body: Content) -> Content | None:
        """The record an event of Procore's ERP tool carries, as `read` takes it; None: read it from its project."""
        return None

    def typed_in_event(self, record: Content, body: Content) -> Content:
        """What the approver filled in over there, as this kind's inputs."""
        return {}

    def external(self, told: Told) -> list[Mark]:
        """Under which types Procore's external data keeps the item and its parts; none: `tell` is the only way."""
        return []

    def conclude(self, procore: Procore, told: Told, body: Content) -> None:
        """Whatever else Procore's ERP tool wants to know before its request is closed; may be done again."""

    def origin_id(self, content: Content, binding: BindingView) -> str:
        """QuickBooks' id as Procore is to keep it: no other item of the kind may have the same."""
        return binding.quickbooks_id

    def unlinks_freely(self, written: Content) -> bool:
        """Whether it may be unlinked while QuickBooks still has the record; ``written`` is what Tieout wrote of it."""
        return not written

    def read(self, record: Content) -> Content:
        """Procore's record as the content of a revision. Raises marshmallow.ValidationError."""
        loaded: Content = self.schema().load(record)
        return loaded

    def name(self, content: Content) -> str:
        """What people call this item in lists and sentences."""
        raise NotImplementedError

    def title(self, content: Content) -> str:
        """A second line for lists."""
        return ""

    def amount(self, content: Content) -> Decimal | None:
        """The money this item carries, if it carries any."""
        return None

    def status(self, content: Content) -> str:
        """Procore's own status word."""
        return str(content.get("status") or "")

    def project(self, content: Content) -> str | None:
        """The Procore id of the project it belongs to."""
        return None

    def needs(self, content: Content) -> list[Need]:
        """The items it points at."""
        return []

    def lock(self, content: Content) -> str | None:
        """Operations with the same lock leave one at a time."""
        return None

    def place_in_line(self, content: Content) -> str:
        """Order among items with the same lock; compares as text."""
        return ""

    def void(self, content: Content) -> bool:
        """Whether Procore has given it up: void, terminated or deleted."""
        return bool(content.get("deleted_at"))

    def counts(self, content: Content) -> bool:
        """Whether those behind it in its line must wait for it."""
        return not self.void(content)

    def keys(self, content: Content, inputs: Content) -> set[str]:
        """Names to look up among the staged records (any list)."""
        return set()

    def keys_of_needs(self, bound: Mapping[str, Sequence[BindingView]]) -> set[str]:
        """Names to look up among the staged records, known only by what QuickBooks calls the items it needs."""
        return set()

    def list_ids(self, inputs: Content, settings: Mapping[str, Any]) -> set[str]:
        """ListIDs to look up among the staged records."""
        return {str(v) for f in self.inputs if f.form in {"account", "customer", "item"} and (v := inputs.get(f.name))}

    def list_ids_behind(self, found: Sequence[Staged]) -> set[str]:
        """ListIDs to look up among the staged records, known only by those the item looks at already."""
        return set()

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        """The flat words the rules may look at."""
        raise NotImplementedError

    def lines(self, content: Content) -> list[Content]:
        """The lines `each: lines` looks at."""
        return []

    def lines_within(self, content: Content, inputs: Content, around: Surroundings) -> list[Content]:
        """The same, where they say something of other items too."""
        return self.lines(content)

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        """What will be written, complete but for QuickBooks' own ids."""
        raise NotImplementedError

    def begins_with_read(self, document: Content) -> bool:
        """Whether the first request asks instead of writing: reads leave first, together."""
        return False

    def next_step(self, now: Situation) -> Step:
        """What to do next in QuickBooks. A pure function of what is known."""
        raise NotImplementedError

    def beside(self, now: Situation, record: Record) -> list[str]:
        """What QuickBooks holds by now otherwise than was written; ``now.document`` is what was, ``now.own`` where."""
        return []

    def comes_to(self, record: Record, retainage: Collection[str]) -> dict[str, Decimal]:
        """What its QuickBooks record comes to, by measure; ``retainage`` are the ListIDs of retainage items."""
        return {}

    def retained(self, content: Content, previous: Content | None) -> Decimal:
        """The retainage it holds back, or gives back (negative), after the one before it in its line."""
        return Decimal("0.00")

    def day(self, content: Content, inputs: Content, zone: str) -> str:
        """The day on which accountants see it, YYYY-MM-DD; empty where Procore dates it nowhere."""
        return ""

    def preview(self, document: Content) -> list[tuple[str, str]]:
        """What will be written, in QuickBooks' words: (column, value)."""
        return []
