"""How much longer a list takes with 100,000 items than with 100: `python -m bench.lists [ITEMS]`."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from app import settings as configuration
from app.factory import build, create_app
from bench.filling import fill
from bench.office import PASSWORD, _connection

FEW, MANY = 100, 100_000
#: So often every page is looked at in both services in turn, and so often before it counts.
ROUNDS, WARM = 11, 2
DRAFTS = "/items/commitment?tab=draft"
#: What people look at. Each shows as many rows with few items as with many: whatever takes longer, it is not the rows.
LOOKS = {
    "first page": DRAFTS,
    "by name": f"{DRAFTS}&sort=name",
    "by amount": f"{DRAFTS}&sort=amount",
    "by age": f"{DRAFTS}&sort=age",
    "project by project": f"{DRAFTS}&sort=project",
    "one project": f"{DRAFTS}&project=1",
    "a small project by name": f"{DRAFTS}&project=2&sort=name",
    "a rare word": f"{DRAFTS}&q=000077",
    "a rare word by amount": f"{DRAFTS}&q=000077&sort=amount",
    "a word of a thousand": f"{DRAFTS}&q=night",
    "a word all have": f"{DRAFTS}&q=trade",
    "words no item has both of": f"{DRAFTS}&q=odd+even",
    "to import": "/to-import/company",
    "exceptions": "/exceptions/",
    "the month's end": "/reports/month-end?month=2026-10",
}


def main(many: int) -> None:
    """Look at two services in turn, one with few items and one with many; print how much longer the many take."""
    with tempfile.TemporaryDirectory() as folder:
        few, full = (Filled(Path(folder) / str(count), count) for count in (FEW, many))
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in LOOKS}
        for done in range(1, WARM + ROUNDS + 1):
            for name, path in LOOKS.items():
                times[name].append((few.look(path), full.look(path)))
            print(f"{done} of {WARM + ROUNDS} rounds of looks", file=sys.stderr, flush=True)
        print(f"{'':<28}{FEW:>12}{many:>12}{'ratio':>8}{'statements':>12}")
        for name, path in LOOKS.items():
            warm = times[name][WARM:]
            fast, slow = (median(column) for column in zip(*warm, strict=True))
            ratio = median(b / a for a, b in warm)
            counts = [len(one.statements(path)) for one in (few, full)]
            print(f"{name:<28}{fast * 1000:>9.1f} ms{slow * 1000:>9.1f} ms{ratio:>8.2f}{counts[0]:>8} {counts[1]:>3}")
        for one in (few, full):
            one.database.dispose()


class Filled:
    """A service with so many items, and somebody who looks at them."""

    def __init__(self, folder: Path, count: int) -> None:
        services = build(configuration.load(data_dir=folder))
        self.database, began = services.database, time.perf_counter()
        fill(self.database, _connection(services), count)
        print(f"{count} items within {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        self._client = create_app(services=services).test_client()
        page = self._client.get("/log-in").get_data(as_text=True)
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        login = {"csrf": token[1] if token else "", "login": "ana", "password": PASSWORD}
        if self._client.post("/log-in", data=login).status_code != 302:
            raise RuntimeError("nobody could log in")

    def look(self, path: str) -> float:
        """One whole page, as somebody who may accept sees it; how much of the processor it took.

        The database answers in this very process: what else the machine does meanwhile counts on neither side.
        """
        began = time.process_time()
        answer = self._client.get(path)
        took = time.process_time() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return took

    def statements(self, path: str) -> list[str]:
        """What one page asks of the database."""
        with counted(self.database.engine) as seen:
            self.look(path)
        return seen


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    """Every question inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
