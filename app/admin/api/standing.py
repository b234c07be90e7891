"""What a person has to look at: exceptions, and payments of our bills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.admin.access import connection_id, me
from app.admin.api.connection import AskedShape
from app.admin.api.items import FoundShape, ItemShape
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Asked, Money, Shape, done, flag, many, moment, one, text, words, yes_no
from app.services import exceptions, payments, refreshes
from app.services.payments import PAYMENTS, Page

family = Family("standing", "What a person has to look at: exceptions, and payments of our bills.")
Body = Mapping[str, Any]


class PlaceQuery(Asked):
    after = words("The place a page gave as `next_after`.", most=200)
    before = words("The place a page gave as `next_before`.", most=200)


class StandingShape(Shape):
    """One item with what stands against it."""

    item = one(ItemShape)
    found = many(FoundShape, "What stands against it.", "rows")


class ExceptionsShape(Shape):
    """What nobody has cleared yet."""

    exceptions = many(StandingShape, "Up to fifty, item by item, the oldest first.", "standing")
    next_after = text("Give it as `after` for the next page; empty where there is none.")
    next_before = text("Give it as `before` for the page before; empty where there is none.")


class ClearedShape(Shape):
    """What a person cleared."""

    item = one(ItemShape)
    found = one(FoundShape)


class PastShape(Shape):
    """What people cleared."""

    cleared = many(ClearedShape, "The newest first.")


@family.get("/exceptions", "Exceptions", asks=PlaceQuery, gives=ExceptionsShape)
def standing(query: Body) -> exceptions.Page:
    """What QuickBooks holds otherwise than approved. Clearing one is an act of its item."""
    return exceptions.page(database(), connection_id(), **query)


@family.get("/exceptions/cleared", "Cleared exceptions", gives=PastShape)
def cleared() -> Any:
    """What people let stand, and why."""
    found = exceptions.past(database(), connection_id())
    return {"cleared": [{"item": item, "found": row} for row, item in found]}


# -- payments ------------------------------------------------------------------------------------------------------


class PaymentShape(Shape):
    """One payment of one bill."""

    key = text("As acts name it.", "row.key")
    invoice = one(ItemShape)
    commitment = text("The commitment of the invoice.")
    item = one(ItemShape, nullable=True)
    date = text("The day of the payment.", "row.found.date")
    due = text("When the bill was due.", "row.found.due")
    number = text("The number of the check.", "row.found.number")
    method = text("Check or credit card.")
    amount = Money("What was paid.")
    discount = Money("What was taken off for paying early.")
    credit = Money("What vendor credits settled beside it.")
    state = text("Where it stands: draft, queued, synced or failed.")
    sentence = text("Where it stands, in words.", "words")
    removable = yes_no("Whether it may be taken out of Procore.")


class PaymentsShape(Shape):
    """The payments of our bills."""

    payments = many(PaymentShape, "Up to fifty, the newest first.", "lines")
    next_after = text("Give it as `after` for the next page; empty where there is none.")
    next_before = text("Give it as `before` for the page before; empty where there is none.")
    as_of = moment("When QuickBooks was last asked for all of them.")
    under_way = yes_no("Whether it is being asked again.")
    why_not = text("Why payments cannot be read from this edition; empty where they can.")


class WhichPayment(Asked):
    """Which payment."""

    payment = words("Its key.", required=True, least=1, most=200)


class Again(WhichPayment):
    """Which payment, and whether anyway."""

    anyway = flag("true: although a like payment was keyed in Procore.")


@family.get("/payments", "Payments", asks=PlaceQuery, gives=PaymentsShape)
def paid(query: Body) -> Page:
    """What QuickBooks shows of the payments of our bills, and what Procore was told of each."""
    return payments.page(database(), connection_id(), **query)


@family.post("/payments/refresh", "Ask QuickBooks for payments", gives=AskedShape)
def refresh() -> Any:
    """They are read in the next Web Connector session."""
    return {"asked": refreshes.ask(database(), connection_id(), me(), [PAYMENTS])}


@family.post("/payments/remove", "Take a payment out of Procore", takes=WhichPayment)
def remove(body: Body) -> dict[str, str]:
    """One that QuickBooks no longer has, or has otherwise: that one comes anew."""
    payments.remove(database(), connection_id(), me(), body["payment"])
    return done("Procore's payment is being removed.")


@family.post("/payments/retry", "Try a payment again", takes=Again)
def retry(body: Body) -> dict[str, str]:
    """What Procore refused is tried once more."""
    payments.retry(database(), connection_id(), me(), body["payment"], anyway=body["anyway"])
    return done("It is tried again within seconds.")
