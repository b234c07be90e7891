"""A month in ERP-platform mode: accepted in Procore's tool, one Web Connector session, marked and closed, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.erp_site import (
    ABE,
    BUDGET,
    CHANGE_ORDER,
    COMMITMENT,
    INVOICE,
    PROJECT,
    SUBCONTRACT,
    VENDOR,
    ErpSite,
    erp_site,
)
from tests.scenery import build_scenery, open_stage, set_up_invoices
from tests.support import House

TOO_LONG = "26-510-TEMPORARY-POWER-AND-SITE-LIGHTING"
FAMILIES = ("Vendor", "Customer", "PurchaseOrder", "Bill", "Estimate")


class Month:
    """Everything accepted in Procore's tool, and one session."""

    def __init__(self, site: ErpSite) -> None:
        self.site, self.company = site, site.stage.company
        self.before = self.counted()
        self.requests = {
            "vendor": site.accept("vendor", VENDOR),
            "job": site.accept("project", PROJECT),
            "codes": site.accept("standard_cost_code", *site.codes),
            "commitment": site.accept(SUBCONTRACT, COMMITMENT, number="PO-1"),
            "change order": site.accept("change_order", CHANGE_ORDER),
            "invoice": site.accept("requisition", INVOICE, user_id=ABE),
            "budget": site.accept("budget", BUDGET),
        }
        site.answer()
        site.session()

    def counted(self) -> dict[str, int]:
        return {family: len(self.company.records(family)) for family in FAMILIES}

    def outcome(self, name: str) -> list[tuple[str, list[str]]]:
        return self.site.outcome(self.requests[name])

    def only(self, family: str) -> dict[str, Any]:
        return dict(self.company.records(family)[-1])


@pytest.fixture(scope="module")
def month(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    scenery = build_scenery(house, tmp_path_factory.mktemp("erp"))
    ready = set_up_invoices(house, scenery, tmp_path_factory.mktemp("erp_invoices"))
    stage = open_stage(house, ready, tmp_path_factory.mktemp("erp_stage") / "stage")
    with erp_site(stage) as site:
        yield Month(site)
    stage.close()


@pytest.mark.parametrize("name", ["vendor", "job", "commitment", "change order", "invoice", "budget"])
def test_every_request_is_closed_as_done(month: Month, name: str) -> None:
    assert month.outcome(name) == [("success", [])]


def test_what_a_rule_denies_is_closed_with_its_sentence(month: Month) -> None:
    found = month.outcome("codes")
    [(_, said)] = [row for row in found if row[0] == "failed"]
    assert said == [
        f"{TOO_LONG} has 40 characters; QuickBooks keeps 31 of an item's name. Shorten the code in Procore and send it "
        "again, or link it with a service item that is there."
    ]
    assert found.count(("success", [])) == len(found) - 1
    assert month.site.stage.item(TOO_LONG).state == "draft"


def test_no_request_is_closed_twice_and_none_stays_open(month: Month) -> None:
    assert {detail["closings"] for detail in month.site.tool.details()} == {1}


def test_quickbooks_holds_each_of_them_once(month: Month) -> None:
    after = month.counted()
    assert {name: after[name] - month.before[name] for name in FAMILIES} == dict.fromkeys(FAMILIES, 1)


def test_the_order_is_the_subcontract_and_its_change_order_to_the_cent(month: Month) -> None:
    """SC-001: 18,500.00 + 246,300.00 + 187,450.00; CO 001: 23,870.00. The number is what Ana typed in Procore."""
    [order] = [one for one in month.company.records("PurchaseOrder") if one["RefNumber"] == "PO-1"]
    assert Decimal(str(order["TotalAmount"])) == Decimal("476120.00")


def test_the_estimate_is_the_budget_to_the_cent(month: Month) -> None:
    """The original amounts of Riverside Tower; modifications move money between lines and add none."""
    assert Decimal(str(month.only("Estimate")["TotalAmount"])) == Decimal("6852955.08")


def test_every_record_and_line_is_marked_with_what_quickbooks_calls_it(month: Month) -> None:
    marks, order = month.site.marks(), month.only("PurchaseOrder")
    contract = month.site.store.get("work_order_contracts", COMMITMENT)
    assert contract
    assert marks[SUBCONTRACT, COMMITMENT] == order["TxnID"]
    assert marks["change_order", CHANGE_ORDER].startswith(f"{order['TxnID']}|")  # type: ignore[union-attr]
    assert marks["vendor", VENDOR] == month.only("Vendor")["ListID"]
    assert marks["project", PROJECT] == month.only("Customer")["ListID"]
    assert marks["requisition", INVOICE] == month.only("Bill")["TxnID"]
    assert marks["budget", BUDGET] == month.only("Estimate")["TxnID"]
    rows = [marks["line_item", line["id"]] for line in contract["line_items"]]
    assert len(set(rows)) == len(rows)
    assert all(rows)


def test_the_budgets_transactions_are_settled(month: Month) -> None:
    rows = month.site.store.all("erp_transactions", project_id=PROJECT)
    assert rows
    assert {row["synced"] for row in rows} == {True}
    assert {row["origin_id"] for row in rows} == {f"{month.only('Estimate')['TxnID']}|{row['id']}" for row in rows}


def test_the_trail_names_who_accepted_in_procore(month: Month) -> None:
    stage = month.site.stage
    assert stage.item("SC-001").accepted_by == "Ana Ruiz in Procore"
    assert stage.item("SC-001").sent_by == "Procore"
