"""The Web Connector's session: which of its calls may come when."""

from __future__ import annotations

from state_machines.table import Table

CONVERSATION = Table(
    "conversation",
    "opened",
    [
        ("check_host", "opened", "checked"),  # edition and company file are right
        ("send", "checked", "awaiting"),
        ("send", "awaiting", "awaiting"),  # asked twice: the same bytes
        ("receive", "awaiting", "checked"),
        ("stop", "opened", "stopping"),
        ("stop", "checked", "stopping"),
        ("stop", "awaiting", "stopping"),
        ("close", "opened", "closed"),
        ("close", "checked", "closed"),
        ("close", "awaiting", "closed"),
        ("close", "stopping", "closed"),
        ("expire", "opened", "ended"),
        ("expire", "checked", "ended"),
        ("expire", "awaiting", "ended"),
        ("expire", "stopping", "ended"),
    ],
)

LIVE = ("opened", "checked", "awaiting", "stopping")
