"""The page Payments: what is on its way, what to look at, and the buttons for it."""

from __future__ import annotations

import pytest

from app.services import payments
from app.services.unit import work
from tests.admin.conftest import Visit
from tests.admin.reading import look, push
from tests.paying import Site


def paid(site: Site) -> str:
    payment = site.stage.company.pay_bill(site.bill_of("1047"), bank=site.bank, number="=1042", day="2026-04-20")
    site.read("payments")
    site.work()
    return payment


def test_it_shows_what_was_paid_and_where_it_stands(site: Site, visit_site: Visit) -> None:
    paid(site)
    page = look(visit_site("ana"), "/items/payment")
    [row] = [" ".join(one.text_content().split()) for one in page.find("//tbody/tr")]
    for part in ("2026-04-20", "due 2026-04-24", "Check =1042", "Invoice 1047", "on SC-014", "900.00", "In Procore"):
        assert part in row


def test_the_csv_is_no_formula_for_a_spreadsheet(site: Site, visit_site: Visit) -> None:
    paid(site)
    text = visit_site("ana").get("/items/payment.csv").get_data(as_text=True)
    assert "2026-04-20,2026-04-24,Check,'=1042,SC-014,Invoice 1047,900.00,0.00,0.00,In Procore." in text


@pytest.mark.requirement("CFG-19", "PRM-35")
def test_whoever_may_asks_for_payments_with_a_button_and_twice_is_once(site: Site, visit_site: Visit) -> None:
    ike = visit_site("ike")
    pressed = [push(ike, "/items/payment/refresh").told for _ in range(2)]
    assert pressed == [
        ["Queued; it runs at the next session."],
        ["Queued already; it runs at the next session."],
    ]
    assert push(visit_site("ana"), "/items/payment/refresh").status == 403
    assert (
        "disabled"
        in look(visit_site("ana"), "/items/payment").find("//form[contains(@action,'refresh')]/button")[0].attrib
    )


@pytest.mark.requirement("WFL-08", "PAY-02")
def test_in_canada_the_button_is_disabled_and_says_why(site: Site, visit_site: Visit) -> None:
    with work(site.stage.database, 1) as unit:
        unit.connection.host = {**unit.connection.host, "country": "CA"}
    ike = visit_site("ike")
    page = look(ike, "/items/payment")
    assert "disabled" in page.find("//form[contains(@action,'refresh')]/button")[0].attrib
    assert "Payments: US editions only; this QuickBooks is from CA." in page.text
    assert "US editions only" in push(ike, "/items/payment/refresh").told[0]


def test_a_voided_payment_is_removed_by_whoever_may(site: Site, visit_site: Visit) -> None:
    payment = paid(site)
    site.stage.company.void(payment)
    site.read("payments")
    page = look(visit_site("ike"), "/items/payment")
    assert "1 payment to look at." in page.text
    assert "was voided in QuickBooks; Procore still shows its payment." in page.text
    [button] = page.find("//button[starts-with(@value,'remove:')]")
    act = {"act": str(button.attrib["value"])}
    assert push(visit_site("ana"), "/items/payment/act", **act).status == 403
    assert push(visit_site("ike"), "/items/payment/act", **act).told == ["Procore's payment is being removed."]
    assert "asked for it already" in push(visit_site("ike"), "/items/payment/act", **act).told[0]
    site.work()
    assert "Procore does not show it." in look(visit_site("ike"), "/items/payment").text
    assert payments.page(site.stage.database, 1).exceptions == 0


@pytest.mark.requirement("PAY-03", "MAP-09")
def test_a_payment_that_came_from_quickbooks_is_never_sent_there(site: Site, visit_site: Visit) -> None:
    payment = paid(site)
    site.stage.company.void(payment)
    site.read("payments")
    payments.remove(
        site.stage.database, 1, site.stage.person("ike"), payments.page(site.stage.database, 1).lines[0].row.key
    )
    site.work()
    for licensed, sentence in (
        (False, "Payments can be exported only by companies that license Procore Pay."),
        (True, "Payment 1 was paid in QuickBooks; only payments made with Procore Pay are written there."),
    ):
        site.choose(procore_pay=licensed)
        [refused] = site.stage.send("Payment 1").refused
        assert sentence in str(refused.problem)
    page = look(visit_site("ike"), f"/items/payment/{site.stage.item('Payment 1').id}")
    assert page.status == 200
