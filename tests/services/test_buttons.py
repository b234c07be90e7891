"""Which buttons stand where: never one that the state machine would refuse."""

from __future__ import annotations

import pytest

from app.services import buttons
from app.services.listing import TABS
from state_machines.item import ITEM


@pytest.mark.parametrize("state", buttons.BUTTONS)
def test_each_button_is_a_move_of_the_state_it_stands_at(state: str) -> None:
    for button in buttons.on_page(state):
        assert ITEM.allows("hold" if (button.name, state) == ("take_back", "queued") else button.name, state), button


@pytest.mark.parametrize(
    ("tab", "amends", "names"),
    [
        ("draft", False, ["send"]),
        ("sent", False, ["accept", "reject"]),
        ("accepted", False, ["take_back"]),
        ("queued", False, ["take_back"]),
        ("checking", False, []),
        ("failed", False, ["retry", "reject"]),
        ("synced", False, []),
        ("synced", True, ["send"]),
    ],
)
def test_a_row_has_these(tab: str, amends: bool, names: list[str]) -> None:
    assert tab in TABS
    assert [one.name for one in buttons.on_rows(tab, amends=amends)] == names


def test_a_page_has_more_room_and_the_same_first_thing() -> None:
    assert [(one.label, one.first) for one in buttons.on_page("sent")] == [
        ("Accept", True), ("Reject", False), ("Retrieve to Procore", False),
    ]  # fmt: skip
    assert [(one.label, one.first) for one in buttons.on_page("draft")] == [("Send to accounting", True)]
    assert [one.first for one in buttons.on_page("failed", closed=True)] == [False, False]


def test_what_cannot_be_explained_later_asks_for_its_reason() -> None:
    asks = {one.name for found in buttons.BUTTONS.values() for one in found if one.asks_reason}
    assert asks == {"reject", "take_back"}
