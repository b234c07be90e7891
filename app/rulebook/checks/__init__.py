"""The vocabulary of the rules: importing this package enters every word."""

from __future__ import annotations

from app.rulebook.checks import combine, expression, links, people, surroundings, texts, values
from app.rulebook.checks.base import VOCABULARY, compile_check

__all__ = [
    "VOCABULARY",
    "combine",
    "compile_check",
    "expression",
    "links",
    "people",
    "surroundings",
    "texts",
    "values",
]
