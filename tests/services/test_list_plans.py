"""How both databases find the rows of a list: by which index, and without reading or sorting a whole table.

A plan does not depend on the machine, so that no clock is needed: where an index is missing, another plan shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.core import clock, text
from app.db.models import Discrepancy, StagedRecord
from app.services import exceptions, listing, month_end, offers, search
from app.services.listing import Wanted
from tests import records
from tests.support import Stage

LIST = "ix_item_connection_id_kind_state"
WORDS = "ix_item_word_connection_id_kind_word_item_id"
#: Tables that grow with what Procore says.
LONG = "item|item_word|item_need|revision|discrepancy|staged_record"
#: What PostgreSQL does only where no index helps; a few rows would always be read whole and sorted.
ONLY_IF_NEEDED = ("enable_seqscan", "enable_sort", "enable_incremental_sort", "enable_hashjoin")

LOOKS: dict[str, tuple[Wanted, str]] = {
    # PostgreSQL may walk the table's own key where nearly all rows are of one list.
    "as received": (Wanted("commitment", "draft"), f"({LIST}_id|pk_item)"),
    "by name": (Wanted("commitment", "draft", sort="name"), f"{LIST}_sort_name_id"),
    "by amount": (Wanted("commitment", "draft", sort="amount"), f"{LIST}_cents_id"),
    "by age": (Wanted("commitment", "draft", sort="age"), f"{LIST}_changed_at_id"),
    "by project": (Wanted("commitment", "draft", sort="project"), f"{LIST}_project_id_id"),
    "one project": (Wanted("commitment", "draft", project="86"), f"{LIST}_project_id_id"),
    "one project by name": (
        Wanted("commitment", "draft", project="86", sort="name"),
        f"{LIST}_project_id_sort_name_id",
    ),
    "one project by amount": (
        Wanted("commitment", "draft", project="86", sort="amount"),
        f"{LIST}_project_id_cents_id",
    ),
    "a rare word": (Wanted("commitment", "draft", search="sc-3", sort="name"), WORDS),
    "a common word": (Wanted("commitment", "draft", search="trade", sort="name"), f"{LIST}_sort_name_id"),
}


@contextmanager
def plans(stage: Stage) -> Iterator[list[str]]:
    """The plan of every question inside the block, one text each."""
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    engine, found = stage.database.engine, []
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        if stage.database.is_sqlite:
            for statement, parameters in asked:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found.append("\n".join(row[3] for row in rows))
            return
        for setting in ONLY_IF_NEEDED:
            connection.exec_driver_sql(f"SET LOCAL {setting} = off")
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", parameters)
            found.append("\n".join(row[0] for row in rows))


def read_whole(stage: Stage, plan: str) -> list[str]:
    """The long tables that a plan reads from end to end."""
    if stage.database.is_sqlite:
        return [line for line in plan.splitlines() if re.match(rf"SCAN ({LONG})(_\d+)?(?! LEFT-JOIN)\b", line)]
    return re.findall(rf"Seq Scan on ({LONG})\b", plan)


@pytest.fixture(autouse=True)
def trade_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COMMON", 4)


def fill(stage: Stage) -> None:
    """Seven commitments of one project, each with something against it, and many of another project."""
    numbers, harbor = range(1, 8), {"id": 87, "name": "Harbor School"}
    stage.receive(*(records.commitment(f"SC-{n}", id=900 + n, title="Trade works") for n in numbers))
    stage.receive(*(records.commitment(f"XC-{n}", id=1000 + n, title="Trade works", project=harbor) for n in range(60)))
    against, now = [stage.item(f"SC-{n}").id for n in numbers], clock.now()
    with stage.database.writing() as session:
        for one in against:
            session.add(Discrepancy(connection_id=1, item_id=one, source="write", sentence="It differs.", found_at=now))
    settle(stage)


def settle(stage: Stage) -> None:
    """Let PostgreSQL know how many rows there are, as it does by itself in time."""
    with stage.database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1" if stage.database.is_sqlite else "ANALYZE")


def offered(name: str) -> StagedRecord:
    key = text.same_name(name)
    return StagedRecord(
        connection_id=1, source="vendors", type="Vendor", list_id="80009-1", name=name, full_name=name, leaf_key=key,
        full_key=key, code_key="crest", active=True, sublevel=0, data={}, seen_at=clock.now(), seen_by=0,
    )  # fmt: skip


@pytest.mark.parametrize("name", list(LOOKS))
def test_a_list_is_found_by_the_index_of_its_order(any_stage: Stage, name: str) -> None:
    wanted, index = LOOKS[name]
    fill(any_stage)
    with plans(any_stage) as found:
        assert listing.page(any_stage.database, 1, wanted, "Ana").rows
    assert [plan for plan in found if re.search(rf"\b{index}\b", plan)], found
    assert [line for plan in found for line in read_whole(any_stage, plan)] == []


def test_exceptions_are_found_by_the_index_of_those_that_stand(any_stage: Stage) -> None:
    fill(any_stage)
    with plans(any_stage) as found:
        assert len(exceptions.page(any_stage.database, 1).standing) == 7
    assert sum("ix_discrepancy_standing" in plan for plan in found) >= 2, found  # the rows, and how many stand how long
    assert [line for plan in found for line in read_whole(any_stage, plan)] == []


def test_a_month_is_found_by_the_days_of_its_items(any_stage: Stage) -> None:
    fill(any_stage)
    with plans(any_stage) as found:
        assert month_end.page(any_stage.database, 1, "2025-05").lines == ()
    assert sum("ix_item_dated" in plan for plan in found) >= 1
    assert [line for plan in found for line in read_whole(any_stage, plan)] == []


def test_whom_a_record_may_be_is_found_by_names_and_words(any_stage: Stage) -> None:
    any_stage.receive(*(records.company(f"Crest Roofing {n}", 700 + n) for n in range(7)))
    any_stage.receive(*(records.company(f"Delta Works {n}", 800 + n) for n in range(60)))
    with any_stage.database.writing() as session:
        session.add(offered("Crest Roofing"))
    settle(any_stage)
    with plans(any_stage) as found:
        shown = offers.page(any_stage.database, 1, any_stage.person("ana"), offers.Wanted("company", search="crest"))
    assert [len(row.offers) for row in shown.rows] == [3]
    assert [plan for plan in found if "ix_item_connection_id_kind_name_key" in plan and WORDS in plan], found
    assert [line for plan in found for line in read_whole(any_stage, plan)] == []
