"""Payments on their way to Procore: one that cannot go never holds up another, and none is lost sight of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import delete, select

from app.core import clock
from app.core.tags import Tag
from app.db.models import Binding, IssuedPayment
from app.items import registry
from app.procore import ProcoreError, Run
from app.services import issuing, payments, unlinking
from app.services.unit import work
from tests.paying import COMMITMENT, PROJECT, Site


@pytest.fixture
def site(billed_site: Site) -> Site:
    return billed_site


def pay(site: Site, bill: str, amount: str | None = None, **more: Any) -> str:
    return site.stage.company.pay_bill(site.bill_of(bill), amount, bank=site.bank, day="2026-04-20", **more)


def import_all(site: Site) -> None:
    site.read("payments")
    site.work()


def told(site: Site) -> list[Any]:
    return [row["requisition_id"] for row in site.issued()]


def shown(site: Site) -> dict[str, str]:
    """What the list says of the payment of each invoice."""
    return {line.invoice.name: line.words for line in payments.page(site.stage.database, 1).lines}


@pytest.mark.requirement("PAY-01")
def test_bills_settled_without_money_do_not_hold_up_those_that_were_paid(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "BATCH", 1)
    line = {"ItemRef": site.item("03-100"), "Amount": "900.00", "CustomerRef": {"ListID": site.job()}}
    credit = site.stage.company.enter_vendor_credit(site.stage.staged("Delta Concrete"), line)
    pay(site, "1047", "0.00", credits={credit: "900.00"})
    pay(site, "1048")
    import_all(site)
    assert told(site) == [802]
    assert shown(site)["Invoice 1047"].startswith("Nothing was paid")


@pytest.mark.requirement("PAY-01")
def test_a_payment_nobody_can_read_waits_in_words_and_the_next_one_goes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(registry.kind("payment"))
    reads = kind.read

    def read(self: Any, record: Any) -> Any:
        if record["requisition_id"] == 801:
            raise ValidationError({"amount": ["Missing data."]})
        return reads(self, record)

    monkeypatch.setattr(kind, "read", read)
    pay(site, "1047")
    pay(site, "1048")
    import_all(site)
    assert sorted(told(site)) == [801, 802]
    assert "cannot be read" in shown(site)["Invoice 1047"]
    assert shown(site)["Invoice 1048"] == "In Procore."


def test_a_payment_deleted_with_the_bill_that_was_unlinked_is_still_an_exception(site: Site) -> None:
    stage = site.stage
    paid = pay(site, "1048")
    import_all(site)
    stage.company.delete(paid)
    stage.company.delete(site.bill_of("1048"))
    unlinking.unlink(stage.database, 1, stage.person("ana"), stage.ids(["Invoice 1048"]))
    site.session()
    assert stage.states()["Invoice 1048"] == "draft"
    import_all(site)
    assert "was deleted in QuickBooks; Procore still shows its payment" in shown(site)["Invoice 1048"]


@pytest.mark.requirement("PAY-01")
def test_a_payment_whose_invoice_was_unlinked_meanwhile_is_not_issued(site: Site) -> None:
    pay(site, "1047")
    pay(site, "1048")
    site.read("payments")
    with site.stage.database.writing() as session:
        session.execute(delete(Binding).where(Binding.item_id == site.stage.item("Invoice 1047").id))
    site.work()
    assert told(site) == [802]


# -- an answer that was lost -----------------------------------------------------------------------------------------


def later(site: Site) -> None:
    """The worker's turns once more, when whatever failed is due again."""
    at = clock.now() + timedelta(minutes=20)
    with clock.running(lambda: at):
        site.work()


@pytest.mark.requirement("PAY-01")
@pytest.mark.parametrize(
    ("given", "change", "held", "difference"),
    [
        ({"number": "1042"}, {"RefNumber": "1043"}, ("900.0", "1042"), "number 1043 instead of 1042"),
        ({"number": "1042"}, {"TxnDate": "2026-04-22"}, ("900.0", "1042"), "date 2026-04-22 instead of 2026-04-20"),
        ({"number": "1042"}, {}, ("900.0", "1042"), ""),
    ],
    ids=["number", "date", "nothing"],
)
def test_what_is_adopted_after_a_lost_answer_is_compared_as_procore_holds_it(
    site: Site, given: dict[str, Any], change: dict[str, str], held: tuple[str, str], difference: str
) -> None:
    """Somebody edits the check between the call whose answer was lost and the next one."""
    paid = pay(site, "1047", **given)
    site.read("payments")
    site.office.wire.lost_answers = ["POST"]
    site.work()
    site.stage.company.edit(paid, **change)
    site.read("payments")
    later(site)
    assert [(row["amount"], row["check_number"]) for row in site.issued()] == [held]
    [line] = payments.page(site.stage.database, 1).lines
    assert (difference in line.exception, bool(line.exception)) == (True, bool(difference))
    if difference:
        payments.remove(site.stage.database, 1, site.stage.person("ike"), line.row.key)
        later(site)
        later(site)
        [line] = payments.page(site.stage.database, 1).lines
        assert (line.exception, len(site.issued())) == ("", 1)


@pytest.mark.requirement("PAY-01")
def test_an_amount_that_changed_while_the_answer_was_lost_is_a_difference(site: Site) -> None:
    pay(site, "1047")
    site.read("payments")
    site.office.wire.lost_answers = ["POST"]
    site.work()
    with site.stage.database.writing() as session:  # as the next reading would find it
        row = session.execute(select(IssuedPayment)).scalar_one()
        row.found = {**row.found, "amount": "400.00"}
    later(site)
    [line] = payments.page(site.stage.database, 1).lines
    assert line.row.told["amount"] == "900.00"
    assert "amount 400.00 instead of 900.00" in line.exception


# -- what is odd, or lasts -------------------------------------------------------------------------------------------


def key_by_hand(site: Site, **fields: Any) -> None:
    """Somebody keys a payment in Procore."""
    record = {"contract_id": COMMITMENT, "project_id": PROJECT, "check_number": None, "invoice_number": "1047"}
    site.store.put("contract_payments", {**record, "origin_id": None, "deleted_at": None, **fields})


def test_a_payment_in_procore_without_an_amount_is_like_no_other(site: Site) -> None:
    key_by_hand(site, amount=None)
    pay(site, "1047")
    import_all(site)
    assert sorted(row["origin_id"] is None for row in site.issued()) == [False, True]


def test_one_odd_payment_keeps_no_other_waiting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    there = payments.fields_for

    def fields_for(found: Any, setting: str) -> Any:
        return there(found, setting) if found["bill_number"] != "1047" else {}["odd"]

    monkeypatch.setattr(payments, "fields_for", fields_for)
    pay(site, "1047")
    pay(site, "1048")
    import_all(site)
    assert told(site) == [802]
    rows = {row.found["bill_number"]: row for row in site.stage.rows(IssuedPayment)}
    assert rows["1047"].problem.startswith("Tieout made a mistake (KeyError at ")
    assert (rows["1047"].refused, rows["1047"].tries) == (False, 1)


def test_a_failure_that_goes_on_is_on_the_trail_once(site: Site) -> None:
    pay(site, "1047")
    site.read("payments")
    site.office.wire.down = True
    for hours in range(4):
        at = clock.now() + timedelta(hours=hours)
        with clock.running(lambda at=at: at):  # type: ignore[misc]
            site.work()
    [row] = site.stage.rows(IssuedPayment)
    assert row.tries == 4
    assert len(site.stage.events(Tag.PAYMENT_FAILED)) == 1


def test_the_failure_of_an_old_wish_does_not_mark_a_newer_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is edited, and read anew, while Procore is being asked for the payment as it was."""
    pay(site, "1047")
    site.read("payments")

    def issue(procore: Any, due: Any) -> Any:
        with work(site.stage.database, 1) as unit:
            row = unit.session.get_one(IssuedPayment, (1, due.row.key))
            row.found = {**row.found, "number": "1043"}
        raise ProcoreError(422, "Procore refused the old number.")

    with monkeypatch.context() as patched:
        patched.setattr(issuing, "_issue", issue)
        site.work()
    [row] = site.stage.rows(IssuedPayment)
    assert (row.problem, row.refused, row.tries) == ("", False, 0)
    site.work()
    assert [one["check_number"] for one in site.issued()] == ["1043"]


@pytest.mark.parametrize(
    ("status", "refused"), [(400, True), (403, True), (404, True), (413, True), (422, True), (200, False)]
)
def test_whatever_procore_refuses_for_good_waits_for_a_person(
    site: Site, monkeypatch: pytest.MonkeyPatch, status: int, refused: bool
) -> None:
    def issue(procore: Any, due: Any) -> Any:
        raise ProcoreError(status, "Procore did not take it.")

    monkeypatch.setattr(issuing, "_issue", issue)
    pay(site, "1047")
    import_all(site)
    [row] = site.stage.rows(IssuedPayment)
    assert row.refused == refused


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503, 504])
def test_a_turn_ends_where_procore_is_away(site: Site, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    tried = []

    def issue(procore: Any, due: Any) -> Any:
        tried.append(due.row.key)
        raise ProcoreError(status, "Procore is away.")

    monkeypatch.setattr(issuing, "_issue", issue)
    pay(site, "1047")
    pay(site, "1048")
    import_all(site)
    assert len(tried) == 1
    assert {row.refused for row in site.stage.rows(IssuedPayment)} == {False}


def test_a_worker_told_to_end_begins_no_other_payment(site: Site) -> None:
    pay(site, "1047")
    pay(site, "1048")
    site.read("payments")
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 1

    assert issuing.run(site.stage.database, 1, Run(site.office.client), stop) == 1
    assert len(site.issued()) == 1
