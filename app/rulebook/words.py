"""The words rules may look at: what every kind has, and what a rule file declares for its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

#: What a rule file may write behind a word it declares, and the Python types its values have.
TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "money": (Decimal, int),
    "number": (int, Decimal),
    "yes_no": (bool,),
    "list": (list, tuple),
}

#: Words of every kind.
COMMON: dict[str, str] = {
    "label": "text",
    "procore_status": "text",
    "voided": "yes_no",
    "not_in_quickbooks": "text",
    "has_binding": "yes_no",
}

#: Words about the company file, and where the host's own description has them. Absent until a session told them.
HOST: dict[str, tuple[str, str]] = {
    "quickbooks_country": ("country", "text"),
    "quickbooks_edition": ("edition", "text"),
    "quickbooks_year": ("year", "number"),
    "quickbooks_supported": ("supported", "yes_no"),
    "quickbooks_sentence": ("sentence", "text"),
}

#: Settings of a connection that rules may ask for; a rule file may declare more.
SETTINGS: dict[str, str] = {"customers_are_jobs": "yes_no", "income_account": "text", "expense_account": "text"}

#: Who took part, as names; beside these the links: whoever accepted what they lead to.
PEOPLE = ("sender", "approvers")

#: What a message may say of the finding itself, beside the words.
OF_THE_FINDING = ("value", "limit", "count", "line")

#: The pseudo-word for all lines of an item.
LINES = "lines"


def is_absent(value: Any) -> bool:
    """Whether a word has nothing to say: empty, or not given at all."""
    return value is None or value == "" or value == [] or value == ()


@dataclass(frozen=True)
class Vocabulary:
    """The words of one kind with their types."""

    kind: str
    words: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def of_item(self) -> dict[str, str]:
        """Every word of the item itself, the common ones and QuickBooks' own included."""
        host = {name: kind for name, (_, kind) in HOST.items()}
        return {**host, **COMMON, **self.words}

    def of_settings(self) -> dict[str, str]:
        """Every setting a rule of this kind may ask for."""
        return {**SETTINGS, **self.settings}

    def placeholders(self, *, each_line: bool) -> set[str]:
        """Every name that may stand in braces in a message."""
        own = set(self.of_item()) | set(self.links) | set(OF_THE_FINDING)
        return own | set(self.lines) if each_line else own - {"line"}
