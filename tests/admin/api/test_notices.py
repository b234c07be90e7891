"""One's own notices for a program: what the page Notices shows, marks and keeps."""

from __future__ import annotations

from tests import records
from tests.admin.api.conftest import Calls
from tests.support import Stage

REASON = "The schedule has no line for hoisting"


def rejected(stage: Stage, *names: str) -> None:
    stage.receive(*(records.commitment(name, 900 + place) for place, name in enumerate(names)))
    stage.send()
    stage.act("reject", *names, reason=REASON)


def test_they_are_read_by_whom_they_are_for_and_marked_one_or_all(calls: Calls, stage: Stage) -> None:
    rejected(stage, "SC-014", "SC-015")
    pat, ana = calls("pat"), calls("ana")
    found = pat.get("/notices")
    assert (found["unread"], found["older"]) == (2, None)
    newest = found["notices"][0]
    assert (newest["sort"], newest["item"]) == ("rejected", stage.item(newest["title"].split()[0]).id)
    assert REASON in newest["sentence"]
    assert newest["read_at"] is None
    assert ana.get("/notices")["notices"] == []
    ana.post(f"/notices/{newest['id']}/read", status=404)
    pat.post(f"/notices/{newest['id']}/read")
    assert [one["read_at"] is None for one in pat.get("/notices")["notices"]] == [False, True]
    pat.post("/notices/read")
    assert pat.get("/notices")["unread"] == 0


def test_they_are_paged(calls: Calls, stage: Stage) -> None:
    rejected(stage, *(f"SC-{number}" for number in range(100, 155)))
    pat = calls("pat")
    first = pat.get("/notices")
    second = pat.get("/notices", before=first["older"])
    ids = [one["id"] for one in (*first["notices"], *second["notices"])]
    assert (len(first["notices"]), len(ids), second["older"]) == (50, 55, None)
    assert ids == sorted(ids, reverse=True)


def test_when_they_are_mailed_is_chosen_sort_by_sort(calls: Calls) -> None:
    pat = calls("pat")
    pat.post("/notices/choices", choices={"rejected": "daily"})
    chosen = {one["sort"]: one["when"] for one in pat.get("/notices")["choices"]}
    assert (chosen["rejected"], chosen["failed"]) == ("daily", "immediate")
    assert pat.post("/notices/choices", status=422, choices={"rejected": "hourly"})["field"]
    pat.post("/notices/choices", status=422, choices={"digest": "immediate"})
