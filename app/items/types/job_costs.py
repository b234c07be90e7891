"""What QuickBooks says a job has cost, item by item: two reports and the bills behind the second, in one session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from app.core import money
from app.items import report
from app.items.base import Content, Record, Situation, Staged
from app.items.refresh import Refresh

GRAMMAR = """
# In detail it is about one job.
JobReportQueryRq: JobReportType! enum(JobEstimatesVsActualsDetail), ReportDateMacro enum(All), ReportEntityFilter!

# Line by line; at least one column has to be named.
CustomDetailReportQueryRq: CustomDetailReportType! enum(CustomTxnDetail), ReportDateMacro enum(All),
    ReportEntityFilter, ReportTxnTypeFilter, SummarizeRowsBy! enum(TotalOnly),
    IncludeColumn+ enum(TxnID, Item, Amount), ReportBasis enum(Accrual, Cash, None)
ReportEntityFilter: (ListID id | FullName str)!
ReportTxnTypeFilter: TxnTypeFilter+ enum(Bill)

BillQueryRq iterates: $TxnQuery
"""

#: So many bills are asked for at once.
CHUNK = 100


class JobCosts(Refresh):
    name, label = "job_costs", "Job costs"
    quickbooks = "Job Estimates vs. Actuals Detail"
    places = "Procore: project, Direct Costs, and the Job costs report here · QuickBooks: Reports, Jobs, Time & Mileage"
    grammar = GRAMMAR
    iterates = False
    every = timedelta(hours=2)
    per, after, by = "project", "budget", "cost_code"
    steps = ("estimates", "transactions", "bills")
    needs = ("subcontractor_invoice",)

    def asks(self, now: Situation, step: str) -> Content | None:
        """The two reports once each; then the bills of the second, for what they are linked to."""
        answered = [reply for reply in now.replies if reply.step == step and reply.outcome != "unknown"]
        if step == "bills":
            chunk = _bills(now)[len(answered) * CHUNK :][:CHUNK]
            return {"txn_ids": chunk} if chunk else None
        return None if answered else {"job": now.document["quickbooks_id"]}

    def stage_all(self, record: Record, asked: Content) -> Iterable[Staged]:
        """No transaction is kept: job costs are shown in summary for each item only."""
        return ()

    def report(self, now: Situation) -> Content:
        """Estimated and actual cost of each item, and how much of it came in bills of commitments.

        A bill is one of a commitment's when it is linked to a purchase order, whoever typed it, or when it is ours.
        """
        estimates, transactions = list(_records(now, "estimates")), list(_records(now, "transactions"))
        ours = {binding.quickbooks_id for binding in now.bound.values()}
        committed = ours | {bill.text("TxnID") for bill in _records(now, "bills") if _is_linked(bill)}
        items = [row for record in estimates for row in report.rows(record) if row.item]
        billed = [row for record in transactions for row in report.rows(record) if row.item]
        return {
            "basis": _one_of(report.basis(record) for record in estimates),
            "bills_basis": _one_of(report.basis(record) for record in transactions),
            "estimated": _sums((row.item, row.amount("Est. Cost")) for row in items),
            "actual": _sums((row.item, row.amount("Act. Cost")) for row in items),
            "invoiced": _sums(
                (row.item, row.amount("Amount")) for row in billed if row.cells.get("TxnID") in committed
            ),
        }


def _records(now: Situation, step: str) -> Iterator[Record]:
    return (record for reply in now.replies if reply.step == step for record in reply.records)


def _bills(now: Situation) -> list[str]:
    """The bills with a line on an item of the job, each once."""
    found = (row for record in _records(now, "transactions") for row in report.rows(record) if row.item)
    return list(dict.fromkeys(row.cells["TxnID"] for row in found if row.cells.get("TxnID")))


def _is_linked(bill: Record) -> bool:
    return any(linked.text("TxnType") == "PurchaseOrder" for linked in bill.all("LinkedTxn"))


def _one_of(said: Iterable[str]) -> str:
    return next(iter(said), "")


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, str]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item, amount in amounts:
        sums[item] += amount
    return {item: money.plain(amount) for item, amount in sums.items()}
