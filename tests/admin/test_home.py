"""The home page: what waits, what to do first, and how the day went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.admin import bars
from app.services.activity import HalfHour
from tests import records
from tests.admin.conftest import Visit
from tests.admin.reading import Page, look
from tests.admin.scenes import IRONLINE, refused_by_quickbooks
from tests.support import Stage


def test_the_first_thing_is_what_most_others_wait_for_behind_one_another(stage: Stage, visit: Visit) -> None:
    stage.receive(
        records.company("Lone Pine", 70),
        records.company("Ironline Steel", 62),
        records.commitment(vendor=IRONLINE),
        records.commitment("SC-015", id=802, vendor=IRONLINE),
    )
    stage.send()
    ana = visit("ana")
    rows = look(ana, "/").find("//ol[@class='t-first-list']/li")
    assert [row.xpath(".//strong/text()")[0] for row in rows] == ["Ironline Steel"]
    assert "Unblocks 2 commitments" in " ".join(rows[0].text_content().split())


def test_the_first_thing_is_accepted_where_it_stands_unless_it_changed(stage: Stage, visit: Visit) -> None:
    stage.receive(records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE))
    stage.send()
    ana, item = visit("ana"), stage.item("Ironline Steel")
    form = {"kind": "company", "item": str(item.id), "version": str(item.version)}
    late = Page(ana.post("/first", **form | {"version": "99"}))
    assert "changed while you looked at it" in late.text
    assert "Ironline Steel accepted." in Page(ana.post("/first", **form)).told[0]
    assert stage.item("Ironline Steel").accepted_by == "Ana"
    assert "may not accept" in Page(visit("pat").post("/first", **form)).text


def test_what_failed_is_something_to_do(stage: Stage, visit: Visit) -> None:
    refused_by_quickbooks(stage)
    [row] = look(visit("ana"), "/").find("//ol[@class='t-first-list']/li")
    assert "SC-014" in row.text_content()
    assert " ".join(stage.item("SC-014").problem.split()) in " ".join(row.text_content().split())


def test_a_day_is_drawn_with_failures_on_top_and_silence_shaded() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    slots = [HalfHour(start + n * timedelta(minutes=30), *row) for n, row in enumerate([(0, 0, 0, 0), (1, 8, 2, 1)])]
    quiet, busy = bars.day(slots, ["09:00", "09:30"])
    assert (quiet.silent, quiet.pieces, quiet.title) == (True, (), "09:00: no session")
    assert [piece.tone for piece in busy.pieces] == ["done", "bad"]
    done, bad = busy.pieces
    assert bad.y + bad.height <= done.y
    assert done.y + done.height == bars.DAY_HIGH
    assert busy.title == "09:30: 8 written, 1 refused, 2 looked up"
