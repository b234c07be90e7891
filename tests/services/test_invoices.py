"""Invoices on a commitment, from Procore into bills that draw on its purchase order, to the cent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.tags import Tag
from app.services import connections, lifecycle
from app.services.unit import work
from tests import invoices, records
from tests.by_hand import ByHand
from tests.invoices import billed, invoice, on_change
from tests.support import Stage

LINES = [records.line("10000.00"), records.line("250.25", 32, 2)]


def order(**more: Any) -> records.Taken:
    return records.commitment(lines=LINES, **more)


def settle(stage: Stage, **values: Any) -> None:
    connections.change_settings(stage.database, 1, values, actor="ike")


def bills(stage: Stage) -> list[dict[str, Any]]:
    return sorted(stage.company.records("Bill"), key=lambda bill: str(bill["RefNumber"]))


def rows(bill: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(line["ItemRef"]["FullName"], line.get("Quantity", ""), line["Amount"]) for line in bill["ItemLineRet"]]


def left(stage: Stage, number: str = "SC-014") -> list[str]:
    """What QuickBooks says is left of each line of the order."""
    return [line.get("UnbilledQuantity", "") for line in stage.orders()[number]["PurchaseOrderLineRet"]]


def drained(stage: Stage) -> list[str]:
    """One session; the names of the requests that crossed."""
    report = stage.run()
    assert report.outcome in {"done", "nothing"}, report.sentence
    stage.kill_connector()
    stage.must_be_sound()
    return report.requests_seen


@contextmanager
def on(day: datetime) -> Iterator[None]:
    with clock.running(lambda: day):
        yield


@pytest.mark.requirement("WFL-09", "INV-01", "ACC-05")
def test_a_commitment_its_change_order_and_three_invoices_drain_in_one_session(billing: Stage) -> None:
    first, second, third = invoices.three()
    third = invoice(3, *third[1]["items"], on_change("75.00", position=3), paid="6089.49", billing_date="2026-03-28")
    billing.approve(order(), records.change_order(lines=[records.line("75.00")]), first, second, third)
    assert set(billing.states().values()) - {"synced"} == {"queued", "accepted"}
    drained(billing)
    assert set(billing.states().values()) == {"synced"}
    assert [rows(bill) for bill in bills(billing)] == [
        [("03-100", "0.3333", "3333.00"), ("Retainage", "", "-333.30")],
        [("03-100", "0.3333", "3333.00"), ("03-200", "0.4", "100.10"), ("Retainage", "", "-343.31")],
        [
            ("03-100", "0.3334", "3334.00"),
            ("03-200", "0.6", "150.15"),
            ("03-100", "1", "75.00"),
            ("Retainage", "", "676.61"),
        ],
    ]
    assert [bill["AmountDue"] for bill in bills(billing)] == ["2999.70", "3089.79", "4235.76"]
    assert [billing.item(f"Invoice {number}").difference for number in (1047, 1048, 1049)] == ["", "", ""]


@pytest.mark.requirement("ACC-01", "ACC-05", "MAP-84")
def test_the_order_closes_only_with_the_last_invoice_and_the_liability_nets_to_nothing(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    seen, held = [], []
    for taken in invoices.three():
        billing.approve(taken)
        drained(billing)
        seen.append((billing.orders()["SC-014"]["IsFullyReceived"], left(billing)))
        retained = [Decimal(row[2]) for bill in bills(billing) for row in rows(bill) if row[0] == "Retainage"]
        held.append(-sum(retained))
    assert seen == [
        ("false", ["", "0.6667", "1"]),
        ("false", ["", "0.3334", "0.6"]),
        ("true", ["", "0", "0"]),
    ]
    assert held == [Decimal("333.30"), Decimal("676.61"), Decimal("0.00")]
    earned = sum(Decimal(row[2]) for bill in bills(billing) for row in rows(bill) if row[0] != "Retainage")
    assert earned == Decimal("10250.25")


@pytest.mark.requirement("MAP-75", "MAP-78", "MAP-82")
def test_vendor_item_and_job_of_the_bill_are_those_of_the_order(billing: Stage) -> None:
    billing.approve(order(), invoice(1, billed("100.00", retained="10.00")))
    drained(billing)
    [bill], made = bills(billing), billing.orders()["SC-014"]
    assert bill["VendorRef"] == made["VendorRef"]
    line, held = bill["ItemLineRet"]
    assert line["ItemRef"] == made["PurchaseOrderLineRet"][1]["ItemRef"]
    jobs = {one["CustomerRef"]["FullName"] for one in (line, held)}
    assert jobs == {"Riverside Tower"}


@pytest.mark.requirement("MAP-79", "MAP-80", "MAP-81")
def test_a_unit_line_has_its_quantity_and_its_amount_and_quickbooks_computes_the_price(billing: Stage) -> None:
    lines = [records.unit_line("10.0", "25.50", "255.00")]
    taken = invoice(1, billed("76.50", work_completed_this_period_quantity="3.0"))
    billing.approve(records.commitment(lines=lines, accounting_method="unit"), taken)
    drained(billing)
    [line] = bills(billing)[0]["ItemLineRet"]
    assert (line["Quantity"], line["Cost"], line["Amount"]) == ("3", "25.50", "76.50")
    assert left(billing) == ["", "7"]


@pytest.mark.requirement("MAP-83")
def test_the_bill_is_linked_to_the_order_by_its_id(billing: Stage) -> None:
    billing.approve(order(), invoice(1, billed("100.00")))
    crossed = drained(billing)
    txn_id = billing.orders()["SC-014"]["TxnID"]
    assert any(f"<LinkToTxn><TxnID>{txn_id}</TxnID>" in request for request in crossed)
    assert left(billing)[1] == "0.99"


@pytest.mark.requirement("ACC-06", "INV-02")
def test_an_invoice_waits_for_its_commitment_its_change_order_and_those_before_it(billing: Stage) -> None:
    first = invoice(1, billed("100.00"))
    second = invoice(2, billed("50.00", done="100.00"), on_change("75.00"), paid="100.00")
    change = records.change_order(lines=[records.line("75.00")])
    billing.receive(order(), change, first, second)
    billing.send()
    assert billing.accept("Invoice 1048").done
    drained(billing)
    assert {finding.message for finding in billing.findings("Invoice 1048")} == {
        "SC-014 is not in QuickBooks yet.",
        "CO 001 of SC-014, billed on Invoice 1048, is not in QuickBooks yet.",
        "Invoice 1048 waits for Invoice 1047: invoices of one commitment go to QuickBooks by number.",
    }
    for name in ("SC-014", "Invoice 1047"):
        assert billing.accept(name).done
        drained(billing)
        assert billing.states()[name] == "synced"
        assert billing.states()["Invoice 1048"] == "accepted"
    assert billing.accept("CO 001").done
    drained(billing)
    assert billing.states()["Invoice 1048"] == "synced"


@pytest.mark.requirement("ACC-11")
def test_a_bill_typed_by_hand_under_the_same_number_stops_it(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    [vendor] = billing.company.records("Vendor")
    [item] = [one for one in billing.company.records("ItemService") if one["Name"] == "03-100"]
    line = {"ItemRef": {"ListID": item["ListID"]}, "Amount": "12400.00"}
    billing.company.enter_bill(vendor["ListID"], line, number="1047", day="2026-03-25")
    billing.approve(invoice(1, billed("100.00")))
    drained(billing)
    assert billing.states()["Invoice 1047"] == "sent"
    assert len(bills(billing)) == 1
    assert billing.item("Invoice 1047").problem == (
        "Delta Concrete already has bill 1047 in QuickBooks: 12,400.00, dated 2026-03-25."
    )
    assert billing.accept("Invoice 1047", send_anyway="the other one is February's").done
    drained(billing)
    assert [bill["AmountDue"] for bill in bills(billing)] == ["12400.00", "100.00"]


@pytest.mark.requirement("ACC-07")
def test_books_closed_in_quickbooks_want_another_date_and_a_reason(billing: Stage) -> None:
    with on(datetime(2026, 4, 12, 18, tzinfo=UTC)):
        billing.approve(order())
        drained(billing)
        billing.company.set_preference("ClosingDate", "2026-03-31")
        billing.ask_for_lists()
        drained(billing)
        billing.receive(invoice(1, billed("100.00"), billing_date="2026-03-30"))
        billing.send()
        [refused] = billing.accept("Invoice 1047").refused
        assert str(refused.problem).startswith(
            "The books are closed through 2026-03-31, and Invoice 1047 is dated 2026-03-30."
        )
        [refused] = billing.accept("Invoice 1047", accounting_date="2026-04-01").refused
        assert "no reason is given" in str(refused.problem)
        assert billing.accept("Invoice 1047", accounting_date="2026-04-01", accounting_reason="March is closed").done
        drained(billing)
    assert [bill["TxnDate"] for bill in bills(billing)] == ["2026-04-01"]


@pytest.mark.requirement("ACC-07")
def test_books_closed_after_the_accept_hold_it(billing: Stage) -> None:
    billing.approve(order(), invoice(1, billed("100.00")))
    settle(billing, books_closed_through="2026-03-31")
    drained(billing)
    assert billing.states()["Invoice 1047"] == "accepted"
    [finding] = billing.findings("Invoice 1047")
    assert (finding.rule, finding.field) == ("invoice-books-open", "accounting_date")
    assert bills(billing) == []


@pytest.mark.requirement("ACC-06")
def test_what_has_no_room_on_the_order_goes_without_a_link_and_is_listed(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    billing.receive(invoice(1, billed("250.00"), billed("1250.25", line=3502, code=32, position=2)))
    billing.send()
    [refused] = billing.accept("Invoice 1047").refused
    assert str(refused.problem).startswith("Line 2 of SC-014 has 250.25 left; this invoice bills 1,250.25.")
    assert billing.accept("Invoice 1047", unlinked="the change order comes in April").done
    drained(billing)
    [bill] = bills(billing)
    assert rows(bill) == [("03-100", "0.025", "250.00"), ("03-200", "", "1250.25")]
    assert left(billing) == ["", "0.975", "1"]
    assert billing.item("Invoice 1047").difference == (
        "Line 2 of SC-014: 1,250.25 billed without a link to the purchase order, "
        "because: the change order comes in April"
    )


@pytest.mark.requirement("ACC-06")
def test_a_bill_typed_by_hand_against_the_order_leaves_no_room_for_it(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    made = billing.orders()["SC-014"]
    link = {"TxnID": made["TxnID"], "TxnLineID": made["PurchaseOrderLineRet"][1]["TxnLineID"]}
    by_hand = {"Quantity": "0.88", "Amount": "8800.00", "LinkToTxn": link}
    billing.company.enter_bill(made["VendorRef"]["ListID"], by_hand, number="77", day="2026-03-02")
    billing.approve(invoice(1, billed("5000.00")))
    drained(billing)
    assert billing.states()["Invoice 1047"] == "sent"
    assert billing.item("Invoice 1047").problem == (
        "Line 1 of SC-014 has 1,200.00 left in QuickBooks; this invoice bills 5,000.00."
    )
    assert billing.accept("Invoice 1047", unlinked_lines="1", unlinked="agreed with the owner").done
    drained(billing)
    assert rows(bills(billing)[0]) == [("03-100", "", "5000.00")]


@pytest.mark.requirement("ACC-06")
def test_an_order_closed_by_a_person_stops_it_before_anything_is_written(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    billing.company.close_purchase_order(billing.orders()["SC-014"]["TxnID"])
    billing.approve(invoice(1, billed("100.00")))
    drained(billing)
    assert billing.item("Invoice 1047").problem == (
        "Line 1 of SC-014 has nothing left: its purchase order is closed in QuickBooks."
    )
    assert bills(billing) == []


@pytest.mark.requirement("ACC-10")
def test_a_link_quickbooks_did_not_make_is_a_difference(billing: Stage) -> None:
    """The line of the order is closed after it was read and before the bill comes."""
    billing.approve(order())
    drained(billing)
    billing.approve(invoice(1, billed("100.00"), billed("50.05", line=3502, code=32, position=2)))
    by_hand = billing.by_hand()
    request = by_hand.begin_until("BillAddRq")
    billing.company.edit_purchase_order_line(billing.orders()["SC-014"]["TxnID"], 2, IsManuallyClosed="true")
    by_hand.post(billing.company.process(request))
    by_hand.go_on_until_end()
    by_hand.close()
    assert len(bills(billing)) == 1
    assert billing.states()["Invoice 1047"] == "synced"
    assert billing.item("Invoice 1047").difference == (
        "Total: QuickBooks saved 100.00, approved 150.05; QuickBooks saved 1 lines, approved 2"
    )


@pytest.mark.requirement("ACC-06")
def test_an_order_that_closes_at_the_last_moment_is_a_question_for_a_person(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    billing.approve(invoice(1, billed("100.00")))
    by_hand = billing.by_hand()
    request = by_hand.begin_until("BillAddRq")
    billing.company.close_purchase_order(billing.orders()["SC-014"]["TxnID"])
    by_hand.post(billing.company.process(request))
    by_hand.go_on_until_end()
    by_hand.close()
    assert bills(billing) == []
    assert billing.states()["Invoice 1047"] == "sent"
    assert "the purchase order of SC-014 is closed" in billing.item("Invoice 1047").problem


@pytest.mark.requirement("ACC-25")
def test_a_negative_invoice_entered_by_hand_lets_the_next_one_go(billing: Stage) -> None:
    first = invoice(1, billed("500.00"), billed("-20.00", line=3502, code=32, position=2))
    second = invoice(
        2, billed("100.00", done="500.00"), billed("0.00", done="-20.00", line=3502, code=32, position=2), paid="480.00"
    )
    billing.approve(order())
    drained(billing)
    billing.receive(first, second)
    assert billing.send("Invoice 1048").done
    assert billing.accept("Invoice 1048").done
    assert billing.states()["Invoice 1048"] == "accepted"
    [item_id] = billing.ids(("Invoice 1047",))
    lifecycle.record_by_hand(
        billing.database, 1, billing.person("ana"), item_id, "1047", Decimal("480.00"), "a credit on line 2"
    )
    drained(billing)
    assert billing.states() == {**billing.states(), "Invoice 1047": "synced", "Invoice 1048": "synced"}
    assert [(bill["RefNumber"], bill["AmountDue"]) for bill in bills(billing)] == [("1048", "100.00")]


@pytest.mark.requirement("WFL-07")
def test_the_export_is_off_until_it_is_set_up(stage: Stage) -> None:
    stage.receive(order(), invoice(1, billed("100.00")))
    [refused] = stage.send("Invoice 1047").refused
    assert str(refused.problem).startswith("The export of subcontractor invoices is not set up yet.")


@pytest.mark.requirement("INV-03", "ACC-25")
def test_a_negative_line_is_refused_with_the_line_named_and_a_way_on(billing: Stage) -> None:
    billing.receive(order(), invoice(1, billed("500.00"), billed("-20.00", line=3502, code=32, position=2)))
    [refused] = billing.send("Invoice 1047").refused
    assert str(refused.problem).startswith("Line 2 (code 32) is negative: -20.00 of work this period, -20.00 billed.")
    assert "record it here as entered by hand" in str(refused.problem)


@pytest.mark.requirement("ACC-05")
def test_a_retainage_item_that_posts_to_an_expense_is_refused_by_name(billing: Stage) -> None:
    costs = next(one["ListID"] for one in billing.company.records("Account") if one["Name"] == "Job Costs")
    billing.company.add_item("ItemOtherCharge", "Holdings", SalesOrPurchase={"AccountRef": {"ListID": costs}})
    billing.ask_for_lists()
    drained(billing)
    with work(billing.database, 1) as unit:  # chosen before the account was changed in QuickBooks
        unit.connection.settings = {**unit.connection.settings, "retainage_item": billing.staged("Holdings")}
    billing.receive(order(), invoice(1, billed("100.00", retained="10.00")))
    billing.send()
    [refused] = billing.accept("Invoice 1047").refused
    assert str(refused.problem).startswith(
        "The retainage item Holdings posts to Job Costs, an account of the type Cost of Goods Sold; "
        "it must be an Other Current Liability."
    )


@pytest.mark.requirement("STM-02")
def test_a_bill_whose_answer_was_lost_is_found_by_its_marker(billing: Stage) -> None:
    billing.approve(order())
    drained(billing)
    billing.approve(invoice(1, billed("100.00")))
    billing.run(after_run=3)
    billing.kill_connector()
    billing.company.lose_stored_response(billing.sets()[-1].id)
    drained(billing)
    assert [bill["AmountDue"] for bill in bills(billing)] == ["100.00"]
    assert billing.states()["Invoice 1047"] == "synced"


def test_change_orders_and_bills_of_one_commitment_take_turns(billing: Stage) -> None:
    """A bill makes the order's EditSequence old; the change order after it reads the order again."""
    billing.approve(order(), invoice(1, billed("100.00")))
    drained(billing)
    billing.approve(
        records.change_order(lines=[records.line("75.00")]),
        invoice(2, billed("10.00", done="100.00"), on_change("75.00"), paid="100.00"),
    )
    drained(billing)
    assert set(billing.states().values()) == {"synced"}
    assert len(billing.events(Tag.ITEM_DIFFERENCE)) == 0
    assert left(billing) == ["", "0.989", "1", "", "0"]


def test_a_change_order_after_a_bill_reads_the_order_in_one_set_with_the_next_bills(billing: Stage) -> None:
    """Reads and writes for the orders, for their first bills, and for the change order and the other bill together."""
    other = records.commitment("SC-015", 311, [records.line("900.00", id=3601)])
    first = invoice(1, billed("10.00", line=3601), id=811, invoice_number="77", commitment_id=311)
    second = invoice(
        2, billed("20.00", done="10.00", line=3601), id=812, invoice_number="78", commitment_id=311, paid="10.00"
    )
    billing.approve(order(), other, invoice(1, billed("100.00")), first, second)
    billing.approve(records.change_order(lines=[records.line("75.00")]))
    crossed = drained(billing)
    assert set(billing.states().values()) == {"synced"}
    assert len(crossed) == 6


def to_canada(billing: Stage) -> None:
    """The same company in Canada, with a tax of 5 per cent, and its commitment."""
    billing.company.change_host(edition="CA")
    billing.company.add_tax_code("G", rate="5")
    billing.ask_for_lists()
    drained(billing)
    settle(billing, default_tax_code="G")
    billing.approve(order())
    drained(billing)


@pytest.fixture
def canada(billing: Stage) -> Stage:
    to_canada(billing)
    return billing


@pytest.mark.requirement("ACC-22")
def test_in_canada_bill_holdback_and_tax_come_to_the_invoice_to_the_cent(canada: Stage) -> None:
    taken = invoice(1, billed("1000.00", retained="100.00"), tax="45.00")
    taken[1]["summary"]["current_payment_due"] = "945.00"
    canada.approve(taken)
    crossed = drained(canada)
    [bill] = bills(canada)
    assert [line["SalesTaxCodeRef"]["FullName"] for line in bill["ItemLineRet"]] == ["G", "G"]
    assert bill["AmountDue"] == "945.00"
    assert any("BillModRq" in request for request in crossed)
    assert (canada.states()["Invoice 1047"], canada.item("Invoice 1047").difference) == ("synced", "")


@pytest.mark.requirement("ACC-22")
def test_in_canada_tax_that_comes_out_otherwise_is_a_difference(canada: Stage) -> None:
    canada.approve(invoice(1, billed("1000.00"), tax="130.00"))
    drained(canada)
    assert canada.item("Invoice 1047").difference == "Total: QuickBooks saved 1,050.00, approved 1,130.00"


@pytest.mark.requirement("ACC-22")
def test_in_canada_a_line_without_any_tax_code_is_refused(canada: Stage) -> None:
    settle(canada, default_tax_code=None)
    canada.receive(invoice(1, billed("1000.00"), tax="50.00"))
    canada.send()
    [refused] = canada.accept("Invoice 1047").refused
    assert str(refused.problem).startswith("Line 1 (code 31) has no sales tax code")


@pytest.mark.requirement("ACC-22")
def test_tax_has_no_place_on_a_bill_of_the_united_states(billing: Stage) -> None:
    billing.receive(order(), invoice(1, billed("1000.00"), tax="45.00"))
    billing.send()
    [refused] = billing.accept("Invoice 1047").refused
    assert str(refused.problem).startswith("Tax 45.00 has no place on a QuickBooks US bill.")


def without_tax_codes(canada: Stage) -> ByHand:
    """An invoice whose bill is saved; its tax codes would leave with the next request."""
    canada.approve(invoice(1, billed("1000.00"), tax="50.00"))
    connector = canada.by_hand()
    connector.post(canada.company.process(connector.begin_until("BillAddRq")))
    return connector


def undo_is_refused(canada: Stage) -> None:
    for what in ("take_back", "reject"):
        [refused] = canada.act(what, "Invoice 1047", reason="not now").refused
        assert "QuickBooks may already have it" in str(refused.problem)


def must_be_one_bill_with_its_tax(canada: Stage) -> None:
    drained(canada)
    assert [bill["AmountDue"] for bill in bills(canada)] == ["1050.00"]
    assert (canada.states()["Invoice 1047"], canada.item("Invoice 1047").difference) == ("synced", "")


def test_a_saved_bill_without_its_tax_codes_is_not_taken_back(canada: Stage) -> None:
    without_tax_codes(canada).close()
    undo_is_refused(canada)
    must_be_one_bill_with_its_tax(canada)


def test_a_saved_bill_whose_tax_codes_were_refused_is_not_rejected(canada: Stage) -> None:
    connector = without_tax_codes(canada)
    asked = re.search(r'<BillModRq requestID="([^"]+)"', connector.send())
    assert asked
    refused = f'<BillModRs requestID="{asked[1]}" statusCode="3170" statusSeverity="Error" statusMessage="No."/>'
    connector.post(f"<QBXML><QBXMLMsgsRs>{refused}</QBXMLMsgsRs></QBXML>")
    connector.close()
    assert canada.states()["Invoice 1047"] == "failed"
    undo_is_refused(canada)
    canada.act("retry", "Invoice 1047")
    must_be_one_bill_with_its_tax(canada)
