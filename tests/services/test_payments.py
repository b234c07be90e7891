"""Payments of our bills reach Procore once each, to the cent, and nothing that changes them stays unsaid."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.models import IssuedPayment, Operation
from app.services import job_costs, month_end, payments, refreshes
from app.services.unit import work
from tests.paying import Site
from tests.scenery import open_stage
from tests.support import House, Set, Stage


@pytest.fixture
def site(billed_site: Site) -> Site:
    return billed_site


def pay(site: Site, bill: str = "1047", amount: str | None = None, **more: Any) -> str:
    given = {"bank": site.bank, "number": "1042", "day": "2026-04-20", **more}
    return site.stage.company.pay_bill(site.bill_of(bill), amount, **given)


def told(site: Site, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in site.issued()]


def lines(site: Site) -> list[payments.Line]:
    return list(payments.page(site.stage.database, 1).lines)


def import_all(site: Site) -> None:
    site.read("payments")
    site.work()


class Undone(Exception):
    """Whatever a test asked for is taken back."""


def later(minutes: int = 20) -> Any:
    at = clock.now() + timedelta(minutes=minutes)
    return clock.running(lambda: at)


@pytest.mark.requirement("PAY-01", "MAP-86", "MAP-94")
def test_a_payment_appears_once_on_its_commitment_and_running_again_adds_none(site: Site) -> None:
    pay(site)
    import_all(site)
    for _ in range(2):
        import_all(site)
    assert told(site, "amount", "contract_id", "requisition_id") == [("900.0", 310, 801)]
    assert site.stage.states()["Payment 1"] == "synced"
    site.stage.must_be_sound()


@pytest.mark.requirement("MAP-87", "MAP-88", "MAP-91")
def test_check_and_card_are_told_with_invoice_number_and_memo(site: Site) -> None:
    pay(site)
    pay(site, "1048", card=site.card, bank="", number="")
    import_all(site)
    assert sorted(told(site, "invoice_number", "check_number", "requisition_id"), key=str) == [
        ("1047", "1042", 801),
        ("1048", None, 802),
    ]
    methods = {row["invoice_number"]: row["payment_method"] for row in site.store.all("contract_payments")}
    assert (methods["1047"], methods["1048"]) == ("check", "credit_card")


@pytest.mark.requirement("ACC-24", "MAP-89")
@pytest.mark.parametrize(("setting", "date"), [("payment", "2026-04-20"), ("due", "2026-04-24")])
def test_the_date_is_the_payments_or_by_a_setting_the_bills_due_date(site: Site, setting: str, date: str) -> None:
    site.choose(payment_date=setting)
    pay(site)
    import_all(site)
    assert told(site, "date", "notes") == [(date, "Due 2026-04-24.")]


@pytest.mark.requirement("ACC-24")
def test_discount_and_vendor_credit_stand_beside_what_was_paid(site: Site) -> None:
    line = {"ItemRef": site.item("03-100"), "Amount": "100.00", "CustomerRef": {"ListID": site.job()}}
    credit = site.stage.company.enter_vendor_credit(site.stage.staged("Delta Concrete"), line)
    pay(site, amount="790.00", discount="10.00", credits={credit: "100.00"})
    import_all(site)
    assert told(site, "amount", "notes") == [("790.0", "Due 2026-04-24.\nDiscount 10.00.\nVendor credit 100.00.")]
    [line_shown] = lines(site)
    assert (str(line_shown.amount), str(line_shown.discount), str(line_shown.credit)) == ("790.00", "10.00", "100.00")


@pytest.mark.requirement("MAP-90")
def test_the_number_of_the_payment_is_left_to_procore(site: Site) -> None:
    assert "payment_number" not in payments.fields_for({
        "due": "", "memo": "", "discount": "0.00", "credit": "0.00", "amount": "1.00", "date": "2026-04-20",
        "method": "check", "number": "1042", "bill_number": "1047",
    }, "payment")  # fmt: skip


@pytest.mark.requirement("MAP-93", "MAP-92")
def test_memo_and_check_number_go_as_they_are() -> None:
    fields = payments.fields_for({
        "due": "", "memo": "March draw", "discount": "0.00", "credit": "0.00", "amount": "1.00", "date": "2026-04-20",
        "method": "check", "number": "1042", "bill_number": "1047",
    }, "payment")  # fmt: skip
    assert (fields["notes"], fields["check_number"]) == ("March draw", "1042")


@pytest.mark.requirement("PAY-01", "MAP-86")
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_whatever_answer_is_lost_it_is_there_once(site: Site, method: str) -> None:
    pay(site)
    site.read("payments")
    site.office.wire.lost_answers = [method]
    site.work()
    with later():
        site.work()
    assert told(site, "amount") == [("900.0",)]
    assert site.stage.states()["Payment 1"] == "synced"


def test_a_bill_of_somebody_else_is_nobodys_payment(site: Site) -> None:
    line = {"ItemRef": site.item("03-100"), "Amount": "50.00"}
    bill = site.stage.company.enter_bill(site.stage.staged("Delta Concrete"), line, number="X-1")
    site.stage.company.pay_bill(bill, bank=site.bank)
    import_all(site)
    assert lines(site) == []
    assert site.issued() == []


def test_a_payment_keyed_in_procore_stops_its_like_until_a_person_decides(site: Site) -> None:
    body = {"amount": "900.00", "check_number": "1042", "date": "2026-04-20"}
    site.office.client.post(
        "/rest/v1.0/contract_payments", {"project_id": 86, "contract_id": 310, "contract_payment": body}
    )
    pay(site)
    import_all(site)
    [line] = lines(site)
    assert line.row.problem == (
        "Procore already has a payment of 900.00 on this commitment that somebody keyed there with check 1042, so "
        "nothing was added. Delete that one in Procore and try again, or add this one beside it."
    )
    site.work()
    assert len(site.issued()) == 1
    payments.retry(site.stage.database, 1, site.stage.person("ike"), line.row.key, anyway=True)
    site.work()
    assert len(site.issued()) == 2


# -- what happens to payments afterwards ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("void", "Check 1042 was voided in QuickBooks; Procore still shows its payment."),
        ("delete", "Check 1042 was deleted in QuickBooks; Procore still shows its payment."),
    ],
)
def test_a_payment_taken_back_is_shown_and_removed_only_when_a_person_says_so(
    site: Site, what: str, sentence: str
) -> None:
    payment = pay(site)
    import_all(site)
    getattr(site.stage.company, what)(payment)
    import_all(site)
    assert [line.exception for line in lines(site)] == [sentence]
    assert site.stage.item("Payment 1").difference == sentence
    assert len(site.issued()) == 1
    key = lines(site)[0].row.key
    with pytest.raises(Forbidden):
        payments.remove(site.stage.database, 1, site.stage.person("ana"), key)
    payments.remove(site.stage.database, 1, site.stage.person("ike"), key)
    site.work()
    assert site.issued() == []
    assert site.stage.states()["Payment 1"] == "draft"
    missing = month_end.page(site.stage.database, 1, "2026-04").lines  # the month the payment is dated in
    assert "Payment 1" not in [line.name for line in missing]
    site.work()
    assert site.issued() == []
    assert site.stage.events(Tag.PAYMENT_REMOVED)[0]["asked_by"] == "Ike"
    site.stage.must_be_sound()


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_removal_survives_a_lost_answer(site: Site, method: str) -> None:
    payment = pay(site)
    import_all(site)
    site.stage.company.void(payment)
    site.read("payments")
    payments.remove(site.stage.database, 1, site.stage.person("ike"), lines(site)[0].row.key)
    site.office.wire.lost_answers = [method]
    site.work()
    with later():
        site.work()
    assert site.issued() == []
    assert site.stage.states()["Payment 1"] == "draft"


def test_a_payment_changed_in_quickbooks_is_replaced_when_a_person_says_so(site: Site) -> None:
    payment = pay(site)
    import_all(site)
    site.stage.company.edit(payment, RefNumber="1043")
    import_all(site)
    [line] = lines(site)
    assert line.exception == "QuickBooks now has number 1043 instead of 1042; Procore still shows what it was."
    payments.remove(site.stage.database, 1, site.stage.person("ike"), line.row.key)
    site.work()
    site.work()
    assert told(site, "check_number") == [("1043",)]
    assert lines(site)[0].exception == ""


def test_what_quickbooks_holds_just_so_is_not_removed(site: Site) -> None:
    pay(site)
    import_all(site)
    with pytest.raises(Refusal, match="just as Procore shows it"):
        payments.remove(site.stage.database, 1, site.stage.person("ike"), lines(site)[0].row.key)


# -- when it is asked for ------------------------------------------------------------------------------------------


def in_canada(stage: Stage) -> None:
    with work(stage.database, 1) as unit:
        unit.connection.host = {**unit.connection.host, "country": "CA"}


@pytest.mark.requirement("WFL-08", "PAY-02")
def test_outside_the_united_states_nothing_is_asked_and_the_reason_said(site: Site) -> None:
    in_canada(site.stage)
    with pytest.raises(Refusal, match="US editions only"):
        refreshes.ask(site.stage.database, 1, site.stage.person("ike"), ["payments"])
    with work(site.stage.database, 1) as unit:
        assert "payments" not in refreshes.ask_for_due(unit)
    assert {one.state for one in site.stage.rows(Operation, kind="payments")} <= {"done"}


@pytest.mark.requirement("CFG-17")
@pytest.mark.parametrize(
    ("cadence", "hours"), [("Hourly", 1), ("Every 2 hours", 2), ("Every 4 hours", 4), ("Daily", 24), ("Never", None)]
)
def test_payments_are_read_as_often_as_the_setting_says(site: Site, cadence: str, hours: int | None) -> None:
    site.read("payments")
    site.choose(payments_cadence=cadence)

    def asked_after(minutes: int) -> bool:
        found = False
        with later(minutes), contextlib.suppress(Undone), work(site.stage.database, 1) as unit:
            found = "payments" in refreshes.ask_for_due(unit)
            raise Undone
        return found

    if hours is None:
        assert not asked_after(60 * 24 * 30)
        return
    assert not asked_after(60 * hours - 5)
    assert asked_after(60 * hours + 5)


def test_only_what_changed_since_the_connection_and_then_since_the_last_reading_is_read(site: Site) -> None:
    site.read("payments")
    bodies = [one.body for one in site.stage.sets() if "BillPaymentCheckQueryRq" in one.body]
    since = [re.findall("<FromModifiedDate>([^<]+)", body)[0] for body in bodies]
    assert since[0] == "2025-11-30T14:00:00"  # connected on 1 December, midnight in Greenwich; two hours of overlap
    assert since[1:]
    assert all(moment > "2026-01-01" for moment in since[1:])


def test_a_bill_that_becomes_ours_after_it_was_paid_has_its_payment_all_the_same(site: Site) -> None:
    pay(site)
    with work(site.stage.database, 1) as unit:
        from app.db.models import Binding

        binding = unit.session.get_one(Binding, site.stage.item("Invoice 1047").id)
        txn_id, binding.quickbooks_id = binding.quickbooks_id, "nobody's"
    import_all(site)
    assert site.stage.rows(IssuedPayment) == []
    with work(site.stage.database, 1) as unit:
        unit.session.get_one(Binding, site.stage.item("Invoice 1047").id).quickbooks_id = txn_id
    import_all(site)
    assert told(site, "amount") == [("900.0",)]


@pytest.mark.postgresql
def test_on_postgresql_too(house: House, billed: Set, stage_folder: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql")(billed)
    found = Site(open_stage(house, billed, stage_folder, url))
    payment = pay(found)
    import_all(found)
    assert told(found, "amount") == [("900.0",)]
    found.stage.company.void(payment)
    found.read("payments")
    payments.remove(found.stage.database, 1, found.stage.person("ike"), lines(found)[0].row.key)
    found.work()
    assert found.issued() == []
    found.read("job_costs")
    assert str(job_costs.report(found.stage.database, 1, "86").total.actual) == "1000.33"
    found.stage.must_be_sound()
    found.close()
    found.stage.close()
