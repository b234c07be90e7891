"""The exceptions a page at a time: every one once, the oldest first, behind them what other lists explain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.db.models import Discrepancy, Item
from app.services import exceptions
from app.services.exceptions import Page
from tests import records
from tests.support import Stage

PAGE = 3


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exceptions, "PAGE", PAGE)


def page(stage: Stage, **place: str) -> Page:
    return exceptions.page(stage.database, stage.connection_id, **place)


def names(found: Page) -> list[str]:
    return [one.item.name for one in found.standing]


def stands(stage: Stage, *found: tuple[str, float], **more: object) -> None:
    """Something against each named item, found so many days ago."""
    with stage.database.writing() as session:
        session.add_all(
            Discrepancy(
                connection_id=stage.connection_id, item_id=stage.item(name).id, source="write",
                sentence=f"{days} days", found_at=clock.now() - timedelta(days=days), **more,
            )
            for name, days in found
        )  # fmt: skip


def changed(stage: Stage, *names: str) -> None:
    """QuickBooks changed these, and Procore was told before."""
    with stage.database.writing() as session:
        for name in names:
            item = session.get_one(Item, stage.item(name).id)
            item.kind, item.difference = "payment", "QuickBooks now has another date."


def test_every_one_is_on_one_page_the_oldest_first_and_back_again(any_stage: Stage) -> None:
    any_stage.receive(*(records.commitment(f"SC-{n}", id=900 + n) for n in range(8)))
    stands(any_stage, ("SC-3", 2), ("SC-1", 9), ("SC-1", 40), ("SC-2", 9.5), ("SC-4", 0.1), ("SC-2", 1))
    changed(any_stage, "SC-6", "SC-7", "SC-5")
    first = page(any_stage)
    assert (names(first), first.next_before) == (["SC-1", "SC-2", "SC-3"], "")
    assert [row.sentence for row in first.standing[0].rows] == ["40 days", "9 days"]
    second = page(any_stage, after=first.next_after)
    assert (names(second), [len(one.rows) for one in second.standing]) == (["SC-4", "SC-5", "SC-6"], [1, 0, 0])
    last = page(any_stage, after=second.next_after)
    assert (names(last), last.next_after) == (["SC-7"], "")
    assert names(page(any_stage, before=last.next_before)) == names(second)
    again = page(any_stage, before=second.next_before)
    assert (names(again), again.next_before) == (names(first), "")


def test_they_are_counted_by_what_was_found_first(any_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    any_stage.receive(*(records.commitment(f"SC-{n}", id=900 + n) for n in range(4)))
    stands(any_stage, ("SC-0", 0.5), ("SC-1", 6), ("SC-1", 0.1), ("SC-2", 40), ("SC-3", 31))
    assert page(any_stage).ages == {"under a day": 1, "under a week": 1, "under a month": 0, "longer": 2}
    monkeypatch.setattr(exceptions, "MOST_COUNTED", 0)
    assert page(any_stage).ages["longer"] == 1


def test_what_is_cleared_or_gone_stands_no_more(stage: Stage) -> None:
    stage.receive(records.commitment("SC-1", id=901), records.commitment("SC-2", id=902))
    stands(stage, ("SC-1", 3), cleared_at=clock.now())
    stands(stage, ("SC-1", 2), gone_at=clock.now())
    stands(stage, ("SC-2", 1))
    assert names(page(stage)) == ["SC-2"]


@pytest.mark.parametrize("place", ["x", "found", "found:", "found:5~nine", "changed:~", "9" * 40])
def test_a_place_that_makes_no_sense_is_the_beginning_of_its_part(stage: Stage, place: str) -> None:
    stage.receive(records.commitment("SC-1", id=901))
    stands(stage, ("SC-1", 3))
    assert names(page(stage, after=place)) in (["SC-1"], [])
