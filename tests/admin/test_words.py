"""How values look on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.admin import words
from app.core import clock
from app.core.tags import Tag


@pytest.mark.parametrize(
    ("value", "said", "amount"),
    [
        ("31-100 · Clear and grub · Qty 1 · 18,500.00", "31-100 · Clear and grub · Qty 1", "18,500.00"),
        ("Retainage · -16,307.51", "Retainage", "-16,307.51"),
        ("Alder Creek · Seattle", "Alder Creek · Seattle", ""),
        ("18,500.00", "18,500.00", ""),
        ("", "", ""),
    ],
)
def test_the_amount_a_line_ends_with_stands_apart(value: str, said: str, amount: str) -> None:
    assert words.apart(value) == (said, amount)


def test_an_event_is_said_in_words() -> None:
    assert words.event("procore:item:written_back") == "Item written back"
    said = [words.event(tag.value) for tag in Tag]
    assert not [one for one in said if "_" in one or ":" in one]


def test_a_moment_of_today_says_so_and_another_names_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 2, 6, 30, 5, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    with Flask(__name__).test_request_context():
        monkeypatch.setattr(words, "zone", lambda: "America/Los_Angeles")
        assert words.moment(now) == "today 22:30"
        assert words.moment(now, seconds=True) == "today 22:30:05"
        assert words.moment(now - timedelta(days=1)) == "28 Feb 2026 22:30"
        assert words.moment(None) == "never"
