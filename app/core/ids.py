"""The one place where chance enters the program: identifiers and tickets."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_bytes: Callable[[int], bytes] = secrets.token_bytes


def short() -> str:
    """Sixteen lower-case characters (80 bits): fits QuickBooks' Other1 behind ``tie:``."""
    return base64.b32encode(_bytes(10)).decode().lower()


def guid() -> str:
    """A GUID in QuickBooks' form, with braces."""
    return "{" + str(uuid.UUID(bytes=_bytes(16), version=4)) + "}"


def ticket() -> str:
    """A Web Connector session ticket nobody can guess (128 bits)."""
    return str(uuid.UUID(bytes=_bytes(16), version=4))


def secret(length: int = 24) -> str:
    """A password or salt, URL-safe."""
    return base64.urlsafe_b64encode(_bytes(length)).decode().rstrip("=")


def fraction() -> float:
    """Anything from 0 up to 1, for what must not happen everywhere at once."""
    return int.from_bytes(_bytes(4)) / 2**32


@contextmanager
def drawn_from(source: Callable[[int], bytes]) -> Iterator[None]:
    """Let ``source`` be the chance inside the block; simulations use it."""
    global _bytes
    before, _bytes = _bytes, source
    try:
        yield
    finally:
        _bytes = before
