"""Reads one message set as strictly as QuickBooks does: whatever is malformed refuses the whole set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from app.sandbox.quickbooks.errors import VERSION_NOT_SUPPORTED, ProcessError, unparsable
from app.sandbox.quickbooks.shapes import Shapes

_XML_DECLARATION = re.compile(r"<\?xml\s[^?]*\?>")
_SET_ATTRIBUTES = {"onError", "newMessageSetID", "oldMessageSetID"}
_QUERY_ATTRIBUTES = {"requestID", "metaData"}
_ITERATOR_ATTRIBUTES = {"iterator", "iteratorID"}
_META_DATA = {"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"}


@dataclass(frozen=True, slots=True)
class MessageSet:
    """What one ProcessRequest asks for."""

    text: str
    new_id: str | None
    old_id: str | None
    stop_on_error: bool
    requests: tuple[etree._Element, ...]


def read_message_set(text: str, shapes: Shapes, versions: Iterable[str], iterable: frozenset[str]) -> MessageSet:
    """The checked set; ``iterable`` names the queries that may carry an iterator."""
    root = _parse(text)
    _check_prolog(root, versions)
    messages = [child for child in root if isinstance(child.tag, str)]
    if root.tag != "QBXML" or [child.tag for child in messages] != ["QBXMLMsgsRq"]:
        raise unparsable("one QBXMLMsgsRq inside QBXML is expected")
    envelope = messages[0]
    _check_envelope(envelope)
    requests = tuple(envelope)
    for request in requests:
        _check_request(request, shapes, iterable)
    _check_request_ids(requests)
    return MessageSet(
        text=text,
        new_id=envelope.get("newMessageSetID") or None,
        old_id=envelope.get("oldMessageSetID") or None,
        stop_on_error=envelope.get("onError") == "stopOnError",
        requests=requests,
    )


def _parse(text: str) -> etree._Element:
    declaration = _XML_DECLARATION.match(text)
    if declaration is None:
        raise unparsable("the text does not begin with an XML declaration")
    if "<!DOCTYPE" in text:
        raise unparsable("a document type declaration")
    try:
        text.encode("cp1252")
    except UnicodeEncodeError as error:
        raise unparsable(f"the raw character {error.object[error.start]!r}") from error
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(text[declaration.end() :], parser)
    except etree.XMLSyntaxError as error:
        raise unparsable(str(error)) from error


def _check_prolog(root: etree._Element, versions: Iterable[str]) -> None:
    instructions = [str(node.text) for node in root.itersiblings(preceding=True) if _is_qbxml(node)]
    version = re.fullmatch(r'\s*version\s*=\s*"([^"]*)"\s*', instructions[0]) if len(instructions) == 1 else None
    if version is None:
        raise unparsable("the qbxml instruction is missing or odd")
    if version[1] not in versions:
        raise ProcessError(VERSION_NOT_SUPPORTED, f"The qbXML version {version[1]} is not supported.")


def _is_qbxml(node: etree._Element) -> bool:
    return isinstance(node, etree._ProcessingInstruction) and node.target == "qbxml"


def _check_envelope(envelope: etree._Element) -> None:
    if envelope.get("onError") not in ("stopOnError", "continueOnError"):
        raise unparsable("onError must be stopOnError or continueOnError")
    unknown = set(envelope.attrib) - _SET_ATTRIBUTES
    if unknown:
        raise unparsable(f"unknown attributes {sorted(map(str, unknown))}")


def _check_request(request: etree._Element, shapes: Shapes, iterable: frozenset[str]) -> None:
    name = str(request.tag)
    if not name.endswith("Rq") or name not in shapes:
        raise unparsable(f"unknown request {name}")
    allowed = _QUERY_ATTRIBUTES if name.endswith("QueryRq") else {"requestID"}
    if name in iterable:
        allowed = allowed | _ITERATOR_ATTRIBUTES
        _check_iterator(request)
    if set(request.attrib) - allowed or request.get("metaData", "NoMetaData") not in _META_DATA:
        raise unparsable(f"{name}: unexpected attributes")
    problem = shapes.problem(request, name)
    if problem:
        raise unparsable(problem)


def _check_iterator(request: etree._Element) -> None:
    step = request.get("iterator")
    if step not in (None, "Start", "Continue", "Stop"):
        raise unparsable(f"iterator {step!r}")
    if (step in ("Continue", "Stop")) != (request.get("iteratorID") is not None):
        raise unparsable("iteratorID goes with Continue and Stop, and only with them")
    if step == "Start" and request.find("MaxReturned") is None:
        raise unparsable("an iterator starts with MaxReturned")


def _check_request_ids(requests: Iterable[etree._Element]) -> None:
    seen: set[str] = set()
    for request in requests:
        request_id = request.get("requestID")
        if request_id is not None and request_id in seen:
            raise unparsable(f"requestID {request_id!r} is used twice")
        if request_id is not None:
            seen.add(request_id)
