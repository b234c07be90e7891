"""Closed books: what is dated on or before the closing date can no longer be touched."""

from __future__ import annotations

from tests.sandbox.quickbooks.asking import (
    ask,
    bill_add,
    bill_mod,
    estimate_add,
    estimate_mod,
    order_add,
    order_mod,
    status,
)
from tests.sandbox.quickbooks.conftest import Contractor


def dated(day: str) -> str:
    return f"<TxnDate>{day}</TxnDate>"


def adds(books: Contractor, day: str) -> list[str]:
    return [
        bill_add(books.vendor, header=dated(day)),
        order_add(books.vendor, "<Desc>x</Desc>", header=dated(day)),
        estimate_add(books.job, "<Desc>x</Desc>", header=dated(day)),
    ]


def test_adds_up_to_the_closing_date_are_refused(books: Contractor) -> None:
    books.file.set_preference("ClosingDate", "2026-03-31")
    closed = ask(books.file, *adds(books, "2026-03-31"))
    assert [status(answer) for answer in closed] == [3171, 3171, 3171]
    assert "on or before the closing date" in closed[0].attrib["statusMessage"]
    assert [status(answer) for answer in ask(books.file, *adds(books, "2026-04-01"))] == [0, 0, 0]


def test_mods_of_what_was_dated_before_or_is_moved_there_are_refused(books: Contractor) -> None:
    old = [answer[0] for answer in ask(books.file, *adds(books, "2026-03-31"))]
    new = [answer[0] for answer in ask(books.file, *adds(books, "2026-04-01"))]
    books.file.set_preference("ClosingDate", "2026-03-31")
    mods = (bill_mod, order_mod, estimate_mod)
    later = [mod(record, header=dated("2026-04-02")) for mod, record in zip(mods, old, strict=True)]
    earlier = [mod(record, header=dated("2026-03-30")) for mod, record in zip(mods, new, strict=True)]
    assert [status(answer) for answer in ask(books.file, *later, *earlier)] == [3171] * 6


def test_a_company_file_may_leave_orders_and_estimates_out(books: Contractor) -> None:
    books.file.set_preference("ClosingDate", "2026-03-31")
    books.file.set_preference("ExcludesOrdersFromClosingDate", True)
    assert [status(answer) for answer in ask(books.file, *adds(books, "2026-03-31"))] == [3171, 0, 0]


def test_preferences_tell_what_an_application_must_know(books: Contractor) -> None:
    books.file.set_preference("ClosingDate", "2026-03-31")
    books.file.set_preference("IsUsingEstimates", False)
    books.file.set_preference("SummaryReportBasis", "Cash")
    books.file.set_preference("DefaultMarkup", "13")
    told = ask(books.file, "<PreferencesQueryRq/>")[0][0]
    paths = {
        "AccountingPreferences/ClosingDate": "2026-03-31",
        "JobsAndEstimatesPreferences/IsUsingEstimates": "false",
        "PurchasesAndVendorsPreferences/IsUsingInventory": "true",
        "ReportsPreferences/SummaryReportBasis": "Cash",
        "SalesAndCustomersPreferences/DefaultMarkup": "13.00",
        "MultiCurrencyPreferences/IsMultiCurrencyOn": "false",
    }
    assert {path: told.findtext(path) for path in paths} == paths
