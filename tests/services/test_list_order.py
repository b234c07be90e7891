"""The orders of a list: each walks all rows once, forwards and back, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.services import list_order, list_rows, listing
from app.services.list_order import ORDERS
from app.services.listing import PAGE, Page, Wanted
from tests import records
from tests.support import Stage

HARBOR = {"id": 87, "name": "Harbor School"}


def page(stage: Stage, **more: Any) -> Page:
    return listing.page(stage.database, stage.connection_id, Wanted("commitment", "draft", **more), "Ana")


def names(found: Page) -> list[str]:
    return [row.item.name for row in found.rows]


def many(stage: Stage, count: int = 2 * PAGE + 7) -> None:
    """Numbers, amounts and projects that repeat and go against the order of arrival."""
    stage.receive(
        *(
            records.commitment(
                f"SC-{count - n}",
                id=n + 1000,
                lines=[records.line(f"{n % 7}00.00")],
                **({"project": HARBOR} if n % 3 else {}),
            )
            for n in range(count)
        )
    )


@pytest.mark.parametrize("sort", list(ORDERS))
def test_every_order_walks_all_rows_once_and_back_again(any_stage: Stage, sort: str) -> None:
    many(any_stage)
    seen, shown = [], page(any_stage, sort=sort)
    assert not shown.next_before
    while True:
        seen.append(names(shown))
        if not shown.next_after:
            break
        shown = page(any_stage, sort=sort, after=shown.next_after)
    assert [len(one) for one in seen] == [PAGE, PAGE, 7]
    assert len({name for one in seen for name in one}) == 2 * PAGE + 7
    back = page(any_stage, sort=sort, before=shown.next_before)
    assert names(back) == seen[1]
    first = page(any_stage, sort=sort, before=back.next_before)
    assert (names(first), first.next_before) == (seen[0], "")


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["SC-3", "SC-2", "SC-1"]),
        ("name", ["SC-1", "SC-2", "SC-3"]),
        ("amount", ["SC-1", "SC-2", "SC-3"]),
        ("smallest", ["SC-3", "SC-2", "SC-1"]),
        ("project", ["SC-3", "SC-2", "SC-1"]),
    ],
)
def test_each_order_is_what_it_says(stage: Stage, sort: str, order: list[str]) -> None:
    many(stage, 3)
    assert names(page(stage, sort=sort)) == order


def test_the_longest_in_its_state_comes_first(stage: Stage) -> None:
    many(stage, 3)
    stage.send("SC-3", "SC-1")
    stage.act("retrieve", "SC-3", who="pat")
    assert names(page(stage, sort="age")) == ["SC-2", "SC-3"]
    assert names(page(stage, sort="newest")) == ["SC-3", "SC-2"]


@pytest.mark.parametrize("place", ["x", "1~~", "9" * 40, "5~nine", "~"])
def test_a_place_that_makes_no_sense_is_the_beginning(stage: Stage, place: str) -> None:
    many(stage, 3)
    for sort in ORDERS:
        assert len(page(stage, sort=sort, after=place).rows) in {0, 1, 2, 3}
    assert len(page(stage, after=place).rows) == 3


def test_project_by_project_each_has_its_count_and_its_money(stage: Stage) -> None:
    stage.receive(records.project("Harbor School", 87))
    many(stage, 6)
    groups = page(stage, sort="project").groups
    assert {one.name: (one.count, str(one.amount)) for one in groups.values()} == {
        "Riverside Tower": (2, "300.00"), "Harbor School": (4, "1200.00"),
    }  # fmt: skip


def test_kinds_without_money_or_project_have_no_such_order_or_column() -> None:
    assert not {"amount", "smallest", "project"} & set(list_order.orders("company"))
    assert not {"amount", "project"} & set(list_order.columns("company"))
    assert {"amount", "project"} <= set(list_order.orders("commitment"))


@pytest.mark.parametrize("sort", list(ORDERS))
def test_no_order_sorts_the_rows_of_a_page(stage: Stage, sort: str) -> None:
    many(stage, 3)
    with stage.database.reading() as session:
        query = list_rows.every(session, 1, Wanted("commitment", "draft", sort=sort)).limit(PAGE)
        said = str(query.compile(stage.database.engine, compile_kwargs={"literal_binds": True}))
        plan = " ".join(row[3] for row in session.execute(text("EXPLAIN QUERY PLAN " + said)))
    assert "USING INDEX ix_item_connection_id_kind_state" in plan
    assert "TEMP B-TREE" not in plan
