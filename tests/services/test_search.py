"""Search: by the beginnings of words, and never by reading the whole list."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db.models import ItemWord
from app.services import listing, search
from app.services.listing import Wanted
from tests import records
from tests.support import Stage


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("231", True),
        ("0000", True),
        ("po-0", True),
        ("PAV", True),
        ("yard paving", True),
        ("ard", False),
        ("paving roof", False),
        ("%", False),
    ],
)
def test_it_finds_the_beginnings_of_words(any_stage: Stage, typed: str, found: bool) -> None:
    any_stage.receive(records.commitment("PO-00000000231", title="Paving of the Yard"))
    page = listing.page(any_stage.database, any_stage.connection_id, Wanted("commitment", "draft", typed))
    assert bool(page.rows) is found


def test_a_new_name_is_found_and_the_old_one_is_not(stage: Stage) -> None:
    stage.receive(records.company("Summit Roofing", 62))
    stage.receive(records.company("Crest Roofing", 62))
    for typed, found in (("summit", 0), ("crest", 1)):
        page = listing.page(stage.database, stage.connection_id, Wanted("company", "draft", typed))
        assert len(page.rows) == found


def test_case_is_left_aside_beyond_ascii(any_stage: Stage) -> None:
    any_stage.receive(records.company("Électricité Nord", 62))
    page = listing.page(any_stage.database, any_stage.connection_id, Wanted("company", "draft", "ÉLEC"))
    assert [row.item.name for row in page.rows] == ["Électricité Nord"]


def test_a_word_that_all_share_still_finds_them_all(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COMMON", 3)
    stage.receive(*(records.company(f"Vendor {n}", n) for n in range(100, 110)))
    assert len(listing.page(stage.database, stage.connection_id, Wanted("company", "draft", "vendor")).rows) == 10
    found = listing.page(stage.database, stage.connection_id, Wanted("company", "draft", "vendor 107")).rows
    assert [row.item.name for row in found] == ["Vendor 107"]


def test_each_word_is_kept_once(stage: Stage) -> None:
    stage.receive(records.company("Smith & Smith", 62))
    with stage.database.reading() as session:
        words = session.execute(select(ItemWord.word).where(ItemWord.item_id == stage.item("Smith & Smith").id))
        assert sorted(words.scalars()).count("smith") == 1


@pytest.mark.parametrize(
    ("first", "second"), [("SC-9", "SC-10"), ("sc-2", "SC-011"), ("Alpine", "bravo"), ("CO 001", "CO 2")]
)
def test_names_sort_as_people_count(first: str, second: str) -> None:
    assert search.sortable(first) < search.sortable(second)
