"""Bills: a subcontractor's invoices, added, modified with their lines, and asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from lxml import etree

from app.sandbox.quickbooks.amounts import ZERO, money
from app.sandbox.quickbooks.bill_lines import (
    EXPENSE_LINES,
    ITEM_LINES,
    modified_expense_lines,
    modified_item_lines,
    new_expense_line,
    new_item_line,
)
from app.sandbox.quickbooks.bodies import arrange, fields
from app.sandbox.quickbooks.books import Books, list_id, reference
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.currencies import exchange, require_currencies
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.lines import RATE_IGNORED, listed_lines, rate_warning, stored_lines
from app.sandbox.quickbooks.order_links import CLOSED, check_order_ids, linked_line, whole_order
from app.sandbox.quickbooks.payables import open_amount, settled
from app.sandbox.quickbooks.receipts import receive_orders
from app.sandbox.quickbooks.storage import Link, Record
from app.sandbox.quickbooks.taxes import fill_codes, with_tax
from app.sandbox.quickbooks.transactions import (
    TXN_SHAPES,
    Keep,
    linked_txn,
    saved,
    show_transaction,
    to_modify,
    txn_query,
    txn_query_shape,
)
from app.sandbox.quickbooks.writing import Answer, Body, Value

_HEAD = """VendorAddress=Address? APAccountRef=ref159? TxnDate=date? DueDate=date? RefNumber=s20? TermsRef=ref31?
Memo=s4095? IsTaxIncluded=bool?@CA SalesTaxCodeRef=ref3?@CA ExchangeRate=float?""".replace("\n", " ")
_STATUS = "BillableStatus=Billable|NotBillable|HasBeenBilled?"
_EXPENSE = f"""AccountRef=ref159? Amount=amt? Memo=s4095? CustomerRef=ref209? ClassRef=ref159? SalesTaxCodeRef=ref3?@CA
{_STATUS}""".replace("\n", " ")
_ITEM = f"""ItemRef=ref? Desc=s4095? Quantity=qty? UnitOfMeasure=s31? Cost=price? Amount=amt? CustomerRef=ref209?
ClassRef=ref159? SalesTaxCodeRef=ref3?@CA {_STATUS} OverrideItemAccountRef=ref159?""".replace("\n", " ")
_SHAPES = f"""
BillAddRq BillAdd^ IncludeRetElement=s50*
BillAdd VendorRef=ref41 {_HEAD} ExternalGUID=guid? LinkToTxnID=id* ExpenseLineAdd* ItemLineAdd*
ExpenseLineAdd {_EXPENSE}
ItemLineAdd {_ITEM} LinkToTxn?
LinkToTxn TxnID=id TxnLineID=id
BillModRq BillMod IncludeRetElement=s50*
BillMod TxnID=id EditSequence=s16 VendorRef=ref41? {_HEAD} ClearExpenseLines=bool? ExpenseLineMod*\
 ClearItemLines=bool? ItemLineMod*
ExpenseLineMod TxnLineID=id {_EXPENSE}
ItemLineMod TxnLineID=id {_ITEM}
{txn_query_shape("BillQueryRq", "PaidStatus=All|PaidOnly|NotPaidOnly?")}
{TXN_SHAPES}
"""
_ORDER = """TxnNumber VendorRef VendorAddress APAccountRef TxnDate DueDate AmountDue CurrencyRef ExchangeRate
AmountDueInHomeCurrency RefNumber TermsRef Memo IsTaxIncluded SalesTaxCodeRef IsPaid ExternalGUID LinkedTxn
ExpenseLineRet ItemLineRet OpenAmount"""


def show_bill(books: Books, record: Record) -> Body:
    """A bill with its lines, what it receives, what has been paid of it and what is still open."""
    owed = open_amount(books, record)
    return show_transaction(
        books,
        record,
        _ORDER,
        {"IsPaid": "false" if owed else "true", "OpenAmount": money(owed), "LinkedTxn": _linked(books, record)},
    )


def add_bill(books: Books, body: Body) -> tuple[Record, tuple[int, str] | None]:
    """Enter a bill, and the warning that comes with it, if any."""
    item_lines = stored_lines(body.pop("ItemLineAdd", None))
    expense_lines = stored_lines(body.pop("ExpenseLineAdd", None))
    order_ids = _texts(body.pop("LinkToTxnID", None))
    require_currencies(books, body)
    books.resolve(body, "Bill")
    if "VendorRef" not in body:
        raise StatusError(3150, 'There is a missing element: "VendorRef".')
    check_order_ids(order_ids, item_lines)
    body.setdefault("TxnDate", books.today())
    require_open_books(books, "Bill", str(body["TxnDate"]))
    body["TxnNumber"] = str(books.storage.next_number("number"))
    record = Record(books.txn_id(), "Bill", "", "", {})
    lines, links, warning = _new_lines(books, record.id, list_id(body["VendorRef"]), item_lines, order_ids)
    if warning is CLOSED and not lines and not expense_lines:
        raise _unsaved("The purchase order is closed, which leaves nothing on this bill.")
    _fill(books, record, body, [new_expense_line(books, line) for line in expense_lines], lines)
    books.add(record)
    for link in links:
        books.storage.add_link(link)
    receive_orders(books, [link.target for link in links])
    return record, warning


def change_bill(books: Books, record: Record, given: Body) -> tuple[int, str] | None:
    """Change a bill as a BillMod says, and the warning that comes with it; ``given`` holds Mod lines."""
    expenses = _changed(books, record.body.get(EXPENSE_LINES), given, "ExpenseLineMod", "ClearExpenseLines")
    items = stored_lines(record.body.get(ITEM_LINES))
    if given.pop("ClearItemLines", "false") in ("true", "1"):
        items = []
    items, warned = modified_item_lines(books, items, listed_lines(given, "ItemLineMod"))
    require_currencies(books, given)
    books.resolve(given, "Bill")
    orders = [link.target for link in books.storage.links(source=record.id)]
    left = {line["TxnLineID"] for line in items}
    for link in books.storage.links(source=record.id):
        if link.source_line not in left:
            books.storage.drop_links(record.id, link.source_line)
    _fill(books, record, {**record.body, **given}, expenses, items)
    books.change(record)
    receive_orders(books, orders)
    return rate_warning(warned)


def _add(books: Books, request: etree._Element) -> Answer:
    record, warning = add_bill(books, fields(request[0]))
    return saved(books, record, show_bill, warning)


def _modify(books: Books, request: etree._Element) -> Answer:
    given = fields(request[0])
    record = to_modify(books, given, "Bill")
    warning = change_bill(books, record, given)
    return saved(books, record, show_bill, warning)


def _new_lines(
    books: Books, bill_id: str, vendor_id: str, given: list[Body], order_ids: list[str]
) -> tuple[list[Body], list[Link], tuple[int, str] | None]:
    made: list[tuple[Body, Link | None]] = []
    warning = None
    for order_id in order_ids:
        whole = whole_order(books, bill_id, vendor_id, order_id)
        warning = warning if whole else CLOSED
        made += whole
    for entry in given:
        if "LinkToTxn" in entry:
            linked = linked_line(books, bill_id, vendor_id, entry)
            warning = warning if linked else CLOSED
            made += [linked] if linked else []
        else:
            line, ignored = new_item_line(books, entry)
            warning = RATE_IGNORED if ignored and warning is None else warning
            made.append((line, None))
    return [line for line, _ in made], [link for _, link in made if link], warning


def _changed(books: Books, stored: Value | None, given: Body, mods: str, clear: str) -> list[Body]:
    lines = stored_lines(stored)
    if given.pop(clear, "false") in ("true", "1"):
        lines = []
    return modified_expense_lines(books, lines, listed_lines(given, mods))


def _fill(books: Books, record: Record, body: Body, expenses: list[Body], items: list[Body]) -> None:
    """Put header and lines into the record; a bill never falls below zero or below what has been paid of it."""
    vendor = books.storage.by_id(list_id(body["VendorRef"]))
    for tag in ("VendorAddress", "TermsRef"):
        if vendor and tag in vendor.body:
            body.setdefault(tag, vendor.body[tag])
    payable = next(iter(books.storage.select(("Account",), "instr(body, ?) > 0", ('"AccountsPayable"',))), None)
    if payable is not None:
        body.setdefault("APAccountRef", reference(payable))
    body.setdefault("DueDate", _due(books, body))
    lines = [*expenses, *items]
    fill_codes(books, body, lines)
    amount = with_tax(books, body, lines)
    if amount < ZERO:
        raise _unsaved("The amount of a bill cannot be negative; enter a credit instead.")
    if amount < settled(books, record):
        raise _unsaved("The amount of a bill cannot be less than what has been paid.")
    body["AmountDue"] = money(amount)
    exchange(books, body, vendor, "AmountDue")
    record.body = arrange(body, _ORDER) | {EXPENSE_LINES: list(expenses), ITEM_LINES: list(items)}
    record.name = record.full_name = str(body.get("RefNumber") or "")
    record.entity = list_id(body["VendorRef"])
    record.day = str(body["TxnDate"])


def _due(books: Books, body: Body) -> str:
    """The day a bill falls due by its terms, or by the company's own days."""
    terms = books.storage.by_id(list_id(body.get("TermsRef")))
    days = int(str(terms.body.get("StdDueDays") or 0)) if terms else int(books.preference("DaysBillsAreDue") or 30)
    return (date.fromisoformat(str(body["TxnDate"])) + timedelta(days)).isoformat()


def _linked(books: Books, record: Record) -> list[Value]:
    """Orders received, payments and credits, each once with all it takes off; a discount is no transaction."""
    amounts = {line["TxnLineID"]: str(line.get("Amount", "0.00")) for line in stored_lines(record.body.get(ITEM_LINES))}
    taken: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for link in books.storage.links(source=record.id):
        taken[link.target, link.kind] -= Decimal(amounts.get(link.source_line, "0.00"))
    for link in books.storage.links(target=record.id):
        if link.kind != "discount":
            taken[link.source, link.kind] -= Decimal(link.amount)
    return [linked_txn(books, other, kind, money(amount)) for (other, kind), amount in taken.items()]


def _unsaved(why: str) -> StatusError:
    return StatusError(3180, f"There was an error when saving a Bill.  QuickBooks error message: {why}")


def _texts(value: Value | None) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each]


def _paid(books: Books, request: etree._Element) -> Keep:
    status = request.findtext("PaidStatus") or "All"
    return lambda record: status == "All" or (status == "PaidOnly") == (not open_amount(books, record))


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "BillAddRq": _add,
        "BillModRq": _modify,
        "BillQueryRq": txn_query("Bill", ITEM_LINES, EXPENSE_LINES, show=show_bill, keeps=_paid),
    },
    shows={"Bill": show_bill},
    iterable=frozenset({"BillQueryRq"}),
)
