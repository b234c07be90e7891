"""A Procore subcontract or purchase order, exported as a QuickBooks purchase order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from marshmallow import fields

from app.core import clock, money, text
from app.items import erp, measures, order, posting
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
from app.items.ports import Many, Place, Procore, Told

#: Procore's resource for each type of commitment.
CONTRACTS = {"subcontract": "work_order_contracts", "purchase_order": "purchase_order_contracts"}

#: What Procore's ERP tool calls them.
TYPES = {"WorkOrderContract": "subcontract", "PurchaseOrderContract": "purchase_order"}

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
    letter = "c"
    places = "Procore: project, Commitments · QuickBooks: Vendor Center, Transactions, Purchase Orders"
    held = {"P.O. No.": "RefNumber", "Date": "TxnDate", "Vendor Message": "VendorMsg"}
    held_lines = "PurchaseOrderLineRet"
    grammar = GRAMMAR
    schema = CommitmentSchema
    settings = ("zone",)
    skips_approver = True
    watched = "purchase_orders"
    lists_changes, resources = True, ("Purchase Order Contracts", "Work Order Contracts")
    erp_events = (
        erp.Event("create_commitment", at="commitment"),
        erp.Event("unlink_commitment", erp.UNLINK, id="procore_commitment_id"),
        erp.Event("create_commitment_in_procore", erp.UPKEEP),
    )
    measure = measures.COMMITTED
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

    def fetch(self, procore: Procore) -> Iterator[Content]:
        for project in procore.projects():
            for kind, resource in CONTRACTS.items():
                params = {"project_id": project["id"], "view": "extended", "filters[include_deleted]": "with"}
                for row in procore.pages(f"/rest/v1.0/{resource}", **params, **procore.changed):
                    path = f"/rest/v1.0/{resource}/{row['id']}"
                    record = order.in_full(procore, row, path, project_id=project["id"])
                    yield {**record, "type": kind, "project_id": project["id"]}

    def place(self, procore: Procore, told: Told) -> Place:
        """The rows of the purchase orders' sync action have no place for an id: a row of ours might make a second."""
        resource = CONTRACTS[told.content["type"]]
        parents = {"project_id": told.project_id}
        query = {**parents, "view": "extended"}
        many = Many(f"/rest/v1.0/{resource}", query, syncs=told.content["type"] == "subcontract")
        return Place(f"{many.path}/{told.procore_id}", parents, resource.removesuffix("s"), many=many)

    def of_event(self, record: Content, body: Content) -> Content:
        """Lines stand beside the commitment, and its dates in the zone of whoever made it."""
        made = datetime.fromisoformat(record["created_at"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        kind = TYPES.get(record["type"], record["type"])
        return {**record, "type": kind, "created_at": made, "line_items": body.get("commitment_items") or []}

    def typed_in_event(self, record: Content, body: Content) -> Content:
        """Procore's tool calls the number the approver gives it a code."""
        return {"number": str(record["code"])} if record.get("code") else {}

    def external(self, told: Told) -> list[erp.Mark]:
        """The contract, and each line with its row of the order, of which the title has the first."""
        whole = erp.Mark(CONTRACTS[told.content["type"]].removesuffix("s"), told.procore_id, told.origin)
        return [whole, *order.line_marks(told, told.lines[1:])]

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

    def void(self, content: Content) -> bool:
        return (content["status"] or "").lower() in VOID or bool(content["deleted_at"])

    def lines(self, content: Content) -> list[Content]:
        return order.rule_lines(content["line_items"])

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        message = self._message(content, inputs)
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
            "voided": self.void(content),
            "not_in_quickbooks": order.characters(content["title"], message, lines=content["line_items"]),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        return {
            "number": self._number(content, inputs),
            "procore_number": content["number"],
            "date": self.day(content, inputs, posting.zone(around.settings)),
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
            total = money.shown(money.number(other.text("TotalAmount")))
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

    def beside(self, now: Situation, record: Record) -> list[str]:
        own = now.own.lines if now.own else ()
        mine = own[: len(now.document["lines"]) + 1]
        found = order.beside(now, record, mine)
        by_hand = [row for row in record.all("PurchaseOrderLineRet") if row.text("TxnLineID") not in own]
        if by_hand:
            worth = sum((money.number(row.text("Amount")) for row in by_hand), Decimal(0))
            found.append(f"Lines made by hand: {len(by_hand)}, worth {money.shown(worth)}")
        if record.text("VendorRef/ListID") != refs_of(now)["vendor"]:
            found.append(f"QuickBooks has it under vendor {record.text('VendorRef/FullName')}")
        return found

    def comes_to(self, record: Record, retainage: Collection[str]) -> dict[str, Decimal]:
        return {measures.COMMITTED: order.total(record)}

    def day(self, content: Content, inputs: Content, zone: str) -> str:
        return clock.local_date(datetime.fromisoformat(content["created_at"]), zone).isoformat()

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
