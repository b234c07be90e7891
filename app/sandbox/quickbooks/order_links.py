"""Bill lines that receive a purchase order's lines.

Sources differ on what may stand beside LinkToTxn. The stricter reading is the default: Quantity and Amount, nothing
else (3153; for a tax code 3210). The other, which a company file can be told to follow, refuses ItemRef alone. A line
of a closed order, or one that is full, is left out: a warning (570), or an error (3180) if nothing is left of the bill.
An open line may be billed beyond its quantity; what is received then exceeds what was ordered, as on QuickBooks' form.
"""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, money, number, price, quantity
from app.sandbox.quickbooks.bill_lines import finished
from app.sandbox.quickbooks.books import NO_SUCH_RECORD, Books, list_id
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.order_lines import is_full
from app.sandbox.quickbooks.receipts import ORDER_LINES, billed_amounts, is_closed
from app.sandbox.quickbooks.storage import Link, Record
from app.sandbox.quickbooks.writing import Body, Value

LENIENT = "TakesFieldsBesideLinks"
CLOSED = (570, "A transaction that was to be linked is already closed and has not been linked.")
_ALONGSIDE = {"LinkToTxn", "Quantity", "Amount"}
_ONE = Decimal(1)


def linked_line(books: Books, bill_id: str, vendor_id: str, given: Body) -> tuple[Body, Link] | None:
    """The bill line a LinkToTxn makes, with its link; None when the order's line takes no more."""
    _check_company(books, given)
    target = given["LinkToTxn"]
    order = _order(books, str(target["TxnID"]) if isinstance(target, dict) else "", vendor_id)
    wanted = str(target["TxnLineID"]) if isinstance(target, dict) else ""
    ordered = next((line for line in stored_lines(order.body[ORDER_LINES]) if line["TxnLineID"] == wanted), None)
    if ordered is None:
        raise StatusError(3120, f'Object "{wanted}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
    if is_closed(order) or is_full(ordered):
        return None
    beside = {tag: value for tag, value in given.items() if tag != "LinkToTxn"}
    return _billed(books, bill_id, order, ordered, beside)


def whole_order(books: Books, bill_id: str, vendor_id: str, order_id: str) -> list[tuple[Body, Link]]:
    """The bill lines LinkToTxnID makes: whatever is still open on the order, at what is left of its amounts."""
    order = _order(books, order_id, vendor_id)
    if is_closed(order):
        return []
    taken = billed_amounts(books, order)
    made = []
    for ordered in stored_lines(order.body[ORDER_LINES]):
        if "ItemRef" in ordered and not is_full(ordered):
            left = (number(ordered, "Amount") or ZERO) - taken.get(str(ordered["TxnLineID"]), ZERO)
            made.append(_billed(books, bill_id, order, ordered, {"Amount": money(left)}, whole=True))
    return made


def check_order_ids(order_ids: list[str], item_lines: list[Body]) -> None:
    """An order may be linked as a whole once, or by its lines, not both."""
    by_line = {str(link["TxnID"]) for line in item_lines if isinstance(link := line.get("LinkToTxn"), dict)}
    for order_id in order_ids:
        if order_id in by_line:
            raise StatusError(3000, f'The given object ID "{order_id}" in the field "LinkToTxnID" is invalid.')
    if len(set(order_ids)) < len(order_ids):
        raise StatusError(3177, "A transaction can be linked only once in LinkToTxnID.")


def _check_company(books: Books, given: Body) -> None:
    beside = set(given) - ({"LinkToTxn"} | (set(given) - {"ItemRef"}) if books.preference(LENIENT) else _ALONGSIDE)
    if "SalesTaxCodeRef" in beside:
        raise StatusError(3210, 'The "SalesTaxCodeRef" field has an invalid value beside LinkToTxn.')
    if beside:
        raise StatusError(3153, f"There is a conflict between LinkToTxn and {', '.join(sorted(beside))}.")


def _order(books: Books, order_id: str, vendor_id: str) -> Record:
    order = books.storage.by_id(order_id)
    if order is None or order.family != "PurchaseOrder":
        raise StatusError(3120, f'Object "{order_id}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
    if list_id(order.body["VendorRef"]) != vendor_id:
        raise StatusError(
            3180,
            "There was an error when saving a Bill.  QuickBooks error message: This record has an error in it. "
            "The purchase order is another vendor's.",
        )
    if order.opened:
        raise StatusError(
            3176,
            f"There was an error when locking the related PurchaseOrder {order_id}.  QuickBooks error message: "
            "QuickBooks failed to acquire the lock for this object.",
        )
    return order


def _billed(
    books: Books, bill_id: str, order: Record, ordered: Body, given: Body, *, whole: bool = False
) -> tuple[Body, Link]:
    """Item, customer and class come from the order; an amount alone counts as a quantity of one."""
    line: dict[str, Value] = {
        tag: ordered[tag]
        for tag in ("ItemRef", "Desc", "UnitOfMeasure", "ClassRef", "CustomerRef", "SalesTaxCodeRef")
        if tag in ordered
    }
    line |= given
    books.resolve(line, "Bill item line")
    line["TxnLineID"] = books.txn_id()
    left = number(ordered, "UnbilledQuantity")
    units, amount = number(given, "Quantity"), number(given, "Amount")
    if units is None:
        units = _ONE if (amount is not None and not whole) or left is None else left
    cost = number(given, "Cost") or number(ordered, "Rate") or number(ordered, "Amount") or ZERO
    if amount is None:
        amount = units * cost
    elif units:
        cost = amount / units
    line |= {"Quantity": quantity(units), "Cost": price(cost), "Amount": money(amount)}
    link = Link("order", bill_id, order.id, str(line["TxnLineID"]), str(ordered["TxnLineID"]))
    return finished(books, line), link
