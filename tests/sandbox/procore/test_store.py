"""The store keeps what people did, across restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sandbox.procore import DuplicateOriginError, Store
from app.sandbox.procore.calls import Request
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.project_manager import ProjectManager


def test_seeding_again_keeps_what_people_did(tmp_path: Path) -> None:
    path = tmp_path / "procore.sqlite"
    first = Store(path)
    first.seed(HALVORSEN)
    ProjectManager(first).void("SC-014")
    ProjectManager(first).delete("PO-208")
    first.log(Request("GET", "/rest/v1.0/me", 200))
    first.close()

    second = Store(path)
    second.seed(HALVORSEN)
    contracts = {row["number"]: row for row in second.all("work_order_contracts")}
    orders = {row["number"]: row for row in second.all("purchase_order_contracts")}
    assert contracts["SC-014"]["status"] == "Void"
    assert orders["PO-208"]["deleted_at"] is not None
    assert (len(contracts), len(orders)) == (24, 16)
    assert [call.path for call in second.requests()] == ["/rest/v1.0/me"]
    second.close()


def test_two_openers_of_one_file_see_each_others_writes(tmp_path: Path) -> None:
    path = tmp_path / "procore.sqlite"
    ours, theirs = Store(path), Store(path)
    ours.put("vendors", {"id": 1, "name": "Ours"})
    theirs.patch("vendors", 1, {"name": "Theirs"})
    assert [row["name"] for row in ours.all("vendors")] == ["Theirs"]
    ours.close()
    theirs.close()


def test_put_fills_in_ids_and_dates_and_keeps_the_creation_date(store: Store) -> None:
    created = store.put("vendors", {"name": "Walk-in"})
    replaced = store.put("vendors", {"id": created["id"], "name": "Walked in"})
    assert created["id"] == 61_013
    assert replaced["created_at"] == created["created_at"]
    assert replaced["updated_at"] > created["updated_at"]


def test_a_refused_write_leaves_nothing_behind(store: Store) -> None:
    store.patch("vendors", 61_001, {"origin_id": "V1"})
    with pytest.raises(DuplicateOriginError):
        store.put("vendors", {"name": "Twin", "origin_id": "V1"})
    assert len(store.all("vendors")) == 12


def test_an_unknown_record_cannot_be_changed(store: Store) -> None:
    with pytest.raises(KeyError, match="no vendors 5"):
        store.patch("vendors", 5, {"name": "?"})


def test_a_purchase_order_cannot_be_voided(store: Store) -> None:
    with pytest.raises(ValueError, match="delete it"):
        ProjectManager(store).void("PO-201")


def test_editing_a_line_keeps_its_tax(store: Store) -> None:
    line = ProjectManager(store).edit_line("SC-017", 2, "5000.00")["line_items"][1]
    assert (line["amount"], line["total_amount"]) == ("5000.0", "5045.0")


def test_a_duplicate_is_a_commitment_of_its_own_with_lines_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path / "procore.db")
    store.seed(HALVORSEN)
    made = ProjectManager(store).duplicate("SC-014", "SC-031", title="Curbs, stage 1")
    contracts = [one for name in ("work_order_contracts", "purchase_order_contracts") for one in store.all(name)]
    lines = [line["id"] for one in contracts for line in one["line_items"]]
    assert (made["number"], made["title"], made["status"]) == ("SC-031", "Curbs, stage 1", "Approved")
    assert [line["amount"] for line in made["line_items"]] == ["2150.0", "10250.0"]
    assert len({one["id"] for one in contracts}) == len(contracts)
    assert len(set(lines)) == len(lines)
    store.close()
