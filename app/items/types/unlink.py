"""The look before an unlink."""

from __future__ import annotations

from app.items.check import Check


class Unlink(Check):
    name = "unlink"
