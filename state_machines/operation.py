"""One thing to finish in QuickBooks: from its approval to QuickBooks' last word."""

from __future__ import annotations

from state_machines.table import Table

OPERATION = Table(
    "operation",
    "waiting",
    [
        ("release", "waiting", "ready"),  # the item is queued: it may leave
        ("hold", "ready", "waiting"),
        ("start", "ready", "working"),  # its first request is out
        ("lose", "working", "unknown"),  # its write may or may not have happened
        ("find", "unknown", "working"),  # its answer came after all
        ("finish", "working", "done"),
        ("finish", "unknown", "done"),
        ("fail", "working", "failed"),
        ("fail", "unknown", "failed"),
        ("put_back", "working", "ready"),  # nothing of it reached QuickBooks; ask again
        ("put_back", "unknown", "ready"),
        ("retry", "failed", "waiting"),
        ("drop", "waiting", "dropped"),
        ("drop", "ready", "dropped"),
        ("drop", "working", "dropped"),  # between two of its requests, never while one is out
        ("drop", "failed", "dropped"),
    ],
)

#: While an operation is in one of these, no other of the same lock may start.
HOLDS_LOCK = ("working", "unknown", "failed")
