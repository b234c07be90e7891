"""A subcontractor's invoice on a commitment (Procore's requisition), exported as a QuickBooks bill."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.core import money, text
from app.items import bill, bill_lines, erp, measures, order, posting, requisition, retainage
from app.items.base import (
    BindingView,
    Content,
    Field,
    Input,
    ItemType,
    Need,
    Record,
    Situation,
    Staged,
    Step,
    Surroundings,
)
from app.items.invoice import Invoice, vendor_of
from app.items.ports import Many, Place, Procore, Told

#: QuickBooks' names of the home currencies, as Procore writes them.
CURRENCIES = {"US Dollar": "USD", "Canadian Dollar": "CAD"}

#: Items of invoices that Procore's external data knows.
EXTERNAL = {"contract_item", "contract_detail_item", "change_order_item"}


class SubcontractorInvoice(ItemType):
    """Each line draws on its line of the commitment's purchase order; retainage has a line of its own."""

    kind, label, plural, quickbooks = "subcontractor_invoice", "Invoice", "Invoices", "Bill"
    order = 60
    letter = "i"
    places = "Procore: project, Commitments, the commitment's Invoices · QuickBooks: Vendor Center, Transactions, Bills"
    grammar = bill.GRAMMAR
    schema = requisition.RequisitionSchema
    settings = ("retainage_item", "default_tax_code")
    reads = ("commitment", "change_order")
    reads_earlier = True
    firsts = ("company",)
    by_hand = skips_approver = True
    watched = "bills"
    lists_changes, resources = True, ("Requisitions",)
    erp_events = (
        erp.Event(
            "create_requisitions", at="requisitions", id="procore_requisition_id", within=("commitment", "contract_id")
        ),
        erp.Event("reset_requisition", erp.UNLINK, id="requisition_id"),
    )
    measure = measures.INVOICED
    held = {"Ref. No.": "RefNumber", "Date": "TxnDate", "Bill Due": "DueDate", "Amount Due": "AmountDue"}
    fields = (
        Field("Billing Date", "billing_date", "Date", "or the accounting date the approver gives"),
        Field("Payment Date", "payment_date", "Bill Due", "nothing when there is none"),
        Field("Contractor Company", "vendor_name", "Vendor"),
        Field("Invoice #", "invoice_number", "Ref. No.", "at most 20 characters; another number may be given"),
        Field("Current Payment Due", "summary.current_payment_due", "Amount Due", "the lines must come to it"),
        Field("Cost Code (Detail)", "items.cost_code", "Item", "from the line of the purchase order it is linked to"),
        Field("QTY (Detail)", "items.work_completed_this_period_quantity", "Qty", "a fraction of 1 for a lump sum"),
        Field("Unit Price (Detail)", "items.scheduled_unit_price", "Cost", "computed from Amount and Qty"),
        Field("Value or This Period (Detail)", "items.total_completed_and_stored_to_date", "Amount",
              "less the same on the previous invoice"),
        Field("Project Name", "the commitment's project.name", "Customer:Job"),
        Field("Commitment #", "the commitment's number", "P.O. No.", "a link to the purchase order, line by line"),
        Field("Total Retainage This Period", "items.*_retainage_*", "Amount, on a line of its own",
              "the retainage item of the settings"),
    )  # fmt: skip
    inputs = (
        Input("number", "Ref. No.", max_length=20, suggest="number", help="Procore's number stays as it is."),
        Input("accounting_date", "Accounting date", form="day", max_length=10, suggest="billing_date",
              help="Where the billing date cannot be booked on. Both dates are kept."),
        Input("accounting_reason", "Why another date"),
        Input("send_anyway", "Send anyway, because", help="QuickBooks already has a bill of this number."),
        Input("unlinked_lines", "Lines billed without a link", help="Numbers of lines of the invoice, such as 2, 4."),
        Input("unlinked", "Without a link, because", help="The invoice is listed as overbilled."),
    )  # fmt: skip

    def fetch(self, procore: Procore) -> Iterator[Content]:
        for project in procore.projects():
            params = {"project_id": project["id"], "view": "extended"}
            for record in procore.pages("/rest/v1.1/requisitions", **params, **procore.changed):
                yield {**record, "items": _in_full(procore, record, project["id"]), "project_id": project["id"]}

    def place(self, procore: Procore, told: Told) -> Place:
        parents = {"project_id": told.project_id, "commitment_id": told.content["commitment_id"]}
        many = Many("/rest/v1.1/requisitions", {"project_id": told.project_id})
        return Place(f"{many.path}/{told.procore_id}", parents, "requisition", has_code=False, many=many)

    def external(self, told: Told) -> list[erp.Mark]:
        """The invoice, and its items of the types Procore names: each with the bill and itself, as no line is told."""
        origin = {name: value for name, value in told.origin.items() if name != "origin_code"}
        marks = [erp.Mark("requisition", told.procore_id, origin)]
        for item in requisition.billed(told.content):
            if item["item_type"] in EXTERNAL:
                own = {"origin_id": told.origin_id and f"{told.origin_id}|{item['id']}"}
                marks.append(erp.Mark(f"requisition_{item['item_type']}", item["id"], own))
        return marks

    def name(self, content: Content) -> str:
        return f"Invoice {content['invoice_number'] or content['number']}"

    def title(self, content: Content) -> str:
        return content["vendor_name"] or ""

    def amount(self, content: Content) -> Decimal | None:
        return requisition.payment_due(content)

    def project(self, content: Content) -> str | None:
        return str(content["project_id"])

    def lock(self, content: Content) -> str | None:
        return f"purchase_order:{content['commitment_id']}"

    def place_in_line(self, content: Content) -> str:
        return str(content["number"]).zfill(12)

    def counts(self, content: Content) -> bool:
        """One that bills nothing becomes no bill, and nobody waits for it."""
        news = requisition.progress(content, None)
        return super().counts(content) and bool(
            requisition.payment_due(content) or any(line.amount or line.retained for line in news)
        )

    def needs(self, content: Content) -> list[Need]:
        coded = [item for item in requisition.billed(content) if item["cost_code"]]
        return [
            Need("company", "company", str(content["vendor_id"])),
            Need("project", "project", str(content["project_id"])),
            Need("commitment", "commitment", str(content["commitment_id"])),
            *(Need("change_order", "commitment_change_order", one) for one in requisition.change_orders(content)),
            *order.code_needs(coded),
        ]

    def keys_of_needs(self, bound: Mapping[str, Sequence[BindingView]]) -> set[str]:
        return {text.same_name(view.full_name) for view in bound.get("company", ())}

    def list_ids(self, inputs: Content, settings: Mapping[str, Any]) -> set[str]:
        return {str(chosen)} if (chosen := settings.get("retainage_item")) else set()

    def list_ids_behind(self, found: Sequence[Staged]) -> set[str]:
        """The account of the retainage item."""
        return {str(account) for one in found if (account := one.data.get("account"))}

    def lines(self, content: Content) -> list[Content]:
        return self.lines_within(content, {}, Surroundings({}, ()))

    def lines_within(self, content: Content, inputs: Content, around: Surroundings) -> list[Content]:
        invoice = Invoice.of(content, inputs, around)
        return [invoice.rule_line(number, draft) for number, draft in enumerate(invoice.drafts, 1)]

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        invoice = Invoice.of(content, inputs, around)
        progress = [draft.progress for draft in invoice.drafts]
        billed = sum((one.amount - one.retained for one in progress), requisition.ZERO)
        number = self._number(content, inputs)
        wanted = text.squeeze(inputs.get("accounting_date"))
        posted = posting.day(wanted or content["billing_date"])
        return {
            "number": text.squeeze(content["invoice_number"]),
            "quickbooks_number": number,
            "first_of_company": "company" in around.first_of,
            "commitment": invoice.commitment.get("number", ""),
            "company": content["vendor_name"] or "",
            "project": invoice.commitment.get("project", {}).get("name", ""),
            "billing_date": content["billing_date"] or "",
            "accounting_date": wanted,
            "accounting_reason": text.squeeze(inputs.get("accounting_reason")),
            **posting.words(posted, around.settings, around.host, around.now),
            "payment_due": requisition.payment_due(content),
            "bills_something": any(one.amount or one.retained for one in progress),
            "billed": billed,
            "net": requisition.net(content),
            "difference": billed - requisition.net(content),
            **retainage.words(progress, around),
            "unlinked": text.squeeze(inputs.get("unlinked")),
            "unlinked_lines": text.squeeze(inputs.get("unlinked_lines")),
            "send_anyway": text.squeeze(inputs.get("send_anyway")),
            "tax": requisition.tax(content),
            "currency": self._currency(content, around),
            "procore_status": content["status"] or "",
            "voided": self.void(content),
            "not_in_quickbooks": text.not_in_quickbooks(
                "".join([number, *(one.description for one in progress if one.amount)])
            ),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        invoice = Invoice.of(content, inputs, around)
        wanted = posting.day(inputs.get("accounting_date"))
        lines = [invoice.line(number, draft) for number, draft in enumerate(invoice.drafts, 1) if draft.progress.amount]
        document: Content = {
            "number": self._number(content, inputs),
            "procore_number": content["invoice_number"],
            "date": wanted or posting.day(content["billing_date"]),
            "billing_date": content["billing_date"],
            "accounting_date": wanted or None,
            "accounting_reason": text.squeeze(inputs.get("accounting_reason")) or None,
            "due_date": posting.day(content["payment_date"]) or None,
            "commitment": str(content["commitment_id"]),
            "commitment_number": invoice.commitment.get("number", ""),
            "company": str(content["vendor_id"]),
            "company_name": content["vendor_name"] or "",
            "project": str(content["project_id"]),
            "project_name": invoice.commitment.get("project", {}).get("name", ""),
            "send_anyway": text.squeeze(inputs.get("send_anyway")) or None,
            "unlinked": text.squeeze(inputs.get("unlinked")) or None,
            "overbilled": any(not line["linked"] for line in lines),
            "lines": lines,
            "retainage": retainage.lines(
                [draft.progress for draft in invoice.drafts], [invoice.tax_code(one) for one in invoice.drafts], around
            ),
            "tax": money.plain(requisition.tax(content)),
        }
        return {**document, "amount_due": money.plain(bill.total(document) + requisition.tax(content))}

    def begins_with_read(self, document: Content) -> bool:
        return True  # a look for vendor and number comes first

    def next_step(self, now: Situation) -> Step:
        return bill.next_step(now)

    def beside(self, now: Situation, record: Record) -> list[str]:
        return bill_lines.beside(now, record, record.all("ItemLineRet"))

    def comes_to(self, record: Record, retainage: Collection[str]) -> dict[str, Decimal]:
        return bill_lines.comes_to(record, retainage)

    def retained(self, content: Content, previous: Content | None) -> Decimal:
        return sum((line.retained for line in requisition.progress(content, previous)), requisition.ZERO)

    def day(self, content: Content, inputs: Content, zone: str) -> str:
        return posting.day(inputs.get("accounting_date")) or posting.day(content["billing_date"])

    def preview(self, document: Content) -> list[tuple[str, str]]:
        return bill.preview(document)

    def _number(self, content: Content, inputs: Content) -> str:
        return text.squeeze(inputs.get("number")) or text.squeeze(content["invoice_number"])

    def _currency(self, content: Content, around: Surroundings) -> str:
        """Of the vendor in QuickBooks, where it has one of its own; else of the invoice in Procore."""
        vendor = vendor_of(around)
        told = str(vendor.data.get("currency") or "") if vendor else ""
        if told:
            return CURRENCIES.get(told, told)
        return str((content["currency_configuration"] or {}).get("currency_iso_code") or "")


def _in_full(procore: Procore, record: Content, project_id: int) -> list[Content]:
    """The items with their cost codes; of which change order one is, only an older call says."""
    codes = procore.cost_codes(project_id)
    packages: dict[int, int] = {}
    if any(item["item_type"] == "change_order_item" for item in record["items"]):
        path = f"/rest/v1.0/requisitions/{record['id']}/change_order_items"
        rows = procore.pages(path, project_id=project_id)
        packages = {row["id"]: row["change_order_package_id"] for row in rows}
    return [
        {
            **item,
            "cost_code": codes.get(item.get("cost_code_id")),
            "change_order_package_id": packages.get(item["id"], item.get("change_order_package_id")),
        }
        for item in record["items"]
    ]
