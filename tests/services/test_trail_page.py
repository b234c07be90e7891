"""The days that are typed on the trail's page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.services.trail_page import moment


@pytest.mark.parametrize(
    ("day", "zone", "end", "meant"),
    [
        ("2026-03-31", "America/Chicago", False, datetime(2026, 3, 31, 5, tzinfo=UTC)),
        ("2026-03-31", "America/Chicago", True, datetime(2026, 4, 1, 4, 59, 59, 999999, tzinfo=UTC)),
        ("no day", "UTC", False, None),
        ("9999-12-31", "America/Chicago", True, None),
        ("0001-01-01", "Asia/Tokyo", False, None),
    ],
)
def test_a_day_is_the_companys_own_and_one_no_clock_reaches_bounds_nothing(
    day: str, zone: str, end: bool, meant: datetime | None
) -> None:
    assert moment(day, zone, end=end) == meant
