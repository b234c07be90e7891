"""What a kind of record says about itself, so that a new one is a new module and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

Handler = Callable[[Books, etree._Element], Answer]
Show = Callable[[Books, Record], Body]


@dataclass(frozen=True, slots=True)
class Family:
    """Shapes of its requests (see shapes.py), who answers each, and how its records look in an answer."""

    shapes: str
    handlers: Mapping[str, Handler]
    shows: Mapping[str, Show] = field(default_factory=dict)
    iterable: frozenset[str] = frozenset()
