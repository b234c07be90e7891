"""What cannot be carried is recorded as typed into QuickBooks, on the page of the item, by whoever may accept it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db.models import Binding
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look
from tests.invoices import billed, invoice
from tests.support import Stage

Visit = Callable[[str], Visitor]


@pytest.fixture
def path(stage: Stage) -> str:
    """The page of an invoice that waits for a decision."""
    stage.receive(records.commitment(), invoice(1, billed("100.00")))
    return f"/items/subcontractor_invoice/{stage.item('Invoice 1047').id}"


def record(visitor: Visitor, path: str, **form: str) -> Page:
    given = {"number": "A-7", "amount": "1,100.00", "reason": "the order is closed", **form}
    return Page(visitor.post(f"{path}/by-hand", **given))


@pytest.mark.requirement("ACC-25")
def test_number_amount_and_reason_are_kept_and_it_is_synced(stage: Stage, visit: Visit, path: str) -> None:
    ana = visit("ana")
    assert look(ana, path).find("//form[contains(@action,'/by-hand')]")
    assert record(ana, path).told == ["Invoice 1047 recorded as entered by hand."]
    assert stage.states()["Invoice 1047"] == "synced"
    [binding] = stage.rows(Binding, item_id=stage.item("Invoice 1047").id)
    assert (binding.record, binding.full_name) == ("By hand", "A-7")
    page = look(ana, path)
    assert "1100.00" in page.text
    assert "the order is closed" in page.text
    assert not page.find("//form[contains(@action,'/by-hand')]")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"amount": "ten"}, "“ten” is no amount of money."),
        ({"amount": "1.005"}, "“1.005” is no amount of money."),
        ({"number": " "}, "Which number has it in QuickBooks?"),
        ({"reason": ""}, "Recording by hand needs a reason."),
    ],
)
def test_what_is_missing_is_asked_for(stage: Stage, visit: Visit, path: str, form: dict[str, str], said: str) -> None:
    [told] = record(visit("ana"), path, **form).told
    assert told.startswith(said)
    assert stage.states()["Invoice 1047"] == "draft"


def test_whoever_may_not_accept_records_nothing(stage: Stage, visit: Visit, path: str) -> None:
    pat = visit("pat")
    button = look(pat, path).find("//form[contains(@action,'/by-hand')]//button")[0]
    assert "disabled" in button.attrib
    record(pat, path)
    assert stage.states()["Invoice 1047"] == "draft"


def test_a_kind_that_is_never_recorded_so_offers_nothing(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment())
    path = f"/items/commitment/{stage.item('SC-014').id}"
    assert not look(visit("ana"), path).find("//form[contains(@action,'/by-hand')]")
    assert "cannot be recorded as entered by hand" in record(visit("ana"), path).told[0]
