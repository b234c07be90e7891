"""A smaller month in Canada: one job, GST and HST, and a holdback. One session carries it to QuickBooks, to the cent.

What must be there is written down in ``canada/``, by hand, from the records below and the documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector import SessionReport
from app.services import connections
from tests import records
from tests.e2e import ledger
from tests.invoices import billed, invoice, on_change
from tests.oracle import schema as oracle
from tests.records import Taken
from tests.scenery import build_scenery, set_up_invoices
from tests.support import House, Stage

HERE = Path(__file__).parent / "canada"
FAMILIES = {
    "Vendor": "vendors", "Customer": "customers", "ItemService": "items", "PurchaseOrder": "purchase_orders",
    "Bill": "bills",
}  # fmt: skip

# Round trips, by hand (see the United States): 1 write of names; a look and the order; for the change order, when a bill
# came before it, its order read and the change; for each of the two bills the reads, the add, and "where tax needs a
# second step" the write of its codes.
MOST_ROUND_TRIPS = 1 + 2 + 2 + 2 * 3


def month() -> list[Taken]:
    """What Procore says: one line of the work is under GST, all else under what the settings say."""
    vendor: dict[str, Any] = {"vendor_id": 71, "vendor_name": "Outaouais Structures Inc.", "project_id": 87}
    forms = {"line": 3511, "position": 1, "code": 31}
    slab = {"line": 3512, "position": 2, "code": 33, "tax_code": "GST"}
    return [
        _company("Outaouais Structures Inc.", 71, "88 Booth Street", "Ottawa", "ON", "K1R 6K8", "613-555-0102"),
        _company("Béton Carillon Ltée", 72, "7 route du Canton", "Grenville", "QC", "J0V 1J0", "450-555-0119"),
        records.project("Rideau Library", 87, address="120 Metcalfe Street", city="Ottawa", state_code="ON",
                        zip="K1P 5M2"),
        records.cost_code(),
        records.cost_code("03-300", 33, "Cast-in-Place Concrete"),
        records.commitment(
            "SC-101", 311, [
                records.line("18450.35", 31, 1, id=3511, description="Formwork"),
                records.line("41207.90", 33, 2, id=3512, description="Slab on grade"),
            ],
            title="Foundations and slab on grade", vendor={"id": 71, "company": "Outaouais Structures Inc."},
            project={"id": 87, "name": "Rideau Library"}, created_at="2026-04-07T15:00:00Z",
        ),
        records.change_order(
            "001", 391, 311, [records.line("3333.33", 33, 1, id=3521, description="Footings, 600 mm deeper")],
            title="Deeper footings at the river wall", project_id=87,
        ),
        _taxed(
            invoice(
                1,
                billed("6150.12", retained="615.01", **forms),
                billed("10301.98", retained="1030.20", **slab),
                commitment_id=311, invoice_number="OS-2201", billing_date="2026-04-30", payment_date=None, **vendor,
            ),
            tax="1183.15", due="15990.04",
        ),
        _taxed(
            invoice(
                2,
                billed("12300.23", done="6150.12", kept="615.01", retained="1230.02", **forms),
                billed("20603.95", done="10301.98", kept="1030.20", retained="2060.40", **slab),
                on_change("3333.33", package=391, line=3521, position=3, code=33, retained="333.33"),
                paid="14806.89",
                commitment_id=311, invoice_number="OS-2238", billing_date="2026-05-31", payment_date=None, **vendor,
            ),
            tax="2756.31", due="35370.07",
        ),
    ]  # fmt: skip


def _company(name: str, id: int, address: str, city: str, state_code: str, zip: str, phone: str) -> Taken:
    place = {"address": address, "city": city, "state_code": state_code, "zip": zip, "country_code": "CA"}
    return records.company(name, id, business_phone=phone, **place)


def _taxed(taken: Taken, *, tax: str, due: str) -> Taken:
    taken[1]["summary"] |= {"tax_applicable_to_this_payment": tax, "current_payment_due": due}
    return taken


class Month:
    """A Canadian company file after everything was accepted and one session ran."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.company = stage, stage.company
        stage.company.add_tax_code("HST", rate="13")
        stage.company.add_tax_code("GST", rate="5")
        connections.change_settings(stage.database, 1, {"default_tax_code": "HST"}, actor="tests")
        stage.approve(*month())
        self.first: SessionReport = stage.run()
        self.held = {family: ledger.held(stage.company, family) for family in FAMILIES}
        stage.kill_connector()
        self.second: SessionReport = stage.run()


@pytest.fixture(scope="module")
def canada(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("canada")
    CompanyFile(folder / "company.qbw", edition="CA", company_name="Rideau Builders Ltd.").close()
    scenery = build_scenery(house, folder)
    ready = set_up_invoices(house, scenery, tmp_path_factory.mktemp("canadian"))
    stage = Stage(house, ready.folder)
    yield Month(stage)
    stage.close()


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize("family", FAMILIES)
def test_quickbooks_holds_what_was_written_down_before(canada: Month, family: str) -> None:
    expected = ledger.written(HERE / f"{FAMILIES[family]}.txt")
    assert set(canada.held[family]) == set(expected)
    for name, entry in expected.items():
        assert canada.held[family][name] == entry


def test_everything_is_synced_and_quickbooks_saved_what_was_approved(canada: Month) -> None:
    canada.stage.must_be_sound()
    assert set(canada.stage.states().values()) == {"synced"}
    assert {canada.stage.item(name).difference for name in canada.stage.states()} == {""}


def test_one_session_carries_all_of_it_within_the_promised_round_trips(
    canada: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nround trips: {canada.first.round_trips}, by hand at most {MOST_ROUND_TRIPS}")  # noqa: T201
    assert canada.first.outcome == "done"
    assert canada.first.round_trips <= MOST_ROUND_TRIPS


def test_a_second_session_writes_nothing(canada: Month) -> None:
    assert [request for request in canada.second.requests_seen if ledger.writes(request)] == []
    assert {family: ledger.held(canada.company, family) for family in FAMILIES} == canada.held


@pytest.mark.skipif(not oracle.ORACLE.is_file(), reason=oracle.WHY_NOT)
def test_every_request_that_crossed_passes_the_canadian_schema(canada: Month) -> None:
    crossed = canada.first.requests_seen + canada.second.requests_seen
    assert crossed
    for request in crossed:
        assert oracle.problems(request, "CA") == []
