"""The newer change orders: version 1.0 lists them, version 2 tells their lines; directory and templates beside."""

from __future__ import annotations

from app.sandbox.procore import Store
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import Api

BASE = "projects/86401/commitment_change_orders"
V2 = "/rest/v2.0/companies/5021/projects/86401/commitment_change_orders"


def test_they_are_the_packages_told_in_another_way(api: Api) -> None:
    packages = {row["id"]: row for row in api.get("change_order_packages", project_id=86_401).get_json()}
    orders = api.get(BASE).get_json()
    assert {row["legacy_package_id"] for row in orders} == set(packages)
    for row in orders:
        assert row["grand_total"] == packages[row["legacy_package_id"]]["grand_total"]
        assert "origin_id" not in row
    one = orders[0]
    assert api.get(f"{BASE}/{one['id']}").get_json()["number"] == one["number"]


def test_they_are_filtered_by_contract_and_package(api: Api) -> None:
    found = api.get(BASE, **{"filters[contract_id]": 3_100_000_003}).get_json()
    assert [row["number"] for row in found] == ["001", "002", "003"]
    found = api.get(BASE, **{"filters[legacy_package_id]": 3_900_000_002}).get_json()
    assert [row["legacy_package_id"] for row in found] == [3_900_000_002]


def test_a_deleted_package_takes_its_change_order_along(api: Api, store: Store) -> None:
    store.delete("change_order_packages", 3_900_000_002)
    assert 3_900_000_002 not in {row["legacy_package_id"] for row in api.get(BASE).get_json()}
    assert api.get(f"{BASE}/4500000002").status_code == 404


COLUMNS = ("SC-003", "004", "Columns", ("05-120", "Two columns", "1200.00"), ("03-300", "Footings", "830.5"))


def test_one_of_its_own_is_in_no_package(api: Api, store: Store) -> None:
    packages = api.get("change_order_packages", project_id=86_401).get_json()
    contract = api.get("work_order_contracts/3100000003", project_id=86_401).get_json()
    made = ProjectManager(store).change(*COLUMNS)
    [row] = [row for row in api.get(BASE).get_json() if row["id"] == made["id"]]
    assert (row["legacy_package_id"], row["grand_total"], row["status"]) == (None, "2030.5", "approved")
    assert api.get(f"{BASE}/{made['id']}").get_json()["title"] == "Columns"
    lines = api.get(f"{V2}/{made['id']}/line_items").get_json()["data"]
    assert [(line["amount"], line["wbs_code"]["flat_code"]) for line in lines] == [
        ("1200.0", "05-120.O"),
        ("830.5", "03-300.O"),
    ]
    assert api.get("change_order_packages", project_id=86_401).get_json() == packages
    after = api.get("work_order_contracts/3100000003", project_id=86_401).get_json()
    assert float(after["approved_change_orders"]) - float(contract["approved_change_orders"]) == 2030.5


def test_one_that_is_put_in_a_package_is_told_once_by_each_list(api: Api, store: Store) -> None:
    pm = ProjectManager(store)
    made = pm.change(*COLUMNS)
    package = pm.package(made["id"])
    contract = api.get("work_order_contracts/3100000003", project_id=86_401).get_json()
    assert [row["id"] for row in api.get(BASE).get_json() if row["title"] == "Columns"] == [made["id"]]
    assert api.get(f"{BASE}/{made['id']}").get_json()["legacy_package_id"] == package["id"]
    shown = api.get(f"change_order_packages/{package['id']}", project_id=86_401).get_json()
    assert [line["total_amount"] for line in shown["line_items"]] == ["1200.0", "830.5"]
    sums = [row["grand_total"] for row in api.get(BASE).get_json() if row["contract_id"] == 3_100_000_003]
    assert float(contract["approved_change_orders"]) == sum(map(float, sums))


def test_the_list_can_be_asked_for_what_changed(api: Api, store: Store) -> None:
    made = ProjectManager(store).change(*COLUMNS)
    since = f'"{made["updated_at"]}...2099-01-01T00:00:00Z"'
    assert [row["id"] for row in api.get(BASE, **{"filters[updated_at]": since}).get_json()] == [made["id"]]


def test_a_deleted_one_is_in_no_list(api: Api, store: Store) -> None:
    pm = ProjectManager(store)
    made = pm.change(*COLUMNS)
    pm.delete_change(made["id"])
    assert made["id"] not in {row["id"] for row in api.get(BASE).get_json()}
    assert api.get(f"{BASE}/{made['id']}").status_code == 404


def test_lines_come_in_an_envelope_with_ids_as_text(api: Api) -> None:
    answer = api.get(f"{V2}/4500000002/line_items").get_json()
    assert set(answer) == {"data"}
    line = answer["data"][0]
    assert (type(line["id"]), type(line["wbs_code_id"]), type(line["wbs_code"]["id"])) == (str, str, str)
    assert (type(line["quantity"]), type(line["amount"])) == (float, str)


def test_version_2_gives_ten_rows_unless_asked_and_never_more_than_a_hundred(api: Api, store: Store) -> None:
    package = store.get("change_order_packages", 3_900_000_002)
    assert package is not None
    lines = [{**package["line_items"][0], "id": n} for n in range(1, 151)]
    store.patch("change_order_packages", 3_900_000_002, {"line_items": lines})
    usual, most = api.get(f"{V2}/4500000002/line_items"), api.get(f"{V2}/4500000002/line_items", per_page=500)
    assert (len(usual.get_json()["data"]), usual.headers["Per-Page"], usual.headers["Total"]) == (10, "10", "150")
    assert (len(most.get_json()["data"]), most.headers["Per-Page"]) == (100, "100")
    assert 'rel="next"' in usual.headers["Link"]


def test_templates_are_told_by_type(api: Api, store: Store) -> None:
    store.put("permission_templates", {"id": 950, "name": "Office", "type": "company_tools", "project_specific": False})
    path = "companies/5021/permission_templates"
    assert [row["name"] for row in api.get(path, **{"filters[type]": "company_tools"}).get_json()] == ["Office"]
    assert {row["type"] for row in api.get(path).get_json()} == {"global"}


def test_one_who_has_left_is_in_no_list_but_can_be_looked_up(api: Api, store: Store) -> None:
    store.patch("users", 7_302, {"is_active": False})
    active = api.get("/rest/v1.3/companies/5021/users").get_json()
    assert {row["erp_integrated_accountant"] for row in active if row["name"] == "Ana Ruiz"} == {True}
    assert "Pat Moreno" not in {row["name"] for row in active}
    assert [row["name"] for row in api.get("companies/5021/users/inactive").get_json()] == ["Pat Moreno"]
    assert api.get("/rest/v1.3/companies/5021/users/7302").get_json()["is_active"] is False
