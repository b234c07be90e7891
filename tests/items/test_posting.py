"""The day a bill is booked on: closed books, and days nobody would expect."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.items import posting

NOW = datetime(2026, 4, 12, 18, 0, tzinfo=UTC)


def host(closing_date: str) -> dict[str, Any]:
    return {"preferences": {"AccountingPreferences/ClosingDate": closing_date}}


@pytest.mark.requirement("ACC-07")
@pytest.mark.parametrize(
    ("in_quickbooks", "ours", "closed"),
    [
        ("2026-03-31", None, "2026-03-31"),
        ("", "2026-02-28", "2026-02-28"),
        ("2026-02-28", "2026-03-31", "2026-03-31"),
        ("2026-03-31", "2026-02-28", "2026-03-31"),
        ("", None, ""),
    ],
)
def test_the_later_closing_date_counts(in_quickbooks: str, ours: str | None, closed: str) -> None:
    assert posting.closed_through({"books_closed_through": ours}, host(in_quickbooks)) == closed
    assert posting.closed_through({"books_closed_through": closed}, {}) == closed


@pytest.mark.requirement("ACC-07")
def test_books_are_open_from_the_day_after() -> None:
    words = posting.words("2026-03-30", {"books_closed_through": "2026-03-31"}, {}, NOW)
    assert (words["date"], words["books_closed_through"], words["books_open_from"]) == (
        "2026-03-30",
        "2026-03-31",
        "2026-04-01",
    )
    assert posting.words("2026-03-30", {}, {}, NOW)["books_open_from"] == ""


@pytest.mark.requirement("ACC-07")
@pytest.mark.parametrize(
    ("now", "usual"),
    [
        (NOW, ("2026-03-01", "2026-04-30")),
        (datetime(2026, 1, 31, tzinfo=UTC), ("2025-12-01", "2026-01-31")),
        (datetime(2028, 2, 29, tzinfo=UTC), ("2028-01-01", "2028-02-29")),
    ],
)
def test_usual_are_the_month_before_and_this_one(now: datetime, usual: tuple[str, str]) -> None:
    words = posting.words("", {"zone": "UTC"}, {}, now)
    assert (words["usual_from"], words["usual_through"]) == usual


def test_the_month_is_the_companys_own() -> None:
    midnight = datetime(2026, 5, 1, 3, 0, tzinfo=UTC)
    words = posting.words("", {"zone": "America/Los_Angeles"}, {}, midnight)
    assert words["usual_through"] == "2026-04-30"


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-04-01", "2026-04-01"), (" 2026-04-01 ", "2026-04-01"), ("2026-02-30", ""), ("1 April", ""), (None, "")],
)
def test_only_a_real_day_is_a_day(written: str | None, day: str) -> None:
    assert posting.day(written) == day
