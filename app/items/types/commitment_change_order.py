"""An approved commitment change order, exported as new lines at the end of the commitment's purchase order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.core import money
from app.items import change_orders, erp, measures, order
from app.items.base import (
    Again,
    Ask,
    BindingView,
    Content,
    Done,
    Field,
    Hold,
    ItemType,
    Need,
    Record,
    Refuse,
    Reply,
    Situation,
    Step,
    Surroundings,
)
from app.items.ports import Many, Place, Procore, Told

#: A purchase order somebody keeps editing is not chased for ever.
MOST_TRIES = 3


GRAMMAR = """
PurchaseOrderModRq: PurchaseOrderMod!, $Answer
PurchaseOrderMod: TxnID! id, EditSequence! id(16), VendorRef ref(41), TemplateRef ref(31) since 3.0, TxnDate date,
    RefNumber str(11), VendorAddress Address, ShipAddress Address, TermsRef ref(31), DueDate date, ExpectedDate date,
    FOB str(13), IsManuallyClosed bool, Memo str(4095), VendorMsg str(99), IsToBePrinted bool,
    IsToBeEmailed bool since 6.0, IsTaxIncluded bool since 6.0 not US, SalesTaxCodeRef ref(3) since 6.0 not US,
    Other1 str(25) since 6.0, Other2 str(29) since 6.0, ExchangeRate float since 8.0, PurchaseOrderLineMod*
PurchaseOrderLineMod: TxnLineID! id, ItemRef ref, Desc str(4095), Quantity quan, UnitOfMeasure str(31) since 7.0,
    Rate price, Amount amt, CustomerRef ref(209), ServiceDate date, SalesTaxCodeRef ref(3) since 6.0 not US,
    IsManuallyClosed bool, Other1 str(29) since 6.0, Other2 str(29) since 6.0

PurchaseOrderQueryRq iterates: $TxnQuery
"""


class CommitmentChangeOrder(ItemType):
    """Procore's change order adds a title line and its own lines below those already on the order."""

    kind, label, plural = "commitment_change_order", "Change order", "Change orders"
    quickbooks, order = "Purchase Order lines", 50
    letter = "o"
    part_of_another = skips_approver = True
    places = (
        "Procore: project, Commitments, the commitment's Change Orders · QuickBooks: additional lines on the original "
        "purchase order"
    )
    grammar = GRAMMAR
    schema = change_orders.ChangeOrderSchema
    reads = ("commitment",)
    named_within = "commitment"
    watched = "purchase_orders"
    lists_changes, resources = True, ("Change Order Packages",)
    erp_events = (
        erp.Event("create_commitment_change_order", at="change_order"),
        erp.Event("unlink_commitment_change_order", erp.UNLINK, id="procore_commitment_change_order_id"),
    )
    measure = measures.COMMITTED
    fields = (
        Field("Title", "title", "Description, first added row"),
        Field("Cost Code (line)", "line_items.cost_code", "Item", "from the budget code where no package tells it"),
        Field("Description (line)", "line_items.description", "Description"),
        Field("Qty (line)", "line_items.quantity", "Qty", "1 for a lump sum"),
        Field("Unit Cost (line)", "line_items.unit_cost", "Rate", "computed by QuickBooks from Amount and Qty"),
        Field("Contract Amount or Subtotal (line)", "line_items.extended_amount", "Amount"),
        Field("Date, number, company, description", "the commitment's", "kept as first exported"),
    )

    def fetch(self, procore: Procore) -> Iterator[Content]:
        return change_orders.fetch(procore)

    def formerly(self, record: Content) -> Sequence[str]:
        return tuple(record.get("formerly", ()))

    def can_be_marked(self, procore_id: str) -> bool:
        return not change_orders.is_newer(procore_id)

    def place(self, procore: Procore, told: Told) -> Place:
        parents = {"project_id": told.project_id, "contract_id": told.content["contract_id"]}
        many = Many(change_orders.PACKAGES, {"project_id": told.project_id})
        return Place(f"{many.path}/{told.procore_id}", parents, "change_order", many=many)

    def origin_id(self, content: Content, binding: BindingView) -> str:
        """It shares the order's TxnID with the commitment; its first line tells it apart."""
        return "|".join((binding.quickbooks_id, *binding.lines[:1]))

    def of_event(self, record: Content, body: Content) -> Content:
        """As the lists show it, whose lines have an extended amount and a total and nothing else."""
        lines = [{**line, "amount": None, "tax_amount": None} for line in body.get("change_order_items") or ()]
        project = body["commitment"]["project"]["id"]
        return {**record, "number": str(record["number"]), "project_id": project, "line_items": lines}

    def external(self, told: Told) -> list[erp.Mark]:
        return [erp.Mark("change_order", told.procore_id, told.origin), *order.line_marks(told, told.lines[1:])]

    def name(self, content: Content) -> str:
        return f"CO {content['number']}"

    def title(self, content: Content) -> str:
        return content["title"] or ""

    def amount(self, content: Content) -> Decimal | None:
        return sum((order.line_amount(line) for line in content["line_items"]), Decimal("0.00"))

    def project(self, content: Content) -> str | None:
        return str(content["project_id"])

    def lock(self, content: Content) -> str | None:
        return f"purchase_order:{content['contract_id']}"

    def place_in_line(self, content: Content) -> str:
        number = str(content["number"])
        return number.zfill(12) if number.isdigit() else number

    def needs(self, content: Content) -> list[Need]:
        return [
            Need("commitment", "commitment", str(content["contract_id"])),
            Need("project", "project", str(content["project_id"])),
            *order.code_needs(content["line_items"]),
        ]

    def void(self, content: Content) -> bool:
        return (content["status"] or "").lower() == "void" or bool(content["deleted_at"])

    def lines(self, content: Content) -> list[Content]:
        shown = zip(order.rule_lines(content["line_items"]), content["line_items"], strict=True)
        return [{**told, "unknown_code": line["unknown_code"]} for told, line in shown]

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        parent = self._commitment(around)
        return {
            "number": content["number"],
            "title": content["title"] or "",
            "commitment": parent.get("number", ""),
            "company": parent.get("vendor", {}).get("company", ""),
            "project": parent.get("project", {}).get("name", ""),
            "amount": self.amount(content),
            "tax": order.tax(content["line_items"]),
            "beyond_lines": self._beyond_lines(content),
            "unpackaged": content["unpackaged"],
            "procore_status": content["status"] or "",
            "voided": self.void(content),
            "not_in_quickbooks": order.characters(content["title"], lines=content["line_items"]),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        parent = self._commitment(around)
        return {
            "number": content["number"],
            "title": content["title"] or self.name(content),
            "commitment": str(content["contract_id"]),
            "commitment_number": parent.get("number", ""),
            "project": str(content["project_id"]),
            "lines": order.written_lines(content["line_items"], by_unit=parent.get("accounting_method") == "unit"),
        }

    def next_step(self, now: Situation) -> Step:
        order_now = now.bound[("commitment", now.document["commitment"])]
        last = now.last
        if last is None:
            if order_now.fresh:
                return self._mod(now, order_now.edit_sequence, order_now.lines)
            return self._read(now)
        if last.outcome == "retry":
            return Again(last.sentence)
        if last.step == "read":
            return self._after_read(now, last)
        if last.outcome in {"unknown", "stale", "unrun"}:
            return self._read(now)
        if last.outcome == "saved" and last.records:
            return self._done(last.records[0], now)
        return Refuse(last.sentence, last.what_to_do)

    def _read(self, now: Situation) -> Step:
        order_now = now.bound[("commitment", now.document["commitment"])]
        return Ask("read", writes=False, context={"refs": {"txn_id": order_now.quickbooks_id}})

    def _mod(self, now: Situation, edit_sequence: str, lines: tuple[str, ...]) -> Step:
        order_now = now.bound[("commitment", now.document["commitment"])]
        refs = {
            "txn_id": order_now.quickbooks_id,
            "edit_sequence": edit_sequence,
            "lines": list(lines),
            "customer": now.bound[("project", now.document["project"])].quickbooks_id,
            "items": self._items(now),
        }
        return Ask("mod", writes=True, context={"refs": refs})

    def _after_read(self, now: Situation, read: Reply) -> Step:
        if read.outcome in {"empty", "missing"}:
            return order.gone(now, "change-order-order-there")
        if read.outcome not in {"found", "saved"} or not read.records:
            return Refuse(read.sentence, read.what_to_do)
        record = read.records[0]
        if any(line.text("Other1") == now.marker for line in record.all("PurchaseOrderLineRet")):
            return self._done(record, now, adopted=True)
        present = tuple(line.text("TxnLineID") for line in record.all("PurchaseOrderLineRet"))
        known = now.bound[("commitment", now.document["commitment"])].lines
        doubted = now.tried("mod") > 0
        if doubted and present != known:
            return Hold(
                rule="change-order-order-unchanged",
                sentence=f"Somebody changed the purchase order of {now.document['commitment_number']} in QuickBooks "
                f"while this change order was on its way: it has {len(present)} lines, {len(known)} were expected.",
                what_to_do="Look at the order in QuickBooks, then accept this change order again.",
            )
        if now.tried("mod") >= MOST_TRIES:
            return Refuse(
                f"The purchase order of {now.document['commitment_number']} kept changing; "
                f"{MOST_TRIES} tries did not get through.",
                "Wait until nobody is working on the order in QuickBooks, then retry.",
            )
        return self._mod(now, record.text("EditSequence"), present)

    def _done(self, record: Record, now: Situation, *, adopted: bool = False) -> Done:
        lines = list(record.all("PurchaseOrderLineRet"))
        mine = [line for line in lines if line.text("Other1") == now.marker]
        priced = [line for line in mine if line.text("ItemRef/ListID")]
        return Done(
            record="PurchaseOrder lines",
            quickbooks_id=record.text("TxnID"),
            edit_sequence=record.text("EditSequence"),
            full_name=record.text("RefNumber"),
            lines=tuple(line.text("TxnLineID") for line in mine),
            differences=tuple(order.compare_lines(now.document["lines"], priced, self._items(now))),
            adopted=adopted,
            parent=("commitment", now.document["commitment"]),
            parent_lines=tuple(line.text("TxnLineID") for line in lines),
        )

    def beside(self, now: Situation, record: Record) -> list[str]:
        return order.beside(now, record, now.own.lines if now.own else ())

    def preview(self, document: Content) -> list[tuple[str, str]]:
        head = [("Purchase order", document["commitment_number"]), ("Added line 1", document["title"])]
        return head + order.preview_lines(document["lines"], "Added line", start=2)

    def _items(self, now: Situation) -> dict[str, str]:
        codes = [line["cost_code"] for line in now.document["lines"]]
        return {code: now.bound[("cost_code", code)].quickbooks_id for code in codes}

    def _beyond_lines(self, content: Content) -> Decimal:
        """What Procore's total has above the lines, where they are not said to hold it."""
        if content["whole_total"] is None:
            return Decimal("0.00")
        return money.money(content["whole_total"]) - sum(map(order.line_amount, content["line_items"]), Decimal(0))

    def _commitment(self, around: Surroundings) -> Content:
        return next(iter(around.needed.get("commitment", ())), {})
