"""A payment of a subcontractor's bill, imported from QuickBooks as a payment issued on the commitment."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import fields

from app.core import money
from app.items import erp
from app.items.base import IMPORT, Content, Field, ItemType, Loose, Need, Surroundings


class PaymentSchema(Loose):
    id = fields.Integer(required=True)
    contract_id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    requisition_id = fields.Integer(allow_none=True, load_default=None)
    payment_number = fields.Integer(allow_none=True, load_default=None)
    amount = fields.String(required=True)
    date = fields.String(allow_none=True, load_default=None)
    check_number = fields.String(allow_none=True, load_default=None)
    invoice_number = fields.String(allow_none=True, load_default=None)
    notes = fields.String(allow_none=True, load_default=None)


class Payment(ItemType):
    """QuickBooks' payment of one bill; a cheque that pays three bills becomes three payments in Procore."""

    kind, label, plural, quickbooks = "payment", "Payment", "Payments", "Bill Pmt"
    direction, order = IMPORT, 70
    places = (
        "Procore: project, Commitments, the commitment's Payments Issued · "
        "QuickBooks: Vendor Center, Transactions, Bill Payments"
    )
    schema = PaymentSchema
    erp_events = (
        erp.Event("sync_contract_payments", erp.REFUSE, why="Tieout does not write payments in ERP-platform mode: "
                  "Procore does not publish under which names it takes their amount, date and check number. "
                  "Enter the payment in Procore."),
    )  # fmt: skip
    marks = False  # Procore is given the origin with the payment itself
    fields = (
        Field("Invoices", "requisition_id", "the bill it pays", "a payment belongs to one invoice"),
        Field("Payment Method", "payment_method", "Bill Pmt window", "Check or Credit Card"),
        Field("Date", "date", "Date", "or the bill's Date Due, by a setting"),
        Field("Payment #", "payment_number", "(nothing)", "numbered by Procore"),
        Field("Invoice #", "invoice_number", "Ref. No."),
        Field("Check / Ref #", "check_number", "No."),
        Field("Notes", "notes", "Memo", "and below it: date due, discount, vendor credit"),
        Field("Amount", "amount", "Amt. Paid"),
    )

    def name(self, content: Content) -> str:
        return f"Payment {content['payment_number'] or content['id']}"

    def title(self, content: Content) -> str:
        said = {"Check": content["check_number"], "Invoice": content["invoice_number"]}
        return ", ".join(f"{what} {number}" for what, number in said.items() if number)

    def amount(self, content: Content) -> Decimal | None:
        return money.money(content["amount"])

    def status(self, content: Content) -> str:
        return "Issued"

    def project(self, content: Content) -> str | None:
        return str(content["project_id"])

    def needs(self, content: Content) -> list[Need]:
        needs = [Need("commitment", "commitment", str(content["contract_id"]))]
        if content["requisition_id"] is not None:
            needs.append(Need("invoice", "subcontractor_invoice", str(content["requisition_id"])))
        return needs

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        return {
            "amount": self.amount(content),
            "invoice_number": content["invoice_number"] or "",
            "from_quickbooks": True,  # what Procore paid is another kind
            "procore_status": self.status(content),
        }

    def day(self, content: Content, inputs: Content, zone: str) -> str:
        return content["date"] or ""

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        """As QuickBooks shows it; it came from there."""
        return dict(content)

    def preview(self, document: Content) -> list[tuple[str, str]]:
        return [
            ("Amt. Paid", money.shown(money.money(document["amount"]))),
            ("Date", document["date"] or ""),
            ("No.", document["check_number"] or ""),
            ("Ref. No. of the bill", document["invoice_number"] or ""),
            ("Memo", document["notes"] or ""),
        ]
