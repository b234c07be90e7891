"""What is dated in a month and is not in QuickBooks; two different people sign for it."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.errors import Conflict, Forbidden, Refusal
from app.core.tags import Tag
from app.services import month_end
from app.services.month_end import PREPARED, REVIEWED, Page
from tests import records
from tests.invoices import billed, invoice
from tests.support import Stage

MARCH = "2026-03"


def page(stage: Stage, month: str = MARCH) -> Page:
    return month_end.page(stage.database, stage.connection_id, month)


def names(stage: Stage, month: str = MARCH) -> list[str]:
    return [line.item.name for line in page(stage, month).lines]


def sign(stage: Stage, who: str, part: str, month: str = MARCH, seen: str = "") -> None:
    month_end.sign(stage.database, stage.connection_id, stage.person(who), month, part, seen)


def undo(stage: Stage, who: str, part: str, reason: str = "a late invoice") -> None:
    month_end.undo(stage.database, stage.connection_id, stage.person(who), MARCH, part, reason)


@pytest.mark.requirement("ACC-09")
def test_it_lists_what_is_dated_in_the_month_until_quickbooks_has_it(billing: Stage) -> None:
    lines = [records.line("10000.00")]
    billing.receive(
        records.commitment(lines=lines), records.commitment("SC-020", 320, created_at="2026-04-01T17:00:00Z")
    )
    billing.receive(
        invoice(1, billed("900.00")), invoice(2, billed("100.00", done="900.00"), billing_date="2026-04-02")
    )
    assert names(billing) == ["SC-014", "Invoice 1047"]
    assert [str(line.amount) for line in page(billing).lines] == ["10000.00", "900.00"]
    assert {line.why for line in page(billing).lines} == {"Nobody sent it to accounting."}
    assert names(billing, "2026-04") == ["SC-020", "Invoice 1048"]
    billing.send("SC-014")
    billing.accept("SC-014")
    billing.run()
    assert names(billing) == ["Invoice 1047"]


@pytest.mark.requirement("ACC-09")
def test_the_accounting_date_decides_where_one_was_given(billing: Stage) -> None:
    billing.approve(records.commitment(lines=[records.line("10000.00")]))
    billing.run()
    billing.receive(invoice(1, billed("900.00")))
    billing.send()
    billing.accept("Invoice 1047", accounting_date="2026-04-01", accounting_reason="March is closed")
    assert (names(billing), names(billing, "2026-04")) == ([], ["Invoice 1047"])


@pytest.mark.requirement("ACC-09")
def test_what_procore_dated_anew_while_somebody_decided_is_in_its_new_month(billing: Stage) -> None:
    billing.approve(records.commitment(lines=[records.line("10000.00")]))
    billing.run()
    billing.receive(invoice(1, billed("900.00")))
    billing.send()
    billing.receive(invoice(1, billed("900.00"), billing_date="2026-05-20"))
    billing.accept("Invoice 1047")
    assert (names(billing), names(billing, "2026-05")) == ([], ["Invoice 1047"])


def test_a_day_is_the_companys_own(stage: Stage) -> None:
    stage.receive(records.commitment(created_at="2026-04-01T05:00:00Z"))
    assert [(line.item.name, line.day) for line in page(stage).lines] == [("SC-014", "2026-03-31")]


def test_what_procore_gave_up_or_never_billed_is_not_missing(billing: Stage) -> None:
    billing.receive(records.commitment(status="Void"), invoice(1, billed("0.00")))
    assert names(billing) == []


def test_what_procore_does_not_date_has_the_day_it_was_first_seen(stage: Stage) -> None:
    stage.receive(records.change_order("001", 391))
    [line] = month_end.page(stage.database, stage.connection_id).lines
    assert (line.item.name, line.first_seen) == ("CO 001", True)


@pytest.mark.requirement("ACC-09")
def test_what_was_deleted_in_quickbooks_is_missing_again(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    assert names(stage) == []
    stage.company.delete(stage.orders()["SC-014"]["TxnID"])
    stage.ask_for_lists()
    stage.run()
    assert [(line.item.name, line.is_change) for line in page(stage).lines] == [("SC-014", True)]


@pytest.mark.requirement("ACC-09")
def test_two_different_people_sign_and_both_are_on_the_trail(stage: Stage) -> None:
    stage.receive(records.commitment())
    with pytest.raises(Refusal, match="Nobody has prepared March 2026 yet"):
        sign(stage, "abe", REVIEWED)
    sign(stage, "ana", PREPARED)
    with pytest.raises(Refusal, match="Ana prepared March 2026, so somebody else must review it"):
        sign(stage, "ana", REVIEWED)
    with pytest.raises(Conflict, match="Ana has prepared March 2026 already"):
        sign(stage, "abe", PREPARED)
    sign(stage, "abe", REVIEWED)
    found = page(stage)
    assert [(one.part, one.signed_by, one.missing, one.cents) for one in found.signatures] == [
        ("prepared", "Ana", 1, 75025),
        ("reviewed", "Abe", 1, 75025),
    ]
    assert stage.events(Tag.MONTH_SIGNED) == [
        {"month": MARCH, "part": "prepared", "missing": 1, "amount": "750.25"},
        {"month": MARCH, "part": "reviewed", "missing": 1, "amount": "750.25"},
    ]
    assert not found.changed_since
    stage.receive(records.commitment("SC-021", 321))
    assert page(stage).changed_since


def test_another_list_of_as_many_records_and_as_much_money_is_another_list(stage: Stage) -> None:
    stage.receive(records.commitment())
    sign(stage, "ana", PREPARED)
    stage.receive(records.commitment(status="Void"), records.commitment("SC-021", 321))
    found = page(stage)
    assert [(line.name, str(line.amount)) for line in found.lines] == [("SC-021", "750.25")]
    assert found.changed_since


@pytest.mark.requirement("ACC-09")
def test_nobody_signs_a_list_they_did_not_see(stage: Stage) -> None:
    stage.receive(records.commitment())
    looked_at = page(stage).digest
    stage.receive(records.commitment("SC-021", 321))
    with pytest.raises(Conflict, match="The list changed while you looked at it") as refused:
        sign(stage, "ana", PREPARED, seen=looked_at)
    assert refused.value.code == "list_changed"
    assert page(stage).signed(PREPARED) is None
    sign(stage, "ana", PREPARED, seen=page(stage).digest)
    assert page(stage).signed(PREPARED) is not None


def test_change_orders_are_named_with_their_commitment(stage: Stage) -> None:
    stage.receive(records.commitment(), records.change_order())
    [line] = page(stage, clock.today("America/Los_Angeles").isoformat()[:7]).lines
    assert line.name == "CO 001 of SC-014"


@pytest.mark.requirement("ACC-09")
def test_a_signature_is_undone_with_a_reason_and_the_review_falls_with_the_preparation(stage: Stage) -> None:
    sign(stage, "ana", PREPARED)
    sign(stage, "abe", REVIEWED)
    with pytest.raises(Refusal, match="needs a reason"):
        undo(stage, "abe", REVIEWED, " ")
    undo(stage, "abe", PREPARED)
    found = page(stage)
    assert (found.signed(PREPARED), found.signed(REVIEWED)) == (None, None)
    assert {(one.undone_by, one.reason) for one in found.signatures} == {("Abe", "a late invoice")}
    assert [event["part"] for event in stage.events(Tag.MONTH_UNSIGNED)] == ["prepared", "reviewed"]
    with pytest.raises(Conflict, match="Nobody has prepared"):
        undo(stage, "abe", PREPARED)
    sign(stage, "abe", PREPARED)
    assert page(stage).signed(PREPARED) is not None


def test_whoever_may_not_accept_invoices_signs_nothing(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        sign(stage, "pat", PREPARED)
    sign(stage, "ana", PREPARED)
    with pytest.raises(Forbidden):
        undo(stage, "aud", PREPARED)


@pytest.mark.parametrize("month", ["2026-13", "2026", "March", "2026-3", "2026-03-01", "0001-01", "9999-12"])
def test_a_month_is_written_in_one_way(stage: Stage, month: str) -> None:
    with pytest.raises(Refusal, match="is no month"):
        page(stage, month)


def test_the_last_months_go_back_over_the_year() -> None:
    assert month_end.months("2026-02", 4) == ["2026-02", "2026-01", "2025-12", "2025-11"]
