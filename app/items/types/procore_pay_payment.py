"""A payment made with Procore Pay, exported as QuickBooks' payment of the bill of its invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from marshmallow import fields

from app.core import clock, money, text
from app.items import bill_payment, erp, posting, requisition
from app.items.base import (
    Content,
    Field,
    Input,
    ItemType,
    Loose,
    Need,
    Record,
    Situation,
    Staged,
    Step,
    Surroundings,
)
from app.items.ports import Place, Procore, Told

PATH = "/rest/v1.0/contract_payments"
#: Both kinds of commitments have payments; Procore lists these for one commitment at a time.
CONTRACTS = ("purchase_order_contracts", "work_order_contracts")
ACCOUNT = "procore_pay_account"


class ProcorePayPaymentSchema(Loose):
    id = fields.Integer(required=True)
    contract_id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    requisition_id = fields.Integer(allow_none=True, load_default=None)
    vendor_id = fields.Integer(required=True)
    vendor_name = fields.String(allow_none=True, load_default="")
    external_payment_id = fields.String(required=True)
    payment_number = fields.Integer(allow_none=True, load_default=None)
    amount = fields.String(required=True)
    date = fields.String(allow_none=True, load_default=None)
    date_payment_settled = fields.String(allow_none=True, load_default=None)
    status = fields.String(allow_none=True, load_default="")
    check_number = fields.String(allow_none=True, load_default=None)
    invoice_number = fields.String(allow_none=True, load_default=None)


class ProcorePayPayment(ItemType):
    """Money that left through Procore Pay; the other payments of Procore came from QuickBooks and never go back."""

    kind, label, plural = "procore_pay_payment", "Procore Pay payment", "Procore Pay payments"
    quickbooks, order = "Bill Pmt -Check", 75
    places = (
        "Procore: project, Commitments, the commitment's Payments Issued · "
        "QuickBooks: Vendor Center, Transactions, Bill Payments"
    )
    grammar = bill_payment.GRAMMAR
    schema = ProcorePayPaymentSchema
    settings = (ACCOUNT, "zone")
    reads = ("invoice",)
    read_with, read_every = "procore_pay_export", timedelta(minutes=30)  # one call for each commitment with payments
    resources = ("Contract Payments",)
    by_hand = True
    erp_events = (
        erp.Event("create_payment", at="contract_payment", project="project_id"),
        erp.Event("create_contract_payment", at="contract_payment", project="project_id"),
        erp.Event("reset_payment", erp.UNLINK, id="payment_id"),
    )
    fields = (
        Field("Payment made with Procore Pay", "external_payment_id", "(nothing)", "only these are exported"),
        Field("Invoices", "requisition_id", "the bill it pays", "a payment belongs to one invoice"),
        Field("Contractor Company", "the invoice's vendor_name", "Pay to the Order of"),
        Field("Date", "date", "Date", "or the accounting date the approver gives"),
        Field("Check / Ref #", "check_number", "No.",
              "at most 11 characters; without one the payment's number in Procore; another may be given"),
        Field("Amount", "amount", "Amt. Paid"),
        Field("(nothing)", "(nothing)", "Bank Account", "by a setting"),
        Field("(nothing)", "(nothing)", "Memo", "Tieout's mark, by which the payment is found again"),
    )  # fmt: skip
    inputs = (
        Input("number", "No.", max_length=11, suggest="number", help="Procore's number stays as it is."),
        Input("accounting_date", "Accounting date", form="day", max_length=10, suggest="paid_on",
              help="Where the day it was paid cannot be booked on. Both dates are kept."),
        Input("accounting_reason", "Why another date"),
        Input("send_anyway", "Send anyway, because", help="QuickBooks already has a payment of this number."),
    )  # fmt: skip

    def fetch(self, procore: Procore) -> Iterator[Content]:
        """Of the payments issued those made with Procore Pay; commitments on which nothing was paid are passed by."""
        for project in procore.projects():
            for resource in CONTRACTS:
                listed = {"project_id": project["id"], "view": "extended"}
                for contract in procore.pages(f"/rest/v1.0/{resource}", **listed):
                    if money.amount(contract.get("total_payments")):
                        yield from _made_with_procore_pay(procore, project["id"], contract)

    def place(self, procore: Procore, told: Told) -> Place:
        parents = {"project_id": told.project_id, "contract_id": told.content["contract_id"]}
        return Place(f"{PATH}/{told.procore_id}", parents, "contract_payment", has_code=False)

    def external(self, told: Told) -> list[erp.Mark]:
        return [erp.Mark("contract_payment", told.procore_id, told.origin)]

    def name(self, content: Content) -> str:
        return f"Procore Pay payment {content['payment_number'] or content['id']}"

    def title(self, content: Content) -> str:
        invoice = f"Invoice {content['invoice_number']}" if content["invoice_number"] else ""
        return ", ".join(part for part in (content["vendor_name"], invoice) if part)

    def amount(self, content: Content) -> Decimal | None:
        return money.money(content["amount"])

    def project(self, content: Content) -> str | None:
        return str(content["project_id"])

    def lock(self, content: Content) -> str | None:
        """What is left of a bill is read before each payment of it, so one leaves at a time."""
        return None if content["requisition_id"] is None else f"bill:{content['requisition_id']}"

    def place_in_line(self, content: Content) -> str:
        return str(content["payment_number"] or content["id"]).zfill(20)

    def needs(self, content: Content) -> list[Need]:
        needs = [Need("company", "company", str(content["vendor_id"]))]
        if content["requisition_id"] is not None:
            needs.append(Need("invoice", "subcontractor_invoice", str(content["requisition_id"])))
        return needs

    def list_ids(self, inputs: Content, settings: Mapping[str, Any]) -> set[str]:
        return {str(chosen)} if (chosen := settings.get(ACCOUNT)) else set()

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        invoice = next(iter(around.needed.get("invoice", ())), None)
        bank, number, zone = _bank(around), self._number(content, inputs), posting.zone(around.settings)
        wanted = text.squeeze(inputs.get("accounting_date"))
        return {
            "number": number,
            "amount": self.amount(content),
            "invoice": _invoice_name(content, invoice) if invoice else "",
            "payment_due": requisition.payment_due(invoice) if invoice else requisition.ZERO,
            "bill_by_hand": any(not bill.quickbooks_id for bill in around.bound.get("invoice", ())),
            "company": content["vendor_name"] or "",
            "bank_account": bank.full_name if bank and bank.active else "",
            "bank_account_type": str(bank.data.get("account_type") or "") if bank else "",
            "paid_on": _paid_on(content, zone),
            "settled_on": content["date_payment_settled"] or "",
            "accounting_date": wanted,
            "accounting_reason": text.squeeze(inputs.get("accounting_reason")),
            **posting.words(posting.day(wanted or _paid_on(content, zone)), around.settings, around.host, around.now),
            "send_anyway": text.squeeze(inputs.get("send_anyway")),
            "procore_status": content["status"] or "",
            "voided": self.void(content),
            "not_in_quickbooks": text.not_in_quickbooks(number),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        invoice, bank = next(iter(around.needed.get("invoice", ())), None), _bank(around)
        wanted, zone = posting.day(inputs.get("accounting_date")), posting.zone(around.settings)
        return {
            "number": self._number(content, inputs),
            "procore_number": content["check_number"],
            "procore_pay_id": content["external_payment_id"],
            "date": wanted or _paid_on(content, zone),
            "paid_on": _paid_on(content, zone),
            "accounting_date": wanted or None,
            "accounting_reason": text.squeeze(inputs.get("accounting_reason")) or None,
            "amount": money.plain(money.money(content["amount"])),
            "invoice": str(content["requisition_id"]),
            "invoice_name": _invoice_name(content, invoice),
            "company": str(content["vendor_id"]),
            "company_name": content["vendor_name"] or "",
            "bank_account": bank.list_id if bank else "",
            "bank_account_name": bank.full_name if bank else "",
            "send_anyway": text.squeeze(inputs.get("send_anyway")) or None,
        }

    def begins_with_read(self, document: Content) -> bool:
        return True  # a look for payee and number, and at the bill, comes first

    def next_step(self, now: Situation) -> Step:
        return bill_payment.next_step(now)

    def beside(self, now: Situation, record: Record) -> list[str]:
        return bill_payment.beside(now, record)

    def day(self, content: Content, inputs: Content, zone: str) -> str:
        return posting.day(inputs.get("accounting_date")) or _paid_on(content, zone)

    def preview(self, document: Content) -> list[tuple[str, str]]:
        return bill_payment.preview(document)

    def _number(self, content: Content, inputs: Content) -> str:
        given = text.squeeze(inputs.get("number")) or text.squeeze(content["check_number"])
        return given or str(content["payment_number"] or "")


def _made_with_procore_pay(procore: Procore, project_id: int, contract: Content) -> Iterator[Content]:
    """The payments of one commitment that have an id of Procore Pay: no other way of paying gives one."""
    vendor = contract.get("vendor") or {}
    for record in procore.pages(PATH, project_id=project_id, contract_id=contract["id"]):
        if record.get("external_payment_id"):
            yield {**record, "vendor_id": vendor.get("id"), "vendor_name": vendor.get("company")}


def _bank(around: Surroundings) -> Staged | None:
    """The account of the settings, as QuickBooks showed it."""
    return around.by_id(around.settings.get(ACCOUNT))


def _invoice_name(content: Content, invoice: Content | None) -> str:
    said = (invoice or {}).get("invoice_number") or content["invoice_number"] or content["requisition_id"]
    return f"Invoice {said}"


def _paid_on(content: Content, zone: str) -> str:
    """The day Procore gives the payment, else the one on which it was settled."""
    if settled := content["date_payment_settled"] if not content["date"] else None:
        return clock.local_date(datetime.fromisoformat(settled), zone).isoformat()
    return posting.day(content["date"])
