"""A QuickBooks report as rows: cells found by their column, rows by the full name of the item they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.core import money, text
from app.items.base import Record


@dataclass(frozen=True)
class Row:
    """One row of data."""

    item: str  # the full name of the item; empty where the row is about none
    cells: Mapping[str, str]  # by the title and by the type of the column; an empty cell is left out

    def amount(self, column: str) -> Decimal:
        """The money in a cell; an empty one holds none."""
        return money.amount(self.cells.get(column))


def basis(record: Record) -> str:
    """``Accrual``, ``Cash``, or empty where the report does not say."""
    said = record.text("ReportBasis")
    return "" if said == "None" else said


def rows(record: Record) -> Iterator[Row]:
    """The rows of data alone: the subtotals and totals around them would count everything twice."""
    columns = {column.attribute("colID"): _names(column) for column in record.all("ColDesc")}
    for data in record.all("ReportData"):
        for row in data.all("DataRow"):
            cells = {
                name: cell.attribute("value")
                for cell in row.all("ColData")
                for name in columns.get(cell.attribute("colID"), ())
            }
            yield Row(_item(row) or cells.get("Item", ""), cells)


def _names(column: Record) -> tuple[str, str]:
    titles = (title.attribute("value") for title in column.all("ColTitle"))
    return text.squeeze(" ".join(titles)), column.text("ColType")


def _item(row: Record) -> str:
    """The label in the first column is short, and a parent's own row is called "X - Other": neither tells the item."""
    return next((one.attribute("value") for one in row.all("RowData") if one.attribute("rowType") == "item"), "")
