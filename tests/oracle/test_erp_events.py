"""Every event body Procore's own documents show, where they lie beside the project, is read as what it is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.items import erp
from app.services import erp_events

EVENTS = Path(__file__).parents[3] / "shared" / "procore" / "erp_events"
pytestmark = pytest.mark.skipif(not EVENTS.is_dir(), reason="erp_events are not at ../shared/procore")

#: What each body is about, read off the documents by hand: act, kind, the items, and the details to close.
READ: dict[str, tuple[str, str, list[str], list[str]]] = {
    "create_budget": (erp.EXPORT, "budget", ["123"], [""]),
    "create_budget_in_procore": (erp.UPKEEP, "budget", [], []),
    "create_commitment": (erp.EXPORT, "commitment", ["41"], ["137"]),
    "create_commitment_change_order": (erp.EXPORT, "commitment_change_order", ["3"], ["1"]),
    "create_commitment_in_procore": (erp.UPKEEP, "commitment", [], []),
    "create_job_in_procore": (erp.LINK, "project", ["8"], [""]),
    "create_or_update_job": (erp.EXPORT, "project", ["7"], ["2"]),
    "create_payment": (erp.EXPORT, "procore_pay_payment", ["4"], ["3"]),
    "create_requisitions": (erp.EXPORT, "subcontractor_invoice", ["1"], [""]),
    "create_standard_cost_codes": (erp.EXPORT, "cost_code", ["2"], ["1"]),
    "create_vendor": (erp.EXPORT, "company", ["35"], ["1"]),
    "create_vendor_in_procore": (erp.LINK, "company", ["32"], [""]),
    "delete_cost_code": (erp.UPKEEP, "cost_code", [], []),
    "delete_cost_codes": (erp.UPKEEP, "cost_code", [], ["4"]),
    "delete_standard_cost_codes": (erp.UPKEEP, "cost_code", [], []),
    "link_all_vendors": (erp.LINK, "company", ["1001", "1001"], ["", ""]),
    "link_vendor": (erp.LINK, "company", ["32"], [""]),
    "merge_vendors": (erp.UPKEEP, "company", [], []),
    "reset_job": (erp.UNLINK, "project", ["2"], [""]),
    "reset_payment": (erp.UNLINK, "procore_pay_payment", ["1"], [""]),
    "reset_requisition": (erp.UNLINK, "subcontractor_invoice", ["1"], [""]),
    "sync_contract_payments": (erp.REFUSE, "payment", [], ["1"]),
    "sync_jobs": (erp.REFRESH, "project", [], ["123"]),
    "sync_single_job": (erp.UPKEEP, "project", [], []),
    "sync_standard_cost_codes": (erp.REFRESH, "cost_code", [], ["1"]),
    "sync_vendors": (erp.REFRESH, "company", [], ["100"]),
    "unlink_commitment": (erp.UNLINK, "commitment", ["4"], ["2"]),
    "unlink_commitment_change_order": (erp.UNLINK, "commitment_change_order", ["4"], ["3"]),
    "unlink_standard_cost_codes": (erp.UNLINK, "cost_code", ["1"], [""]),
    "unlink_vendor": (erp.UNLINK, "company", ["32"], [""]),
}
#: What has no counterpart between Procore and QuickBooks Desktop, and the details that are closed in words.
REFUSED = {
    "create_company_level_direct_cost": ["1"],
    "create_payment_application": ["123"],
    "create_sub_job": ["3"],
    "delete_cost_type_assignments": ["4"],
    "delete_standard_categories": [],
    "reset_company_level_direct_cost": [],
    "reset_prime_contract_change_order": [],
    "reset_sub_job": [],
    "create_sub_job_in_procore": [],
    "sync_commitment_change_orders": ["1"],
    "sync_commitments": ["3"],
    "sync_metadata": [],
    "sync_prime_contracts": ["123"],
    "sync_standard_categories": [],
    "sync_sub_job": [],
    "sync_sub_jobs": ["3"],
    "unlink_company_level_direct_cost": ["1"],
    "unlink_payment_application": ["123"],
}
FULL = ("create_vendor", "create_standard_cost_codes", "create_commitment", "create_commitment_change_order")


def body(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_every_body_of_the_documents_is_here() -> None:
    shown = {path.stem for path in EVENTS.glob("*.json")}
    assert shown - READ.keys() - REFUSED.keys() - {"create_prime_contract_change_order"} == set()


@pytest.mark.parametrize("name", READ)
def test_an_event_is_read_as_what_it_is_about(name: str) -> None:
    act, kind, items, details = READ[name]
    found = body(name)
    whose, event = erp_events.known()[found["request_name"]]
    assert (event.act, whose.kind) == (act, kind)
    mentions = list(erp.mentions(event, found)) if items else []
    assert [one.procore_id for one in mentions] == items
    assert ([one.detail_id for one in mentions] if items else list(erp.details(found))) == details


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused_in_words(name: str) -> None:
    found = body(name)
    asked = erp_events.Asked("1", found.get("request_name", name), found, "Procore")
    assert asked.name not in erp_events.known()
    taken = erp_events.take(None, 1, None, asked)  # type: ignore[arg-type]
    assert [(one.detail_id, one.status) for one in taken] == [(one, "failed") for one in REFUSED[name]]


@pytest.mark.parametrize("name", FULL)
def test_a_whole_record_is_one_the_kind_can_read(name: str) -> None:
    found = body(name)
    kind, event = erp_events.known()[found["request_name"]]
    for mention in erp.mentions(event, found):
        record = kind.of_event(mention.record, found["request_data"])
        assert record is not None
        assert str(kind.read(record)["id"]) == mention.procore_id


def test_a_commitment_comes_to_what_its_lines_say() -> None:
    found = body("create_commitment")["request_data"]
    kind, _ = erp_events.known()["create_commitment"]
    record = kind.of_event(found["commitment"], found)
    assert record is not None
    content = kind.read(record)
    assert str(kind.amount(content)) == "250.00"
    assert content["created_at"] == "2020-10-19T19:17:31Z"
    assert kind.typed_in_event(found["commitment"], found) == {"number": "10543"}
