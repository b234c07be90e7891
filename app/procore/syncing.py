"""Procore's sync actions: many rows in one call, each taken or refused by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.procore.errors import ProcoreError, reason

#: The most rows Procore takes at once.
MOST_ROWS = 1000
_TOO_LARGE = 413
_REFUSED = 422
_TAKEN = 200

Record = dict[str, Any]


def sync(send: Callable[[Record], Record], body: Record) -> Record:
    """Send ``updates`` in parts that Procore takes; the answer is one: every entity, every refused row.

    A part that Procore finds too large is halved, down to single rows.
    """
    rows: Sequence[Record] = body.get("updates", ())
    answer: Record = {"entities": [], "errors": []}
    waiting = list(_parts(rows, MOST_ROWS)) or [rows]
    while waiting:
        part = waiting.pop(0)
        try:
            said = send({**body, "updates": list(part)})
        except ProcoreError as problem:
            if problem.procore_status != _TOO_LARGE or len(part) < 2:
                raise
            waiting[:0] = _parts(part, (len(part) + 1) // 2)
            continue
        for name, found in answer.items():
            found += said.get(name) or ()
    return answer


def not_changed(path: str, rows: Sequence[Record], answer: Record) -> dict[int, ProcoreError]:
    """Why rows that name their record were not carried out, by its id: refused, or left out of the answer."""
    refused = {row.get("id"): reason({"errors": row.get("errors")}) for row in answer["errors"]}
    unsaid = {row["id"] for row in rows} - {row["id"] for row in answer["entities"]} - refused.keys()
    what = path.rsplit("/", 1)[-1]
    return {
        **{one: ProcoreError(_TAKEN, f"Procore did not say what became of {what} {one}.") for one in unsaid},
        **{
            one: ProcoreError(_REFUSED, f"Procore refused to change {what} {one}: {why}.")
            for one, why in refused.items()
            if one is not None
        },
    }


def _parts(rows: Sequence[Record], most: int) -> Iterator[Sequence[Record]]:
    return (rows[start : start + most] for start in range(0, len(rows), most))
