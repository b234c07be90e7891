"""Items of every kind: lists and pages, to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g
from marshmallow import fields, validate

from app.admin.access import connection_id, me, services
from app.admin.api.routes import Family, database
from app.admin.api.shapes import (
    Asked,
    Choice,
    Link,
    Money,
    Reason,
    Said,
    Shape,
    counts,
    many,
    moment,
    number,
    one,
    text,
    texts,
    words,
    yes_no,
)
from app.admin.items import ONE, approver
from app.core.errors import NotFound
from app.items import registry
from app.services import connections, item_page, list_order, listing, permissions, together
from app.services.item_page import ItemPage
from app.services.lifecycle.documents import approved
from app.services.list_rows import Wanted
from app.services.listing import TABS, Page

family = Family("items", "Records of Procore under accounting control: what waits, what is written, and why not.")


class ItemShape(Shape):
    """One item in short."""

    id = number("Its number.")
    kind = text("Its kind.")
    procore_id = text("Procore's id of it.")
    project = text("Procore's id of its project; empty where it belongs to none.")
    name = text("Its name, or number.")
    title = text("Its title.")
    state = text("Where it rests: draft, sent, accepted, queued, synced or failed.")
    version = number("Counts its moves. An act says which version was looked at; a newer one is refused with 409.")
    amount = Money("What it is worth; null where its kind has no amount.", nullable=True, attribute="cents")
    sent_by = text("Who sent it.")
    accepted_by = text("Who accepted it.")
    accepted_at = moment("When.")
    changed_at = moment("Since when it rests there.", nullable=False)
    problem = text("What went wrong last.")
    remedy = text("What to do about that.")
    difference = text("What QuickBooks holds otherwise than approved.")

    def get_project(self, item: Any) -> str:
        return item.project_id or ""


class InputShape(Shape):
    """Something an approver may fill in at accept."""

    name = text("What it is called in `inputs` of the act accept.", "input.name")
    label = text("What people call it.", "input.label")
    form = text("text, day, account, customer, item or choice.", "input.form")
    value = text("What stands in it.")
    suggestion = text("What counts where it stays empty.")
    reason = text("The finding that asks for it.")
    choices = many(Choice, "What may be chosen, where it is not free.", "input.choices")


class RowShape(Shape):
    """One row of a list."""

    item = one(ItemShape)
    tab = text("The tab it stands in.")
    place = number("Its place in the line for QuickBooks; 0 where it is in none, or far behind.")
    blocked = yes_no("Whether something must change before its next move.")
    reasons = many(Reason, "What it waits for, or should be looked at.")
    inputs = many(InputShape, "What may be filled in at accept.", "choices")


class ProjectShape(Shape):
    """A project to filter by."""

    id = text("Procore's id.")
    name = text("Its name.")

    get_id = Choice.get_value
    get_name = Choice.get_label


class ListShape(Shape):
    """One page of a list."""

    kind = text("The kind.", "kind.kind")
    tab = text("The tab.", "wanted.tab")
    rows = many(RowShape, "Up to fifty items.")
    counts = counts("How many items each tab holds.")
    projects = many(ProjectShape, "The projects to filter by.")
    options = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(Choice)),
        metadata={"description": "What an input of form account, customer or item may be chosen from, by input."},
    )
    next_after = text("Give it as `after` for the next page; empty where there is none.")
    next_before = text("Give it as `before` for the page before; empty where there is none.")
    mark = text("The same as long as nothing on this connection changed.")


class ListQuery(Asked):
    tab = fields.String(
        load_default="sent", validate=validate.OneOf(TABS), metadata={"description": "Which items: by where they rest."}
    )
    q = words("Words of the name, title or number.", most=100)
    project = words("Procore's id of a project: only its items.", most=100)
    sort = fields.String(
        load_default="",
        validate=validate.OneOf(list(list_order.ORDERS)),
        metadata={"description": "The order; one a kind does not have is refused."},
    )
    after = words("The place a page gave as `next_after`.", most=200)
    before = words("The place a page gave as `next_before`.", most=200)


class KindShape(Shape):
    """One kind of item."""

    kind = text("As paths name it.")
    label = text("One of them.")
    plural = text("Many of them.")
    quickbooks = text("What QuickBooks calls it.")
    direction = text("export, import or both.")
    amends = yes_no("Whether a later change may be sent and written over what QuickBooks holds.")
    by_hand = yes_no("Whether it may be recorded as entered by hand.")
    orders = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "The orders its list may have."}
    )

    def get_orders(self, kind: Any) -> Mapping[str, str]:
        return list_order.orders(kind.kind)


class KindsShape(Shape):
    """All kinds."""

    kinds = many(KindShape, "In the order of the menu.")


@family.get("/kinds", "The kinds of items", gives=KindsShape)
def kinds() -> Any:
    """Every kind that this installation knows, with what its list and its acts can do."""
    return {"kinds": list(registry.kinds().values())}


@family.get("/items/<kind>", "A list of items", gives=ListShape, asks=ListQuery)
def page(kind: str, query: Mapping[str, Any]) -> Page:
    """One page of fifty, by keyset: go on with `next_after`. The same filters and orders as on the screens."""
    known(kind)
    if query["sort"] not in list_order.orders(kind):
        raise NotFound(f"The list of {kind} has no order {query['sort']}.", "See /api/v1/kinds.")
    wanted = Wanted(
        kind, query["tab"], query["q"].strip(), query["project"], query["sort"], query["after"], query["before"]
    )
    return listing.page(database(), connection_id(), wanted, approver(kind))


# -- one item ------------------------------------------------------------------------------------------------------


class MoveShape(Shape):
    """One request to QuickBooks."""

    id = text("Its id.")
    step = text("What it does.")
    state = text("out, answered, refused or unknown.")
    outcome = text("What came of it.")
    status = number("QuickBooks' status code.", nullable=True)
    sentence = text("What QuickBooks said, in words.")
    remedy = text("What to do about it.")
    body = text("The request, word for word; null for whoever may not read it.", nullable=True)
    answer = text("The answer, word for word; null where there is none, or for whoever may not read it.", nullable=True)

    def get_body(self, request: Any) -> str | None:
        return request.body if g.readable else None

    def get_answer(self, request: Any) -> str | None:
        return request.answer if g.readable else None


class EntryShape(Shape):
    """One thing that happened to an item."""

    at = moment("When.", nullable=False)
    group = text("decision, move, notice, procore or session.")
    tag = text("The tag of the event; empty for a request.")
    actor = text("Who.")
    move = text("The move, where it was one.")
    before = text("What was before.")
    after = text("What was after.")
    says = text("What the event says.")
    rules_version = text("The rules version that decided.")
    findings = texts("What the rules found.")
    redacted = yes_no("Whether what it was about was redacted.")
    request = one(MoveShape, nullable=True)
    session = number("The Web Connector session of a request.", "conversation_id", nullable=True)


class DifferenceShape(Shape):
    """A field that Procore changed after it was sent."""

    field = text("Which field.")
    sent = text("As it was sent.")
    now = text("As Procore has it now.")

    def get_field(self, row: Any) -> str:
        return str(row[0])

    def get_sent(self, row: Any) -> str:
        return str(row[1])

    def get_now(self, row: Any) -> str:
        return str(row[2])


class ComparedShape(Shape):
    """One line of the item three ways."""

    label = text("What it is.")
    approved = text("As it was approved.", nullable=True)
    procore = text("As Procore has it now.", nullable=True)
    quickbooks = text("As QuickBooks has it.", nullable=True)
    differs = yes_no("Whether the three disagree.")


class FoundShape(Shape):
    """Something QuickBooks holds otherwise than approved."""

    sentence = text("What is otherwise.")
    what_to_do = text("What to do.")
    found_at = moment("When it was found.", nullable=False)
    cleared_at = moment("When a person let it stand.")
    cleared_by = text("Who.")
    reason = text("Why.")


class ComparisonShape(Shape):
    """The item as approved, in Procore and in QuickBooks."""

    quickbooks_at = moment("When QuickBooks was read.")
    lines = many(ComparedShape, "Line by line.", "values")
    found = many(FoundShape, "What a later look found.")


class NeedShape(Shape):
    """What an item needs, under the name the rules use."""

    name = text("The name the rules use.")
    items = many(Link, "The items.")


class BindingShape(Shape):
    """The QuickBooks side of an item."""

    record = text("What QuickBooks calls the record.")
    quickbooks_id = text("Its ListID or TxnID.")
    full_name = text("Its name there.")
    linked_by = text("Who linked it; empty where Tieout wrote it.")
    bound_at = moment("Since when.", nullable=False)
    missing_since = moment("Since when QuickBooks no longer shows it.")


class DocumentShape(Shape):
    """What was approved: exactly this is written."""

    body = text("Its canonical text.")
    hash = text("The SHA-256 of that text, checked before anything leaves.")
    built_by = text("Who approved it.")
    built_at = moment("When.", nullable=False)


class StepShape(Shape):
    """One step of unlinking."""

    title = text("What to do.")
    says = text("How.")
    state = text("done, now or later.")
    links = many(Link, "What it is about.")


class WholeShape(Shape):
    """One item, whole."""

    item = one(ItemShape)
    state = text("Where it stands, in a sentence.", "explanation.state")
    reasons = many(Reason, "What it waits for, or should be looked at.", "explanation.reasons")
    notes = texts("What else there is to say.", "explanation.notes")
    blocked = yes_no("Whether something must change before its next move.")
    may_amend = yes_no("Whether a later change in Procore may be sent and written.")
    will_be_written = many(Said, "What QuickBooks will get, or got, in words.", "preview")
    approved = yes_no("Whether exactly that was approved.", "preview_is_approved")
    document = one(DocumentShape, nullable=True)
    qbxml = text("The request it would become; empty where it cannot be shown, or for whoever may not read it.")
    inputs = many(InputShape, "What may be filled in at accept.", "choices")
    needs = many(NeedShape, "What it needs.")
    needed_by = many(Link, "What needs it.")
    differences = many(DifferenceShape, "What Procore changed after it was sent.")
    comparison = one(ComparisonShape, nullable=True)
    unlink = many(StepShape, "The steps of unlinking; none where there is nothing to unlink.")
    binding = one(BindingShape, nullable=True)
    timeline = many(EntryShape, "All that happened, the newest first.")

    def get_needs(self, page: ItemPage) -> list[dict[str, Any]]:
        return [{"name": name, "items": links} for name, links in page.needs.items()]

    def get_qbxml(self, page: ItemPage) -> str:
        return page.drawn.body

    def get_document(self, page: ItemPage) -> Any:
        return approved(database(), page.item.document_id)


@family.get(f"/items{ONE}", "One item", gives=WholeShape)
def show(kind: str, item_id: int) -> ItemPage:
    """Everything its page shows: why it stands where it stands, what will be written, findings, differences between
    what was approved, Procore and QuickBooks, and its timeline. Requests and answers only for whoever may read them."""
    item_page.of_kind(database(), connection_id(), kind, item_id)
    g.readable = permissions.may_read_bodies(me(), kind)
    tools = services().tools if g.readable else None
    return item_page.load(database(), connection_id(), item_id, approver(kind), tools)


# -- with what it waits for ----------------------------------------------------------------------------------------


class PartShape(Shape):
    """One item of a decision over several."""

    item = one(ItemShape)
    name = text("Its full name.")
    will_be_written = many(Said, "What QuickBooks will get, in words.", "preview")
    reasons = many(Reason, "What it waits for, or should be looked at.")
    asked = yes_no("Whether it was named; the others are what those wait for.")
    barred = text("Why this person may not accept it.")
    blocked = yes_no("Whether it cannot be accepted as it stands.")


class TogetherShape(Shape):
    """Items with everything undecided that they wait for."""

    parts = many(PartShape, "Each after all that it waits for itself: accept them in this order.")


class TogetherQuery(Asked):
    item = fields.List(
        fields.Integer(validate=validate.Range(min=1, max=2**63 - 1)),
        required=True,
        validate=validate.Length(min=1, max=together.MOST),
        metadata={"description": "The numbers of the items; give it once for each."},
    )


@family.get("/items/<kind>/together", "Items with what they wait for", gives=TogetherShape, asks=TogetherQuery)
def accept_too(kind: str, query: Mapping[str, Any]) -> Any:
    """What would have to be accepted too, so that these can leave. Accept it with the act accept of each kind."""
    known(kind)
    return {"parts": together.plan(database(), connection_id(), me(), query["item"])}


def known(kind: str) -> None:
    """Raise NotFound where there is no such kind."""
    if kind not in registry.kinds():
        raise NotFound(f"There is no kind {kind[:60]}.", "See /api/v1/kinds.")


def zone() -> str:
    """The company's own time zone."""
    return connections.get(database(), connection_id()).zone
