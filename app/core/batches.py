"""Long work in short pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of at most ``size``, in order."""
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
