"""A Procore project's budget, exported as one QuickBooks Estimate that later exports add lines to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from app.core import clock, money, text
from app.items import budget_record, erp, estimate, estimate_steps, measures, order, posting
from app.items.base import BindingView, Content, Field, ItemType, Need, Record, Situation, Step, Surroundings
from app.items.ports import Procore, Told


class Budget(ItemType):
    """Procore's budget becomes an Estimate; what was written stays, and every change is a line below."""

    kind, label, plural, quickbooks = "budget", "Budget", "Budgets", "Estimate"
    order = 35
    letter = "b"
    places = "Procore: project, Budget · QuickBooks: Customer Center, the job's Transactions, Estimates"
    held = {"Date": "TxnDate", "Total": "TotalAmount"}
    grammar = estimate_steps.GRAMMAR
    schema = budget_record.BudgetSchema
    settings = ("zone",)
    amends = True
    watched = "budget_estimates"
    read_every = timedelta(minutes=30)  # a budget is put together of many calls, none of which tells what changed
    resources = ("Budget Line Items",)
    erp_events = (
        erp.Event("create_budget", at="budget", id="project_id", detail_by="id", project="project_id"),
        erp.Event("update_budget", at="budget", id="project_id", detail_by="id", project="project_id"),
        erp.Event("create_budget_in_procore", erp.UPKEEP),
    )
    measure = measures.BUDGETED
    marks = False  # Procore has no origin fields on a budget
    fields = (
        Field("Project Name", "project.name", "Customer:Job"),
        Field("Cost Code", "lines.cost_code", "Item"),
        Field("Cost Code Description", "lines.cost_code.name", "Description"),
        Field("Original Budget Amount", "lines.original_budget_amount", "Rate", "computed by QuickBooks, Qty is 1"),
        Field("Original Budget Amount", "lines.original_budget_amount", "Amount", "an edit is a line of its own"),
        Field("Budget Modifications", "modifications", "Lines below", "one takes away, one gives"),
        Field("Budget Changes (approved)", "changes", "Lines below", "one for each adjustment"),
        Field("Prime contract change orders", "lines.prime_changes", "(left out)", "shown to the approver"),
    )

    def fetch(self, procore: Procore) -> Iterator[Content]:
        return budget_record.fetch(procore)

    def conclude(self, procore: Procore, told: Told, body: Content) -> None:
        """The budget itself is marked here, and each of its transactions, which only the event names."""
        budget = erp.Mark("budget", body["budget"]["id"], told.origin)
        company = f"/rest/v1.0/companies/{procore.company_id}"
        procore.patch(f"{company}/external_data/sync", {"updates": [budget.row]})
        rows = [
            {"id": row["id"], "origin_id": f"{told.origin_id}|{row['id']}", "synced": True}
            for row in body.get("transactions") or ()
            if not row.get("synced")
        ]
        if rows:
            procore.patch("/rest/v1.0/erp_transactions/sync", {"project_id": told.project_id, "updates": rows})

    def name(self, content: Content) -> str:
        return f"Budget of {text.squeeze(content['project']['name'])}"

    def title(self, content: Content) -> str:
        found = estimate.entries(content)
        original = estimate.total([entry for entry in found if entry.original])
        return f"Original {money.shown(original)}, changes {money.shown(estimate.total(found) - original)}"

    def amount(self, content: Content) -> Decimal | None:
        return estimate.total(estimate.entries(content))

    def status(self, content: Content) -> str:
        return "Locked" if content["locked"] else "Not locked"

    def project(self, content: Content) -> str | None:
        return str(content["id"])

    def lock(self, content: Content) -> str | None:
        return f"estimate:{content['id']}"

    def needs(self, content: Content) -> list[Need]:
        coded: list[Content] = [{"cost_code": e.code} for e in estimate.entries(content) if e.code]
        return [Need("project", "project", str(content["id"])), *order.code_needs(coded)]

    def keys_of_needs(self, bound: Mapping[str, Sequence[BindingView]]) -> set[str]:
        """Estimates are staged under the ListID of their job."""
        return {text.same_name(job.quickbooks_id) for job in bound.get("project", ())}

    def lines(self, content: Content) -> list[Content]:
        return [
            {
                "position": number,
                "cost_code": entry.code["full_code"] if entry.code else "",
                "description": entry.description,
                "amount": entry.amount,
                "sub_job": entry.line["sub_job"] if entry.line else "",
            }
            for number, entry in enumerate(estimate.entries(content), 1)
        ]

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        found = estimate.entries(content)
        original = estimate.total([entry for entry in found if entry.original])
        changes = estimate.total(found) - original
        return {
            "project": content["project"]["name"],
            "amount": original + changes,
            "original_amount": original,
            "changes_amount": changes,
            "unbalanced": estimate.unbalanced(content),
            "left_out": estimate.left_out(content),
            "other_estimates": self._others(around),
            "estimates_off": estimate.switched_off(around.host),
            "procore_status": self.status(content),
            "not_in_quickbooks": text.not_in_quickbooks("".join(entry.description for entry in found)),
        }

    def _others(self, around: Surroundings) -> str:
        """The job's active Estimates that are not ours."""
        return "; ".join(
            f"Estimate {one.data['number'] or '(no number)'}, {money.shown(money.decimal(one.data['total'] or '0'))}"
            for one in around.of("Estimate")
            if one.active and one.bound_to is None
        )

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        """``written`` are the lines QuickBooks holds, each as it was approved; ``lines`` go below them."""
        held = [*around.written.get("written", ()), *around.written.get("lines", ())]
        zone = posting.zone(around.settings)
        today = clock.local_date(around.now or clock.now(), zone).isoformat()
        return {
            "project": str(content["id"]),
            "project_name": content["project"]["name"],
            "date": around.written.get("date", today),
            "left_out": money.plain(estimate.left_out(content)),
            "written": held,
            "lines": estimate.new_lines(estimate.entries(content), held),
        }

    def comes_to(self, record: Record, retainage: Collection[str]) -> dict[str, Decimal]:
        lines = record.all("EstimateLineRet")
        return {measures.BUDGETED: sum((money.amount(one.text("Amount")) for one in lines), estimate.NOTHING)}

    def preview(self, document: Content) -> list[tuple[str, str]]:
        held, new = document["written"], document["lines"]
        total = estimate.worth([*held, *new])
        head = [("Customer:Job", document["project_name"]), ("Date", document["date"])]
        if held:
            head.append(("Lines kept", f"{len(held)}, worth {money.shown(estimate.worth(held))}"))
        left_out = money.decimal(document["left_out"])
        tail = [("Total", money.shown(total))]
        if left_out:
            tail.append(("Left out", f"{money.shown(left_out)} from prime contract change orders"))
        return head + order.preview_lines(new, "Added line" if held else "Line", start=len(held) + 1) + tail

    def begins_with_read(self, document: Content) -> bool:
        return bool(document["written"])  # an Estimate is read before lines are added to it

    def next_step(self, now: Situation) -> Step:
        return estimate_steps.next_step(now)

    def beside(self, now: Situation, record: Record) -> list[str]:
        return estimate_steps.beside(now, record, now.own.lines if now.own else ())
