"""Every answer of the sandbox's Procore, and every call of our client, against Procore's own API description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from flask import Flask

from app.items import registry
from app.items.ports import Told
from app.procore import Client, Run
from app.procore.endpoints import companies, users
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.project_manager import ProjectManager
from app.sandbox.procore.wire import Wire
from app.services.write_back_calls import Wanted, tell
from tests.oracle import procore
from tests.oracle.procore import Exchange, Recorder
from tests.paying import Site
from tests.procore.test_tell import PLACES

pytestmark = pytest.mark.skipif(not procore.ORACLE.is_file(), reason=procore.WHY_NOT)

BASE = "http://procore.test"
COMPANY = {"company_id": 5021}
TOWER = {"project_id": 86_401}
CONTRACT = {**TOWER, "contract_id": 3_100_000_001}
INVOICE = 4_400_000_002
#: A change order that is in no package.
NEWER = 4_600_000_001
COLUMNS = ("SC-003", "004", "Columns", ("05-120", "Two columns", "1200.00"))
HOOK = {"api_version": "v2", "namespace": "tieout", "destination_url": "https://tieout.test/hooks/procore"}
APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
MODIFICATION = {"budget_modification": {"to_budget_line_item_id": 4_200_000_004, "transfer_amount": "1.0"}}

#: What the sandbox serves and the description does not hold. A row too many or too few fails a test.
NOT_DESCRIBED = {
    "POST /oauth/authorize",  # the buttons of the page
    "GET /rest/v2.0/companies/{}/projects/{}/commitment_change_orders/{}/line_items",  # version 2 is not in it
}
#: What of its answers the description does not know, and why it is told all the same.
UNDESCRIBED_ANSWERS = {
    # The documents send people there to look the names up; the description forgot to name them.
    "GET /rest/v1.0/webhooks/resources: name is not named",
    # The page is served where the description knows only the way back from it.
    "GET /oauth/authorize: answered 200",
    # A list, as for subcontracts and everywhere else; here alone the description shows one of its rows.
    "GET /rest/v1.0/purchase_order_contracts/{id}: attachments is no object",
    "PATCH /rest/v1.0/purchase_order_contracts/{id}: attachments is no object",
}
#: What the rows of sync actions need by the documents, and the description of these two leaves out.
UNDESCRIBED_CALLS = {
    "PATCH /rest/v1.0/projects/{project_id}/direct_costs/line_items/sync: updates.id is not named",
    "PATCH /rest/v1.0/purchase_order_contracts/sync: updates.id is not named",
}

Call = tuple[str, str, dict[str, Any], Any]
#: method, path behind /rest/v1.0/ (or a whole one), query, body: together they meet every route there is.
CALLS: list[Call] = [
    ("GET", "me", COMPANY, None),
    ("GET", "companies", {}, None),
    ("GET", "/rest/v1.3/companies/5021/users", {}, None),
    ("GET", "/rest/v1.3/companies/5021/users/7301", {}, None),
    ("GET", "companies/5021/users/inactive", {}, None),
    ("GET", "companies/5021/permission_templates", {}, None),
    ("GET", "settings/permissions", TOWER, None),
    ("GET", "settings/permissions", COMPANY, None),
    ("GET", "tax_codes", COMPANY, None),
    ("GET", "line_item_types", COMPANY, None),
    (
        "PATCH",
        "line_item_types/sync",
        {},
        {**COMPANY, "updates": [{"name": "Labor", "csv_import_code": "L"}, {"id": 9}]},
    ),
    ("GET", "projects", COMPANY, None),
    ("GET", "projects", {**COMPANY, "serializer_view": "compact"}, None),
    ("GET", "projects/86401", COMPANY, None),
    ("POST", "projects", {}, {**COMPANY, "project": {"name": "Annex"}}),
    ("PATCH", "projects/86401", {}, {**COMPANY, "project": {"origin_id": "J1"}}),
    ("PATCH", "projects/sync", COMPANY, {**COMPANY, "updates": [{"id": 86_402, "origin_id": "J2"}, {"id": 1}]}),
    ("GET", "vendors", COMPANY, None),
    ("GET", "vendors", {**COMPANY, "view": "compact"}, None),
    ("GET", "vendors/61005", COMPANY, None),
    ("POST", "vendors", {}, {**COMPANY, "vendor": {"name": "Walk-in"}}),
    ("PATCH", "vendors/61001", {}, {**COMPANY, "vendor": {"name": "Delta Concrete", "origin_id": "V1"}}),
    ("PATCH", "vendors/sync", {}, {**COMPANY, "updates": [{"name": "New"}, {"id": 1, "name": "nobody"}]}),
    ("GET", "standard_cost_code_lists", COMPANY, None),
    ("POST", "standard_cost_code_lists", {}, {**COMPANY, "standard_cost_code_list": {"name": "Own"}}),
    ("PATCH", "standard_cost_code_lists/2201", {}, {**COMPANY, "standard_cost_code_list": {"name": "QuickBooks"}}),
    ("GET", "standard_cost_codes", {**COMPANY, "standard_cost_code_list_id": 2201, "view": "extended"}, None),
    ("GET", "standard_cost_codes", {**COMPANY, "standard_cost_code_list_id": 2201}, None),
    ("GET", "standard_cost_codes/37002", {**COMPANY, "standard_cost_code_list_id": 2201}, None),
    (
        "PATCH",
        "standard_cost_codes/37002",
        {"view": "extended"},
        {**COMPANY, "standard_cost_code_list_id": 2201, "standard_cost_code": {"origin_id": "I1"}},
    ),
    (
        "PATCH",
        "standard_cost_codes/sync",
        {},
        {**COMPANY, "standard_cost_code_list_id": 2201, "updates": [{"code": "9", "name": "N"}, {"id": 1}]},
    ),
    ("GET", "cost_codes", TOWER, None),
    ("GET", "cost_codes", {**TOWER, "view": "erp_compact"}, None),
    ("PATCH", "cost_codes/sync", TOWER, {"updates": [{"id": 14_001_002, "origin_id": "J|I"}, {"id": 1}]}),
    ("GET", "projects/86401/budget", {}, None),
    ("POST", "projects/86401/budget/lock", {}, None),
    ("GET", "budget_views", TOWER, None),
    ("GET", "budget_views/4050000001/detail_rows", {**TOWER, "budget_row_type": "all"}, None),
    ("GET", "budget_views/4050000001/budget_detail_columns", TOWER, None),
    ("GET", "/rest/v1.1/budget_line_items/4200000004", TOWER, None),
    ("GET", "projects/86401/budget_modifications", {}, None),
    ("POST", "projects/86401/budget_modifications", {}, MODIFICATION),
    ("PATCH", "projects/86401/budget_modifications/1", {}, MODIFICATION),
    ("GET", "projects/86402/budget_changes", {}, None),
    ("GET", "projects/86402/budget_changes/4260000001", {}, None),
    ("DELETE", "projects/86401/budget/lock", {"destroy_all_budget_line_item_transfers": "false"}, None),
    (
        "PATCH",
        "/rest/v1.1/budget_line_items/4200000004",
        {},
        {**TOWER, "budget_line_item": {"original_budget_amount": 500.25}},
    ),
    *(
        call
        for resource, number, line, body in (
            ("work_order_contracts", 3_100_000_003, 3_500_000_009, "work_order_contract"),
            ("purchase_order_contracts", 3_100_000_025, 3_500_000_060, "purchase_order_contract"),
        )
        for call in (
            ("GET", resource, TOWER, None),
            ("GET", resource, {**TOWER, "view": "extended"}, None),
            ("GET", f"{resource}/{number}", TOWER, None),
            ("PATCH", f"{resource}/{number}", {}, {**TOWER, body: {"origin_id": f"T{number}"}}),
            ("PATCH", f"{resource}/sync", {}, {**TOWER, "updates": [{"id": number, "title": "T"}, {"id": 1}]}),
            ("GET", f"{resource}/{number}/line_items", TOWER, None),
            ("PATCH", f"{resource}/{number}/line_items/{line}", {}, {**TOWER, "line_item": {"origin_id": "L1"}}),
            ("PATCH", f"{resource}/{number}/line_items/sync", TOWER, {"updates": [{"origin_id": "L1"}, {}]}),
        )
    ),
    ("GET", "change_order_packages", TOWER, None),
    ("GET", "change_order_packages/3900000002", TOWER, None),
    (
        "PATCH",
        "change_order_packages/3900000002",
        {},
        {**TOWER, "contract_id": 3_100_000_003, "change_order": {"origin_code": "A"}},
    ),
    ("GET", "projects/86401/commitment_change_orders", {"filters[contract_id]": 3_100_000_003}, None),
    ("GET", "projects/86401/commitment_change_orders/4500000002", {}, None),
    ("GET", "/rest/v2.0/companies/5021/projects/86401/commitment_change_orders/4500000002/line_items", {}, None),
    ("GET", "projects/86401/commitment_change_orders", {"filters[id]": NEWER}, None),
    ("GET", f"projects/86401/commitment_change_orders/{NEWER}", {}, None),
    ("GET", f"/rest/v2.0/companies/5021/projects/86401/commitment_change_orders/{NEWER}/line_items", {}, None),
    ("GET", "/rest/v1.1/requisitions", TOWER, None),
    ("GET", "/rest/v1.1/requisitions", {**TOWER, "view": "extended"}, None),
    ("GET", f"/rest/v1.1/requisitions/{INVOICE}", {**TOWER, "view": "extended"}, None),
    (
        "PATCH",
        f"/rest/v1.1/requisitions/{INVOICE}",
        {},
        {**TOWER, "commitment_id": 3_100_000_001, "requisition": {"origin_id": "B1"}},
    ),
    ("GET", f"requisitions/{INVOICE}/contract_items", TOWER, None),
    ("GET", f"requisitions/{INVOICE}/change_order_items", TOWER, None),
    ("GET", "projects/86401/billing_periods", {}, None),
    (
        "POST",
        "contract_payments",
        {},
        {**CONTRACT, "contract_payment": {"amount": "10.0", "date": "2026-04-30", "payment_method": "check"}},
    ),
    ("GET", "contract_payments", CONTRACT, None),
    ("GET", "contract_payments/1", CONTRACT, None),
    ("PATCH", "contract_payments/1", {}, {**CONTRACT, "contract_payment": {"notes": "n"}}),
    ("GET", "work_order_contracts/3100000001", TOWER, None),
    ("DELETE", "contract_payments/1", CONTRACT, None),
    (
        "PATCH",
        "projects/86401/direct_costs/sync",
        {},
        {
            "updates": [
                {"direct_cost_type": "expense", "direct_cost_date": "2026-04-30", "vendor_id": 61_001},
                {"id": 9},
            ]
        },
    ),
    (
        "POST",
        "projects/86401/direct_costs/1/line_items",
        {},
        {
            "line_item": {
                "cost_code_id": 14_001_002,
                "line_item_type_id": 47,
                "amount": 33.33,
                "extended_type": "manual",
            }
        },
    ),
    ("GET", "/rest/v1.1/projects/86401/direct_costs", {}, None),
    ("GET", "projects/86401/direct_costs/line_items", {}, None),
    ("GET", "projects/86401/direct_costs/1/line_items", {}, None),
    ("PATCH", "projects/86401/direct_costs/1/line_items/1", {}, {"line_item": {"description": "d"}}),
    (
        "PATCH",
        "projects/86401/direct_costs/line_items/sync",
        {},
        {"updates": [{"id": 1, "amount": "44.44"}, {"id": 9}]},
    ),
    ("PATCH", "projects/86401/direct_costs/1", {}, {"item": {"description": "d"}}),
    ("DELETE", "projects/86401/direct_costs/1", {}, None),
    ("POST", "webhooks/hooks", {}, {**COMPANY, "hook": HOOK}),
    ("GET", "webhooks/hooks", COMPANY, None),
    ("PATCH", "webhooks/hooks/1", {}, {**COMPANY, "hook": {"namespace": "tie"}}),
    (
        "POST",
        "webhooks/hooks/1/triggers",
        {},
        {**COMPANY, "api_version": "v2", "trigger": {"resource_name": "Company Vendors", "event_type": "update"}},
    ),
    (
        "POST",
        "webhooks/hooks/1/triggers/bulk",
        {},
        {**COMPANY, "api_version": "v2", "triggers": [{"resource_name": "Projects", "event_type": "update"}]},
    ),
    ("GET", "webhooks/hooks/1/triggers", COMPANY, None),
    ("PATCH", "vendors/61002", {}, {**COMPANY, "vendor": {"name": "Lakeside Holdings", "notes": "heard of"}}),
    ("POST", "/_sandbox/webhooks", {}, None),
    ("GET", "webhooks/hooks/1/deliveries", COMPANY, None),
    ("DELETE", "webhooks/hooks/1/triggers/bulk", {}, {**COMPANY, "triggers": [2]}),
    ("DELETE", "webhooks/hooks/1/triggers/1", COMPANY, None),
    ("DELETE", "webhooks/hooks/1", COMPANY, None),
    ("GET", "webhooks/resources", TOWER, None),
    ("GET", "webhooks/resources/api_versions", TOWER, None),
    ("DELETE", "work_order_contracts/3100000003", TOWER, None),
    ("DELETE", "purchase_order_contracts/3100000025", TOWER, None),
    (
        "GET",
        "/oauth/authorize",
        {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": "https://a.test/"},
        None,
    ),
    ("POST", "/oauth/authorize", {}, None),
    ("GET", "/oauth/token/info", {}, None),
    ("POST", "/oauth/revoke", {}, {**APP, "token": "nobody's"}),
]
#: Calls whose answer is a refusal, as it should be.
REFUSED = {
    "POST /rest/v1.0/projects/{project_id}/budget_modifications": 405,
    "PATCH /rest/v1.0/projects/{project_id}/budget_modifications/{id}": 405,
    "POST /oauth/authorize": 401,
}


def whole(path: str) -> str:
    return path if path.startswith("/") else f"/rest/v1.0/{path}"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Flask]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    ProjectManager(store).change(*COLUMNS)
    taking = httpx.MockTransport(lambda _request: httpx.Response(204))
    yield create_procore(store, sending=False, webhook_transport=taking)
    store.close()


@pytest.fixture(scope="module")
def met(sandbox: Flask) -> list[Exchange]:
    """Every call of the list, in its order."""
    recorder = Recorder(Wire(sandbox))
    with httpx.Client(base_url=BASE, transport=recorder) as http:
        token = http.post("/oauth/token", json={"grant_type": "client_credentials", **APP}).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Procore-Company-Id": "5021"}
        for method, path, query, body in CALLS:
            http.request(method, whole(path), params=query, json=body, headers=headers)
    return recorder.exchanges


def blank(path: str) -> str:
    """A route or path with every blank alike."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)


def routes(sandbox: Flask) -> set[str]:
    """Every method and path the sandbox serves as Procore; the ERP platform, open to partners alone, is in no file."""
    return {
        f"{method} {blank(rule.rule)}"
        for rule in sandbox.url_map.iter_rules()
        if rule.rule.startswith(("/rest/", "/oauth/")) and not rule.endpoint.startswith("erp.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_sandbox_serves_nothing_the_description_does_not_hold_but_what_is_named(sandbox: Flask) -> None:
    described = {
        f"{method.upper()} {blank(path)}"
        for path, methods in procore.description()["paths"].items()
        for method in methods
    }
    assert routes(sandbox) - described == NOT_DESCRIBED


def test_the_calls_meet_every_route(sandbox: Flask, met: list[Exchange]) -> None:
    seen = {f"{one.method} {blank(one.operation.path)}" for one in met if one.operation}
    beside = {name for name in NOT_DESCRIBED for one in met if _fits(one, name)}
    assert routes(sandbox) - seen - beside == set()


def _fits(one: Exchange, name: str) -> bool:
    method, path = name.split(" ")
    return one.method == method and re.fullmatch(re.escape(path).replace(r"\{\}", "[^/]+"), one.path) is not None


def test_every_call_is_answered_as_it_should_be(met: list[Exchange]) -> None:
    failed = {
        f"{one.operation.name if one.operation else f'{one.method} {one.path}'}": one.status
        for one in met
        if one.status >= 400
    }
    assert failed == REFUSED


def test_no_list_that_was_met_is_empty(met: list[Exchange]) -> None:
    """An empty answer proves nothing."""
    empty = {one.path for one in met if one.method == "GET" and one.answer in ([], {}, {"data": []})}
    assert empty == {"/rest/v1.0/companies/5021/users/inactive"}


def test_the_calls_themselves_are_as_described(met: list[Exchange]) -> None:
    assert procore.told(met, "call") == UNDESCRIBED_CALLS


def test_every_answer_is_as_described(met: list[Exchange]) -> None:
    columns = {
        f"GET /rest/v1.0/budget_views/{{budget_view_id}}/detail_rows: {row['id']} is not named"
        for one in met
        if one.path.endswith("/budget_detail_columns")
        for row in one.answer
    }
    assert len(columns) == 6, "the columns people set up for a view carry their names as keys"
    assert procore.told(met, "answer") == columns | UNDESCRIBED_ANSWERS


def test_ids_go_beyond_32_bits(met: list[Exchange]) -> None:
    ids = {
        row["id"]
        for one in met
        if isinstance(one.answer, list)
        for row in one.answer
        if isinstance(row, dict) and "id" in row
    }
    assert any(isinstance(one, int) and one > 2**31 for one in ids)


# -- our client ---------------------------------------------------------------------------------------------------

#: What our calls do that the description does not name; each row is a debt of the client or of a kind.
OUR_DEVIATIONS = {
    # A name is required by the letter, for changing one too; Procore takes a change of the origin alone.
    "PATCH /rest/v1.0/vendors/{id}: vendor.name is missing",
    # The documents give a list to accounting by this call; the description of it names the list's name alone.
    "PATCH /rest/v1.0/standard_cost_code_lists/{id}: standard_cost_code_list.is_erp_list is not named",
    # Procore's description of 2026 names this filter; that of 2024, which this is, does not.
    "GET /rest/v1.0/projects/{project_id}/commitment_change_orders: query filters[updated_at] is not named",
    # … and neither names pages, which Procore's lists have all the same.
    "GET /rest/v1.0/projects/{project_id}/commitment_change_orders: query per_page is not named",
}
#: What our client reads and the description does not hold: version 2 is not in it.
OURS_NOT_DESCRIBED = {f"GET /rest/v2.0/companies/5021/projects/86401/commitment_change_orders/{NEWER}/line_items"}


def full_read_and_write(client: Client) -> None:
    """Everything our kinds prepare and read, changed or not, and everything they write."""
    for kind in registry.kinds().values():
        kind.prepare(Run(client))
    list(companies(client))
    list(users(client))
    since = f'"{datetime(2026, 1, 1, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}...2026-12-31T23:59:59Z"'
    for changed in ({}, {"filters[updated_at]": since}):
        run = Run(client)
        for kind in registry.kinds().values():
            if kind.fetch is not None:
                list(kind.fetch(run.of(changed, ())))
    for name, _, record_id, project_id, content in PLACES:
        told = Told(record_id, project_id, content, "1A-17", origin_data='{"edit_sequence":"17"}')
        registry.kind(name).tell(Run(client), told)


@pytest.fixture(scope="module")
def ours() -> list[Exchange]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    ProjectManager(store).change(*COLUMNS)
    recorder = Recorder(Wire(create_procore(store, sending=False)))
    with Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=recorder) as client:
        full_read_and_write(client)
        pm, change_order = ProjectManager(store), registry.kind("commitment_change_order")
        changed = pm.touch_change(NEWER, after=pm.package(NEWER)["updated_at"])["updated_at"]
        since = {"filters[updated_at]": f'"{changed}...2099-01-01T00:00:00Z"'}
        assert len(list(change_order.fetch(Run(client).of(since, ())))) == 1, "the package, asked for by its id"
        store.patch("standard_cost_code_lists", 2201, {"is_erp_list": False})
        registry.kind("cost_code").prepare(Run(client))
    store.close()
    return recorder.exchanges


def test_our_client_asks_only_what_is_described(ours: list[Exchange]) -> None:
    assert {f"{one.method} {one.path}" for one in ours if one.operation is None} == OURS_NOT_DESCRIBED
    assert {one.status for one in ours} <= {200, 201}
    assert procore.told(ours, "call") == OUR_DEVIATIONS


def test_what_our_client_was_answered_is_as_described(ours: list[Exchange]) -> None:
    found = {problem for problem in procore.told(ours, "answer") if "/detail_rows: " not in problem}
    assert found <= UNDESCRIBED_ANSWERS


#: An invoice can be marked like the others.
INVOICES = ("subcontractor_invoice", "requisitions", 0, 86_401, dict[str, Any]())


def test_many_marks_go_out_as_described() -> None:
    """Three of each kind that Procore shows in a list, with all that a mark may hold."""
    store = Store(":memory:")
    store.seed(HALVORSEN)
    recorder = Recorder(Wire(create_procore(store, sending=False)))
    with Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=recorder) as client:
        for name, resource, _, project_id, content in (*PLACES, INVOICES):
            marks = [
                Told(row["id"], project_id, contents, f"3A-{row['id']}", "Tower", '{"edit_sequence":"3"}')
                for row in HALVORSEN.records[resource]
                if _project(row) in (None, project_id)
                for contents in ({**row, **content, **_contract(row)},)
            ][:3]
            group = [Wanted(one.procore_id, "", registry.kind(name), one, 1, frozenset()) for one in marks]
            came = [problem for outcome in tell(Run(client), group, by_marks=False) for _, problem in outcome]
            assert came == [None] * 3, (name, came)
    store.close()
    assert {f"{one.method} {one.path}" for one in recorder.exchanges if one.operation is None} == set()
    assert procore.told(recorder.exchanges, "call") == set()
    assert procore.told(recorder.exchanges, "answer") <= UNDESCRIBED_ANSWERS
    written = {one.operation.path for one in recorder.exchanges if one.operation and one.method == "PATCH"}
    assert {path for path in written if path.endswith("/sync")} == {
        "/rest/v1.0/vendors/sync",
        "/rest/v1.0/standard_cost_codes/sync",
        "/rest/v1.0/work_order_contracts/sync",
    }


def _project(row: dict[str, Any]) -> Any:
    return row.get("project_id") or (row.get("project") or {}).get("id")


def _contract(row: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(("contract_id", "commitment_id"), row.get("contract_id"))


def test_payments_and_job_costs_go_out_as_described(billed_site: Site) -> None:
    """A bill is paid and a check is written in QuickBooks; the worker tells Procore."""
    site = billed_site
    recorder = Recorder(site.office.wire._there)
    site.office.wire._there = recorder
    line = {"ItemRef": site.item("03-100"), "Amount": "60.00", "CustomerRef": {"ListID": site.job()}}
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), line, bank=site.bank)
    site.stage.company.pay_bill(site.bill_of("1047"), None, bank=site.bank, day="2026-04-20")
    for what in ("payments", "job_costs"):
        site.read(what)
        site.work()
    written = {one.operation.path for one in recorder.exchanges if one.operation and one.method in ("POST", "PATCH")}
    assert written >= {"/rest/v1.0/contract_payments", "/rest/v1.0/projects/{project_id}/direct_costs/sync"}
    assert {f"{one.method} {one.path}" for one in recorder.exchanges if one.operation is None} == set()
    assert procore.told(recorder.exchanges, "call") == set()
    assert procore.told(recorder.exchanges, "answer") == set()


# -- that the comparison can fail ---------------------------------------------------------------------------------


def test_the_comparison_finds_what_is_wrong() -> None:
    path = "/rest/v1.0/change_order_packages/3900000002"
    body = {"id": "3", "amount_due": "1.0", "reviewed_at": "soon", "status": "maybe", "line_items": [{"rate": "3.0"}]}
    one = Exchange("GET", path, (("project", "1"),), None, 207, body)
    assert set(one.wrong_in_the_call()) == {"query project is not named", "query project_id is missing"}
    assert {
        "answered 207",
        "id is no integer",
        "amount_due is not named",
        "reviewed_at is no date-time",
        "status says maybe",
        "line_items.rate is not named",
    } <= set(one.wrong_in_the_answer())
    write = Exchange("PATCH", "/rest/v1.0/vendors/sync", (), {"updates": [{"nickname": "x"}]}, 200, {})
    assert set(write.wrong_in_the_call()) == {"company_id is missing", "updates.nickname is not named"}
    assert procore.operation("GET", "/rest/v1.0/weather") is None
