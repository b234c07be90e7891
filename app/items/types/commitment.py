"""A Procore subcontract or purchase order, exported as a QuickBooks purchase order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from marshmallow import fields

from app.core import clock, money, text
from app.items import order
from app.items.base import (
    Again,
    Ask,
    BindingView,
    Content,
    Done,
    Field,
    Hold,
    Input,
    ItemType,
    Loose,
    Need,
    Record,
    Refuse,
    Reply,
    Situation,
    Step,
    Surroundings,
)

APPROVED = {"approved", "complete"}
VOID = {"void", "terminated"}


GRAMMAR = """
PurchaseOrderAddRq: PurchaseOrderAdd!, $Answer
PurchaseOrderAdd: VendorRef ref(41), TemplateRef ref(31), TxnDate date, RefNumber str(11), VendorAddress Address,
    ShipAddress Address, TermsRef ref(31), DueDate date, ExpectedDate date, FOB str(13), Memo str(4095),
    VendorMsg str(99), IsToBePrinted bool, IsToBeEmailed bool since 6.0, IsTaxIncluded bool since 6.0 not US,
    SalesTaxCodeRef ref(3) since 6.0 not US, Other1 str(25) since 6.0, Other2 str(29) since 6.0,
    ExchangeRate float since 8.0, PurchaseOrderLineAdd+
PurchaseOrderLineAdd: ItemRef ref, Desc str(4095), Quantity quan, UnitOfMeasure str(31) since 7.0, Rate price,
    Amount amt, CustomerRef ref(209), ServiceDate date, SalesTaxCodeRef ref(3) since 6.0 not US,
    Other1 str(29) since 6.0, Other2 str(29) since 6.0

PurchaseOrderQueryRq iterates: $TxnQuery
"""


class CommitmentSchema(Loose):
    id = fields.Integer(required=True)
    type = fields.String(required=True)
    number = fields.String(required=True)
    title = fields.String(allow_none=True, load_default="")
    description = fields.String(allow_none=True, load_default="")
    status = fields.String(allow_none=True, load_default="")
    accounting_method = fields.String(load_default="amount")
    vendor = fields.Nested(order.VendorRef, required=True)
    project = fields.Nested(order.ProjectRef, required=True)
    created_at = fields.String(required=True)
    deleted_at = fields.String(allow_none=True, load_default=None)
    line_items = fields.List(fields.Nested(order.LineSchema), load_default=list)


class Commitment(ItemType):
    """Procore's commitment becomes a purchase order; its first line carries the title alone."""

    kind, label, plural, quickbooks = "commitment", "Commitment", "Commitments", "Purchase Order"
    order = 40
    places = "Procore: project, Commitments · QuickBooks: Vendor Center, Transactions, Purchase Orders"
    grammar = GRAMMAR
    schema = CommitmentSchema
    settings = ("zone",)
    fields = (
        Field("Date created", "created_at", "Date", "the day in the company's time zone"),
        Field("Commitment #", "number", "P.O. No.", "at most 11 characters; another number may be given"),
        Field("Contract Company", "vendor.company", "Vendor"),
        Field("Title", "title", "Description, first row"),
        Field("Description (General)", "description", "Vendor Message"),
        Field("Project", "project.name", "Customer:Job"),
        Field("Cost Code (line)", "line_items.cost_code", "Item"),
        Field("Description (line)", "line_items.description", "Description"),
        Field("Qty (line)", "line_items.quantity", "Qty", "1 for a lump sum"),
        Field("Unit Cost (line)", "line_items.unit_cost", "Rate", "computed by QuickBooks from Amount and Qty"),
        Field("Contract Amount or Subtotal (line)", "line_items.amount", "Amount"),
    )
    inputs = (
        Input("number", "P.O. number", max_length=11, suggest="number", help="Procore's number stays as it is."),
        Input("message", "Vendor message", max_length=99, suggest="message"),
        Input("send_anyway", "Send anyway, because", help="QuickBooks already has an order of this number."),
    )

    def name(self, content: Content) -> str:
        return str(content["number"])

    def title(self, content: Content) -> str:
        return content["title"] or ""

    def amount(self, content: Content) -> Decimal | None:
        return sum((order.line_amount(line) for line in content["line_items"]), Decimal("0.00"))

    def project(self, content: Content) -> str | None:
        return str(content["project"]["id"])

    def lock(self, content: Content) -> str | None:
        return f"purchase_order:{content['id']}"

    def needs(self, content: Content) -> list[Need]:
        return [
            Need("company", "company", str(content["vendor"]["id"])),
            Need("project", "project", str(content["project"]["id"])),
            *order.code_needs(content["line_items"]),
        ]

    def lines(self, content: Content) -> list[Content]:
        return order.rule_lines(content["line_items"])

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        message = self._message(content, inputs)
        status = (content["status"] or "").lower()
        return {
            "number": content["number"],
            "quickbooks_number": self._number(content, inputs),
            "type": content["type"],
            "title": content["title"] or "",
            "message": message,
            "company": content["vendor"]["company"],
            "project": content["project"]["name"],
            "amount": self.amount(content),
            "duplicate": "",
            "send_anyway": text.squeeze(inputs.get("send_anyway")),
            "tax": order.tax(content["line_items"]),
            "currency": "",
            "procore_status": content["status"] or "",
            "voided": status in VOID or bool(content["deleted_at"]),
            "not_in_quickbooks": order.characters(content["title"], message, lines=content["line_items"]),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        zone = around.settings.get("zone") or "UTC"
        created = datetime.fromisoformat(content["created_at"]).astimezone(ZoneInfo(zone))
        return {
            "number": self._number(content, inputs),
            "procore_number": content["number"],
            "date": clock.local_date(created, zone).isoformat(),
            "title": content["title"] or content["number"],
            "message": self._message(content, inputs) or None,
            "company": str(content["vendor"]["id"]),
            "company_name": content["vendor"]["company"],
            "project": str(content["project"]["id"]),
            "project_name": content["project"]["name"],
            "send_anyway": text.squeeze(inputs.get("send_anyway")) or None,
            "lines": order.written_lines(content["line_items"], by_unit=content["accounting_method"] == "unit"),
        }

    def begins_with_read(self, document: Content) -> bool:
        return True  # a look for vendor and number comes first

    def next_step(self, now: Situation) -> Step:
        refs = refs_of(now)
        last = now.last
        if last is None or last.outcome == "unknown":
            return Ask("look", writes=False, context={"refs": refs})
        if last.outcome == "retry":
            return Again(last.sentence)
        if last.step == "look":
            return self._after_look(now, last, refs)
        if last.outcome == "unrun":
            return Ask("add", writes=True, context={"refs": refs})
        if last.outcome == "saved" and last.records:
            return self._done(last.records[0], now, refs)
        return Refuse(last.sentence, last.what_to_do)

    def _after_look(self, now: Situation, looked: Reply, refs: Content) -> Step:
        if looked.outcome not in {"found", "empty"}:
            return Refuse(looked.sentence, looked.what_to_do)
        for record in looked.records:
            if record.text("Memo") == now.marker:
                return self._done(record, now, refs, adopted=True)
        # QuickBooks filters by "starts with": SC-01 also brings SC-014.
        number = text.same_name(now.document["number"])
        others = [record for record in looked.records if text.same_name(record.text("RefNumber")) == number]
        if others and not now.document["send_anyway"]:
            other = others[0]
            day = other.text("TxnDate")
            total = money.shown(money.decimal(other.text("TotalAmount") or "0"))
            return Hold(
                rule="commitment-not-there-yet",
                sentence=f"{now.document['company_name']} already has purchase order "
                f"{other.text('RefNumber')} in QuickBooks: {total}, dated {day}.",
                what_to_do="If it is the same order, reject this one. "
                "If it is another, give a different number or a reason to send it anyway.",
                field="send_anyway",
            )
        if now.tried("add") >= 3:
            return Refuse(
                "QuickBooks lost this purchase order three times without saying why.",
                "Ask whoever looks after QuickBooks to check the file (Verify Data), then retry.",
            )
        return Ask("add", writes=True, context={"refs": refs})

    def _done(self, record: Record, now: Situation, refs: Content, *, adopted: bool = False) -> Done:
        records = list(record.all("PurchaseOrderLineRet"))
        document = now.document
        differences = order.compare_lines(document["lines"], records[1:], refs["items"])
        differences += [
            f"{what}: QuickBooks saved “{saved}”, approved “{value}”"
            for what, saved, value in (
                ("Number", record.text("RefNumber"), document["number"]),
                ("Date", record.text("TxnDate"), document["date"]),
                ("Vendor", record.text("VendorRef/ListID"), refs["vendor"]),
            )
            if saved != value
        ]
        return Done(
            record="PurchaseOrder",
            quickbooks_id=record.text("TxnID"),
            edit_sequence=record.text("EditSequence"),
            full_name=record.text("RefNumber"),
            lines=tuple(line.text("TxnLineID") for line in records),
            differences=tuple(differences),
            adopted=adopted,
        )

    def preview(self, document: Content) -> list[tuple[str, str]]:
        head = [
            ("Vendor", document["company_name"]),
            ("P.O. No.", document["number"]),
            ("Date", document["date"]),
            ("Customer:Job", document["project_name"]),
            ("Vendor Message", document["message"] or ""),
            ("Line 1", document["title"]),
        ]
        return head + order.preview_lines(document["lines"], "Line", start=2)

    def _number(self, content: Content, inputs: Content) -> str:
        return text.squeeze(inputs.get("number")) or str(content["number"])

    def _message(self, content: Content, inputs: Content) -> str:
        return text.squeeze(inputs.get("message")) or text.squeeze(content["description"])


def refs_of(now: Situation) -> Content:
    """QuickBooks' ids of everything the order's lines name."""

    def bound(kind: str, procore_id: str) -> str:
        view: BindingView | None = now.bound.get((kind, procore_id))
        return view.quickbooks_id if view else ""

    document = now.document
    return {
        "vendor": bound("company", document["company"]),
        "customer": bound("project", document["project"]),
        "items": {line["cost_code"]: bound("cost_code", line["cost_code"]) for line in document["lines"]},
    }
