"""What an approver reads when a rule about invoices speaks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.core.decision import DENY, WARN, Facts, Finding, Link
from app.rulebook import load
from app.rulebook.decide import decide
from tests.rulebook.samples import RULES

PACK = load.pack(RULES)
LINE = {
    "position": 4,
    "cost_code": "03-300",
    "order_line": "Line 4 of SC-014",
    "amount": Decimal("5000.00"),
    "work": Decimal("5000.00"),
    "retained": Decimal("0.00"),
    "remaining": Decimal("8000.00"),
    "linked": True,
}
IN_ORDER = Facts(
    "subcontractor_invoice",
    {
        "label": "Invoice 1047",
        "procore_status": "approved",
        "number": "1047",
        "quickbooks_number": "1047",
        "commitment": "SC-014",
        "company": "ABC",
        "billing_date": "2026-03-30",
        "date": "2026-03-30",
        "payment_due": Decimal("5000.00"),
        "billed": Decimal("5000.00"),
        "net": Decimal("5000.00"),
        "difference": Decimal("0.00"),
        "retained": Decimal("0.00"),
        "bills_something": True,
    },
    (LINE,),
    settings={"invoice_export": True},
    host={"country": "US"},
    people={"sender": ("Pat",), "approvers": ("Ana",)},
)


def spoken(trigger: str, line: dict[str, Any] | None = None, **words: Any) -> dict[str, Finding]:
    facts = replace(IN_ORDER, words={**IN_ORDER.words, **words}, lines=({**LINE, **(line or {})},))
    return {finding.rule: finding for finding in decide(PACK, facts, trigger).findings}


@pytest.mark.parametrize("trigger", ["send", "accept", "queue"])
def test_an_invoice_in_order_meets_no_finding(trigger: str) -> None:
    assert spoken(trigger) == {}


def case(requirement: str, trigger: str, says: str, line: dict[str, Any] | None = None, **words: Any) -> Any:
    return pytest.param(trigger, line, words, says, marks=pytest.mark.requirement(requirement), id=requirement)


@pytest.mark.parametrize(
    ("trigger", "line", "words", "says"),
    [
        case(
            "ACC-06",
            "accept",
            "Line 4 of SC-014 has 1,200.00 left; this invoice bills 5,000.00.",
            {"remaining": Decimal("1200.00"), "linked": False},
        ),
        case(
            "MAP-76",
            "accept",
            "123456789012345678901 has 21 characters; QuickBooks keeps 20 of a bill's number.",
            quickbooks_number="123456789012345678901",
        ),
        case("ACC-11", "send", "Invoice 1047 of ABC has no invoice number.", number=""),
        case(
            "MAP-77",
            "send",
            "The lines of Invoice 1047 with their retainage come to 4,999.99, but 5,000.00 is due in Procore: "
            "a difference of -0.01.",
            billed=Decimal("4999.99"),
            difference=Decimal("-0.01"),
        ),
        case(
            "INV-03",
            "send",
            "The current payment due of Invoice 1047 is -100.00; invoices with negative values are not exported.",
            payment_due=Decimal("-100.00"),
        ),
        case(
            "INV-03",
            "send",
            "Line 4 (03-300) is negative: -50.00 of work this period, -50.00 billed. "
            "Invoices with negative values are not exported.",
            {"work": Decimal("-50.00"), "amount": Decimal("-50.00")},
        ),
        case(
            "INV-03",
            "send",
            "Line 4 (03-300) is negative: -50.00 of work this period, 10.00 billed. "
            "Invoices with negative values are not exported.",
            {"work": Decimal("-50.00"), "amount": Decimal("10.00")},
        ),
        case(
            "INV-03",
            "send",
            "Line 4 (03-300) is negative: 10.00 of work this period, -50.00 billed. "
            "Invoices with negative values are not exported.",
            {"work": Decimal("10.00"), "amount": Decimal("-50.00")},
        ),
        case(
            "ACC-03",
            "queue",
            "Invoice 1047 has the status under_review in Procore; only approved invoices may travel.",
            procore_status="under_review",
        ),
        case(
            "MAP-85",
            "accept",
            "Invoice 1047 has retainage of 500.00, and no retainage item is chosen.",
            retained=Decimal("500.00"),
        ),
        case(
            "ACC-22",
            "accept",
            "Tax 45.00 has no place on a QuickBooks US bill.",
            tax=Decimal("45.00"),
        ),
    ],
)
def test_it_refuses_in_words_a_controller_reads(
    trigger: str, line: dict[str, Any] | None, words: dict[str, Any], says: str
) -> None:
    (finding,) = spoken(trigger, line, **words).values()
    assert (finding.message, finding.effect, finding.file) == (says, DENY, "subcontractor_invoice.yaml")
    assert "{" not in finding.fix


@pytest.mark.requirement("INV-03")
@pytest.mark.parametrize("trigger", ["send", "queue"])
def test_a_release_of_retainage_is_not_negative(trigger: str) -> None:
    nothing = {"work": Decimal("0.00"), "amount": Decimal("0.00"), "retained": Decimal("-100.00")}
    due = dict.fromkeys(("payment_due", "billed", "net"), Decimal("100.00"))
    assert spoken(trigger, nothing, **due) == {}


@pytest.mark.requirement("MAP-85")
def test_missing_retainage_leads_to_the_setting() -> None:
    assert spoken("accept", retained=Decimal("1.00"))["invoice-retainage-item-chosen"].setting == "retainage_item"


@pytest.mark.requirement("ACC-18")
def test_the_sender_may_not_accept_an_invoice() -> None:
    facts = replace(IN_ORDER, people={"sender": ("Pat",), "approvers": ("Pat",)})
    (finding,) = decide(PACK, facts, "accept").findings
    assert (finding.message, finding.effect) == ("Pat sent Invoice 1047 and may not accept it as well.", DENY)


@pytest.mark.requirement("ACC-07")
def test_a_day_in_another_month_is_a_warning() -> None:
    (finding,) = spoken("accept", date="2026-02-27", usual_from="2026-03-01", usual_through="2026-04-30").values()
    assert (finding.effect, finding.field) == (WARN, "accounting_date")


@pytest.mark.requirement("INV-02", "ACC-06")
def test_approval_does_not_wait_for_the_commitment_and_queue_does() -> None:
    links = {"commitment": (Link("commitment", 1, "SC-014", "accepted", False),)}
    facts = replace(IN_ORDER, links=links)
    assert decide(PACK, facts, "accept").findings == ()
    (finding,) = decide(PACK, facts, "queue").findings
    assert (finding.message, finding.blocking) == ("SC-014 is not in QuickBooks yet.", links["commitment"])
