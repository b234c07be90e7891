"""The least a drain can cost in this language: `python -m bench.least`.

The same work an item needs by the product's promises, and nothing around it: one request rendered and checked, the
rules decided twice, one answer parsed, two events hashed, and its rows written by SQLite's own module in three durable
commits a set. No ORM, no HTTP, no SOAP, no look at what anybody else did meanwhile. What the service costs above this
is its own; what this costs above the floor is the price of the promises.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from app import settings as configuration
from app.core import text
from app.core.decision import Facts
from app.items import registry
from app.items.base import Surroundings
from app.qbxml import parse
from app.rulebook import decide, load
from app.services.tools import Tools

ITEMS, A_SET = 2_000, 100
TABLES = {
    "request": 13,
    "operation": 6,
    "item": 10,
    "binding": 10,
    "transition_row": 10,
    "event": 7,
    "payload": 4,
    "write_back": 8,
}


def main() -> None:
    """Print the processor time of an item."""
    shipped = configuration.PACKAGE_ROOT
    tools = Tools(shipped / "qbxml_templates", shipped / "rules" / "quickbooks_status.yaml")
    pack = load.pack(shipped / "rules")
    with tempfile.TemporaryDirectory() as folder:
        books = _books(Path(folder) / "least.db")
        documents = [_document(number) for number in range(ITEMS)]
        began = time.process_time()
        for start in range(0, ITEMS, A_SET):
            _set(books, tools, pack, documents[start : start + A_SET])
        spent = time.process_time() - began
        books.close()
    print(f"{1000 * spent / ITEMS:.3f} ms of processor an item at the least")  # a bench speaks


def _books(file: Path) -> sqlite3.Connection:
    books = sqlite3.connect(file, isolation_level=None)
    books.execute("PRAGMA journal_mode=WAL")
    books.execute("PRAGMA synchronous=FULL")
    for name, columns in TABLES.items():
        books.execute(f"CREATE TABLE {name} (id TEXT PRIMARY KEY, {', '.join(f'c{n}' for n in range(columns))})")
    return books


def _document(number: int) -> dict[str, Any]:
    return {
        "id": number, "name": f"Northfield Trade Partner {number:05d}", "address": f"{number} Quarry Road",
        "city": "Fairview", "state_code": "OR", "zip": "97000", "business_phone": "503-555-0100", "fax_number": "",
        "is_active": True,
    }  # fmt: skip


def _set(books: sqlite3.Connection, tools: Tools, pack: Any, contents: list[dict[str, Any]]) -> None:
    kind = registry.kind("company")
    around = Surroundings(settings={}, staged=())
    rows: dict[str, list[list[str]]] = {name: [] for name in TABLES}
    bodies = []
    for content in contents:
        for trigger in ("queue", "queue"):
            words = {"label": content["name"], "voided": False, "has_binding": False, **kind.words(content, {}, around)}
            decide.decide(pack, Facts("company", words, people={"sender": ("Pat",), "approvers": ("Ana",)}), trigger)
        document = kind.document(content, {}, around)
        body = tools.renderer.request("company", "add", request_id=f"q{content['id']}", marker="m", document=document)
        tools.grammar.problems(body, edition="US", version=(13, 0))
        bodies.append(body)
    _commit(books, {"request": _rows("request", bodies, "q"), "operation": _rows("operation", bodies, "a")})
    answer = _answer(contents)
    _commit(books, {"event": _rows("event", [answer], "s")})
    for content, got in zip(contents, parse.message_set(answer).answers, strict=True):
        tools.policy.judge(got, write=True)
        record = got.records[0]
        for _ in range(2):
            text.digest(text.canonical({"item": content["id"], "list_id": record.text("ListID"), "name": "confirm"}))
        for name, columns in TABLES.items():
            if name != "request":
                rows[name].append([f"b{content['id']}", *[record.text("Name")] * columns])
    _commit(books, rows)


def _rows(table: str, bodies: list[str], prefix: str) -> list[list[str]]:
    return [[f"{prefix}{hash(body)}", *[body] + ["x"] * (TABLES[table] - 1)] for body in bodies]


def _commit(books: sqlite3.Connection, rows: dict[str, list[list[str]]]) -> None:
    books.execute("BEGIN IMMEDIATE")
    for name, new in rows.items():
        marks = ", ".join("?" * (TABLES[name] + 1))
        books.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", new)  # noqa: S608  # names of our own
    books.execute("COMMIT")


def _answer(contents: list[dict[str, Any]]) -> str:
    records = "".join(
        f'<VendorAddRs requestID="q{content["id"]}" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
        f"<VendorRet><ListID>80-{content['id']}</ListID><EditSequence>1</EditSequence><Name>{content['name']}</Name>"
        "</VendorRet></VendorAddRs>"
        for content in contents
    )
    return f"<QBXML><QBXMLMsgsRs>{records}</QBXMLMsgsRs></QBXML>"


if __name__ == "__main__":
    main()
