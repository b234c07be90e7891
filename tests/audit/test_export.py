"""What an auditor takes away: all of it, unchanged, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.core.tags import Tag
from app.db.engine import Database
from app.services import audit
from tests.audit.conftest import CHAIN, START, append


def notes(database: Database, **wanted: Any) -> list[str]:
    """The notes of the exported events, in order."""
    return [row["payload"].get("note", row["actor"]) for row in audit.lines(database, audit.Filter(**wanted))]


def as_csv(database: Database, **wanted: Any) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    count = audit.write_csv(database, audit.Filter(**wanted), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert len(rows) == count
    return rows


ALL = [f"step {minute}" for minute in range(5)]


@pytest.mark.requirement("AUD-03")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [*ALL, "ana"]),
        ({"chain": CHAIN}, ALL),
        ({"chain": "service"}, ["ana"]),
        ({"actor": "Ana"}, ["step 1", "step 3"]),
        ({"item_id": 8}, ["step 0", "step 2", "step 4"]),
        ({"tag": "person:session:signed_in"}, ["ana"]),
        ({"chain": CHAIN, "since": START + timedelta(minutes=3)}, ["step 3", "step 4"]),
        ({"chain": CHAIN, "until": START + timedelta(minutes=2)}, ["step 0", "step 1"]),
        ({"actor": "Ana", "since": START + timedelta(minutes=2)}, ["step 3"]),
        ({"actor": "nobody"}, []),
    ],
    ids=lambda value: " ".join(value) or "all" if isinstance(value, dict) else "",
)
def test_a_filter_takes_what_it_says_and_nothing_else(
    database: Database, wanted: dict[str, Any], found: list[str]
) -> None:
    assert notes(database, **wanted) == found


def test_an_event_is_told_with_its_time_zone_and_its_hash(database: Database) -> None:
    first = next(audit.lines(database, audit.Filter(chain=CHAIN)))
    assert (first["at"], first["actor"], first["item"]) == ("2026-03-02T12:00:00+00:00", "Pat", 8)
    assert len(first["hash"]) == 64


@pytest.mark.requirement("AUD-03")
def test_json_lines_come_back_as_they_went_out(database: Database) -> None:
    out = io.StringIO()
    assert audit.write_jsonl(database, audit.Filter(), out) == 6
    assert [json.loads(line) for line in out.getvalue().splitlines()] == list(audit.lines(database, audit.Filter()))


@pytest.mark.requirement("AUD-03")
@pytest.mark.parametrize("actor", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_csv_is_taken_for_a_formula(empty: Database, actor: str) -> None:
    append(empty, CHAIN, Tag.ITEM_SEEN, actor)
    (row,) = as_csv(empty)
    assert row["actor"] == "'" + actor


def test_quotes_commas_and_line_ends_stay_in_their_cell(empty: Database) -> None:
    said = 'He said "no",\r\nthen left'
    append(empty, CHAIN, Tag.REFUSED, "Ana", sentence=said)
    (row,) = as_csv(empty)
    assert json.loads(row["payload"]) == {"sentence": said}


def test_a_csv_says_where_something_was_redacted(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM event_payload WHERE chain = '{CHAIN}' AND seq = 2"))
    payloads = [row["payload"] for row in as_csv(database, chain=CHAIN)]
    assert [number for number, payload in enumerate(payloads, 1) if payload == "(redacted)"] == [2]


def test_an_export_of_nothing_still_has_its_headings(empty: Database) -> None:
    out = io.StringIO(newline="")
    assert audit.write_csv(empty, audit.Filter(), out) == 0
    assert out.getvalue() == "chain,seq,at,tag,actor,item,payload,hash\r\n"
