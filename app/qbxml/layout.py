"""Requests and answers laid out for people to read."""

from __future__ import annotations

from lxml import etree

from app.qbxml.reading import Unreadable, document


def indented(text: str) -> str:
    """The same XML, one element a line; as it came where it cannot be read."""
    try:
        root = document(text)
    except Unreadable:
        return text
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode")
