"""The six states of one Procore record under accounting control, and every move between them."""

from __future__ import annotations

from state_machines.table import Table

ITEM = Table(
    "item",
    "draft",
    [
        ("send", "draft", "sent"),
        ("retrieve", "sent", "draft"),
        ("accept", "sent", "accepted"),
        ("take_back", "accepted", "sent"),
        ("reject", "sent", "draft"),
        ("reject", "accepted", "draft"),
        ("reject", "failed", "draft"),
        ("queue", "accepted", "queued"),
        ("hold", "queued", "accepted"),
        ("second_look", "accepted", "sent"),
        ("second_look", "queued", "sent"),
        ("confirm", "queued", "synced"),
        ("refuse", "queued", "failed"),
        ("retry", "failed", "accepted"),
        ("amend", "synced", "sent"),
        ("revert", "sent", "synced"),
        ("revert", "accepted", "synced"),
        ("revert", "failed", "synced"),
        ("link", "draft", "synced"),
        ("link", "sent", "synced"),
        ("unlink", "synced", "draft"),
    ],
)

#: The order in which people meet the states.
STATES = ("draft", "sent", "accepted", "queued", "synced", "failed")
