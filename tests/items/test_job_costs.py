"""QuickBooks' two reports of a job and the bills behind them, read as they come."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Done, Refuse, Situation
from tests.items.stand_ins import Rec, reply

JOB_COSTS = registry.refreshes()["job_costs"]
ASKED = {"quickbooks_id": "80-J", "full_name": "Riverside Tower"}


def column(number: int, *titles: str, type_: str = "Amount") -> Rec:
    lines = [Rec("ColTitle", {"@titleRow": str(row), "@value": title}) for row, title in enumerate(titles, 1)]
    return Rec("ColDesc", {"@colID": str(number), "ColType": type_}, lines)


def cells(row: str, values: dict[int, str], item: str = "") -> Rec:
    lines = [Rec("ColData", {"@colID": str(number), "@value": value}) for number, value in values.items()]
    about = [Rec("RowData", {"@rowType": "item", "@value": item})] if item else []
    return Rec(row, lines=[*about, *lines])


def report(columns: list[Rec], rows: list[Rec], basis: str = "Accrual") -> Rec:
    return Rec("ReportRet", {"ReportBasis": basis}, [*columns, Rec("ReportData", lines=rows)])


def estimates(*rows: Rec, basis: str = "Accrual") -> Rec:
    columns = [
        column(1, "", type_="Blank"),
        column(2, "Est. Cost"),
        column(3, "Act. Cost"),
        column(4, "($) Diff.", type_="AmountDifference"),
        column(5, "Est. Revenue"),
    ]
    return report(columns, list(rows), basis)


def item(name: str, estimated: str = "", actual: str = "", label: str = "") -> Rec:
    values = {1: label or name, 2: estimated, 3: actual, 4: "9.99", 5: "9.99"}
    return cells("DataRow", {number: value for number, value in values.items() if value}, name)


def transactions(*rows: tuple[str, str, str], basis: str = "Accrual") -> Rec:
    columns = [column(1, "Trans #", type_="TxnID"), column(2, "Item", type_="Item"), column(3, "Amount")]
    lines = [cells("DataRow", {1: bill, 2: name, 3: amount}) for bill, name, amount in rows]
    return report(columns, lines, basis)


def bill(txn_id: str, *linked: str) -> Rec:
    return Rec("BillRet", {"TxnID": txn_id}, [Rec("LinkedTxn", {"TxnType": type_}) for type_ in linked])


def step(*replies: Any, **more: Any) -> Any:
    return JOB_COSTS.next_step(Situation(ASKED, "tie:op", replies, **more))


def came_to(first: Rec, second: Rec | None = None, *bills: Rec, **more: Any) -> Any:
    replies = [reply("estimates", "found", first), reply("transactions", "found", second or transactions())]
    done = step(*replies, *([reply("bills", "found", *bills)] if bills else []), **more)
    assert isinstance(done, Done)
    return done.report


def test_it_asks_the_two_reports_for_the_job_and_then_for_the_bills_of_the_second() -> None:
    first, second = reply("estimates", "found", estimates()), reply("transactions", "found", transactions())
    assert step() == Ask("estimates", writes=False, context={"job": "80-J"})
    assert step(first) == Ask("transactions", writes=False, context={"job": "80-J"})
    assert isinstance(step(first, second), Done)
    billed = reply("transactions", "found", transactions(("B1", "03-100", "1.00"), ("B1", "03-200", "2.00")))
    assert step(first, billed) == Ask("bills", writes=False, context={"txn_ids": ["B1"]})


def test_many_bills_are_asked_for_a_hundred_at_a_time() -> None:
    many = transactions(*((f"B{number}", "03-100", "1.00") for number in range(150)))
    before = [reply("estimates", "found", estimates()), reply("transactions", "found", many)]
    first = step(*before)
    assert len(first.context["txn_ids"]) == 100
    second = step(*before, reply("bills", "found"))
    assert second.context["txn_ids"][0] == "B100"
    assert isinstance(step(*before, reply("bills", "found"), reply("bills", "empty")), Done)
    assert step(*before, reply("bills", "unknown")).context == first.context


def test_a_refusal_is_passed_on_and_a_busy_quickbooks_asked_again() -> None:
    assert isinstance(step(reply("estimates", "refused")), Refuse)
    assert isinstance(step(reply("estimates", "found", estimates()), reply("transactions", "retry")), Again)


@pytest.mark.requirement("MAP-67", "MAP-68")
def test_rows_go_by_the_full_name_of_their_item_and_empty_cells_hold_nothing() -> None:
    found = came_to(
        estimates(
            item("Concrete:03-100", "100.00", "40.25", label="03-100"),
            item("Concrete", "5.00", label="Concrete - Other"),
            item("03-200", actual="-7.10"),
        )
    )
    assert found["estimated"] == {"Concrete:03-100": "100.00", "Concrete": "5.00", "03-200": "0.00"}
    assert found["actual"] == {"Concrete:03-100": "40.25", "Concrete": "0.00", "03-200": "-7.10"}


def test_subtotals_totals_and_headings_are_not_counted() -> None:
    around = [
        Rec("TextRow", {"@value": "Concrete"}),
        item("Concrete:03-100", "100.00", "40.00"),
        cells("SubtotalRow", {1: "Total Concrete", 2: "100.00", 3: "40.00"}, "Concrete"),
        cells("TotalRow", {1: "TOTAL", 2: "100.00", 3: "40.00"}),
    ]
    assert came_to(estimates(*around))["actual"] == {"Concrete:03-100": "40.00"}


def test_columns_are_found_by_their_title_wherever_they_stand() -> None:
    moved = report(
        [column(1, "", type_="Blank"), column(2, "Act.", "Cost"), column(3, "Est.", "Cost")],
        [cells("DataRow", {2: "40.00", 3: "100.00"}, "03-100")],
    )
    assert came_to(moved)["estimated"] == {"03-100": "100.00"}


@pytest.mark.requirement("JOB-04", "JOB-02")
def test_what_is_about_no_item_counts_nowhere() -> None:
    found = came_to(
        estimates(cells("DataRow", {1: "No item", 2: "1.00", 3: "2.00"})), transactions(("B1", "", "50.00"))
    )
    assert (found["estimated"], found["actual"], found["invoiced"]) == ({}, {}, {})


@pytest.mark.requirement("JOB-05", "MAP-69", "ACC-14")
def test_bills_linked_to_an_order_and_bills_of_ours_are_those_of_commitments() -> None:
    billed = transactions(
        ("linked", "03-100", "100.00"),
        ("linked", "03-200", "1.10"),
        ("linked2", "03-100", "50.00"),
        ("ours", "03-100", "7.00"),
        ("other", "03-100", "900.00"),
    )
    bills = bill("linked", "PurchaseOrder"), bill("linked2", "BillPaymentCheck", "PurchaseOrder"), bill("ours")
    bound = {("subcontractor_invoice", "801"): BindingView("ours")}
    found = came_to(estimates(), billed, *bills, bill("other", "BillPaymentCheck"), bound=bound)
    assert found["invoiced"] == {"03-100": "157.00", "03-200": "1.10"}


@pytest.mark.requirement("ACC-14")
@pytest.mark.parametrize(("said", "kept"), [("Accrual", "Accrual"), ("Cash", "Cash"), ("None", ""), ("", "")])
def test_the_basis_is_read(said: str, kept: str) -> None:
    assert came_to(estimates(basis=said))["basis"] == kept


@pytest.mark.requirement("JOB-03")
def test_nothing_of_it_is_staged() -> None:
    assert list(JOB_COSTS.stage_all(estimates(), ASKED)) == []
