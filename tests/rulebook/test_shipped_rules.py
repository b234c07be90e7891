"""What an approver reads when a shipped rule speaks: the sentence, the way out and what it waits for."""

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
PEOPLE: dict[str, tuple[str, ...]] = {"sender": ("Pat",), "approvers": ("Ana",)}
IN_ORDER: dict[str, dict[str, Any]] = {
    "company": {"label": "Delta Concrete", "quickbooks_name": "Delta Concrete"},
    "project": {
        "label": "Riverside Tower",
        "quickbooks_name": "Riverside Tower",
        "customer": "80000001-1",
        "customer_name": "Lakeshore",
        "cost_code_list": "QuickBooks Standard Cost Codes",
    },
    "cost_code": {
        "label": "03-300",
        "code": "03-300",
        "income_account": "Construction Income",
        "income_account_type": "Income",
        "income_account_active": True,
        "expense_account": "Job Costs",
        "expense_account_type": "CostOfGoodsSold",
        "expense_account_active": True,
    },
    "commitment": {
        "label": "SC-014",
        "procore_status": "Approved",
        "quickbooks_number": "SC-014",
        "company": "Delta Concrete",
        "project": "Riverside Tower",
        "amount": Decimal("500.00"),
    },
    "commitment_change_order": {"label": "CCO 2", "procore_status": "approved", "commitment": "SC-014"},
}
LINES = ({"position": 1, "cost_code": "03-300"}, {"position": 2, "cost_code": "05-120"})


def item(kind: str, **words: Any) -> Facts:
    """An item in order, but for these words."""
    lines = LINES if kind.startswith("commitment") else ()
    return Facts(kind, {**IN_ORDER[kind], **words}, lines, people=PEOPLE, host={"country": "US"})


def link(kind: str, label: str, state: str = "accepted") -> Link:
    return Link(kind, 1, label, state, state == "synced")


def spoken(facts: Facts, trigger: str) -> dict[str, Finding]:
    return {finding.rule: finding for finding in decide(PACK, facts, trigger).findings}


@pytest.mark.parametrize("kind", sorted(IN_ORDER))
@pytest.mark.parametrize("trigger", ["send", "accept", "queue"])
def test_an_item_in_order_meets_no_finding(kind: str, trigger: str) -> None:
    assert spoken(item(kind), trigger) == {}


def case(*ids: str, kind: str, trigger: str, words: dict[str, Any], rule: str, says: str) -> Any:
    return pytest.param(kind, trigger, words, rule, says, marks=pytest.mark.requirement(*ids), id=f"{ids[0]}-{rule}")


@pytest.mark.parametrize(
    ("kind", "trigger", "words", "rule", "says"),
    [
        case(
            "CMP-10",
            kind="company",
            trigger="accept",
            words={"vendor_match": "DELTA CONCRETE"},
            rule="company-vendor-not-there-yet",
            says="QuickBooks already has the vendor DELTA CONCRETE, and an export cannot link the two.",
        ),
        case(
            "MAP-24",
            kind="company",
            trigger="accept",
            words={"quickbooks_name": "D" * 52},
            rule="company-name-fits",
            says=f"{'D' * 52} has 52 characters; QuickBooks keeps 41 of a vendor's name.",
        ),
        case(
            "ACC-20",
            kind="company",
            trigger="accept",
            words={"name_taken_by": "customer Delta Concrete (inactive)"},
            rule="company-name-free",
            says="QuickBooks already uses the name Delta Concrete for customer Delta Concrete (inactive).",
        ),
        case(
            "ACC-20",
            kind="company",
            trigger="accept",
            words={"quickbooks_name": "A:B"},
            rule="company-name-without-colon",
            says="A:B has a colon; QuickBooks uses it to separate a customer from its jobs.",
        ),
        case(
            "ACC-20",
            kind="project",
            trigger="accept",
            words={"quickbooks_name": "A:B"},
            rule="project-name-without-colon",
            says="A:B has a colon; QuickBooks uses it to separate a customer from its jobs.",
        ),
        case(
            "MAP-19",
            kind="project",
            trigger="accept",
            words={"quickbooks_name": "R" * 42},
            rule="project-name-fits",
            says=f"{'R' * 42} has 42 characters; QuickBooks keeps 41 of a job's name.",
        ),
        case(
            "PRJ-02",
            "PRJ-10",
            "PRJ-11",
            kind="project",
            trigger="send",
            words={"before_connection": True},
            rule="project-begun-after-connection",
            says="Riverside Tower was in progress or created before QuickBooks was connected; such projects cannot be "
            "synced.",
        ),
        case(
            "PRJ-06",
            kind="project",
            trigger="accept",
            words={"customer": ""},
            rule="project-customer-chosen",
            says="No QuickBooks customer is chosen for Riverside Tower.",
        ),
        case(
            "WBS-09",
            kind="project",
            trigger="send",
            words={"cost_code_list": "Default"},
            rule="project-cost-code-list",
            says="Riverside Tower does not use the cost code list QuickBooks Standard Cost Codes.",
        ),
        case(
            "WBS-02",
            "WBS-11",
            kind="cost_code",
            trigger="accept",
            words={"other_type": "Inventory part"},
            rule="cost-code-only-service-items",
            says="QuickBooks has an item 03-300 of type Inventory part; cost codes go together with service items "
            "only.",
        ),
        case(
            "WBS-08",
            kind="cost_code",
            trigger="accept",
            words={"income_account": ""},
            rule="cost-code-income-account",
            says="03-300 has no income account.",
        ),
        case(
            "WBS-13",
            kind="cost_code",
            trigger="send",
            words={"project_specific": True},
            rule="cost-code-of-the-company",
            says="03-300 belongs to one project only; project-specific cost codes are not supported.",
        ),
        case(
            "WBS-17",
            kind="cost_code",
            trigger="send",
            words={"custom_segment": "Phase"},
            rule="cost-code-without-segment",
            says="03-300 uses the custom segment Phase; custom WBS segments are not supported.",
        ),
        case(
            "WBS-18",
            kind="cost_code",
            trigger="send",
            words={"code": "c" * 97},
            rule="cost-code-fits-reports",
            says="The code has 97 of 96 characters that QuickBooks' Transaction Detail report can show.",
        ),
        case(
            "ACC-04",
            kind="cost_code",
            trigger="accept",
            words={"expense_account_type": "AccountsPayable"},
            rule="cost-code-expense-account-type",
            says="Job Costs is of type AccountsPayable; it cannot be the expense account of 03-300.",
        ),
        case(
            "ACC-04",
            kind="cost_code",
            trigger="accept",
            words={
                "choice": "link",
                "link_name": "Concrete",
                "link_problem": "one-sided: posts to Subcontractors only",
            },
            rule="cost-code-link-two-sided",
            says="Concrete cannot be linked: one-sided: posts to Subcontractors only.",
        ),
        case(
            "ACC-21",
            kind="cost_code",
            trigger="accept",
            words={"similar": ["03 Concrete:03-300", "03-300 old"]},
            rule="cost-code-link-or-create",
            says="QuickBooks already has 03 Concrete:03-300, 03-300 old, which may be the same as 03-300.",
        ),
        case(
            "MAP-39",
            kind="commitment",
            trigger="accept",
            words={"quickbooks_number": "SC-014-NORTHX"},
            rule="commitment-number-fits",
            says="SC-014-NORTHX has 13 characters; QuickBooks keeps 11 of a P.O. number.",
        ),
        case(
            "MAP-49",
            kind="commitment",
            trigger="accept",
            words={"message": "m" * 120},
            rule="commitment-message-fits",
            says="The vendor message has 120 characters; QuickBooks keeps 99.",
        ),
        case(
            "ACC-11",
            kind="commitment",
            trigger="queue",
            words={"duplicate": "Delta already has purchase order SC-014, 12,400.00"},
            rule="commitment-not-typed-by-hand",
            says="Delta already has purchase order SC-014, 12,400.00; it does not come from here.",
        ),
        case(
            "ACC-22",
            kind="commitment",
            trigger="accept",
            words={"tax": Decimal("45.00")},
            rule="commitment-no-tax-in-the-us",
            says="Tax 45.00 has no place on a QuickBooks US purchase order.",
        ),
        case(
            "ACC-22",
            kind="commitment_change_order",
            trigger="accept",
            words={"tax": Decimal("45.00")},
            rule="change-order-no-tax-in-the-us",
            says="Tax 45.00 has no place on a QuickBooks US purchase order.",
        ),
    ],
)
def test_it_refuses_in_words_a_controller_reads(
    kind: str, trigger: str, words: dict[str, Any], rule: str, says: str
) -> None:
    findings = spoken(item(kind, **words), trigger)
    assert findings[rule].message == says
    assert (findings[rule].effect, findings[rule].file) == (DENY, f"{kind}.yaml")
    assert "{" not in findings[rule].fix
    assert "error" not in {finding.reason for finding in findings.values()}


@pytest.mark.requirement("ACC-03")
@pytest.mark.parametrize("trigger", ["send", "accept", "queue"])
@pytest.mark.parametrize("kind", ["commitment", "commitment_change_order"])
@pytest.mark.parametrize("status", ["Draft", "pending", "Terminated", "", None])
def test_only_what_procore_approved_may_travel(kind: str, trigger: str, status: str | None) -> None:
    (finding,) = spoken(item(kind, procore_status=status), trigger).values()
    assert finding.rule.endswith("-approved")


@pytest.mark.requirement("ACC-03")
@pytest.mark.parametrize("kind", sorted(IN_ORDER))
@pytest.mark.parametrize("trigger", ["send", "accept", "queue"])
def test_what_is_void_in_procore_moves_no_further(kind: str, trigger: str) -> None:
    (finding,) = spoken(item(kind, voided=True), trigger).values()
    assert finding.message.startswith(f"{IN_ORDER[kind]['label']} was ")


@pytest.mark.requirement("CMT-02", "ACC-06", "UI-01")
def test_a_commitment_names_and_links_everything_it_waits_for() -> None:
    links = {
        "company": (link("company", "Delta Concrete"),),
        "project": (link("project", "Riverside Tower", "synced"),),
        "cost_code": (link("cost_code", "03-300"), link("cost_code", "05-120", "failed")),
    }
    facts = replace(item("commitment"), links=links)
    findings = spoken(facts, "queue")
    assert {name: finding.message for name, finding in findings.items()} == {
        "commitment-company-synced": "Delta Concrete is not in QuickBooks yet.",
        "commitment-cost-codes-synced": "Cost codes 03-300, 05-120 (failed) are not in QuickBooks yet.",
    }
    assert [one.label for one in findings["commitment-cost-codes-synced"].blocking] == ["03-300", "05-120"]
    assert {finding.reason for finding in findings.values()} == {"dependency"}
    assert spoken(facts, "accept") == {}, "approval does not wait (decision D1)"


@pytest.mark.requirement("ACC-02")
@pytest.mark.parametrize("state", ["sent", "accepted", "queued", "failed"])
def test_what_quickbooks_holds_stops_nobody_whatever_becomes_of_a_change(state: str) -> None:
    held = replace(item("commitment"), links={"project": (Link("project", 1, "Riverside Tower", state, True),)})
    assert spoken(held, "queue") == {}


@pytest.mark.requirement("CCO-02")
def test_a_change_order_waits_for_its_commitment() -> None:
    facts = replace(item("commitment_change_order"), links={"commitment": (link("commitment", "SC-014"),)})
    (finding,) = spoken(facts, "queue").values()
    assert finding.message == "SC-014 is not in QuickBooks yet."
    assert spoken(facts, "accept") == {}


@pytest.mark.requirement("CCO-03")
@pytest.mark.parametrize(("state", "shown"), [("queued", "CCO 1"), ("failed", "CCO 1 (failed)")])
def test_change_orders_of_one_commitment_go_one_at_a_time(state: str, shown: str) -> None:
    ahead: dict[str, tuple[Link, ...]] = {"changes_ahead": (link("commitment_change_order", "CCO 1", state),)}
    facts = replace(item("commitment_change_order"), links=ahead)
    (finding,) = spoken(facts, "queue").values()
    assert finding.message == (
        f"CCO 2 waits for {shown}: change orders of one commitment go to QuickBooks one at a time."
    )
    assert (finding.reason, finding.blocking) == ("order", ahead["changes_ahead"])


@pytest.mark.requirement("ACC-18")
@pytest.mark.parametrize("kind", sorted(IN_ORDER))
def test_the_sender_may_not_accept_a_company_and_is_warned_elsewhere(kind: str) -> None:
    facts = replace(item(kind), people={"sender": ("Pat",), "approvers": ("Pat",)})
    (finding,) = spoken(facts, "accept").values()
    assert finding.effect == (DENY if kind == "company" else WARN)


@pytest.mark.requirement("PRJ-04")
def test_no_customer_is_asked_for_where_customers_are_jobs() -> None:
    jobs = replace(item("project", customer=""), settings={"customers_are_jobs": True})
    assert spoken(jobs, "accept") == {}
    chosen = replace(jobs, words={**jobs.words, "customer": "80000001-1"})
    (finding,) = spoken(chosen, "accept").values()
    assert (finding.field, finding.setting) == ("customer", "customers_are_jobs")


@pytest.mark.requirement("WBS-17")
def test_a_line_with_a_custom_segment_is_named() -> None:
    lines = (LINES[0], {**LINES[1], "custom_segment": "Phase 2"})
    (finding,) = spoken(replace(item("commitment"), lines=lines), "send").values()
    assert finding.message == (
        "Line 2 (05-120) uses the custom segment Phase 2; custom WBS segments are not supported."
    )


def test_a_comma_in_an_address_is_fine_for_quickbooks() -> None:
    assert spoken(item("project", address="1 River Street, Suite 4"), "accept") == {}


def test_every_rule_says_where_it_comes_from_and_what_to_do() -> None:
    for rule in PACK.all_rules:
        assert rule.source
        assert rule.fix.wording.endswith((".", "}"))
        assert not set(rule.fix.wording) & {"\n", "\t"}
