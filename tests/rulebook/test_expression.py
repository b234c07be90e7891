"""`expr:` is a small closed language: it compares, and can do nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.rulebook.decide import decide
from tests.rulebook.samples import PERMIT, facts, problems_of, rule, small_pack


def findings(expression: str, **words: Any) -> list[str]:
    pack = small_pack(rule(f"{{expr: {expression!r}}}".replace("\\'", "''")))
    return [finding.reason for finding in decide(pack, facts(**words), "accept").findings]


@pytest.mark.parametrize(
    ("expression", "words", "passes"),
    [
        ("amount <= 250000", {"amount": Decimal("250000.00")}, True),
        ("amount <= 250000", {"amount": Decimal("250000.01")}, False),
        ("amount == 0.1 + 0.2", {"amount": Decimal("0.3")}, True),
        ('title in ["A", "B"] and not urgent', {"title": "B", "urgent": False}, True),
        ('title in ["A", "B"] and not urgent', {"title": "B", "urgent": True}, False),
        ("amount == null", {}, True),
        ("(days - 1) * 2 >= 4", {"days": 3}, True),
        ('"x" in tags', {"tags": ["x", "y"]}, True),
    ],
)
def test_it_compares_words(expression: str, words: dict[str, Any], passes: bool) -> None:
    assert findings(expression, **words) == ([] if passes else ["data"])


def test_what_cannot_be_compared_denies() -> None:
    assert findings("amount > 0") == ["error"]
    assert findings("amount / days > 0", amount=Decimal(1), days=0) == ["error"]


@pytest.mark.parametrize(
    "expression",
    [
        "titel == 1",
        "title.length > 3",
        "title",
        "amount + 1",
        "$now > amount",
        "$split(title)",
        "title =~ 'a.*'",
        "amount ** 999999999 > 0",
        "[x for x in tags] == tags",
        "tags[0] == 'x'",
        "title('x')",
        "(title)('x')",
        "urgent ? urgent : urgent",
        "amount > 'text'",
        "amount >",
        "owner == 1",
        "",
        "amount > 0 or " * 20 + "urgent",
        "(" * 11 + "urgent" + ")" * 11,
        "title == 'a\\'b'",
        "urgent; urgent",
    ],
)
def test_it_refuses_everything_else(expression: str) -> None:
    quoted = expression.replace("'", "''")
    (problem,) = problems_of({"permit.yaml": PERMIT + rule(f"{{expr: '{quoted}'}}")})
    assert problem.line == PERMIT.count("\n") + 3
