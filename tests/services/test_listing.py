"""Lists: one page at a time, at the same cost whatever their length, with the reason on every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from app.db.models import Event, Finding, Item, StagedRecord
from app.services import listing
from app.services.listing import PAGE, Page, Wanted
from tests import records
from tests.admin.scenes import LONG, with_a_long_number, without_an_answer
from tests.support import Stage

#: The longest list page reads its rows, everything around them, counts, projects and choices.
MOST_STATEMENTS = 15


def page(stage: Stage, kind: str = "commitment", tab: str = "sent", **more: Any) -> Page:
    return listing.page(stage.database, stage.connection_id, Wanted(kind, tab, **more), "Ana")


def names(shown: Page) -> list[str]:
    return [row.item.name for row in shown.rows]


def commitments(first: int, count: int) -> list[records.Taken]:
    return [records.commitment(f"SC-{n}", id=n) for n in range(first, first + count)]


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """Every SELECT that runs inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(stage.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(stage.database.engine, "before_cursor_execute", note)


def test_it_reads_500_items_with_as_many_statements_as_20(stage: Stage) -> None:
    stage.receive(*commitments(1000, 20))
    stage.send()
    with statements(stage) as few:
        assert len(page(stage).rows) == 20
    stage.receive(*commitments(2000, 480))
    stage.send()
    with statements(stage) as many:
        assert len(page(stage).rows) == PAGE
    assert len(many) == len(few) <= MOST_STATEMENTS


def test_pages_follow_one_another_without_gap_or_double(stage: Stage) -> None:
    stage.receive(*commitments(1000, 2 * PAGE + 7))
    stage.send()
    seen, after = [], ""
    while True:
        shown = page(stage, after=after)
        seen += names(shown)
        after = shown.next_after
        if not after:
            break
    assert seen == [f"SC-{n}" for n in range(1000, 1000 + 2 * PAGE + 7)]


@pytest.mark.requirement("UI-01")
def test_a_row_says_why_it_cannot_be_accepted_and_asks_for_what_would_help(stage: Stage) -> None:
    with_a_long_number(stage)
    [row] = page(stage).rows
    assert row.blocked
    [reason] = row.reasons
    assert "14 characters" in reason.sentence
    [asked] = [choice for choice in row.choices if choice.reason]
    assert (asked.input.name, asked.suggestion) == ("number", LONG)


def test_a_row_with_nothing_against_it_is_not_blocked(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    [row] = page(stage).rows
    assert not row.blocked
    assert row.reasons == ()


def test_a_warning_stands_on_the_row_and_blocks_nothing(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    shown = listing.page(stage.database, stage.connection_id, Wanted("commitment"), "Pat")
    assert [reason.effect for reason in shown.rows[0].reasons] == ["warn"]
    assert not shown.rows[0].blocked


def test_drafts_say_why_they_cannot_be_sent(stage: Stage) -> None:
    stage.receive(records.commitment(status="Draft"))
    [row] = page(stage, tab="draft").rows
    assert "only approved or complete" in row.reasons[0].sentence


def test_looking_at_a_list_changes_nothing(stage: Stage) -> None:
    with_a_long_number(stage)
    events = len(stage.rows(Event))
    page(stage)
    assert stage.rows(Finding) == []
    assert len(stage.rows(Event)) == events
    assert stage.item(LONG).version == 1


def test_the_tabs_count_every_item_once(stage: Stage) -> None:
    without_an_answer(stage)
    stage.approve(records.company("Summit Roofing", 63))
    stage.receive(records.company("Volt & Sons", 64))
    found = page(stage, "company").counts
    assert {tab: count for tab, count in found.items() if count} == {
        "checking": 1, "queued": 1, "draft": 1, "synced": 1,
    }  # fmt: skip
    assert names(page(stage, "company", "checking")) == ["Ironline Steel"]
    assert names(page(stage, "company", "queued")) == ["Summit Roofing"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("steel", ["Steel 50%"]),
        ("50%", ["Steel 50%"]),
        ("5_%", []),
        ("EVERETT", ["Steel 50%", "Roof_ing"]),
        ("roof_i", ["Roof_ing"]),
        ("ing", ["Roof_ing"]),
        ("oof", []),
    ],
)
def test_a_search_takes_the_text_as_it_stands(stage: Stage, search: str, found: list[str]) -> None:
    stage.receive(records.company("Steel 50%", 62), records.company("Roof_ing", 63))
    assert names(page(stage, "company", "draft", search=search)) == found


def test_a_project_narrows_the_list(stage: Stage) -> None:
    other = {"id": 87, "name": "Harbor School"}
    stage.receive(
        records.project("Harbor School", 87), records.commitment(), records.commitment("SC-015", 311, project=other)
    )
    assert names(page(stage, tab="draft", project="87")) == ["SC-015"]
    assert ("87", "Harbor School") in page(stage).projects


def test_an_account_is_chosen_among_those_of_the_right_type_that_are_active(stage: Stage) -> None:
    with stage.database.writing() as session:
        name = StagedRecord.full_name
        session.execute(update(StagedRecord).where(name == "Subcontractors").values(active=False))
    stage.receive(records.cost_code("05-120", 33))
    stage.send()
    options = page(stage, "cost_code").options
    assert [name for _, name in options["income_account"]] == ["Construction Income"]
    assert [name for _, name in options["expense_account"]] == ["Job Costs"]


def test_the_csv_holds_the_whole_filter_and_no_formula(stage: Stage) -> None:
    stage.receive(records.company("=1+1", 62), *(records.company(f"Vendor {n}", n) for n in range(100, 100 + PAGE)))
    out = io.StringIO(newline="")
    wanted = Wanted("company", "draft")
    assert listing.write_csv(stage.database, stage.connection_id, wanted, out) == PAGE + 1
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert rows[0]["name"] == "'=1+1"
    assert len(rows) == PAGE + 1


def test_the_csv_keeps_a_negative_amount_a_number(stage: Stage) -> None:
    stage.receive(records.commitment(lines=[records.line("-500.00")]))
    with stage.database.reading() as session:
        assert session.get_one(Item, stage.item("SC-014").id).cents == -50000
    out = io.StringIO(newline="")
    listing.write_csv(stage.database, stage.connection_id, Wanted("commitment", "draft"), out)
    assert next(csv.DictReader(io.StringIO(out.getvalue())))["amount"] == "-500.00"
