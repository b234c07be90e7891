"""What was paid with Procore Pay becomes one payment of one bill in QuickBooks, where that is licensed and turned on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from app.core.errors import Refusal
from app.db.models import Connection, StagedRecord
from app.items import registry
from app.procore import Run
from app.sandbox.procore.month import HALVORSEN
from app.services import own_payments, payments, reading, unlinking, write_back
from app.services.situations import MARKER
from app.services.unit import work
from tests.invoices import billed, invoice
from tests.paying import COMMITMENT, PROJECT, Site
from tests.support import Stage

KIND = "procore_pay_payment"
NAME = "Procore Pay payment 1"


@pytest.fixture
def site(billed_site: Site) -> Site:
    """Procore Pay is licensed, its export is on, and Delta Concrete is the subcontractor of SC-014."""
    site = billed_site
    contract = site.store.get("work_order_contracts", COMMITMENT)
    assert contract is not None
    site.store.put("work_order_contracts", {**contract, "vendor": {"id": 61, "company": "Delta Concrete"}})
    for row in site.store.all("requisitions"):
        in_procore(site, row)
    site.choose(procore_pay=True, procore_pay_account=site.bank)
    site.choose(procore_pay_export=True)
    return site


def in_procore(site: Site, row: dict[str, Any]) -> None:
    """An invoice as far as Procore's sums of the commitment look at it."""
    base = {
        **HALVORSEN.records["requisitions"][0], "commitment_type": "WorkOrderContract", "contract_id": COMMITMENT,
        "project_id": PROJECT, "status": "draft", "origin_id": None, "entries": [], "deleted_at": None,
    }  # fmt: skip
    site.store.put("requisitions", {**base, "number": row["id"] - 800, **row})


def paid(site: Site, **more: Any) -> None:
    """Procore Pay pays invoice 1047 on SC-014."""
    row = {
        "id": 9_100_000_001, "contract_id": COMMITMENT, "project_id": PROJECT, "requisition_id": 801,
        "external_payment_id": "pay-7f3a", "amount": "900.00", "date": "2026-04-20", "check_number": "5001",
        "invoice_number": "1047", "payment_number": 1, "draw_request_number": 1, "notes": None, "status": "paid",
        "date_payment_initiated": "2026-04-18T10:00:00Z", "date_payment_settled": None, "payment_method": "electronic",
        "invoice_date": None, "origin_id": None, "origin_code": None, "origin_data": None, "attachments": [],
        "created_at": "2026-04-18T10:00:00Z", "updated_at": "2026-04-18T10:00:00Z", "deleted_at": None,
    }  # fmt: skip
    site.store.put("contract_payments", {**row, **more})


def receive(site: Site) -> None:
    """The worker reads what was paid with Procore Pay."""
    site.stage.receive(*((KIND, record) for record in registry.kind(KIND).fetch(Run(site.office.client))))


def approve(site: Site, **inputs: Any) -> None:
    """Pat sends it, Ana accepts it; nobody objects."""
    for outcomes in (site.stage.send(NAME), site.stage.accept(NAME, **inputs)):
        assert not outcomes.refused, [str(one.problem) for one in outcomes.refused]


def tell(site: Site) -> None:
    """The worker tells Procore what QuickBooks holds."""
    write_back.run(site.stage.database, 1, Run(site.office.client))


def held(site: Site) -> list[dict[str, Any]]:
    """The payments by check that QuickBooks has."""
    return list(site.stage.company.records("BillPaymentCheck"))


def open_amount(site: Site, number: str = "1047") -> str:
    [bill] = [one for one in site.stage.company.records("Bill") if one["RefNumber"] == number]
    return str(bill["OpenAmount"])


def part(txn_id: str, memo: str) -> StagedRecord:
    """A part of a payment, as the reading of payments keeps it."""
    return StagedRecord(list_id=f"{txn_id}|B1", data={"payment": txn_id, "memo": memo})


def import_all(site: Site) -> None:
    site.read("payments")
    site.work()


# -- the walk ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-03", "MAP-09")
def test_a_payment_made_with_procore_pay_is_written_once_to_the_cent_and_procore_is_told(site: Site) -> None:
    paid(site)
    receive(site)
    approve(site)
    asked = site.session()
    assert site.stage.states()[NAME] == "synced"
    [payment] = held(site)
    [part] = payment["AppliedToTxnRet"]
    assert (payment["Amount"], payment["RefNumber"], payment["TxnDate"]) == ("900.00", "5001", "2026-04-20")
    assert payment["BankAccountRef"]["FullName"] == "Operating Bank"
    assert payment["PayeeEntityRef"]["FullName"] == "Delta Concrete"
    assert payment["Memo"] == MARKER + site.stage.operation(NAME).id
    assert (part["TxnID"], part["Amount"]) == (site.bill_of("1047"), "900.00")
    assert open_amount(site) == "0.00"
    assert " ".join(asked).count("<BillPaymentCheckAddRq") == 1
    tell(site)
    [row] = site.issued()
    assert (row["origin_id"], row["amount"], row["external_payment_id"]) == (payment["TxnID"], "900.00", "pay-7f3a")
    assert site.session() == []
    assert site.stage.item(NAME).difference == ""
    site.stage.must_be_sound()


@pytest.mark.requirement("PAY-03", "MAP-86")
def test_reading_payments_afterwards_issues_nothing_and_says_nothing(site: Site) -> None:
    paid(site)
    receive(site)
    approve(site)
    site.session()
    tell(site)
    for _ in range(2):
        import_all(site)
    receive(site)
    assert [row["id"] for row in site.issued()] == [9_100_000_001]
    assert len(held(site)) == 1
    [line] = payments.page(site.stage.database, 1).lines
    assert (line.words, line.item.name if line.item else "", str(line.amount)) == ("In Procore.", NAME, "900.00")
    assert site.stage.item(NAME).difference == ""
    assert site.stage.states()[NAME] == "synced"


def test_what_quickbooks_paid_is_no_payment_of_procore_pay(site: Site) -> None:
    site.stage.company.pay_bill(site.bill_of("1047"), None, bank=site.bank, number="1042", day="2026-04-20")
    import_all(site)
    assert len(site.issued()) == 1
    assert list(registry.kind(KIND).fetch(Run(site.office.client))) == []


@pytest.mark.requirement("PAY-03")
def test_a_part_of_an_invoice_leaves_the_rest_open(site: Site) -> None:
    paid(site, amount="300.01")
    receive(site)
    approve(site)
    site.session()
    assert open_amount(site) == "599.99"


# -- never twice ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-03")
@pytest.mark.parametrize("fault", ["before_run", "after_run", "after_post", "truncate", "post_twice"])
@pytest.mark.parametrize("exchange", [1, 2])
def test_it_is_there_once_whenever_the_web_connector_is_killed(site: Site, fault: str, exchange: int) -> None:
    paid(site)
    receive(site)
    approve(site)
    site.stage.run(**{fault: exchange})
    for _ in range(2):
        site.stage.kill_connector()
        site.stage.run()
    assert site.stage.states()[NAME] == "synced"
    assert [payment["Amount"] for payment in held(site)] == ["900.00"]
    assert open_amount(site) == "0.00"
    site.stage.must_be_sound()


@pytest.mark.requirement("PAY-03", "MAP-86")
def test_while_an_answer_is_in_doubt_its_payment_is_nobodys_to_issue(site: Site) -> None:
    paid(site)
    receive(site)
    approve(site)
    assert site.stage.run(after_run=2).outcome == "died"
    site.stage.kill_connector()
    mark = MARKER + site.stage.operation(NAME).id
    with work(site.stage.database, 1) as unit:
        shown = [part("T1", mark), part("T2", MARKER + "of another database"), part("T3", "March draw")]
        assert own_payments.of(unit, shown).unsettled == {"T1", "T2"}
    site.stage.run()
    with work(site.stage.database, 1) as unit:
        bound = held(site)[0]["TxnID"]
        found = own_payments.of(unit, [part("T1", mark), part(bound, "somebody changed the memo")])
        assert (found.unsettled, set(found.items)) == (frozenset(), {bound})


@pytest.mark.requirement("PAY-03")
def test_two_payments_of_one_bill_never_come_to_more_than_it(site: Site) -> None:
    paid(site, amount="500.00")
    paid(site, id=9_100_000_002, amount="500.00", check_number="5002", payment_number=2, external_payment_id="pay-8")
    receive(site)
    for name in (NAME, "Procore Pay payment 2"):
        site.stage.send(name)
        site.stage.accept(name)
    site.session()
    site.stage.run()
    assert [payment["Amount"] for payment in held(site)] == ["500.00"]
    assert open_amount(site) == "400.00"
    second = site.stage.item("Procore Pay payment 2")
    assert second.state == "sent"
    assert second.problem == ("The bill of Invoice 1047 has 400.00 left to pay in QuickBooks; this payment is 500.00.")


# -- what stops it -------------------------------------------------------------------------------------------------

NO_LICENCE = "Payments can be exported only by companies that license Procore Pay."
OFF = "The export of payments made with Procore Pay is not turned on."


@pytest.mark.requirement("PAY-03", "MAP-09")
@pytest.mark.parametrize(
    ("choice", "sentence"), [({"procore_pay": False}, NO_LICENCE), ({"procore_pay_export": False}, OFF)]
)
def test_without_licence_or_switch_it_is_refused_in_words(site: Site, choice: dict[str, Any], sentence: str) -> None:
    site.choose(**choice)
    paid(site)
    receive(site)
    [refused] = site.stage.send(NAME).refused
    assert sentence in str(refused.problem)
    assert held(site) == []


@pytest.mark.requirement("PAY-03", "MAP-09")
def test_both_are_off_until_somebody_turns_them_on(stage: Stage) -> None:
    settings = stage.connection.settings
    assert (settings["procore_pay"], settings["procore_pay_export"]) == (False, False)


def test_it_cannot_be_turned_on_before_a_bank_account_is_chosen(site: Site) -> None:
    site.choose(procore_pay_export=False)
    site.choose(procore_pay_account=None)
    with pytest.raises(Refusal, match="first choose “Bank account of Procore Pay”"):
        site.choose(procore_pay_export=True)


def test_a_card_is_no_bank_account(site: Site) -> None:
    with pytest.raises(Refusal, match="needed is Bank"):
        site.choose(procore_pay_account=site.card)


@pytest.mark.requirement("PAY-02")
def test_a_canadian_company_is_told_that_payments_do_not_go_there(site: Site) -> None:
    with site.stage.database.writing() as session:
        host = {**site.stage.connection.host, "country": "CA"}
        session.execute(update(Connection).values(host=host))
    paid(site)
    receive(site)
    [refused] = site.stage.send(NAME).refused
    assert "Payments can be exported to QuickBooks of the United States only." in str(refused.problem)


@pytest.mark.parametrize(
    ("payment", "sentence"),
    [
        ({"status": "initiated"}, "Procore does not show Procore Pay payment 1 as paid yet."),
        ({"requisition_id": None}, "names no invoice that was received from Procore"),
        ({"amount": "900.01"}, "is 900.01, and Invoice 1047 comes to 900.00"),
        ({"amount": "0.00"}, "only an amount above zero pays a bill"),
    ],
)
def test_what_cannot_be_paid_is_refused_in_words(site: Site, payment: dict[str, Any], sentence: str) -> None:
    paid(site, id=9_100_000_003, amount="1.00", payment_number=9, check_number="5009", external_payment_id="pay-1")
    paid(site, **payment)
    receive(site)
    [refused] = site.stage.send(NAME).refused
    assert sentence in str(refused.problem)


def test_the_books_are_closed(site: Site) -> None:
    site.choose(books_closed_through="2026-04-30")
    paid(site)
    receive(site)
    site.stage.send(NAME)
    [refused] = site.stage.accept(NAME).refused
    assert "The books are closed through 2026-04-30, and Procore Pay payment 1 is dated 2026-04-20." in str(
        refused.problem
    )
    site.stage.accept(NAME, accounting_date="2026-05-01", accounting_reason="April is closed")
    site.session()
    assert [payment["TxnDate"] for payment in held(site)] == ["2026-05-01"]


def test_it_waits_for_its_invoice_and_follows_by_itself(site: Site) -> None:
    third = invoice(3, billed("50.00", done="1000.33"), paid="1000.33", billing_date="2026-04-25")
    in_procore(site, {"id": 803, "invoice_number": "1049"})
    site.stage.receive(third)
    paid(site, requisition_id=803, invoice_number="1049", amount="50.00")
    receive(site)
    approve(site)
    [finding] = [one for one in site.stage.findings(NAME) if one.rule == "procore-pay-invoice-synced"]
    assert finding.message == "Invoice 1049 is not in QuickBooks yet."
    site.session()
    assert held(site) == []
    site.stage.send("Invoice 1049")
    site.stage.accept("Invoice 1049")
    site.session()
    assert (site.stage.states()[NAME], open_amount(site, "1049")) == ("synced", "0.00")


def test_a_payment_somebody_typed_is_a_question_for_a_person(site: Site) -> None:
    site.stage.company.pay_bill(site.bill_of("1047"), "100.00", bank=site.bank, number="5001", day="2026-04-19")
    paid(site, amount="800.00")
    receive(site)
    approve(site)
    site.session()
    item = site.stage.item(NAME)
    assert item.state == "sent"
    assert item.problem == (
        "The bill of Invoice 1047 is already paid in QuickBooks by check 5001: 100.00, dated 2026-04-19."
    )
    approve_again = site.stage.accept(NAME, send_anyway="the rest of it")
    assert not approve_again.refused
    site.session()
    assert sorted(payment["Amount"] for payment in held(site)) == ["100.00", "800.00"]


# -- what people do to it in QuickBooks ----------------------------------------------------------------------------


def test_a_void_in_quickbooks_is_said_on_the_item_and_procore_keeps_its_payment(site: Site) -> None:
    paid(site)
    receive(site)
    approve(site)
    site.session()
    tell(site)
    import_all(site)
    site.stage.company.void(held(site)[0]["TxnID"])
    import_all(site)
    assert site.stage.item(NAME).difference == "Check 5001 was voided in QuickBooks; Procore still shows its payment."
    [line] = payments.page(site.stage.database, 1).lines
    assert (line.state, line.removable) == ("failed", False)
    with pytest.raises(Refusal, match="was made in Procore, so it stays there"):
        payments.remove(site.stage.database, 1, site.stage.person("ike"), line.row.key)
    site.work()
    assert len(site.issued()) == 1


def test_one_deleted_in_quickbooks_is_unlinked_and_written_anew_and_procore_keeps_its_one(site: Site) -> None:
    paid(site)
    receive(site)
    approve(site)
    site.session()
    tell(site)
    import_all(site)
    first = held(site)[0]["TxnID"]
    site.stage.company.delete(first)
    import_all(site)
    assert "was deleted in QuickBooks" in site.stage.item(NAME).difference
    ana = site.stage.person("ana")
    assert not unlinking.unlink(site.stage.database, 1, ana, site.stage.ids([NAME])).refused
    site.session()
    assert site.stage.states()[NAME] == "draft"
    tell(site)
    assert [row["origin_id"] for row in site.issued()] == [None]
    approve(site)
    site.session()
    tell(site)
    import_all(site)
    assert [payment["Amount"] for payment in held(site)] == ["900.00"]
    assert [row["origin_id"] for row in site.issued()] == [held(site)[0]["TxnID"]]
    assert held(site)[0]["TxnID"] != first
    assert site.stage.item(NAME).difference == ""


# -- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("PAY-03")
@pytest.mark.parametrize(("on", "calls"), [(False, False), (True, True)])
def test_procore_is_asked_for_payments_only_where_the_export_is_on(site: Site, on: bool, calls: bool) -> None:
    site.choose(procore_pay_export=on)
    kinds = [kind.kind for kind, _ in reading.standing(site.stage.database, 1)]
    assert (KIND in kinds) is calls
