"""The .qwc file: what the Web Connector reads, and what it would refuse, refused here first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from app.core.errors import Refusal
from app.web_connector import qwc

FILE_ID = "{0b9a7a66-3b0e-4a6e-9f44-1f5f7c1f9a10}"
GIVEN: dict[str, Any] = {
    "app_name": "Tieout - Harbor Builders",
    "url": "https://tieout.example.com/qbwc",
    "support_url": "https://tieout.example.com/qbwc/support",
    "user": "tieout-7",
    "file_id": FILE_ID,
}


def render(**changes: Any) -> str:
    return qwc.render(**GIVEN | changes)


@pytest.mark.requirement("CFG-02")
def test_it_holds_what_the_web_connector_requires() -> None:
    root = etree.fromstring(render(minutes=15).encode())
    assert root.tag == "QBWCXML"
    assert {element.tag: element.text or "" for element in root if not len(element)} == {
        "AppName": "Tieout - Harbor Builders",
        "AppID": "",
        "AppURL": "https://tieout.example.com/qbwc",
        "AppDescription": "Brings approved Procore records into QuickBooks and proves that both agree.",
        "AppSupport": "https://tieout.example.com/qbwc/support",
        "UserName": "tieout-7",
        "OwnerID": "{6d1f3a52-94c7-4e0b-8a2d-5b7e9c40f1d8}",
        "FileID": FILE_ID,
        "QBType": "QBFS",
        "Style": "Document",
        "AuthFlags": "0xF",
        "UnattendedModePref": "umpOptional",
        "PersonalDataPref": "pdpNotNeeded",
        "IsReadOnly": "false",
    }
    assert root.findtext("Scheduler/RunEveryNMinutes") == "15"


@pytest.mark.requirement("CFG-02")
def test_it_is_the_same_at_every_download() -> None:
    assert render() == render()


def test_the_product_keeps_its_owner_id_forever() -> None:
    # Changing it would orphan the FileID in every company file that was ever connected.
    assert qwc.OWNER_ID == "{6d1f3a52-94c7-4e0b-8a2d-5b7e9c40f1d8}"


def test_it_escapes_names_and_keeps_them_readable_in_any_code_page() -> None:
    text = render(app_name='Bär & "Söhne" <Ltd>')
    assert text.isascii()
    assert etree.fromstring(text.encode()).findtext("AppName") == 'Bär & "Söhne" <Ltd>'


def test_it_never_holds_a_password() -> None:
    assert not re.search("password", render(), re.IGNORECASE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"support_url": "https://help.example.com/qbwc/support"}, "qbwc1000"),
        ({"url": "https://192.168.1.20/qbwc"}, "qbwc1001"),
        ({"url": "https://[2001:db8::1]/qbwc"}, "qbwc1001"),
        ({"support_url": "https://192.168.1.20/qbwc/support"}, "qbwc1002"),
        ({"url": "http://tieout.example.com/qbwc"}, "qbwc1010"),
        ({"support_url": "http://tieout.example.com/qbwc/support"}, "qbwc1010"),
        ({"url": "http://localhost.example.com/qbwc"}, "qbwc1010"),
        ({"url": "tieout.example.com/qbwc"}, "qbwc1039"),
        ({"url": "ftp://tieout.example.com/qbwc"}, "qbwc1039"),
        ({"user": " "}, "qbwc1039"),
        ({"app_name": ""}, "qbwc1039"),
        ({"file_id": "0b9a7a66-3b0e-4a6e-9f44-1f5f7c1f9a10"}, "qbwc1039"),
        ({"owner_id": "{not-a-guid}"}, "qbwc1039"),
        ({"minutes": 0}, "qbwc1039"),
        ({"description": "x" * 81}, "qbwc1039"),
    ],
)
def test_it_refuses_what_the_web_connector_would_refuse(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        render(**changes)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith(".")
    assert refusal.value.what_to_do.endswith(".")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_allows_http_on_this_machine_but_never_by_number(host: str) -> None:
    root = etree.fromstring(
        render(url=f"http://{host}:8080/qbwc", support_url=f"http://{host}:8080/qbwc/support").encode()
    )
    assert root.findtext("AppURL") == "http://localhost:8080/qbwc"
    assert root.findtext("AppSupport") == "http://localhost:8080/qbwc/support"
