"""What an approver sees and does on the lists and pages of items."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import event

from app.core.tags import Tag
from tests import records
from tests.admin.conftest import Visitor, tags
from tests.admin.reading import look
from tests.support import Stage

Visit = Callable[[str], Visitor]


@pytest.mark.requirement("UI-01")
def test_a_waiting_row_names_and_links_what_blocks_it_and_the_rule(stage: Stage, visit: Visit) -> None:
    stage.receive(
        records.company(id=77, name="Summit Paving"),
        records.commitment(number="SC-7", vendor={"id": 77, "company": "Summit Paving"}),
    )
    stage.send()
    stage.accept("SC-7")
    company = stage.ids(["Summit Paving"])[0]
    page = visit("ana").get("/items/commitment?tab=accepted").get_data(as_text=True)
    assert "Summit Paving is not in QuickBooks yet." in page
    assert f'href="/items/company/{company}"' in page
    assert "commitment.yaml:" in page


def test_an_undecided_row_says_what_it_would_wait_for(stage: Stage, visit: Visit) -> None:
    stage.receive(
        records.company(id=77, name="Summit Paving"),
        records.commitment(number="SC-7", vendor={"id": 77, "company": "Summit Paving"}),
    )
    stage.send()
    page = look(visit("ana"), "/items/commitment").text
    assert "It will wait for Summit Paving (to decide)" in page
    assert "Summit Paving is not in QuickBooks yet." in page


@pytest.mark.requirement("MAP-39", "MAP-50")
def test_a_number_too_long_is_refused_with_a_field_and_goes_with_a_shorter_one(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="PO-00000000231"))
    stage.send()
    item, ana = stage.ids(["PO-00000000231"])[0], visit("ana")
    page = ana.get("/items/commitment").get_data(as_text=True)
    assert "14 characters" in page
    assert f'name="number:{item}"' in page
    ana.post("/items/commitment/act", act=f"accept:{item}")
    assert stage.item("PO-00000000231").state == "sent"
    ana.post("/items/commitment/act", **{"act": f"accept:{item}", f"number:{item}": "PO-231"})
    assert stage.item("PO-00000000231").state == "queued"
    shown = ana.get(f"/items/commitment/{item}").get_data(as_text=True)
    assert "PO-00000000231" in shown
    assert "PO-231" in shown


@pytest.mark.requirement("OVR-01")
def test_everything_ticked_is_accepted_at_once_and_what_was_not_is_named(stage: Stage, visit: Visit) -> None:
    stage.receive(
        records.company(id=71, name="Summit Paving"),
        records.company(id=72, name="Alpine Doors"),
        records.company(id=73, name="A name far too long for QuickBooks to keep as it is"),
    )
    stage.send()
    ids = stage.ids([], "sent")
    form = {"csrf": "", "act": "accept"}
    ana = visit("ana")
    form["csrf"] = ana.token()
    answer = ana._client.post("/items/company/act", data={**form, "item": [str(i) for i in ids]}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Summit Paving, Alpine Doors accepted. 2 queued for QuickBooks." in page
    assert "A name far too long" in page
    assert "41" in page


@pytest.mark.requirement("OVR-03")
def test_a_rejection_wants_a_reason_and_shows_it_to_the_sender(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="SC-7"))
    stage.send()
    item = stage.ids(["SC-7"])[0]
    visit("ana").post("/items/commitment/act", act=f"reject:{item}")
    assert stage.item("SC-7").state == "sent"
    visit("ana").post("/items/commitment/act", **{"act": f"reject:{item}", f"reason:{item}": "Wrong vendor"})
    assert stage.item("SC-7").state == "draft"
    page = visit("pat").get(f"/items/commitment/{item}").get_data(as_text=True)
    assert "Wrong vendor" in page
    assert "Ana" in page


def test_who_may_not_accept_sees_the_button_disabled_and_is_refused_and_noted(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="SC-7"))
    stage.send()
    item, pat = stage.ids(["SC-7"])[0], visit("pat")
    assert "disabled" in pat.get("/items/commitment").get_data(as_text=True)
    answer = pat.post("/items/commitment/act", act=f"accept:{item}")
    assert answer.status_code == 403
    assert "accounting approver" in answer.get_data(as_text=True)
    assert stage.item("SC-7").state == "sent"
    assert Tag.REFUSED.value in tags(stage)


def test_an_item_that_moved_meanwhile_is_not_accepted_unseen(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="SC-7"))
    stage.send()
    item = stage.ids(["SC-7"])[0]
    answer = visit("ana").post("/items/commitment/act", **{"act": f"accept:{item}", f"version:{item}": "99"})
    assert "changed while you looked at it" in answer.get_data(as_text=True)
    assert stage.item("SC-7").state == "sent"


def test_the_page_tells_both_places_and_what_will_be_written(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="SC-7", title="Paving of the yard"))
    stage.send()
    page = visit("ana").get(f"/items/commitment/{stage.ids(['SC-7'])[0]}").get_data(as_text=True)
    for words in ("Vendor Center, Transactions, Purchase Orders", "P.O. No.", "Paving of the yard", "Customer:Job"):
        assert words in page


def test_the_csv_of_a_list_is_harmless_and_complete(stage: Stage, visit: Visit) -> None:
    stage.receive(records.commitment(number="SC-7", title="=1+1"), records.commitment(id=802, number="SC-8"))
    stage.send()
    body = visit("ana").get("/items/commitment.csv?tab=sent").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {row["name"] for row in rows} == {"SC-7", "SC-8"}
    assert "'=1+1" in {row["title"] for row in rows}


def test_a_list_of_many_asks_as_many_questions_as_a_list_of_few(stage: Stage, visit: Visit) -> None:
    ana = visit("ana")

    def statements() -> int:
        seen: list[str] = []

        def count(conn: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        event.listen(stage.database.engine, "before_cursor_execute", count)
        assert ana.get("/items/company").status_code == 200
        event.remove(stage.database.engine, "before_cursor_execute", count)
        return len(seen)

    stage.receive(records.company(id=900, name="Company 900"), records.company(id=901, name="Company 901"))
    stage.send()
    few = statements()
    stage.receive(*(records.company(id=n, name=f"Company {n}") for n in range(1000, 1300)))
    stage.send()
    assert statements() == few
