"""Every list costs as much with many rows as with few: counted in statements, the whole page with all around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.core import clock, text
from app.db.models import Discrepancy, IssuedPayment, StagedRecord
from app.items import registry
from tests import records
from tests.admin.conftest import Visitor, app_of
from tests.admin.scenes import IRONLINE
from tests.invoices import billed, invoice
from tests.records import Taken
from tests.support import Stage

Visit = Callable[[str], Visitor]

MOST_STATEMENTS = 15
#: Of each kind; more than two pages.
FEW, MANY = 20, 120
#: The lists, by the endpoint that shows them: each is asked for in the ways that cost most.
LISTS = {
    "items.page": [f"/items/{kind}?tab={tab}" for kind in registry.kinds() for tab in ("sent", "draft", "accepted")]
    + ["/items/subcontractor_invoice?sort=project&q=10", "/items/commitment?sort=project&q=sc&project=86"],
    "offers.page": [f"/to-import/{kind}?tab={tab}" for kind in registry.offered() for tab in ("staged", "linked")],
    "payments.page": ["/items/payment"],
    "exceptions.page": ["/exceptions/"],
    "trail.page": ["/audit/"],
}


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """Every SELECT that runs inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(stage.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(stage.database.engine, "before_cursor_execute", note)


def fill(stage: Stage, first: int, end: int) -> None:
    """Records of every kind a list is long of, some decided, some offered by QuickBooks, paid, or otherwise there."""
    numbers = range(first, end)
    taken: list[Taken] = []
    for n in numbers:
        taken += [
            records.commitment(f"SC-{n}", id=10_000 + n, vendor=IRONLINE),
            records.company(f"Vendor {n}", 20_000 + n),
            records.project(f"Project {n}", 30_000 + n),
            records.cost_code(f"05-{n}", 40_000 + n),
            records.change_order(f"CO {n}", id=50_000 + n),
            invoice(n, billed("10.00"), id=60_000 + n),
        ]
    stage.receive(*taken)
    names = [record.get("number") or record.get("name") for kind, record in taken if kind == "commitment"]
    stage.send(*(name for number, name in enumerate(names) if number % 2))
    with stage.database.writing() as session:
        for n in numbers:
            session.add_all([offered(n), paid(stage, n), found(stage, n)])


def offered(n: int) -> StagedRecord:
    key = text.same_name(f"Offered {n}")
    return StagedRecord(
        connection_id=1, source="vendors", type="Vendor", list_id=f"8000{n}-1", name=key, full_name=key, leaf_key=key,
        full_key=key, code_key="offered", active=True, sublevel=0, data={}, seen_at=clock.now(), seen_by=0,
    )  # fmt: skip


def paid(stage: Stage, n: int) -> IssuedPayment:
    facts = {"amount": "1.00", "date": "2026-04-20", "due": "", "method": "check", "number": str(n), "memo": "",
             "discount": "0.00", "credit": "0.00", "payment": f"P{n}", "bill": f"B{n}"}  # fmt: skip
    return IssuedPayment(
        connection_id=1, key=f"P{n}|B{n}", invoice_id=stage.item("SC-014").id, found=facts, next_try_at=clock.now()
    )


def found(stage: Stage, n: int) -> Discrepancy:
    return Discrepancy(
        connection_id=1, item_id=stage.item("SC-014").id, source="write", sentence=f"It differs {n}.",
        found_at=clock.now(),
    )  # fmt: skip


def test_every_list_of_the_url_map_is_counted(stage: Stage) -> None:
    lists = {
        rule.endpoint
        for rule in app_of(stage).url_map.iter_rules()
        if rule.endpoint.endswith(".page") and rule.arguments == {"kind"}
    }
    assert lists <= set(LISTS)


def test_a_whole_page_costs_the_same_for_few_rows_and_for_many(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    ana, paths = visit("ana"), [path for some in LISTS.values() for path in some]
    costs = []
    for first, end in ((100, 100 + FEW), (200, 200 + MANY)):
        fill(stage, first, end)
        cost = {}
        for path in paths:
            with statements(stage) as seen:
                assert ana.get(path).status_code == 200
            cost[path] = len(seen)
        costs.append(cost)
    few, many = costs
    assert few == many
    assert {path: cost for path, cost in many.items() if cost > MOST_STATEMENTS} == {}
