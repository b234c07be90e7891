"""What people do with items, as on the screens; each item with the version that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.acts import MOST
from app.admin.api import answers
from app.admin.api.items import known
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Asked, Error, Shape, many, number, one, reason, text, values, whole, words
from app.admin.items import ONE
from app.services import item_page, lifecycle, unlinking
from app.services.lifecycle import Outcome, Outcomes

family = Family(
    "acts",
    "Decisions over items. Each says which version of each item was looked at: one that moved meanwhile is refused, "
    "so that a call sent twice does nothing twice. One item that is refused is answered with its error; of several, "
    "each says for itself what became of it.",
)

Body = Mapping[str, Any]


class OutcomeShape(Shape):
    """What became of one item."""

    id = number("The item.", "item_id")
    name = text("Its name.")
    state = text("Where it rests now.")
    error = one(Error, nullable=True)

    def get_error(self, outcome: Outcome) -> dict[str, Any] | None:
        return answers.body(outcome.problem) if outcome.problem else None


class OutcomesShape(Shape):
    """What became of each."""

    done = number("How many it was done to.")
    refused = number("How many were refused.")
    outcomes = many(OutcomeShape, "Each of them.", "each")

    def get_done(self, found: Outcomes) -> int:
        return len(found.done)

    def get_refused(self, found: Outcomes) -> int:
        return len(found.refused)


class SeenItem(Asked):
    """An item as it was looked at."""

    id = whole("Its number.")
    version = whole("Its version as it was looked at.", least=0)


class AcceptedItem(SeenItem):
    """An item to accept, with what the approver filled in."""

    inputs = values("What the approver fills in, by the name of the input; what is not named stays.")


def _items(shape: type[SeenItem]) -> fields.List[Any]:
    return fields.List(
        fields.Nested(shape),
        required=True,
        validate=validate.Length(min=1, max=MOST),
        metadata={"description": "The items."},
    )


class SeenItems(Asked):
    """Items to do something to."""

    items = _items(SeenItem)


class AcceptedItems(Asked):
    """Items to accept."""

    items = _items(AcceptedItem)


class WithReason(SeenItems):
    """Items to do something to that needs a reason."""

    reason = reason()


class Seen(Asked):
    """The version of one item that was looked at."""

    version = whole("Its version as it was looked at.", least=0)


class Alone(Seen):
    """Why one person decides what another should."""

    reason = reason("Why nobody else decides it.")


class Typed(Seen):
    """What somebody typed into QuickBooks."""

    number = words("The number it has in QuickBooks.", required=True, least=1, most=80)
    amount = words("Its amount there, to the cent.", required=True, least=1, most=40)
    reason = reason("Why it could not be exported.")


class OtherDay(Seen):
    """Another day to book an item on."""

    day = fields.Date(required=True, metadata={"description": "The day, as 2026-03-31."})
    reason = reason("Why it is booked on another day.")


def _act(kind: str, body: Body, act: Callable[..., Outcomes], **more: Any) -> Outcomes:
    """Do it to items of one kind; one alone that is refused is an error of the call."""
    known(kind)
    expected = {one["id"]: one["version"] for one in body["items"]}
    item_page.all_of_kind(database(), connection_id(), kind, list(expected))
    return _told(act(database(), connection_id(), me(), list(expected), **more, expected=expected))


def _told(outcomes: Outcomes) -> Outcomes:
    if len(outcomes.each) == 1 and (problem := outcomes.each[0].problem):
        raise problem
    return outcomes


@family.post("/items/<kind>/send", "Send items", takes=SeenItems, gives=OutcomesShape)
def send(kind: str, body: Body) -> Outcomes:
    """Put drafts, and changes of what QuickBooks holds, before the approvers."""
    return _act(kind, body, lifecycle.send)


@family.post("/items/<kind>/retrieve", "Retrieve items", takes=SeenItems, gives=OutcomesShape)
def retrieve(kind: str, body: Body) -> Outcomes:
    """Take sent items back before anybody decided."""
    return _act(kind, body, lifecycle.retrieve)


@family.post("/items/<kind>/accept", "Accept items", takes=AcceptedItems, gives=OutcomesShape)
def accept(kind: str, body: Body) -> Outcomes:
    """Approve what will be written: it leaves for QuickBooks as soon as the rules allow. Of several items, those a
    rule has a remark on are left out: they are accepted one by one."""
    inputs = {one["id"]: one["inputs"] for one in body["items"]}
    return _act(kind, body, lifecycle.accept, inputs=inputs, warned_seen=len(inputs) == 1)


@family.post("/items/<kind>/reject", "Reject items", takes=WithReason, gives=OutcomesShape)
def reject(kind: str, body: Body) -> Outcomes:
    """Send items back to the project team with a reason."""
    return _act(kind, body, lifecycle.reject, reason=body["reason"])


@family.post("/items/<kind>/take-back", "Take back an accept", takes=WithReason, gives=OutcomesShape)
def take_back(kind: str, body: Body) -> Outcomes:
    """Undo an accept while nothing of it is out."""
    return _act(kind, body, lifecycle.take_back, reason=body["reason"])


@family.post("/items/<kind>/retry", "Retry items", takes=SeenItems, gives=OutcomesShape)
def retry(kind: str, body: Body) -> Outcomes:
    """Let failed items try again; the rules decide anew."""
    return _act(kind, body, lifecycle.retry)


@family.post("/items/<kind>/unlink", "Unlink items", takes=SeenItems, gives=OutcomesShape)
def unlink(kind: str, body: Body) -> Outcomes:
    """Take items and their QuickBooks records apart. Where the record must go first the item stays synced, and the
    next Web Connector session looks whether QuickBooks still has it."""
    return _act(kind, body, unlinking.unlink)


@family.post("/items/<kind>/clear", "Clear discrepancies", takes=WithReason, gives=OutcomesShape)
def clear(kind: str, body: Body) -> Outcomes:
    """Let stand, with a reason, what QuickBooks holds otherwise than approved."""
    return _act(kind, body, lifecycle.clear, reason=body["reason"])


@family.post(f"/items{ONE}/newer", "Take the newer version", takes=Seen, gives=OutcomesShape)
def newer(kind: str, item_id: int, body: Body) -> Outcomes:
    """Decide on what Procore says now instead of what was sent."""
    return _one(kind, item_id, body, lifecycle.take_newer)


@family.post(f"/items{ONE}/by-hand", "Record as entered by hand", takes=Typed, gives=OutcomesShape)
def by_hand(kind: str, item_id: int, body: Body) -> Outcomes:
    """Note that somebody typed it into QuickBooks: it is never exported then."""
    typed = (body["number"], body["amount"], body["reason"])
    return _one(kind, item_id, body, lifecycle.record_by_hand, *typed)


@family.post(f"/items{ONE}/rebook", "Book on another day", takes=OtherDay, gives=OutcomesShape)
def rebook(kind: str, item_id: int, body: Body) -> Outcomes:
    """Accept again, on another day, what failed because its books are closed."""
    return _one(kind, item_id, body, lifecycle.rebook, body["day"].isoformat(), body["reason"])


@family.post(f"/items{ONE}/override", "Accept alone", takes=Alone, gives=OutcomesShape)
def override(kind: str, item_id: int, body: Body) -> Outcomes:
    """Accept alone what a rule wants another person to accept, with a reason that stays on the trail."""
    item_page.of_kind(database(), connection_id(), kind, item_id)
    expected = {item_id: body["version"]}
    found = lifecycle.accept(
        database(), connection_id(), me(), [item_id], expected=expected, warned_seen=True, override=body["reason"]
    )
    return _told(found)


def _one(kind: str, item_id: int, body: Body, act: Callable[..., Outcomes], *given: str) -> Outcomes:
    item_page.of_kind(database(), connection_id(), kind, item_id)
    expected = {item_id: body["version"]}
    return _told(act(database(), connection_id(), me(), item_id, *given, expected=expected))
