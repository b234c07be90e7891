"""Reads a .qwc file the way the Web Connector does when a person adds an application."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

_REQUIRED = ("AppName", "AppURL", "AppDescription", "AppSupport", "UserName", "OwnerID", "FileID", "QBType")
_LOCAL = ("localhost", "127.0.0.1")


class QwcError(ValueError):
    """The Web Connector would not add this application."""


@dataclass(frozen=True, slots=True)
class Qwc:
    """What a .qwc file tells the Web Connector."""

    name: str
    url: str
    support_url: str
    user: str
    owner_id: str
    file_id: str


def parse_qwc(path: str | Path) -> Qwc:
    """The application a .qwc file describes; raises QwcError with the Web Connector's own code."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(Path(path).read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise QwcError(f"QBWC1039: the file is not well-formed XML: {error}") from error
    missing = [tag for tag in _REQUIRED if not (root.findtext(tag) or "").strip()]
    if root.tag != "QBWCXML" or missing:
        raise QwcError(f"QBWC1039: the file lacks required elements: {', '.join(missing) or 'QBWCXML'}.")
    values = {tag: (root.findtext(tag) or "").strip() for tag in _REQUIRED}
    _check_addresses(values["AppURL"], values["AppSupport"])
    return Qwc(
        name=values["AppName"],
        url=values["AppURL"],
        support_url=values["AppSupport"],
        user=values["UserName"],
        owner_id=values["OwnerID"],
        file_id=values["FileID"],
    )


def _check_addresses(url: str, support_url: str) -> None:
    """The real one also refuses an IP address; the loopback one is let through for the demo."""
    service, support = urlsplit(url), urlsplit(support_url)
    if service.scheme != "https" and service.hostname not in _LOCAL:
        raise QwcError("QBWC1010: AppURL must be https; http is for localhost only.")
    if service.hostname != support.hostname:
        raise QwcError("QBWC1000: AppURL and AppSupport have different domain names.")
