"""How much longer a list takes with 100,000 items than with 100: `python -m bench.lists [ITEMS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from app import settings as configuration
from app.factory import build
from app.services import intake, listing
from app.services.listing import Wanted
from bench.office import _connection

FEW, MANY, TIMES = 100, 100_000, 31
#: What people look at: the first page, each order, a small project, a rare word, one that all share, and two that all
#: share but no item has both of.
LOOKS: dict[str, dict[str, Any]] = {
    "first page": {},
    "by name": {"sort": "name"},
    "by amount": {"sort": "amount"},
    "by age": {"sort": "age"},
    "by project": {"sort": "project"},
    "one project": {"project": "1"},
    "a small one": {"project": "2", "sort": "name"},
    "a rare word": {"search": "000077"},
    "a common word": {"search": "trade"},
    "no hit at all": {"search": "odd even"},
}


def commitments(first: int, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """So many commitments in two projects and a small third one, with amounts that repeat."""
    for number in range(first, first + count):
        project = 2 if number % 1000 == 60 else number % 2
        line = {"id": number, "position": 1, "cost_code": {"id": 31, "full_code": "03-100"}, "description": "Work",
                "quantity": None, "unit_cost": None, "amount": f"{number % 977}.50", "extended_amount": f"{number % 977}.50",
                "uom": None, "line_item_type": None}  # fmt: skip
        yield "commitment", {
            "id": number, "number": f"SC-{number}", "title": f"Trade works {'even' if number % 2 == 0 else 'odd'} {number:06d}", "type": "subcontract",
            "status": "Approved", "executed": True, "vendor": {"id": 61, "company": "Delta Concrete"},
            "project": {"id": project, "name": f"Project {project}"}, "line_items": [line],
            "approval_date": "2026-10-01", "contract_date": "2026-10-01", "created_at": "2026-10-01T08:00:00Z",
        }  # fmt: skip


def main(many: int) -> None:
    """Look at two services in turn, one with few items and one with many; print how much longer the many take."""
    with tempfile.TemporaryDirectory() as folder:
        few, full = (Filled(Path(folder) / name) for name in ("few", "many"))
        few.fill(FEW)
        began = time.perf_counter()
        full.fill(many)
        print(f"{many} items taken in within {time.perf_counter() - began:.0f} s")
        print(f"{'':<16}{FEW:>12}{many:>12}{'ratio':>8}{'statements':>12}")
        for name, more in LOOKS.items():
            fast, slow, ratio = compared(lambda more=more: few.look(more), lambda more=more: full.look(more))
            counts = [len(one.statements(more)) for one in (few, full)]
            times = f"{fast * 1000:>9.1f} ms{slow * 1000:>9.1f} ms"
            print(f"{name:<16}{times}{ratio:>8.2f}{counts[0]:>8} {counts[1]:>3}")
        for one in (few, full):
            one.database.dispose()


class Filled:
    """A service with so many commitments."""

    def __init__(self, folder: Path) -> None:
        services = build(configuration.load(data_dir=folder))
        self.database, self.connection_id = services.database, _connection(services)

    def fill(self, count: int) -> None:
        """Take them in, as Procore would tell of them."""
        taken = intake.take(self.database, self.connection_id, commitments(1, count))
        if taken.new != count:
            raise RuntimeError(f"only {taken.new} of {count} were taken in: {taken.unreadable[:1]}")

    def look(self, more: dict[str, Any]) -> None:
        """One page, as somebody who may accept sees it."""
        listing.page(self.database, self.connection_id, Wanted("commitment", "draft", **more), "Ana")

    def statements(self, more: dict[str, Any]) -> list[str]:
        """What one page asks of the database."""
        with counted(self.database.engine) as seen:
            self.look(more)
        return seen


def compared(few: Callable[[], None], many: Callable[[], None]) -> tuple[float, float, float]:
    """The medians of both, looked at in turn: whatever else the machine does slows both alike."""
    taken: list[tuple[float, float]] = []
    for _ in range(TIMES + 1):
        times = []
        for look in (few, many):
            began = time.perf_counter()
            look()
            times.append(time.perf_counter() - began)
        taken.append((times[0], times[1]))
    warm = taken[1:]
    fast, slow = (median(column) for column in zip(*warm, strict=True))
    return fast, slow, median(b / a for a, b in warm)


class counted:  # noqa: N801  # reads as a word
    """Every SELECT inside the block."""

    def __init__(self, engine: Any) -> None:
        self._engine, self._seen = engine, []

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self._seen

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            self._seen.append(statement)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
