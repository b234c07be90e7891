"""Reads XML that strangers sent: no DTD, no entities, no network, bounded in size and depth."""

from __future__ import annotations

import re

from lxml import etree

LARGEST_BYTES = 64 * 1024 * 1024
DEEPEST = 100

_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (DEEPEST + 1)})")


class Unreadable(ValueError):
    """What came is not an answer that can be read; the sentence says why."""


def document(text: str | bytes) -> etree._Element:
    """The root element of an answer. Raises Unreadable with a sentence."""
    data = _utf8(text).lstrip(b"\xef\xbb\xbf \t\r\n")  # a mark or a blank before <?xml harms nobody here
    if len(data) > LARGEST_BYTES:
        raise Unreadable(f"The answer has {len(data):,} bytes; more than {LARGEST_BYTES:,} are not read.")
    if not data:
        raise Unreadable("The answer is empty.")
    if _DOCTYPE.search(data):
        raise Unreadable("The answer holds a document type definition; QuickBooks never sends one.")
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The answer is damaged or cut off: {' '.join((error.msg or '').split())}.") from error
    if _TOO_DEEP(root):
        raise Unreadable(f"The answer is nested more than {DEEPEST} levels deep.")
    return root


def whole(text: str, name: str) -> int:
    """A whole number QuickBooks wrote, spaces and a sign allowed. Raises Unreadable."""
    if not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text, re.ASCII):
        raise Unreadable(f"The answer says {name} “{text[:20]}”, which is not a number.")
    return int(text)


def _utf8(text: str | bytes) -> bytes:
    """Bytes that are surely UTF-8: another encoding could hide a document type from the search."""
    try:
        return text.encode() if isinstance(text, str) else text.decode().encode()
    except UnicodeError as error:
        raise Unreadable("The answer is not UTF-8 text.") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
