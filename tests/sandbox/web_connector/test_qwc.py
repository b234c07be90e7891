"""What a .qwc file must hold for the Web Connector to add an application."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sandbox.web_connector import QwcError, parse_qwc

GOOD = """<?xml version="1.0"?>
<QBWCXML>
  <AppName>Tieout</AppName><AppID></AppID><AppURL>https://books.example.com/qbwc</AppURL>
  <AppDescription>Carries cost records</AppDescription>
  <AppSupport>https://books.example.com/qbwc/support</AppSupport><UserName>cedar</UserName>
  <OwnerID>{11111111-2222-4333-8444-555555555555}</OwnerID><FileID>{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}</FileID>
  <QBType>QBFS</QBType>
</QBWCXML>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "tieout.qwc"
    path.write_text(text)
    return path


def test_it_reads_an_application(tmp_path: Path) -> None:
    qwc = parse_qwc(written(tmp_path, GOOD))
    assert (qwc.url, qwc.user, qwc.file_id) == (
        "https://books.example.com/qbwc",
        "cedar",
        "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}",
    )


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("<UserName>cedar</UserName>", "", "QBWC1039"),
        ("QBWCXML>", "Other>", "QBWC1039"),
        ("</AppName>", "", "QBWC1039"),
        ("https://books.example.com/qbwc<", "http://books.example.com/qbwc<", "QBWC1010"),
        ("https://books.example.com/qbwc/support", "https://help.example.com/", "QBWC1000"),
    ],
)
def test_it_refuses_a_file_the_real_one_would_refuse(before: str, after: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(QwcError, match=code):
        parse_qwc(written(tmp_path, GOOD.replace(before, after)))


def test_http_is_for_localhost(tmp_path: Path) -> None:
    local = GOOD.replace("https://books.example.com", "http://localhost:8080")
    assert parse_qwc(written(tmp_path, local)).url == "http://localhost:8080/qbwc"
