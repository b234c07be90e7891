"""A report as QuickBooks answers it: columns described once, then rows whose cells name their column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.sandbox.quickbooks.writing import Body, Value


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what it holds, and the type of its values."""

    title: str
    holds: str
    data_type: str = "STRTYPE"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``about`` is the kind and full name of what it is about; a cell without a value is left out."""

    tag: str
    label: str = ""
    cells: Mapping[int, str] = field(default_factory=dict)
    about: tuple[str, str] | None = None


def report_body(title: str, subtitle: str, basis: str, columns: Sequence[Column], rows: Sequence[Row]) -> Body:
    """The ReportRet of these columns and rows; column 1 holds the labels."""
    described: list[Value] = [_column(number, column) for number, column in enumerate(columns, start=1)]
    body: Body = {
        "ReportTitle": title,
        "ReportSubtitle": subtitle,
        "ReportBasis": basis,
        "NumRows": str(len(rows)),
        "NumColumns": str(len(columns)),
        "NumColTitleRows": "1",
        "ColDesc": described,
    }
    if rows:
        body["ReportData"] = {"": [{row.tag: _row(number, row)} for number, row in enumerate(rows, start=1)]}
    return body


def _column(number: int, column: Column) -> Body:
    title: Body = {"@titleRow": "1", **({"@value": column.title} if column.title else {})}
    return {"@colID": str(number), "@dataType": column.data_type, "ColTitle": title, "ColType": column.holds}


def _row(number: int, row: Row) -> Body:
    if row.tag == "TextRow":
        return {"@rowNumber": str(number), "@value": row.label}
    body: Body = {"@rowNumber": str(number)}
    if row.about:
        body["RowData"] = {"@rowType": row.about[0], "@value": row.about[1]}
    cells = {1: row.label, **row.cells} if row.label else row.cells
    body["ColData"] = [{"@colID": str(column), "@value": cells[column]} for column in sorted(cells)]
    return body if body["ColData"] else {tag: value for tag, value in body.items() if tag != "ColData"}
