"""What a person does with transactions: enters, edits, pays, voids and merges; tests and the demo play that person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.sandbox.quickbooks.amounts import money, total
from app.sandbox.quickbooks.bill_lines import EXPENSE_LINES, ITEM_LINES, new_expense_line, new_item_line
from app.sandbox.quickbooks.books import reference
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.currencies import exchange
from app.sandbox.quickbooks.estimate_lines import modified_lines as modified_estimate_lines
from app.sandbox.quickbooks.families.bills import add_bill, change_bill
from app.sandbox.quickbooks.families.estimates import LINES as ESTIMATE_LINES
from app.sandbox.quickbooks.families.estimates import fill_estimate
from app.sandbox.quickbooks.families.purchase_orders import fill_order
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.order_lines import modified_lines as modified_order_lines
from app.sandbox.quickbooks.payables import touch
from app.sandbox.quickbooks.payments import Application, pay, set_credit
from app.sandbox.quickbooks.people import People
from app.sandbox.quickbooks.receipts import ORDER_LINES
from app.sandbox.quickbooks.relations import merge, move
from app.sandbox.quickbooks.removing import void
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Body


class Bookkeeper(People):
    """The hands at the keyboard; every helper that enters a transaction returns its TxnID.

    Lines are written as in a request: ``{"ItemRef": {"ListID": …}, "Amount": "100.00", "CustomerRef": …}``; one with
    an AccountRef and no item is an expense line. Money is text with two decimals.
    """

    def enter_bill(self, vendor: str, *lines: Body, number: str = "", day: str = "", **fields: Any) -> str:
        """A bill typed by hand; a line may receive an order's line through LinkToTxn."""
        expenses, items = _sorted(lines)
        body: Body = {"VendorRef": {"ListID": vendor}, "ItemLineAdd": items, "ExpenseLineAdd": expenses, **fields}
        with self._storage.transaction():
            return add_bill(self._books, body | _given(RefNumber=number, TxnDate=day))[0].id

    def enter_check(self, payee: str, *lines: Body, bank: str, number: str = "", day: str = "") -> str:
        """A cheque written without a bill."""
        body: Body = {"AccountRef": {"ListID": bank}, "PayeeEntityRef": {"ListID": payee}}
        return self._spend("Check", "Amount", payee, body | _given(RefNumber=number, TxnDate=day), lines)

    def enter_credit_card_charge(self, payee: str, *lines: Body, card: str, number: str = "", day: str = "") -> str:
        """A charge on a credit card."""
        body: Body = {"AccountRef": {"ListID": card}, "PayeeEntityRef": {"ListID": payee}}
        return self._spend("CreditCardCharge", "Amount", payee, body | _given(RefNumber=number, TxnDate=day), lines)

    def enter_vendor_credit(self, vendor: str, *lines: Body, number: str = "", day: str = "") -> str:
        """A credit a vendor has granted; its lines take costs back."""
        body: Body = {"VendorRef": {"ListID": vendor}, **_given(RefNumber=number, TxnDate=day)}
        return self._spend("VendorCredit", "CreditAmount", vendor, body, lines)

    def enter_journal_entry(
        self, debit: str, credit: str, amount: str, *, job: str = "", number: str = "", day: str = ""
    ) -> str:
        """A journal entry from one account to another; QuickBooks cannot code one to an item."""
        entity: Body = {"EntityRef": self._reference(job)} if job else {}
        sides: Body = {
            side: {
                "TxnLineID": self._books.txn_id(),
                "AccountRef": self._reference(account),
                "Amount": amount,
                **entity,
            }
            for side, account in (("JournalDebitLine", debit), ("JournalCreditLine", credit))
        }
        with self._storage.transaction():
            return self._enter("JournalEntry", "", _given(RefNumber=number, TxnDate=day) | sides)

    def pay_bill(
        self,
        bill: str,
        amount: str | None = None,
        *,
        bank: str = "",
        card: str = "",
        number: str = "",
        day: str = "",
        discount: str = "0.00",
        discount_account: str = "",
        credits: dict[str, str] | None = None,
    ) -> str:
        """Pay a bill by cheque, or by credit card when ``card`` is given; ``credits`` maps a vendor credit to money."""
        with self._storage.transaction():
            vendor = self._record(bill).body["VendorRef"]
            family = "BillPaymentCreditCard" if card else "BillPaymentCheck"
            body: Body = {"PayeeEntityRef": vendor, **_given(RefNumber=number, TxnDate=day)}
            for tag, account in (("BankAccountRef", bank), ("CreditCardAccountRef", card)):
                body |= {tag: self._reference(account)} if account else {}
            used = tuple((credit, Decimal(text)) for credit, text in (credits or {}).items())
            wanted = None if amount is None else Decimal(amount)
            application = Application(bill, wanted, Decimal(discount), discount_account, used)
            return pay(self._books, family, body, [application]).id

    def use_credit(self, credit: str, bill: str, amount: str) -> None:
        """Take a vendor credit off a bill without any payment."""
        with self._storage.transaction():
            record = self._record(bill)
            set_credit(self._books, credit, record, str(record.entity), Decimal(amount))
            touch(self._books, [bill])

    def edit_purchase_order_line(self, txn_id: str, position: int, **fields: Any) -> None:
        """Change a line of an order by hand; ``position`` counts from 0."""
        with self._storage.transaction():
            order = self._record(txn_id)
            lines = stored_lines(order.body[ORDER_LINES])
            lines, _ = modified_order_lines(self._books, lines, _edited(lines, position, fields))
            fill_order(self._books, order, order.body, lines)
            self._books.change(order)

    def edit_estimate_line(self, txn_id: str, position: int, **fields: Any) -> None:
        """Change a line of an estimate by hand; ``position`` counts from 0."""
        with self._storage.transaction():
            estimate = self._record(txn_id)
            lines = stored_lines(estimate.body[ESTIMATE_LINES])
            lines, _ = modified_estimate_lines(self._books, lines, _edited(lines, position, fields))
            fill_estimate(self._books, estimate, estimate.body, lines)
            self._books.change(estimate)

    def edit_bill_line(self, txn_id: str, position: int, **fields: Any) -> None:
        """Change an item line of a bill by hand; ``position`` counts from 0."""
        with self._storage.transaction():
            bill = self._record(txn_id)
            listed = _edited(stored_lines(bill.body[ITEM_LINES]), position, fields)
            change_bill(self._books, bill, {"ItemLineMod": listed})

    def close_purchase_order(self, txn_id: str) -> None:
        """Tick an order's box "Closed"."""
        self.edit(txn_id, IsManuallyClosed="true")

    def void(self, txn_id: str) -> None:
        """Void a transaction: it stays, with amounts of nought."""
        with self._storage.transaction():
            void(self._books, self._record(txn_id))

    def merge_vendors(self, vendor: str, into: str) -> None:
        """Give a vendor another's name: QuickBooks makes them one, and the first ListID is gone."""
        with self._storage.transaction():
            merge(self._books, self._record(vendor), self._record(into))

    def move_under(self, list_id: str, parent: str | None) -> None:
        """Put a job, item or account under another one, or at the top of its list."""
        with self._storage.transaction():
            move(self._books, self._record(list_id), self._record(parent) if parent else None)

    def _spend(self, family: str, amount_tag: str, entity: str, body: Body, lines: tuple[Body, ...]) -> str:
        with self._storage.transaction():
            self._books.resolve(body, family)
            expenses, items = _sorted(lines)
            body[EXPENSE_LINES] = [new_expense_line(self._books, line) for line in expenses]
            body[ITEM_LINES] = [new_item_line(self._books, line)[0] for line in items]
            body[amount_tag] = money(total([*stored_lines(body[EXPENSE_LINES]), *stored_lines(body[ITEM_LINES])]))
            exchange(self._books, body, self._storage.by_id(entity), amount_tag)
            return self._enter(family, entity, body)

    def _enter(self, family: str, entity: str, body: Body) -> str:
        day = str(body.setdefault("TxnDate", self._books.today()))
        require_open_books(self._books, family, day)
        body["TxnNumber"] = str(self._storage.next_number("number"))
        number = str(body.get("RefNumber", ""))
        return self._books.add(Record(self._books.txn_id(), family, number, number, body, entity=entity, day=day)).id

    def _reference(self, record_id: str) -> Body:
        return reference(self._record(record_id))


def _given(**fields: str) -> Body:
    return {tag: value for tag, value in fields.items() if value}


def _sorted(lines: tuple[Body, ...]) -> tuple[list[Any], list[Any]]:
    return [dict(line) for line in lines if "AccountRef" in line], [
        dict(line) for line in lines if "AccountRef" not in line
    ]


def _edited(lines: list[Body], position: int, fields: Body) -> list[Any]:
    listed: list[Body] = [{"TxnLineID": line["TxnLineID"]} for line in lines]
    listed[position].update(fields)
    return listed
