"""Writes the .qwc file with which a person adds Tieout to the Web Connector."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from lxml import etree

from app.core.errors import Refusal

#: One per product, never changed: QuickBooks keeps it in every company file that was ever connected.
OWNER_ID = "{6d1f3a52-94c7-4e0b-8a2d-5b7e9c40f1d8}"
DESCRIPTION = "Brings approved Procore records into QuickBooks and proves that both agree."
DESCRIPTION_LIMIT = 80
EVERY_EDITION = "0xF"

_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_LOOPBACK = "127.0.0.1"


def render(
    *,
    app_name: str,
    url: str,
    support_url: str,
    user: str,
    file_id: str,
    owner_id: str = OWNER_ID,
    minutes: int = 5,
    description: str = DESCRIPTION,
) -> str:
    """The text of a .qwc file; refuses what the Web Connector would refuse, in words."""
    service, support = _address(url, "1001"), _address(support_url, "1002")
    if service.hostname != support.hostname:
        raise _refusal(
            "1000",
            "The service address and the support address have different host names.",
            "Use one host name for both.",
        )
    _check(app_name, user, owner_id, file_id, minutes, description)
    return _text(
        {
            "AppName": app_name,
            "AppID": "",
            "AppURL": urlunsplit(service),
            "AppDescription": description,
            "AppSupport": urlunsplit(support),
            "UserName": user,
            "OwnerID": owner_id,
            "FileID": file_id,
            "QBType": "QBFS",
            "Style": "Document",
            "AuthFlags": EVERY_EDITION,
            "UnattendedModePref": "umpOptional",
            "PersonalDataPref": "pdpNotNeeded",
            "IsReadOnly": "false",
            "Scheduler": {"RunEveryNMinutes": str(minutes)},
        }
    )


def _address(url: str, code_for_ip: str) -> SplitResult:
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise _refusal(
            "1039", f"“{url}” is not a web address.", "Give an address like https://tieout.example.com/qbwc."
        )
    if host == _LOOPBACK:  # the Web Connector refuses every IP address, this one too
        port = f":{parts.port}" if parts.port else ""
        parts, host = parts._replace(netloc=f"localhost{port}"), "localhost"
    if _is_ip(host):
        raise _refusal(
            code_for_ip,
            f"“{host}” is an IP address, and the Web Connector accepts host names only.",
            "Open Tieout under its host name and download the file again.",
        )
    if parts.scheme == "http" and host != "localhost":
        raise _refusal(
            "1010",
            "The Web Connector demands https for every address but localhost.",
            "Serve Tieout over https with a certificate Windows trusts, then download the file again.",
        )
    return parts


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check(app_name: str, user: str, owner_id: str, file_id: str, minutes: int, description: str) -> None:
    if not app_name.strip() or not user.strip():
        raise _refusal("1039", "The .qwc file needs a name for the application and a user name.", "Fill in both.")
    for guid in (owner_id, file_id):
        if not _GUID.fullmatch(guid):
            raise _refusal(
                "1039", f"“{guid}” is not a GUID in braces.", "Use the identifiers the connection was made with."
            )
    if minutes < 1:
        raise _refusal("1039", "The Web Connector cannot run more often than every minute.", "Give one minute or more.")
    if len(description) > DESCRIPTION_LIMIT:
        raise _refusal(
            "1039",
            f"The description is longer than the {DESCRIPTION_LIMIT} characters the Web Connector shows.",
            "Shorten it.",
        )


def _refusal(code: str, sentence: str, what_to_do: str) -> Refusal:
    return Refusal(sentence, what_to_do, code=f"qbwc{code}")


def _text(fields: dict[str, str | dict[str, str]]) -> str:
    root = etree.Element("QBWCXML")
    for name, value in fields.items():
        element = etree.SubElement(root, name)
        if isinstance(value, str):
            element.text = value
            continue
        for inner, text in value.items():
            etree.SubElement(element, inner).text = text
    document = etree.tostring(root, encoding="us-ascii", xml_declaration=False, pretty_print=True)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + document.decode("ascii")
