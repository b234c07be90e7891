"""The requests of one sendRequestXML: out, and then answered, refused or lost."""

from __future__ import annotations

from state_machines.table import Table

MESSAGE_SET = Table(
    "message set",
    "out",
    [
        ("answer", "out", "answered"),
        ("answer", "lost", "answered"),  # a late answer, or the stored one after the set was sent again
        ("refuse", "out", "refused"),  # QuickBooks could not read it: nothing was executed
        ("lose", "out", "lost"),
        ("resend", "lost", "out"),  # the same bytes again
        ("abandon", "lost", "abandoned"),  # step 2: query and adopt instead
        ("abandon", "out", "abandoned"),
    ],
)

REQUEST = Table(
    "request",
    "out",
    [
        ("answer", "out", "answered"),
        ("answer", "unknown", "answered"),
        ("refuse", "out", "refused"),
        ("lose", "out", "unknown"),
        ("resend", "unknown", "out"),
        ("settle", "unknown", "settled"),  # a look in QuickBooks said what became of it
    ],
)
