"""QuickBooks' answers as plain records; what comes in is hostile until read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from app.qbxml.reading import Unreadable, document, whole

__all__ = ["Answer", "HostAnswer", "Record", "SetAnswer", "Unreadable", "host", "message_set", "record"]


class Record:
    """One element of an answer that holds others; looked into only where asked."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def type(self) -> str:
        """The element's name: ``VendorRet``."""
        return str(self._element.tag)

    def text(self, path: str) -> str:
        """The text at a path (``VendorRef/ListID``), or "" when QuickBooks left it out."""
        return self._element.findtext(path) or ""

    def attribute(self, name: str) -> str:
        """One of the element's attributes, or ""."""
        return self._element.get(name, "")

    def all(self, name: str) -> list[Record]:
        """The records of this name, in order."""
        return [Record(element) for element in self._element.findall(name)]

    def one(self, name: str) -> Record | None:
        """The first record of this name."""
        element = self._element.find(name)
        return None if element is None else Record(element)

    def xml(self) -> str:
        """The record as it came."""
        return etree.tostring(self._element, encoding="unicode", with_tail=False)

    def __repr__(self) -> str:
        return f"<Record {self.type} {self.text('ListID') or self.text('TxnID')}>"


@dataclass(frozen=True)
class Answer:
    """What QuickBooks answered to one request."""

    request_id: str
    name: str
    status_code: int
    severity: str
    message: str
    records: list[Record]
    iterator_id: str
    remaining: int | None
    element: etree._Element

    @cached_property
    def xml(self) -> str:
        """The answer as it came, to keep beside the request."""
        return etree.tostring(self.element, encoding="unicode", with_tail=False)


@dataclass(frozen=True)
class SetAnswer:
    """The answers to one message set; ``status_code`` speaks of the set itself (recovery)."""

    new_id: str
    status_code: int | None
    answers: list[Answer]


@dataclass(frozen=True)
class HostAnswer:
    """What QuickBooks says of itself and its company file at the start of a session.

    ``file_ids`` tells which FileID each application (OwnerID) left in the company file; both are
    in lower case, as GUIDs compare. ``preferences`` go by path: ``JobsAndEstimatesPreferences/IsUsingEstimates``.
    """

    product: str
    major: str
    minor: str
    country: str
    versions: tuple[str, ...]
    file_mode: str
    company_name: str
    file_ids: dict[str, str]
    preferences: dict[str, str]


def message_set(text: str | bytes) -> SetAnswer:
    """The answer to a message set. Raises Unreadable with a sentence."""
    responses = _responses(text)
    status = responses.get("messageSetStatusCode")
    return SetAnswer(
        new_id=responses.get("newMessageSetID", ""),
        status_code=None if status is None else whole(status, "messageSetStatusCode"),
        answers=[_answer(element) for element in responses],
    )


def record(text: str) -> Record:
    """A record that was kept as it came. Raises Unreadable with a sentence."""
    return Record(document(text))


def host(text: str | bytes) -> HostAnswer:
    """What strHCPResponse of a session's first sendRequestXML says. Raises Unreadable with a sentence."""
    responses = _responses(text)
    about, company = (Record(_first(responses, path)) for path in ("*/HostRet", "*/CompanyRet"))
    preferences: dict[str, str] = {}
    for element in responses.findall("PreferencesQueryRs/PreferencesRet/*"):
        _flatten(element, "", preferences)
    return HostAnswer(
        product=about.text("ProductName"),
        major=about.text("MajorVersion"),
        minor=about.text("MinorVersion"),
        country=about.text("Country"),
        versions=tuple(e.text or "" for e in responses.findall("*/HostRet/SupportedQBXMLVersion")),
        file_mode=about.text("QBFileMode"),
        company_name=company.text("CompanyName"),
        file_ids={
            extra.text("OwnerID").lower(): extra.text("DataExtValue").lower()
            for extra in company.all("DataExtRet")
            if extra.text("DataExtName") == "FileID"
        },
        preferences=preferences,
    )


def _responses(text: str | bytes) -> etree._Element:
    root = document(text)
    responses = root.find("QBXMLMsgsRs") if root.tag == "QBXML" else None
    if responses is None:
        raise Unreadable(f"This is not an answer of QuickBooks: it begins with <{root.tag}>, not QBXML/QBXMLMsgsRs.")
    return responses


def _answer(element: etree._Element) -> Answer:
    remaining = element.get("iteratorRemainingCount")
    return Answer(
        request_id=element.get("requestID", ""),
        name=str(element.tag),
        status_code=whole(element.get("statusCode", ""), f"statusCode of {element.tag}"),
        severity=element.get("statusSeverity", ""),
        message=element.get("statusMessage", ""),
        records=[Record(child) for child in element],
        iterator_id=element.get("iteratorID", ""),
        remaining=None if remaining is None else whole(remaining, f"iteratorRemainingCount of {element.tag}"),
        element=element,
    )


def _first(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path)
    if found is None:
        raise Unreadable(f"QuickBooks did not introduce itself: {path.removeprefix('*/')} is missing.")
    return found


def _flatten(element: etree._Element, prefix: str, into: dict[str, str]) -> None:
    path = prefix + str(element.tag)
    if len(element) == 0:
        into[path] = element.text or ""
    for child in element:
        _flatten(child, f"{path}/", into)
