"""The two reports job costs are read from: what counts, and the shape it comes in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lxml import etree

from app.sandbox.quickbooks import ProcessError
from tests.sandbox.quickbooks.asking import ask, bill_add, estimate_add, link, message_set, order_add, status
from tests.sandbox.quickbooks.conftest import Contractor

DAY = "2026-03-25"
EST_COST, ACT_COST, COST_DIFF, EST_REVENUE, ACT_REVENUE = "2", "3", "4", "5", "6"


@dataclass(frozen=True)
class Costs:
    """A job with an estimate, a billed order, and money spent in other ways."""

    books: Contractor
    division: str
    code: str
    bank: str
    order: etree._Element
    bill: str


def coded(books: Contractor, item: str, amount: str, job: str | None = None) -> dict[str, object]:
    """A line coded to an item and a job."""
    return {"ItemRef": {"ListID": item}, "CustomerRef": {"ListID": job or books.job}, "Amount": amount}


def item_line(item: str, amount: str, more: str = "") -> str:
    return f"<ItemRef><ListID>{item}</ListID></ItemRef><Quantity>1</Quantity><Amount>{amount}</Amount>{more}"


@pytest.fixture
def costs(books: Contractor) -> Costs:
    file = books.file
    division = file.add_service_item("03 Concrete", income=books.income, expense=books.expense)
    code = file.add_service_item("03-310", income=books.income, expense=books.expense, parent=division)
    bank = file.add_account("Bank", "Bank")
    estimate = estimate_add(
        books.job, item_line(books.item, "1000.00"), item_line(code, "400.00"), header=f"<TxnDate>{DAY}</TxnDate>"
    )
    job = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    order = ask(file, estimate, order_add(books.vendor, item_line(books.item, "900.00", job)))[1][0]
    half = "<Quantity>0.16667</Quantity><Amount>150.00</Amount>" + link(order, 0)
    bill = ask(file, bill_add(books.vendor, half, header=f"<TxnDate>{DAY}</TxnDate><RefNumber>1047</RefNumber>"))[0]
    return Costs(books, division, code, bank, order, bill.findtext("BillRet/TxnID") or "")


def job_report(costs: Costs, more: str = "", dates: str = "<ReportDateMacro>All</ReportDateMacro>") -> etree._Element:
    entity = "<ReportEntityFilter><FullName>School District 9:Gymnasium</FullName></ReportEntityFilter>"
    kind = "<JobReportType>JobEstimatesVsActualsDetail</JobReportType>"
    return ask(costs.books.file, f"<JobReportQueryRq>{kind}{dates}{entity}{more}</JobReportQueryRq>")[0]


def cells(row: etree._Element) -> dict[str, str]:
    return {str(cell.get("colID")): str(cell.get("value")) for cell in row.iterfind("ColData")}


def figures(report: etree._Element) -> dict[str, dict[str, str]]:
    """The cells of each data row, by the full name of its item."""
    found = {}
    for row in report.iter("DataRow"):
        about = row.find("RowData")
        assert about is not None
        assert about.get("rowType") == "item"
        found[str(about.get("value"))] = cells(row)
    return found


def detail(costs: Costs, *columns: str, filters: str = "", rows: str = "TotalOnly", basis: str = "") -> etree._Element:
    entity = f"<ReportEntityFilter><ListID>{costs.books.job}</ListID></ReportEntityFilter>"
    inner = "<CustomDetailReportType>CustomTxnDetail</CustomDetailReportType><ReportDateMacro>All</ReportDateMacro>"
    wanted = "".join(f"<IncludeColumn>{column}</IncludeColumn>" for column in columns)
    return ask(
        costs.books.file,
        f"<CustomDetailReportQueryRq>{inner}{filters or entity}<SummarizeRowsBy>{rows}</SummarizeRowsBy>{wanted}{basis}"
        "</CustomDetailReportQueryRq>",
    )[0]


def listed(report: etree._Element) -> list[list[str]]:
    return [list(cells(row).values()) for row in report.iter("DataRow")]


def test_estimated_and_actual_costs_stand_beside_their_item(costs: Costs) -> None:
    found = figures(job_report(costs))
    assert found == {
        "03-300": {
            "1": "03-300",
            EST_COST: "1000.00",
            ACT_COST: "150.00",
            COST_DIFF: "-850.00",
            EST_REVENUE: "1000.00",
            "7": "-1000.00",
        },
        "03 Concrete:03-310": {
            "1": "03-310",
            EST_COST: "400.00",
            COST_DIFF: "-400.00",
            EST_REVENUE: "400.00",
            "7": "-400.00",
        },
    }


def test_columns_are_described_and_an_empty_cell_is_missing(costs: Costs) -> None:
    report = job_report(costs)[0]
    titles = [column[0].get("value") for column in report.iterfind("ColDesc")]
    revenue = "Est. Revenue", "Act. Revenue", "($) Diff."
    assert titles == [None, "Est. Cost", "Act. Cost", "($) Diff.", *revenue]
    assert [column.get("colID") for column in report.iterfind("ColDesc")] == list("1234567")
    assert [report.findtext(tag) for tag in ("NumColumns", "NumColTitleRows", "ReportBasis")] == ["7", "1", "Accrual"]
    assert report.findtext("NumRows") == str(len(report.findall("ReportData/*")))
    assert ACT_REVENUE not in figures(report)["03-300"]


def test_a_parent_frames_its_children_and_has_a_row_of_its_own(costs: Costs) -> None:
    costs.books.file.enter_check(costs.books.vendor, coded(costs.books, costs.division, "30.00"), bank=costs.bank)
    report = job_report(costs)
    shown = [
        (str(row.tag), row.get("value") or cells(row)["1"], row.find("RowData") is not None and row[0].get("value"))
        for row in report.iterfind("ReportRet/ReportData/*")
    ]
    assert shown == [
        ("TextRow", "Service", False),
        ("TextRow", "03 Concrete", False),
        ("DataRow", "03-310", "03 Concrete:03-310"),
        ("DataRow", "03 Concrete - Other", "03 Concrete"),
        ("SubtotalRow", "Total 03 Concrete", "03 Concrete"),
        ("DataRow", "03-300", "03-300"),
        ("SubtotalRow", "Total Service", False),
        ("TotalRow", "TOTAL", False),
    ]
    assert cells(report.findall(".//SubtotalRow")[0])[ACT_COST] == "30.00"
    assert cells(report.findall(".//TotalRow")[0])[ACT_COST] == "180.00"


def test_only_what_is_coded_to_an_item_and_the_job_counts(costs: Costs) -> None:
    books, file = costs.books, costs.books.file
    card, item = file.add_account("Card", "CreditCard"), books.item
    account_only = {"AccountRef": {"ListID": books.expense}, "CustomerRef": {"ListID": books.job}, "Amount": "77.00"}
    other_job = file.add_customer("Annex", parent=books.customer)
    file.enter_check(books.vendor, coded(books, item, "40.00"), account_only, bank=costs.bank)
    file.enter_credit_card_charge(books.vendor, coded(books, item, "25.00"), card=card)
    file.enter_vendor_credit(books.vendor, coded(books, item, "5.00"))
    file.enter_bill(books.vendor, coded(books, item, "1.00"), coded(books, item, "500.00", other_job))
    file.enter_bill(books.vendor, {"ItemRef": {"ListID": item}, "Amount": "300.00"})
    file.enter_journal_entry(books.expense, costs.bank, "60.00", job=books.job)
    assert figures(job_report(costs))["03-300"][ACT_COST] == "211.00"


def test_a_void_bill_and_an_estimate_no_longer_active_count_nowhere(costs: Costs) -> None:
    costs.books.file.void(costs.bill)
    costs.books.file.edit(str(costs.books.file.records("Estimate")[0]["TxnID"]), IsActive="false")
    assert figures(job_report(costs)) == {"03-300": {"1": "03-300", ACT_COST: "0.00", COST_DIFF: "0.00"}}


def test_the_estimated_cost_is_without_the_markup(costs: Costs) -> None:
    books = costs.books
    books.file.set_preference("DefaultMarkup", "13")
    ask(books.file, estimate_add(books.job, item_line(costs.code, "100.00")))
    found = figures(job_report(costs))["03 Concrete:03-310"]
    assert (found[EST_COST], found[EST_REVENUE]) == ("500.00", "513.00")


def test_on_the_cash_basis_a_bill_counts_as_far_as_it_is_paid(costs: Costs) -> None:
    costs.books.file.set_preference("SummaryReportBasis", "Cash")
    assert figures(job_report(costs))["03-300"][ACT_COST] == "0.00"
    costs.books.file.pay_bill(costs.bill, "50.00", bank=costs.bank)
    report = job_report(costs)
    assert figures(report)["03-300"][ACT_COST] == "50.00"
    assert report.findtext("ReportRet/ReportBasis") == "Cash"


def test_a_period_limits_the_report(costs: Costs) -> None:
    before = "<ReportPeriod><ToReportDate>2026-03-24</ToReportDate></ReportPeriod>"
    on_the_day = (
        f"<ReportPeriod><FromReportDate>{DAY}</FromReportDate><ToReportDate>{DAY}</ToReportDate></ReportPeriod>"
    )
    assert job_report(costs, dates=before).find(".//ReportData") is None
    assert figures(job_report(costs, dates=on_the_day))["03-300"][ACT_COST] == "150.00"


def test_a_job_report_wants_one_job_it_knows(costs: Costs) -> None:
    kind = "<JobReportQueryRq><JobReportType>JobEstimatesVsActualsDetail</JobReportType>{}</JobReportQueryRq>"
    named = "<ReportEntityFilter>{}</ReportEntityFilter>"
    asked = [
        kind.format(""),
        kind.format(named.format("<FullName>Nobody</FullName>")),
        kind.format(named.format(f"<ListID>{costs.books.job}</ListID><ListID>{costs.books.customer}</ListID>")),
    ]
    assert [status(answer) for answer in ask(costs.books.file, *asked)] == [3150, 3140, 3153]


def test_a_job_report_knows_no_basis(costs: Costs) -> None:
    with pytest.raises(ProcessError):
        job_report(costs, "<ReportBasis>Accrual</ReportBasis>")


def test_a_detail_report_lists_the_lines_of_a_job(costs: Costs) -> None:
    report = detail(costs, "TxnType", "TxnID", "RefNumber", "Date", "Item", "Name", "SourceName", "Quantity", "Amount")
    job = "School District 9:Gymnasium"
    bill = [row for row in listed(report) if row[0] == "Bill"]
    assert bill == [["Bill", costs.bill, "1047", DAY, "03-300", job, "Delta Concrete", "0.16667", "150.00"]]
    assert {row[0] for row in listed(report)} == {"Bill", "PurchaseOrder", "Estimate"}


def test_a_detail_report_is_limited_to_kinds_and_items(costs: Costs) -> None:
    books = costs.books
    books.file.enter_check(books.vendor, coded(books, costs.code, "40.00"), bank=costs.bank)
    entity = f"<ReportEntityFilter><ListID>{books.job}</ListID></ReportEntityFilter>"
    bills = "<ReportTxnTypeFilter><TxnTypeFilter>Bill</TxnTypeFilter></ReportTxnTypeFilter>"
    item = f"<ReportItemFilter><ListIDWithChildren>{costs.division}</ListIDWithChildren></ReportItemFilter>"
    posting = "<ReportPostingStatusFilter>Posting</ReportPostingStatusFilter>"
    found = [detail(costs, "TxnType", "Amount", filters=entity + more) for more in (bills, item + posting, posting)]
    assert [listed(report) for report in found] == [
        [["Bill", "150.00"]],
        [["Check", "40.00"]],
        [["Bill", "150.00"], ["Check", "40.00"]],
    ]
    assert cells(found[2].findall(".//TotalRow")[0]) == {"1": "TOTAL", "3": "190.00"}


def test_rows_by_item_name_it_and_are_framed(costs: Costs) -> None:
    bills = "<ReportTxnTypeFilter><TxnTypeFilter>Bill</TxnTypeFilter></ReportTxnTypeFilter>"
    entity = f"<ReportEntityFilter><ListID>{costs.books.job}</ListID></ReportEntityFilter>"
    report = detail(costs, "Amount", filters=entity + bills, rows="ItemDetail")
    assert [str(row.tag) for row in report.iterfind("ReportRet/ReportData/*")] == [
        "TextRow",
        "DataRow",
        "SubtotalRow",
        "TotalRow",
    ]
    assert [row.get("value") for row in report.iter("RowData")] == ["03-300"]


def test_a_detail_report_takes_a_basis_and_says_it(costs: Costs) -> None:
    report = detail(costs, "Amount", "PaidStatus", basis="<ReportBasis>Cash</ReportBasis>")
    assert report.findtext("ReportRet/ReportBasis") == "Cash"
    assert ["0.00", "Unpaid"] in listed(report)


def test_a_basis_is_refused_where_the_report_has_none(costs: Costs) -> None:
    def asked(kind: str) -> str:
        inner = f"<GeneralDetailReportType>{kind}</GeneralDetailReportType><ReportBasis>Accrual</ReportBasis>"
        return f"<GeneralDetailReportQueryRq>{inner}</GeneralDetailReportQueryRq>"

    found = ask(costs.books.file, asked("CheckDetail"), asked("Journal"), asked("OpenPOs"))
    assert [status(answer) for answer in found] == [3151, 3151, 0]


def test_open_orders_are_listed_until_they_are_full(costs: Costs) -> None:
    columns = "<IncludeColumn>TxnID</IncludeColumn><IncludeColumn>Amount</IncludeColumn>"
    kind = "<GeneralDetailReportType>OpenPOs</GeneralDetailReportType><ReportDateMacro>All</ReportDateMacro>"
    request = f"<GeneralDetailReportQueryRq>{kind}{columns}</GeneralDetailReportQueryRq>"
    assert listed(ask(costs.books.file, request)[0]) == [[costs.order.findtext("TxnID"), "900.00"]]
    ask(costs.books.file, bill_add(costs.books.vendor, link(costs.order, 0)))
    assert listed(ask(costs.books.file, request)[0]) == []


def test_a_detail_report_needs_a_column(costs: Costs) -> None:
    with pytest.raises(ProcessError):
        costs.books.file.process(message_set("<CustomDetailReportQueryRq/>"))
    with pytest.raises(ProcessError):
        detail(costs)
