"""Fills a service with many items: the first hundred as Procore tells of them, all others as copies of those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.core import clock, text
from app.db.engine import Database, add_rows
from app.db.models import Discrepancy, Item, ItemNeed, ItemWord, Revision, StagedRecord, Tally
from app.services import intake, search

#: So many are taken in as Procore tells of them.
FIRST = 100


def commitment(number: int) -> dict[str, Any]:
    """One of two projects or of a small third one, with an amount that repeats; a hundred are of the same month."""
    day, amount, project = _day(number), f"{number % 977}.50", _project(number)
    line = {"id": number, "position": 1, "cost_code": {"id": 31, "full_code": "03-100"}, "description": "Work",
            "quantity": None, "unit_cost": None, "amount": amount, "extended_amount": amount,
            "uom": None, "line_item_type": None}  # fmt: skip
    return {
        "id": number, "number": f"SC-{number}", "title": _title(number), "type": "subcontract", "status": "Approved",
        "executed": True, "vendor": {"id": 61, "company": "Delta Concrete"},
        "project": {"id": project, "name": f"Project {project}"}, "line_items": [line],
        "approval_date": day, "contract_date": day, "created_at": f"{day}T08:00:00Z",
    }  # fmt: skip


def fill(database: Database, connection_id: int, count: int) -> None:
    """So many commitments; of each something is found otherwise in QuickBooks, which offers as many vendors."""
    taken = intake.take(database, connection_id, (("commitment", commitment(n)) for n in range(1, FIRST + 1)))
    if taken.new != FIRST:
        raise RuntimeError(f"only {taken.new} of {FIRST} were taken in: {taken.unreadable[:1]}")
    with database.writing() as session:
        _copy(session, range(FIRST + 1, count + 1))
        _count(session)
        add_rows(session, Discrepancy, list(_found(connection_id, range(1, count + 1))))
        add_rows(session, StagedRecord, list(_offered(connection_id, range(1, count + 1))))


def _title(number: int) -> str:
    words = ["Trade works", "even" if number % 2 == 0 else "odd", f"{number:06d}"]
    return " ".join([*words, "night"] if number <= 60 or number % 110 == 0 else words)


def _project(number: int) -> int:
    return 2 if number <= FIRST and number % 5 == 0 else number % 2


def _day(number: int) -> str:
    months = 2026 * 12 + 9 - (number - 1) // FIRST
    return f"{months // 12:04d}-{months % 12 + 1:02d}-10"


def _copy(session: Session, numbers: Sequence[int]) -> None:
    """The first hundred again and again under these numbers, with all that a list reads of them."""
    items, revisions = _rows(session, Item), {row["item_id"]: row for row in _rows(session, Revision)}
    needs = _rows(session, ItemNeed)
    last = max(row["id"] for row in revisions.values())
    like = {number: items[(number - 1) % FIRST] for number in numbers}
    copies = [
        {
            **one, "id": number, "procore_id": str(number), "project_id": str(_project(number)),
            "name": f"SC-{number}", "sort_name": search.sortable(f"SC-{number}"), "name_key": f"sc-{number}",
            "title": _title(number), "cents": number % 977 * 100 + 50, "lock_key": f"purchase_order:{number}",
            "day": _day(number), "seen_revision_id": last + number,
        }
        for number, one in like.items()
    ]  # fmt: skip
    add_rows(session, Item, copies)
    said = ({**revisions[one["id"]], "id": last + number, "item_id": number} for number, one in like.items())
    add_rows(session, Revision, list(said))
    needed = [[need for need in needs if need["item_id"] == one["id"]] for one in items]
    add_rows(session, ItemNeed, [{**need, "item_id": n} for n in numbers for need in needed[(n - 1) % FIRST]])
    words = (
        {"item_id": one["id"], "word": word, "connection_id": one["connection_id"], "kind": one["kind"]}
        for one in copies
        for word in sorted(search.words_of(one["name"], one["title"]))
    )
    add_rows(session, ItemWord, list(words))


def _rows(session: Session, model: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(model.__table__.select())]


def _count(session: Session) -> None:
    """The kept counts anew."""
    session.execute(delete(Tally))
    cell = (Item.connection_id, Item.kind, Item.state, func.coalesce(Item.project_id, ""))
    every = select(*cell, func.count(), func.sum(Item.cents)).group_by(*cell)
    session.execute(insert(Tally).from_select(list(Tally.__table__.c), every))


def _offered(connection_id: int, numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        name = f"Offered Partner {number:06d}"
        key = text.same_name(name)
        yield {
            "connection_id": connection_id, "source": "vendors", "type": "Vendor", "list_id": f"80{number:06d}-1",
            "name": name, "full_name": name, "leaf_key": key, "full_key": key, "code_key": "offered", "active": True,
            "sublevel": 0, "data": {}, "seen_at": clock.now(), "seen_by": 0,
        }  # fmt: skip


def _found(connection_id: int, item_ids: range) -> Iterator[dict[str, Any]]:
    for item_id in item_ids:
        at = clock.now() - timedelta(hours=item_id % 1000)
        yield {"connection_id": connection_id, "item_id": item_id, "source": "write",
               "sentence": "QuickBooks has 2.00, approved 1.00", "found_at": at}  # fmt: skip
