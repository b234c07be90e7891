"""Time and chance enter in one place each, so that a simulation can own them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from app.core import clock, ids

LATE = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)  # half past ten in the evening of the fifth, in Chicago


def test_now_knows_its_zone() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.requirement("MAP-38")
@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Chicago", date(2026, 3, 5)), ("UTC", date(2026, 3, 6)), ("Pacific/Auckland", date(2026, 3, 6))],
)
def test_a_day_is_the_companys_own(zone: str, day: date) -> None:
    assert clock.local_date(LATE, zone) == day
    with clock.running(lambda: LATE):
        assert clock.today(zone) == day


def test_a_borrowed_clock_is_given_back_even_after_a_failure() -> None:
    def fail() -> None:
        with clock.running(lambda: LATE):
            assert clock.now() == LATE
            raise RuntimeError("the simulation broke")

    with pytest.raises(RuntimeError):
        fail()
    assert clock.now() != LATE


def test_identifiers_have_the_forms_their_readers_expect() -> None:
    assert re.fullmatch("[a-z2-7]{16}", ids.short())
    assert re.fullmatch(r"\{[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\}", ids.guid())
    assert re.fullmatch("[0-9a-f-]{36}", ids.ticket())
    assert re.fullmatch("[A-Za-z0-9_-]{32}", ids.secret())


def test_a_marker_fits_behind_its_prefix_into_the_shortest_field_that_holds_it() -> None:
    assert len("tie:" + ids.short()) <= 25  # Other1 of a purchase order


def test_no_two_identifiers_are_the_same() -> None:
    assert len({ids.short() for _ in range(1000)}) == 1000


def test_a_simulation_owns_chance_and_gives_it_back() -> None:
    with ids.drawn_from(bytes):
        assert ids.short() == ids.short() == "a" * 16
    assert ids.short() != ids.short()
