"""Payments of our bills: what QuickBooks shows of them, and what is so far from what Procore holds."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TextIO

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core import money, text
from app.core.batches import in_batches
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Discrepancy, IssuedPayment, Item, RefreshLog, StagedRecord
from app.items import registry
from app.items.base import Content
from app.services import asking, freshness, own_payments, permissions, retries
from app.services.exceptions import DIFFERS, MOST_COUNTED, standing_against
from app.services.people import Person
from app.services.unit import Work, work

PAGE, BATCH = 50, 500
PAYMENT, INVOICE = "payment", "subcontractor_invoice"
#: The list of QuickBooks they come from, and its types of records.
PAYMENTS = "payments"
HEAD, PART, BILL = "Payment", "BillPayment", "PaidBill"
QUICKBOOKS = "QuickBooks"

DELETED, VOIDED, TAKEN_OFF = "was deleted", "was voided", "no longer pays this bill"

METHODS = {"check": "Check", "credit_card": "Credit card"}
#: What is compared with what Procore was told, and how a sentence calls it.
TOLD = {"amount": "amount", "date": "date", "number": "number", "method": "method"}


# -- what QuickBooks shows -----------------------------------------------------------------------------------------


def notice(unit: Work) -> None:
    """Payments were read: find those of our bills, and those that are no longer what Procore was told."""
    staged, ours = _staged(unit), list(_ours(unit))
    own = own_payments.of(unit, (part for part, _, _ in ours))
    for part, invoice_id, known in ours:
        if part.data["payment"] in own.unsettled:
            continue
        row = known or IssuedPayment(connection_id=unit.connection.id, key=part.list_id, next_try_at=unit.at)
        unit.session.add(row)
        before = (row.found, row.gone)
        row.invoice_id = invoice_id or row.invoice_id
        row.found = {**part.data, "due": _due(staged, part)}
        row.gone = _gone(staged.get(part.data["payment"]), part.data["bill"])
        own.adopt(row)
        if before != (row.found, row.gone):
            retries.afresh(row, unit.at)
            _compare(unit, row)


def _ours(unit: Work) -> Iterable[tuple[StagedRecord, int | None, IssuedPayment | None]]:
    """The parts of payments that pay bills of ours, or were known to: each with its invoice, and what is known."""
    part, known = StagedRecord, IssuedPayment
    query = (
        select(part, Item.id, known)
        .outerjoin(Binding, (Binding.connection_id == part.connection_id) & (Binding.quickbooks_id == part.name))
        .outerjoin(Item, (Item.id == Binding.item_id) & (Item.kind == INVOICE))
        .outerjoin(known, (known.connection_id == part.connection_id) & (known.key == part.list_id))
        .where(part.connection_id == unit.connection.id, part.source == PAYMENTS, part.type == PART)
        .where(or_(Item.id.is_not(None), known.key.is_not(None)))
        .order_by(part.id)
    )
    return [(row[0], row[1], row[2]) for row in unit.session.execute(query)]


def _staged(unit: Work) -> dict[str, StagedRecord]:
    """The payments themselves and the bills they pay, by TxnID."""
    row = StagedRecord
    query = select(row).where(
        row.connection_id == unit.connection.id, row.source == PAYMENTS, row.type.in_((HEAD, BILL))
    )
    return {found.list_id: found for found in unit.session.execute(query).scalars()}


def _due(staged: Mapping[str, StagedRecord], part: StagedRecord) -> str:
    bill = staged.get(part.data["bill"])
    return str(bill.data["due"]) if bill else ""


def _gone(payment: StagedRecord | None, bill: str) -> str:
    if payment is None or bill in payment.data["parts"]:
        return ""
    if payment.data["deleted"]:
        return DELETED
    return TAKEN_OFF if payment.data["parts"] else VOIDED


def _compare(unit: Work, row: IssuedPayment) -> None:
    """Say on the payment's item what Procore no longer has right."""
    if row.item_id is None:
        return
    item = unit.session.get_one(Item, row.item_id)
    if item.kind != PAYMENT:
        own_payments.note(unit, item, PAYMENTS, exception(row))
        return
    item.difference = exception(row)
    if item.difference:
        unit.trail.add(Tag.PAYMENT_CHANGED, QUICKBOOKS, item.id, key=row.key, sentence=item.difference)


def exception(row: IssuedPayment) -> str:
    """What Procore holds otherwise than QuickBooks, in words; empty when nothing."""
    if row.item_id is None:
        return ""
    what = f"{METHODS[row.found['method']]} {row.found['number']}".strip()
    if row.gone:
        return f"{what} {row.gone} in QuickBooks; Procore still shows its payment."
    changed = [
        f"{word} {row.found[name] or '(none)'} instead of {row.told[name] or '(none)'}"
        for name, word in TOLD.items()
        if row.found[name] != row.told[name]
    ]
    return f"QuickBooks now has {', '.join(changed)}; Procore still shows what it was." if changed else ""


# -- what a person may ask for -------------------------------------------------------------------------------------


def remove(database: Database, connection_id: int, who: Person, key: str) -> None:
    """Take a payment out of Procore that QuickBooks no longer has, or has otherwise: that one comes anew."""
    permissions.must(database, connection_id, who, "remove", PAYMENT)
    with work(database, connection_id) as unit:
        row = _row(unit, key)
        if row.removed_by:
            raise Refusal(f"{row.removed_by} has asked for it already.", "It is being removed.", code="asked_already")
        if row.item_id is not None and unit.session.get_one(Item, row.item_id).kind != PAYMENT:
            raise Refusal(
                "This payment was made in Procore, so it stays there.",
                "Put it right in QuickBooks, or clear the difference on its page with a reason.",
                code="made_in_procore",
            )
        if not exception(row):
            raise Refusal(
                "QuickBooks holds this payment just as Procore shows it.",
                "Void or delete it in QuickBooks first, then refresh the payments.",
                code="in_quickbooks",
            )
        retries.afresh(row, unit.at)
        row.removed_by = who.name
        unit.trail.add(Tag.PAYMENT_REMOVAL_ASKED, who.name, row.item_id, key=key)


def retry(database: Database, connection_id: int, who: Person, key: str, *, anyway: bool = False) -> None:
    """Try once more what Procore refused; ``anyway``: although a like payment was keyed there."""
    permissions.must(database, connection_id, who, "refresh", PAYMENTS)
    with work(database, connection_id) as unit:
        row = _row(unit, key)
        if not row.refused:
            raise Refusal("This payment was not refused.", "Nothing was changed.", code="not_refused")
        retries.afresh(row, unit.at)
        row.anyway_by = who.name if anyway else ""
        unit.trail.add(Tag.PAYMENT_RETRIED, who.name, row.item_id, key=key, anyway=anyway)


def _row(unit: Work, key: str) -> IssuedPayment:
    row = unit.session.get(IssuedPayment, (unit.connection.id, key))
    if row is None:
        raise NotFound("There is no such payment here.", "Look at the page Payments again.")
    return row


# -- the page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One payment of one bill, as the list shows it."""

    row: IssuedPayment
    invoice: Item
    commitment: str
    item: Item | None

    @property
    def amount(self) -> Decimal:
        """What was paid."""
        return money.money(self.row.found["amount"])

    @property
    def discount(self) -> Decimal:
        """What was taken off for paying early."""
        return money.money(self.row.found["discount"])

    @property
    def credit(self) -> Decimal:
        """What vendor credits settled beside it."""
        return money.money(self.row.found["credit"])

    @property
    def place(self) -> str:
        """Where it stands in the list, as an address says it."""
        return f"{self.row.day}~{self.row.key}"

    @property
    def method(self) -> str:
        """Check or credit card."""
        return METHODS[self.row.found["method"]]

    @property
    def exception(self) -> str:
        """What Procore has wrong."""
        return exception(self.row)

    @property
    def removable(self) -> bool:
        """Whether it may be taken out of Procore; what was made there stays."""
        return bool(self.exception) and self.item is not None and self.item.kind == PAYMENT

    @property
    def state(self) -> str:
        """Where it stands, in one word for its pill."""
        if self.row.removed_by:
            return "queued"
        if self.row.refused or self.exception:
            return "failed"
        if self.item is not None:
            return "synced"
        return "draft" if self.row.gone or not self.amount else "queued"

    @property
    def words(self) -> str:
        """Where it stands, in a sentence."""
        if self.row.removed_by:
            return f"Being removed from Procore, as {self.row.removed_by} asked."
        if self.exception or self.row.problem:
            return self.exception or self.row.problem
        if self.item is not None:
            return "In Procore."
        if self.row.gone:
            return f"It {self.row.gone} in QuickBooks; Procore does not show it."
        if not self.amount:
            return "Nothing was paid: a discount or a vendor credit settled the bill. Procore shows no payment."
        return "On its way to Procore."


@dataclass(frozen=True)
class Page:
    """One page of payments, and how fresh they are."""

    lines: tuple[Line, ...]
    as_of: datetime | None
    stale: str  # that they are older than planned, in words
    under_way: bool
    why_not: str  # why payments cannot be read from this edition
    exceptions: int = 0  # how many a person should look at; one more than are counted stands for all others
    next_after: str = ""
    next_before: str = ""


def page(database: Database, connection_id: int, after: str = "", before: str = "") -> Page:
    """Payments of our bills, the newest first, from a place on that a page gave."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        log = session.get(RefreshLog, (connection_id, PAYMENTS, ""))
        back = bool(before)
        found = _found(session, connection_id, PAGE + 1, before or after, back=back)
        lines = tuple(_lines(session, connection_id, found[:PAGE][::-1] if back else found[:PAGE]))
        more, as_of = len(found) > PAGE, log.finished_at if log else None
        return Page(
            lines=lines,
            as_of=as_of,
            stale=freshness.stale(connection, PAYMENTS, as_of),
            under_way=asking.under_way(session, connection_id, PAYMENTS),
            why_not=registry.refreshes()[PAYMENTS].why_not(connection.host),
            exceptions=_to_look_at(session, connection_id),
            next_after=lines[-1].place if lines and (more or back) else "",
            next_before=lines[0].place if lines and (more if back else after) else "",
        )


def _to_look_at(session: Session, connection_id: int) -> int:
    """What Procore refused, what it has otherwise, and what stands against payments it made itself."""
    row, mine = IssuedPayment, Item.connection_id == connection_id
    refused = select(row.key).where(row.connection_id == connection_id, row.refused, row.removed_by == "")
    otherwise = (
        select(row.key)
        .join(Item, Item.id == row.item_id)
        .where(mine, Item.kind == PAYMENT, DIFFERS, ~row.refused, row.removed_by == "")
    )
    own = select(Discrepancy.item_id).where(standing_against(connection_id), Discrepancy.source == PAYMENTS).distinct()
    parts = [select(one.limit(MOST_COUNTED + 1).subquery()) for one in (refused, otherwise, own)]
    counts = [select(func.count()).select_from(part.subquery()).scalar_subquery() for part in parts]
    return sum(int(many) for many in session.execute(select(*counts)).one())


def _found(
    session: Session, connection_id: int, most: int | None, place: str = "", *, back: bool = False
) -> list[tuple[IssuedPayment, Item]]:
    """Payments with their invoices, by day and key."""
    row = IssuedPayment
    query = select(row, Item).join(Item, Item.id == row.invoice_id).where(row.connection_id == connection_id)
    day, _, key = place.partition("~")
    if key and back:
        query = query.where(row.day >= day, or_(row.day > day, row.key > key))
    elif key:
        query = query.where(row.day <= day, or_(row.day < day, row.key < key))
    order = (row.day, row.key) if back else (row.day.desc(), row.key.desc())
    return [(one, invoice) for one, invoice in session.execute(query.order_by(*order).limit(most))]


def _lines(session: Session, connection_id: int, found: Sequence[tuple[IssuedPayment, Item]]) -> Iterable[Line]:
    issued = [row.item_id for row, _ in found if row.item_id is not None]
    items = {item.id: item for item in session.execute(select(Item).where(Item.id.in_(issued))).scalars()}
    locks = {invoice.lock_key for _, invoice in found if invoice.lock_key}
    held = select(Item.lock_key, Item.name).where(
        Item.connection_id == connection_id, Item.kind == "commitment", Item.lock_key.in_(locks)
    )
    orders = {row.lock_key: row.name for row in session.execute(held)}
    for row, invoice in found:
        yield Line(row, invoice, orders.get(invoice.lock_key, ""), items.get(row.item_id or 0))


def write_csv(database: Database, connection_id: int, out: TextIO) -> None:
    """All of them for a spreadsheet."""
    writer = csv.writer(out)
    writer.writerow(
        ["Date", "Due", "Method", "No.", "Commitment", "Invoice", "Amount", "Discount", "Vendor credit", "Status"]
    )
    with database.reading() as session:
        for batch in in_batches(_found(session, connection_id, None), BATCH):
            for line in _lines(session, connection_id, batch):
                found = line.row.found
                cells = [found["date"], found["due"], line.method, found["number"], line.commitment, line.invoice.name]
                amounts = [money.plain(line.amount), money.plain(line.discount), money.plain(line.credit)]
                writer.writerow([*map(text.harmless_cell, cells), *amounts, text.harmless_cell(line.words)])


def fields_for(found: Content, setting: str) -> Content:
    """A payment as Procore is asked to make it; the number of the payment is left to Procore."""
    due = found["due"]
    notes = [found["memo"], f"Due {due}." if due else ""]
    for name, word in (("discount", "Discount"), ("credit", "Vendor credit")):
        if amount := money.money(found[name]):
            notes.append(f"{word} {money.shown(amount)}.")
    return {
        "amount": found["amount"],
        "date": due if setting == "due" and due else found["date"],
        "payment_method": found["method"],
        "check_number": found["number"] or None,
        "invoice_number": found["bill_number"] or None,
        "notes": "\n".join(note for note in notes if note) or None,
    }
