"""Payments of bills: what one takes off which bill, with its discounts and the vendor credits set along with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, money
from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import NO_SUCH_RECORD, Books, list_id, reference
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.currencies import exchange
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.payables import open_amount, touch, unused_credit
from app.sandbox.quickbooks.storage import Link, Record
from app.sandbox.quickbooks.transactions import linked_txn, show_transaction
from app.sandbox.quickbooks.writing import Body, Value

ORDER = """TxnNumber PayeeEntityRef APAccountRef TxnDate BankAccountRef CreditCardAccountRef Amount CurrencyRef
ExchangeRate AmountInHomeCurrency RefNumber Memo IsToBePrinted ExternalGUID AppliedToTxnRet"""


@dataclass(frozen=True, slots=True)
class Application:
    """What a payment does to one bill; without an amount it pays what discount and credits leave open."""

    bill: str
    amount: Decimal | None = None
    discount: Decimal = ZERO
    discount_account: str = ""
    credits: tuple[tuple[str, Decimal], ...] = ()


def pay(books: Books, family: str, body: Body, applications: Sequence[Application]) -> Record:
    """Enter a payment; one that takes more than a bill's open amount is refused whole."""
    body.setdefault("TxnDate", books.today())
    require_open_books(books, family, str(body["TxnDate"]))
    payee = list_id(body.get("PayeeEntityRef"))
    body["TxnNumber"] = str(books.storage.next_number("number"))
    record = Record(books.txn_id(), family, "", "", {}, entity=payee, day=str(body["TxnDate"]))
    paid = sum((_apply(books, record.id, payee, application) for application in applications), ZERO)
    body["Amount"] = money(paid)
    exchange(books, body, books.storage.by_id(payee), "Amount")
    record.body = arrange(body, ORDER)
    record.name = record.full_name = str(body.get("RefNumber") or "")
    books.add(record)
    touch(books, (application.bill for application in applications))
    return record


def show_payment(books: Books, record: Record) -> Body:
    """A payment with the bills it pays, as much as is left of them now, and the credits set along with it."""
    links = books.storage.links(source=record.id)
    bills = dict.fromkeys(link.target for link in links)
    applied: list[Value] = [
        _applied(books, record, bill, [link for link in links if link.target == bill]) for bill in bills
    ]
    return show_transaction(books, record, ORDER, {"AppliedToTxnRet": applied})


def _apply(books: Books, payment: str, payee: str, application: Application) -> Decimal:
    bill = _of_payee(books, application.bill, "Bill", payee)
    credited = sum((amount for _, amount in application.credits), ZERO)
    owed = open_amount(books, bill) - application.discount - credited
    amount = owed if application.amount is None else application.amount
    if amount > owed or amount < ZERO:
        raise StatusError(
            3210,
            f'The "AppliedToTxnAdd payment amount" field has an invalid value "{money(amount)}".  '
            "QuickBooks error message: You cannot pay more than the amount due.",
        )
    books.storage.add_link(Link("payment", payment, bill.id, amount=money(amount)))
    if application.discount:
        taken, account = money(application.discount), application.discount_account
        books.storage.add_link(Link("discount", payment, bill.id, amount=taken, through=account))
    for credit_id, credit_amount in application.credits:
        set_credit(books, credit_id, bill, payee, credit_amount, payment)
    return amount


def set_credit(books: Books, credit_id: str, bill: Record, vendor: str, amount: Decimal, payment: str = "") -> None:
    """Take a vendor's credit off a bill, with a payment or by itself."""
    credit = _of_payee(books, credit_id, "VendorCredit", vendor)
    if amount > unused_credit(books, credit):
        raise StatusError(3210, f'The "SetCredit AppliedAmount" field has an invalid value "{money(amount)}".')
    books.storage.add_link(Link("credit", credit.id, bill.id, amount=money(amount), through=payment))
    books.change(credit)


def _of_payee(books: Books, record_id: str, family: str, payee: str) -> Record:
    record = books.storage.by_id(record_id)
    if record is None or record.family != family or record.entity != payee:
        raise StatusError(3120, f'Object "{record_id}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
    if record.opened:
        raise StatusError(
            3176,
            f"There was an error when locking the related {family} {record_id}.  QuickBooks error message: "
            "QuickBooks failed to acquire the lock for this object.",
        )
    return record


def _applied(books: Books, payment: Record, bill_id: str, links: Sequence[Link]) -> Body:
    bill = books.storage.by_id(bill_id)
    if bill is None:
        return {}
    paid = sum((Decimal(link.amount) for link in links if link.kind == "payment"), ZERO)
    discounts = [link for link in links if link.kind == "discount"]
    shown: Body = {"TxnID": bill.id, "TxnType": bill.family, "TxnDate": str(bill.day)}
    if number := bill.body.get("RefNumber"):
        shown["RefNumber"] = number
    shown |= {"BalanceRemaining": money(open_amount(books, bill)), "Amount": money(paid)}
    if discounts:
        shown["DiscountAmount"] = money(sum((Decimal(link.amount) for link in discounts), ZERO))
        account = books.storage.by_id(discounts[0].through)
        shown |= {"DiscountAccountRef": reference(account)} if account else {}
    credits: list[Value] = [
        linked_txn(books, link.source, link.kind, money(-Decimal(link.amount)))
        for link in books.storage.links(target=bill.id)
        if link.through == payment.id and link.kind == "credit"
    ]
    return shown | ({"LinkedTxn": credits} if credits else {})
