"""What QuickBooks offers: staged records, and what may be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.acts import MOST
from app.admin.api import answers
from app.admin.api.connection import AskedShape
from app.admin.api.items import ItemShape
from app.admin.api.routes import Family, database
from app.admin.api.shapes import (
    MOST_NUMBER,
    Asked,
    Error,
    Shape,
    counts,
    flag,
    many,
    moment,
    number,
    one,
    text,
    whole,
    words,
    yes_no,
)
from app.items import registry
from app.services import offers, refreshes, staged
from app.services.offers import TABS, Page, Wanted
from app.services.staged import Result, Results

family = Family("staged", "Records that QuickBooks has shown: add them to Procore, link, archive, restore, update.")
KIND = "/to-import/<kind>"
Body = Mapping[str, Any]


class OfferedShape(Shape):
    """A kind that QuickBooks has records for."""

    kind = text("As paths name it.")
    label = text("What people call it.", "plural")
    adds = yes_no("Whether Procore can be given new ones.")
    links = yes_no("Whether they can be linked with what Procore has.")

    def get_links(self, kind: Any) -> bool:
        return not kind.never_links


class OfferedKinds(Shape):
    """All of them."""

    kinds = many(OfferedShape, "In the order of the menu.")


class RecordShape(Shape):
    """A record of QuickBooks."""

    id = number("Its number here.")
    list_id = text("QuickBooks' ListID.")
    type = text("What QuickBooks calls such a record.")
    name = text("Its name.")
    full_name = text("Its name with those above it.")
    active = yes_no("Whether QuickBooks has it active.")
    state = text("staged, linked, imported or archived.")
    seen_at = moment("When QuickBooks last showed it.", nullable=False)


class SuggestionShape(Shape):
    """Something in Procore that a record may be."""

    item = one(ItemShape)
    exact = yes_no("Whether it has exactly the same name.", "suggestion.exact")
    reason = text("Why it may be the same.", "suggestion.reason")


class OtherwiseShape(Shape):
    """A field that both sides hold differently."""

    label = text("Which.")
    quickbooks = text("What QuickBooks has.")
    procore = text("What Procore has.")


class OfferShape(Shape):
    """One row of the list."""

    record = one(RecordShape)
    item = one(ItemShape, nullable=True)
    no_add = text("Why it cannot be added to Procore; empty where it can.")
    no_link = text("Why it cannot be linked; empty where it can.")
    on_its_way = yes_no("Whether Procore is being asked for it.")
    suggestions = many(SuggestionShape, "What in Procore it may be.", "offers")
    differences = many(OtherwiseShape, "What both sides hold differently.")


class OffersShape(Shape):
    """One page of what QuickBooks offers."""

    kind = text("The kind.", "kind.kind")
    tab = text("The tab.", "wanted.tab")
    rows = many(OfferShape, "Up to fifty records.")
    counts = counts("How many records each tab holds.")
    as_of = moment("When QuickBooks was last asked for all of them.")
    asked = yes_no("Whether it is being asked again.")
    next_after = number("Give it as `after` for the next page; 0 where there is none.")


class OffersQuery(Asked):
    tab = fields.String(
        load_default="staged", validate=validate.OneOf(list(TABS)), metadata={"description": "Which records."}
    )
    q = words("Words of the name.", most=100)
    suggested = flag("Only those of exactly the name of something in Procore.")
    after = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=MOST_NUMBER),
        metadata={"description": "The place a page gave as `next_after`."},
    )


class ResultShape(Shape):
    """What became of one record."""

    id = number("The record.", "staged_id")
    name = text("Its name.")
    state = text("Where it is now.")
    error = one(Error, nullable=True)

    def get_error(self, result: Result) -> dict[str, Any] | None:
        return answers.body(result.problem) if result.problem else None


class ResultsShape(Shape):
    """What became of each."""

    done = number("How many it was done to.")
    refused = number("How many were refused.")
    results = many(ResultShape, "Each of them.", "each")

    def get_done(self, found: Results) -> int:
        return len(found.done)

    def get_refused(self, found: Results) -> int:
        return len(found.refused)


class Records(Asked):
    """Records to do something to."""

    records = fields.List(
        whole("The number of a record."),
        required=True,
        validate=validate.Length(min=1, max=MOST),
        metadata={"description": "The numbers of the records."},
    )


class PairShape(Asked):
    """A record and the item it is."""

    record = whole("The number of the record.")
    item = whole("The number of the item.")


class Pairs(Asked):
    """What to link with what."""

    pairs = fields.List(
        fields.Nested(PairShape),
        required=True,
        validate=validate.Length(min=1, max=MOST),
        metadata={"description": "Each record with its item."},
    )


@family.get("/to-import", "The kinds QuickBooks offers", gives=OfferedKinds)
def kinds() -> Any:
    """The kinds of which QuickBooks may have had records first."""
    return {"kinds": list(registry.offered().values())}


@family.get(KIND, "What QuickBooks offers", gives=OffersShape, asks=OffersQuery)
def page(kind: str, query: Body) -> Page:
    """One page of fifty records, each with what in Procore it is, or may be."""
    wanted = Wanted(kind, query["tab"], query["q"].strip(), query["suggested"], query["after"])
    return offers.page(database(), connection_id(), me(), wanted)


@family.post(f"{KIND}/refresh", "Ask QuickBooks for the list", gives=AskedShape)
def refresh(kind: str) -> Any:
    """It is read in the next Web Connector session."""
    return {"asked": refreshes.ask(database(), connection_id(), me(), [offers.kind_of(kind).source])}


def _act(kind: str, given: Any, act: Callable[..., Results]) -> Results:
    """Do it; one record alone that is refused is an error of the call."""
    offers.kind_of(kind)
    found = act(database(), connection_id(), kind, me(), given)
    if len(found.each) == 1 and (problem := found.each[0].problem):
        raise problem
    return found


@family.post(f"{KIND}/add", "Add records to Procore", takes=Records, gives=ResultsShape)
def add(kind: str, body: Body) -> Results:
    """Ask for records to be made in Procore; each is made exactly once."""
    return _act(kind, body["records"], staged.add)


@family.post(f"{KIND}/archive", "Archive records", takes=Records, gives=ResultsShape)
def archive(kind: str, body: Body) -> Results:
    """Put records away that Procore is not to have."""
    return _act(kind, body["records"], staged.archive)


@family.post(f"{KIND}/restore", "Restore records", takes=Records, gives=ResultsShape)
def restore(kind: str, body: Body) -> Results:
    """Take archived records out again."""
    return _act(kind, body["records"], staged.restore)


@family.post(f"{KIND}/update", "Update Procore from records", takes=Records, gives=ResultsShape)
def update(kind: str, body: Body) -> Results:
    """Ask for what QuickBooks holds differently to be written to Procore."""
    return _act(kind, body["records"], staged.update)


@family.post(f"{KIND}/link", "Link records with items", takes=Pairs, gives=ResultsShape)
def link(kind: str, body: Body) -> Results:
    """Say that a record and an item are the same. Unlinking is an act of the item."""
    return _act(kind, {one["record"]: one["item"] for one in body["pairs"]}, staged.link)


@family.post(f"{KIND}/link-all", "Link all of exactly the same name", gives=ResultsShape)
def link_all(kind: str) -> Results:
    """Link every record with the one item of exactly its name."""
    return staged.link(database(), connection_id(), kind, me(), offers.exact_pairs(database(), connection_id(), kind))
