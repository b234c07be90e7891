"""The report Job Estimates vs. Actuals Detail: per item what was estimated for a job and what it has cost so far.

Only what is coded to an item counts. The request has no ReportBasis; the answer names the company's own, accrual or
cash, which is left open by the documents. There are no invoices in this company file, so actual revenue stays empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from lxml import etree

from app.sandbox.quickbooks.amounts import ZERO, money, number
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.estimate_lines import cost
from app.sandbox.quickbooks.families.host import report_basis
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.postings import postings
from app.sandbox.quickbooks.report_filters import FILTER_SHAPES, FILTERS, Filters, read_filters
from app.sandbox.quickbooks.report_tables import Column, Row, report_body
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer

_SHAPES = f"""
JobReportQueryRq JobReportType=JobEstimatesVsActualsDetail DisplayReport=bool? {FILTERS}\
 SummarizeColumnsBy=TotalOnly? IncludeSubcolumns=bool?
{FILTER_SHAPES}
"""
_COLUMNS = (
    Column("", "Blank"),
    Column("Est. Cost", "Amount", "AMTTYPE"),
    Column("Act. Cost", "Amount", "AMTTYPE"),
    Column("($) Diff.", "AmountDifference", "AMTTYPE"),
    Column("Est. Revenue", "Amount", "AMTTYPE"),
    Column("Act. Revenue", "Amount", "AMTTYPE"),
    Column("($) Diff.", "AmountDifference", "AMTTYPE"),
)
_EST_COST, _ACT_COST, _COST_DIFF, _EST_REVENUE, _ACT_REVENUE, _REVENUE_DIFF = range(2, 8)
_HEADINGS = {
    "ItemService": "Service",
    "ItemNonInventory": "Parts",
    "ItemInventory": "Inventory",
    "ItemOtherCharge": "Other Charges",
}
_SPENT = ("Bill", "Check", "CreditCardCharge", "VendorCredit")

Figures = dict[int, Decimal]


def _report(books: Books, request: etree._Element) -> Answer:
    filters = read_filters(books, request)
    if filters.entities is None:
        raise StatusError(3150, 'There is a missing element: "ReportEntityFilter".')
    named = request.findall("ReportEntityFilter/*")
    if len(named) != 1 or str(named[0].tag) == "EntityTypeFilter":
        raise StatusError(3153, "This report is about one customer or job.")
    basis = report_basis(books)
    figures = _figures(books, filters, basis)
    rows = [row for family, heading in _HEADINGS.items() for row in _section(books, family, heading, figures)]
    if rows:
        rows.append(Row("TotalRow", "TOTAL", _cells(_sum(figures.values()))))
    title = f"Job Estimates vs. Actuals Detail for {_job(books, filters)}"
    return Answer([("ReportRet", report_body(title, "All Transactions", basis, _COLUMNS, rows))])


def _job(books: Books, filters: Filters) -> str:
    found = [books.storage.by_id(each) for each in filters.entities or ()]
    return min((str(record.body.get("FullName", record.body["Name"])) for record in found if record), default="")


def _figures(books: Books, filters: Filters, basis: str) -> dict[str, Figures]:
    """Estimated and actual figures by item; only active estimates count."""
    figures: defaultdict[str, Figures] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for estimate in books.storage.select(("Estimate",)):
        if filters.takes(estimate) and estimate.entity in (filters.entities or ()):
            for line in stored_lines(estimate.body.get("EstimateLineRet")):
                if "ItemRef" in line and estimate.body.get("IsActive") == "true":
                    figures[list_id(line["ItemRef"])][_EST_COST] += cost(line)
                    figures[list_id(line["ItemRef"])][_EST_REVENUE] += number(line, "Amount") or ZERO
    for posting in postings(books, filters, basis):
        if posting.item and posting.transaction.family in _SPENT:
            figures[list_id(posting.item)][_ACT_COST] += posting.amount
    return {item: dict(each) for item, each in figures.items() if filters.items is None or item in filters.items}


def _section(books: Books, family: str, heading: str, figures: dict[str, Figures]) -> list[Row]:
    items = sorted(books.storage.select((family,)), key=lambda item: item.full_name)
    children: defaultdict[str, list[Record]] = defaultdict(list)
    for item in items:
        children[list_id(item.body.get("ParentRef"))].append(item)
    inside, total = _rows(children, "", figures)
    if not inside:
        return []
    return [Row("TextRow", heading), *inside, Row("SubtotalRow", f"Total {heading}", _cells(total))]


def _rows(children: dict[str, list[Record]], parent: str, figures: dict[str, Figures]) -> tuple[list[Row], Figures]:
    """The rows under one item: a plain row for each leaf, a frame and an "Other" row for each that has some below."""
    rows: list[Row] = []
    sums: list[Figures] = []
    for item in children.get(parent, []):
        name, about = str(item.body["Name"]), ("item", str(item.body["FullName"]))
        own = figures.get(item.id)
        below, total = _rows(children, item.id, figures)
        if below:
            other = [Row("DataRow", f"{name} - Other", _cells(own), about)] if own else []
            total = _sum([total, own or {}])
            subtotal = Row("SubtotalRow", f"Total {name}", _cells(total), about)
            rows += [Row("TextRow", name), *below, *other, subtotal]
            sums.append(total)
        elif own:
            rows.append(Row("DataRow", name, _cells(own), about))
            sums.append(own)
    return rows, _sum(sums)


def _sum(figures: Iterable[Figures]) -> Figures:
    total: Figures = {}
    for each in figures:
        for column, amount in each.items():
            total[column] = total.get(column, ZERO) + amount
    return total


def _cells(figures: Figures) -> dict[int, str]:
    """The cells of a row: a figure nothing stands behind is an empty cell, not a nought."""
    shown = dict(figures)
    if {_EST_COST, _ACT_COST} & set(figures):
        shown[_COST_DIFF] = figures.get(_ACT_COST, ZERO) - figures.get(_EST_COST, ZERO)
    if {_EST_REVENUE, _ACT_REVENUE} & set(figures):
        shown[_REVENUE_DIFF] = figures.get(_ACT_REVENUE, ZERO) - figures.get(_EST_REVENUE, ZERO)
    return {column: money(amount) for column, amount in shown.items()}


FAMILY = Family(shapes=_SHAPES, handlers={"JobReportQueryRq": _report})
