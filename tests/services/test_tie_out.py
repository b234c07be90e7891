"""Procore and QuickBooks side by side: all zero, but for what somebody did by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from app.db.models import Item
from app.services import lifecycle, refreshes, tie_out
from app.services.tie_out import Report, Row
from tests import budgets, records
from tests.invoices import billed, invoice, three
from tests.paying import Site
from tests.support import Stage

MEASURES = ("committed", "invoiced", "retained", "paid")


@pytest.fixture
def site(billed_site: Site) -> Site:
    return billed_site


def read(stage: Stage) -> Report:
    """Everything is read in one session, then compared."""
    refreshes.ask(stage.database, stage.connection_id, stage.person("ike"))
    assert stage.run().outcome in {"done", "nothing"}
    stage.kill_connector()
    return tie_out.report(stage.database, stage.connection_id)


def row(report: Report, name: str = "SC-014") -> Row:
    [found] = [one for one in report.rows if one.item.name == name]
    return found


def amounts(found: Row) -> dict[str, tuple[str, str | None]]:
    return {
        pair.measure: (str(pair.procore), None if pair.quickbooks is None else str(pair.quickbooks))
        for pair in found.pairs
    }


def off(report: Report) -> dict[tuple[str, str], str]:
    """Whatever does not tie out."""
    return {
        (one.item.name, pair.measure): str(pair.difference)
        for one in report.rows
        for pair in one.pairs
        if pair.difference
    }


def said(found: Row) -> list[str]:
    return [reason.sentence for reason in found.reasons]


def order(stage: Stage, number: str = "SC-014") -> dict[str, Any]:
    return stage.orders()[number]


def type_bill(site: Site, amount: str, number: str) -> str:
    """Somebody types a bill on the second line of SC-014."""
    found = order(site.stage)
    link = {"TxnID": found["TxnID"], "TxnLineID": found["PurchaseOrderLineRet"][2]["TxnLineID"]}
    vendor = site.stage.staged("Delta Concrete")
    return str(site.stage.company.enter_bill(vendor, {"Amount": amount, "LinkToTxn": link}, number=number))


@pytest.mark.requirement("ACC-09")
def test_where_nobody_did_anything_everything_ties_out(site: Site) -> None:
    site.stage.company.pay_bill(site.bill_of("1047"), bank=site.bank, number="1042", day="2026-04-20")
    site.read("payments")
    site.work()
    found = read(site.stage)
    assert amounts(row(found)) == {
        "committed": ("10250.25", "10250.25"),
        "invoiced": ("1000.33", "1000.33"),
        "retained": ("0.00", "0.00"),
        "paid": ("900.00", "900.00"),
    }
    assert amounts(row(found, "Budget of Riverside Tower")) == {"budgeted": ("1500.50", "1500.50")}
    assert found.differing == ()


@pytest.mark.requirement("ACC-09")
def test_one_edited_order_and_one_bill_typed_by_hand_show_and_nothing_else(site: Site) -> None:
    site.stage.approve(records.commitment("SC-015", 311, lines=[records.line("400.00", id=3601)]))
    site.session()
    site.stage.company.edit_purchase_order_line(order(site.stage, "SC-015")["TxnID"], 1, Amount="777.00")
    type_bill(site, "40.00", "H-1")
    found = read(site.stage)
    assert off(found) == {("SC-015", "committed"): "377.00", ("SC-014", "invoiced"): "40.00"}
    [edited] = said(row(found, "SC-015"))
    assert edited == "SC-015: Line 2: QuickBooks has 777.00, approved 400.00"
    [typed] = said(row(found))
    assert typed.startswith("Bill H-1 of ")
    assert ", 40.00, was entered by hand in QuickBooks, on the purchase order of SC-014." in typed
    assert len(found.differing) == 2


@pytest.mark.requirement("ACC-09")
def test_what_was_paid_on_a_bill_typed_by_hand_is_paid_in_quickbooks_alone(site: Site) -> None:
    bill = type_bill(site, "40.00", "H-1")
    site.stage.company.pay_bill(bill, bank=site.bank, number="1043", day="2026-04-20")
    assert off(read(site.stage)) == {("SC-014", "invoiced"): "40.00", ("SC-014", "paid"): "40.00"}


@pytest.mark.requirement("ACC-05", "ACC-09")
def test_retainage_held_is_what_the_liability_holds(billing: Stage) -> None:
    lines = [records.line("10000.00"), records.line("250.25", 32, 2)]
    first, second, third = three()
    billing.approve(records.commitment(lines=lines), first, second)
    billing.must_settle()
    assert amounts(row(read(billing)))["retained"] == ("676.61", "676.61")
    assert amounts(row(read(billing)))["invoiced"] == ("6766.10", "6766.10")
    billing.approve(third)
    billing.must_settle()
    found = read(billing)
    assert amounts(row(found))["retained"] == ("0.00", "0.00")
    assert amounts(row(found))["invoiced"] == ("10250.25", "10250.25")
    assert off(found) == {}


@pytest.mark.requirement("ACC-09")
def test_a_retainage_line_edited_in_quickbooks_is_off_by_as_much(billing: Stage) -> None:
    billing.approve(
        records.commitment(lines=[records.line("10000.00")]), invoice(1, billed("1000.00", retained="100.00"))
    )
    billing.must_settle()
    [bill] = billing.company.records("Bill")
    billing.company.edit_bill_line(bill["TxnID"], 1, Amount="-90.00")
    assert off(read(billing)) == {("SC-014", "retained"): "-10.00"}


@pytest.mark.requirement("ACC-09")
def test_a_change_order_counts_once_it_is_in_quickbooks(site: Site) -> None:
    site.stage.receive(records.change_order("001", 391))
    site.stage.send("CO 001")
    found = row(read(site.stage))
    assert amounts(found)["committed"] == ("10250.25", "10250.25")
    assert [note.sentence for note in found.notes] == ["CO 001, 75.00, is not in QuickBooks yet."]
    site.stage.accept("CO 001")
    site.session()
    found = row(tie_out.report(site.stage.database, 1))
    assert amounts(found)["committed"] == ("10250.25", "10250.25")
    assert "CO 001 was written after QuickBooks was last read" in found.notes[0].sentence
    found = row(read(site.stage))
    assert amounts(found)["committed"] == ("10325.25", "10325.25")
    assert found.notes == ()


@pytest.mark.requirement("ACC-09", "ACC-12")
def test_a_deleted_bill_is_missing_by_its_whole_amount(site: Site) -> None:
    site.stage.company.delete(site.bill_of("1048"))
    found = read(site.stage)
    assert off(found) == {("SC-014", "invoiced"): "-100.33"}
    assert said(row(found)) == [
        "Invoice 1048: Invoice 1048 is missing in QuickBooks: its bill was deleted.",
    ]


@pytest.mark.requirement("ACC-09", "ACC-25")
def test_an_invoice_recorded_by_hand_counts_with_what_was_noted_or_with_its_bill_once_it_is_seen(site: Site) -> None:
    stage = site.stage
    stage.receive(invoice(3, billed("50.00", done="1000.33"), paid="1000.33"))
    stage.send("Invoice 1049")
    item = stage.item("Invoice 1049")
    ana = stage.person("ana")
    outcomes = lifecycle.record_by_hand(stage.database, 1, ana, item.id, "H-9", Decimal("48.00"), "typed already")
    assert not outcomes.refused
    found = read(stage)
    assert off(found) == {("SC-014", "invoiced"): "-2.00"}
    assert said(row(found)) == ["Invoice 1049 was entered by hand as bill H-9, 48.00."]
    type_bill(site, "50.00", "h-9")
    assert off(read(stage)) == {}


@pytest.mark.requirement("ACC-09")
def test_what_changed_in_procore_since_is_named(site: Site) -> None:
    lines = [records.line("10500.00"), records.line("250.25", 32, 2)]
    read(site.stage)
    site.stage.receive(records.commitment(lines=lines))
    found = tie_out.report(site.stage.database, 1)
    assert off(found) == {("SC-014", "committed"): "-500.00"}
    assert "SC-014 was changed in Procore since it was written: 10,750.25 now, 10,250.25 then." in said(row(found))


@pytest.mark.requirement("ACC-09", "ACC-10")
def test_what_a_person_cleared_stays_off_with_their_name(site: Site) -> None:
    site.stage.company.edit_purchase_order_line(order(site.stage)["TxnID"], 1, Amount="12000.00")
    read(site.stage)
    ana, item = site.stage.person("ana"), site.stage.item("SC-014")
    lifecycle.clear(site.stage.database, 1, ana, [item.id], "agreed with Delta")
    found = tie_out.report(site.stage.database, 1)
    assert off(found) == {("SC-014", "committed"): "2000.00"}
    [reason] = said(row(found))
    assert reason.endswith("(cleared by Ana: agreed with Delta)")


@pytest.mark.requirement("ACC-09")
def test_it_says_whether_one_session_read_it_all(site: Site) -> None:
    assert read(site.stage).readings.sentence.startswith("As of one Web Connector session, begun ")
    site.read("bills")
    told = tie_out.report(site.stage.database, 1).readings.sentence
    assert told.startswith("Read in different sessions: purchase orders ")


def test_what_was_never_read_is_no_difference(stage: Stage) -> None:
    stage.approve(records.commitment(), budgets.budget())
    assert stage.run().outcome == "done"
    found = tie_out.report(stage.database, 1)
    assert amounts(row(found))["committed"] == ("750.25", None)
    assert off(found) == {}
    assert "SC-014 was written after QuickBooks was last read" in row(found).notes[0].sentence


@pytest.fixture
def statements(site: Site) -> Iterator[list[str]]:
    """Every statement that is run."""
    found: list[str] = []

    def ran(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(site.stage.database.engine, "before_cursor_execute", ran)
    yield found
    event.remove(site.stage.database.engine, "before_cursor_execute", ran)


def test_the_number_of_statements_does_not_grow_with_the_records(site: Site, statements: list[str]) -> None:
    read(site.stage)
    statements.clear()
    tie_out.report(site.stage.database, 1)
    few = len(statements)
    more = [records.commitment(f"SC-{n}", n, lines=[records.line("400.00", id=3600 + n)]) for n in range(500, 512)]
    site.stage.approve(*more)
    site.session()
    read(site.stage)
    assert len(site.stage.rows(Item, kind="commitment")) == 13
    statements.clear()
    tie_out.report(site.stage.database, 1)
    assert len(statements) == few


@pytest.mark.requirement("ACC-09")
def test_what_was_not_read_since_it_was_written_is_not_said_to_tie_out(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    before = tie_out.report(stage.database, stage.connection_id)
    assert before.sentence == "Nothing is compared yet: 1 record was written after QuickBooks was last read."
    after = read(stage)
    assert after.sentence == "1 record ties out to the cent."
    stage.approve(records.commitment("SC-015", 311))
    stage.must_settle()
    again = tie_out.report(stage.database, stage.connection_id)
    assert again.sentence == (
        "1 record ties out to the cent. 1 more was written after QuickBooks was last read, and not compared yet."
    )
