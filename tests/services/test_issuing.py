"""Payments on their way to Procore: one that cannot go never holds up another, and none is lost sight of."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import delete

from app.db.models import Binding
from app.items import registry
from app.services import issuing, payments, unlinking
from tests.paying import Site


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
