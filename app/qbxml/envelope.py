"""The message set around the requests: its prolog, its ids, what it says about errors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from lxml import etree

from app.qbxml.limits import MESSAGE_SET_ID
from app.qbxml.notation import Version, version

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, load_dtd=False)
_QBXML_VERSION = re.compile(r'version\s*=\s*"(?:[A-Z]{2})?(\d+\.\d+)"', re.ASCII)
_ATTRIBUTES = ("newMessageSetID", "oldMessageSetID", "onError")


def problems(
    text: str | bytes, max_version: Version, of_request: Callable[[etree._Element, Version], list[str]]
) -> list[str]:
    """What QuickBooks would dislike about a whole message set; ``of_request`` judges each request."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    found = [] if data.startswith(b"<?xml") else ["the text does not begin with <?xml …?>"]
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        return [*found, f"the message set is not well-formed XML: {error}"]
    said = _said_version(root)
    if said is None:
        found.append('there is no <?qbxml version="…"?> before QBXML')
    elif said > max_version:
        found.append(f"qbXML {_dotted(said)} is newer than this QuickBooks understands ({_dotted(max_version)})")
    if root.tag != "QBXML" or [child.tag for child in root] != ["QBXMLMsgsRq"]:
        return [*found, "the message set must be QBXML with one QBXMLMsgsRq in it"]
    found += _set_attributes(root[0])
    for request in root[0]:
        label = f"request {request.get('requestID', '?')}: "
        found += [label + problem for problem in of_request(request, said or max_version)]
    return found


def _said_version(root: etree._Element) -> Version | None:
    for before in root.itersiblings(preceding=True):
        if isinstance(before, etree._ProcessingInstruction) and before.target == "qbxml":
            match = _QBXML_VERSION.search(before.text or "")
            return version(match[1]) if match else None
    return None


def _dotted(number: Version) -> str:
    return f"{number[0]}.{number[1]}"


def _set_attributes(requests: etree._Element) -> list[str]:
    found = [
        f"{name!s} is not an attribute of a message set" for name, _ in requests.items() if name not in _ATTRIBUTES
    ]
    on_error = requests.get("onError", "")
    if on_error == "rollbackOnError":
        found.append("onError=rollbackOnError is in the schema, but QuickBooks Desktop does not do it")
    elif on_error not in {"continueOnError", "stopOnError"}:
        found.append(f"onError “{on_error}” is not one of continueOnError, stopOnError")
    for name in ("newMessageSetID", "oldMessageSetID"):
        if len(requests.get(name, "")) > MESSAGE_SET_ID:
            found.append(f"{name} has {len(requests.get(name, ''))} characters, QuickBooks takes {MESSAGE_SET_ID}")
    ids = Counter(request.get("requestID") for request in requests)
    found += [f"requestID {name} stands on {count} requests" for name, count in ids.items() if name and count > 1]
    if len(requests) == 0 and "oldMessageSetID" not in requests.attrib:
        found.append("the message set asks for nothing")
    return found
