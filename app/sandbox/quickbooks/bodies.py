"""Turns a request's elements into a record's body, and puts a body in the order QuickBooks answers in."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.writing import Body, Value

_BLOCK_LINES = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5")


def fields(element: etree._Element) -> Body:
    """An aggregate's children; a name that repeats becomes a list."""
    body: Body = {}
    for child in element:
        tag, value = str(child.tag), _value(child)
        before = body.get(tag)
        if before is None:
            body[tag] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            body[tag] = [before, value]
    return body


def arrange(body: Body, order: str) -> Body:
    """The fields an answer shows, in the order named; empty ones are left out as QuickBooks does."""
    return {tag: body[tag] for tag in order.split() if body.get(tag) not in (None, "", {}, [])}


def address_block(address: Value | None) -> Body:
    """The printed form QuickBooks derives from an address."""
    if not isinstance(address, dict):
        return {}
    lines = [str(address[tag]) for tag in _BLOCK_LINES if address.get(tag)]
    region = " ".join(str(address[tag]) for tag in ("State", "PostalCode") if address.get(tag))
    lines += [", ".join(filter(None, (str(address.get("City") or ""), region)))]
    lines += [str(address.get("Country") or "")]
    return dict(zip(_BLOCK_LINES, [line[:41] for line in lines if line], strict=False))


def _value(element: etree._Element) -> Value:
    if len(element):
        return fields(element)
    text = _stored(element.text or "")
    if str(element.tag).startswith("Is") and text in ("0", "1"):
        return "true" if text == "1" else "false"
    return {} if str(element.tag).endswith("Ref") else text


def _stored(text: str) -> str:
    """QuickBooks keeps Windows-1252: what an entity smuggles in beyond it is stored as a question mark."""
    return text.encode("cp1252", "replace").decode("cp1252")
