"""What the API lets a program look at: the same as the screens, in shapes that hold."""

from __future__ import annotations

import pytest

from app.admin.api.routes import ROUTES, File
from app.services import report_list
from tests import records
from tests.admin.api.conftest import Calls, calling
from tests.admin.scenes import refused_by_quickbooks, waiting_for_its_vendor, with_a_long_number
from tests.paying import Site
from tests.support import Stage

#: The calls that only look and need no more than the connection.
PLAIN = [route.path for route in ROUTES if route.method == "GET" and "<" not in route.path]
EVERYBODY = [path for path in PLAIN if path not in {"/job-costs", "/connection/qwc", "/setup"}]


def test_everybody_may_look_at_what_everybody_may_see_on_the_screens(calls: Calls, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    for login in ("ana", "pat", "ike", "aud"):
        program = calls(login)
        for path in EVERYBODY:
            program.get(path)


def test_a_list_is_that_of_the_screen(calls: Calls, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    found = calls("ana").get("/items/commitment", tab="accepted")
    [row] = found["rows"]
    assert (row["item"]["name"], row["item"]["state"], row["item"]["amount"]) == ("SC-014", "accepted", "750.25")
    assert found["counts"]["accepted"] == 1
    [reason] = row["reasons"]
    assert reason["rule"] == "commitment.yaml:commitment-company-synced"
    assert [link["label"] for link in reason["blocking"]] == ["Ironline Steel"]


def test_a_list_is_filtered_and_paged_by_keyset(calls: Calls, stage: Stage) -> None:
    stage.receive(*(records.company(f"Company {number:03}", 1000 + number) for number in range(60)))
    program = calls("ana")
    first = program.get("/items/company", tab="draft", sort="name")
    second = program.get("/items/company", tab="draft", sort="name", after=first["next_after"])
    names = [row["item"]["name"] for page in (first, second) for row in page["rows"]]
    assert len(names) == len(set(names)) == 60 == first["counts"]["draft"]
    assert names == sorted(names)
    assert second["next_after"] == ""
    back = program.get("/items/company", tab="draft", sort="name", before=second["next_before"])
    assert [row["item"]["name"] for row in back["rows"]] == names[:50]
    found = program.get("/items/company", tab="draft", q="Company 007")
    assert [row["item"]["name"] for row in found["rows"]] == ["Company 007"]


def test_an_item_tells_what_will_be_written_and_what_is_missing(calls: Calls, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    found = calls("ana").get(f"/items/commitment/{item_id}")
    assert found["blocked"] is True
    assert "number" in {one["name"] for one in found["inputs"] if one["reason"]}
    assert {line["label"]: line["value"] for line in found["will_be_written"]}["Vendor"] == "Delta Concrete"
    assert found["document"] is None
    assert [entry["move"] for entry in found["timeline"] if entry["move"]] == ["send"]


def test_an_approved_item_shows_its_document_and_only_to_some_what_went_out(calls: Calls, stage: Stage) -> None:
    item_id = refused_by_quickbooks(stage)
    shown = calls("ana").get(f"/items/commitment/{item_id}")
    assert shown["document"]["built_by"] == shown["item"]["accepted_by"] == "Ana"
    assert len(shown["document"]["hash"]) == 64
    requests = [entry["request"] for entry in shown["timeline"] if entry["request"]]
    assert any("<PurchaseOrderAddRq" in one["body"] for one in requests)
    hidden = calls("pat").get(f"/items/commitment/{item_id}")
    requests = [entry["request"] for entry in hidden["timeline"] if entry["request"]]
    assert requests
    assert {(one["body"], one["answer"]) for one in requests} == {(None, None)}
    assert hidden["qbxml"] == ""


def test_items_with_what_they_wait_for(calls: Calls, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    found = calls("ana").get("/items/commitment/together", item=stage.item("SC-014").id)
    assert [part["item"]["name"] for part in found["parts"]] == ["Ironline Steel"]


def test_sessions_and_sets_are_shown_to_whoever_may_read_them(calls: Calls, stage: Stage) -> None:
    refused_by_quickbooks(stage)
    ike, pat = calls("ike"), calls("pat")
    [session, *_] = ike.get("/connection")["sessions"]
    found = ike.get(f"/connection/sessions/{session['id']}")
    [held, *_] = found["sets"]
    whole = ike.get(f"/connection/sets/{held['set']['id']}")
    assert "<QBXML>" in whole["body"]
    assert pat.get(f"/connection/sets/{held['set']['id']}")["body"] is None


@pytest.mark.parametrize("name", report_list.EVERY)
def test_each_report_is_the_sheet_of_its_screen(calls_site: Calls, name: str) -> None:
    allowed = {"access": "aud", "unsyncable": "pat", "accountant": "ike"}
    found = calls_site(allowed.get(name, "ana")).get(f"/reports/{name}")
    assert found["name"] == name
    assert all(len(row) == len(found["columns"]) for row in found["rows"])


def test_amounts_of_a_report_are_text_to_the_cent(calls_site: Calls) -> None:
    found = calls_site("ana").get("/reports/tie-out")
    cells = {cell for row in found["rows"] for cell in row}
    assert "10250.25" in cells


def test_job_costs_and_payments(billed_site: Site) -> None:
    ike = calling(billed_site.stage)("ike")
    [project, *_] = ike.get("/job-costs")["projects"]
    assert ike.get(f"/job-costs/{project['project_id']}")["project"] == project["project"]
    assert ike.get("/payments")["payments"] == []


def test_the_trail_is_paged_and_filtered(calls: Calls, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    aud = calls("aud")
    found = aud.get("/trail", tag="item:state:moved", item=stage.item("SC-014").id)
    assert [event["entry"]["move"] for event in found["events"]] == ["accept", "send"]
    older = aud.get("/trail", before=found["events"][0]["seq"])
    assert all(event["seq"] < found["events"][0]["seq"] for event in older["events"])


def test_files_are_answered_as_they_are(calls: Calls) -> None:
    assert all(isinstance(route.gives, File) or route.gives for route in ROUTES)
    assert calls("ike").get("/connection/qwc").startswith(b"<?xml")
    assert calls("aud").post("/trail/package")[:2] == b"PK"
    assert calls("ike").post("/connection/support-bundle")[:2] == b"PK"


def test_payments_are_paged_by_keyset(calls_site: Calls, billed_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for reference, number in (("1047", "1042"), ("1048", "1043")):
        bill = billed_site.bill_of(reference)
        billed_site.stage.company.pay_bill(bill, bank=billed_site.bank, number=number, day="2026-04-20")
    billed_site.read("payments")
    program = calls_site("ana")
    assert [len(program.get("/payments")["payments"]), program.get("/payments")["next_after"]] == [2, ""]
    monkeypatch.setattr("app.services.payments.PAGE", 1)
    first = program.get("/payments")
    second = program.get("/payments", after=first["next_after"])
    assert sorted(page["payments"][0]["number"] for page in (first, second)) == ["1042", "1043"]
    assert second["next_after"] == first["next_before"] == ""
    assert program.get("/payments", before=second["next_before"])["payments"] == first["payments"]
