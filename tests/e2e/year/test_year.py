"""A year of one subcontract, month by month: it ties out to zero, and every difference on the way is explained.

What is billed, and what QuickBooks must hold, is written down beside this, by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.items.measures import COMMITTED, INVOICED, RETAINED
from app.services import lifecycle, tie_out
from tests import records
from tests.e2e import ledger
from tests.invoices import billed, invoice
from tests.oracle import schema as oracle
from tests.records import Taken
from tests.scenery import build_scenery, set_up_invoices
from tests.support import House, Stage

HERE = Path(__file__).parent
JOB, VENDOR, ORDER = "Riverside Tower", "Delta Concrete", "SC-300"
#: Each line of the schedule of values: cost code, description, amount.
SUBCONTRACT = (
    (31, "Formwork", "48317.45"),
    (32, "Reinforcing", "61904.20"),
    (33, "Concrete", "127550.05"),
    (51, "Embedded steel", "33333.33"),
    (55, "Stairs", "19876.97"),
)
#: Each change order with the month whose invoice it comes before.
CHANGES = {
    "2026-03-31": ("001", "Added pier", (33, "Pier at grid F", "7412.60")),
    "2026-05-31": ("002", "Anchor plates", (51, "Plates and bolts", "2145.15")),
    "2026-08-31": ("003", "Handrail return", (55, "Return at landing 2", "1204.35")),
}
CODES = {31: "03-100", 32: "03-200", 33: "03-300", 51: "05-120", 55: "05-510"}
CLOSED, BY_HAND = "2026-03-31", "2026-06-30"
#: June as the bookkeeper types it: line of the order (0 is the title, 6 the first change order's), quantity, amount.
TYPED = ((3, "0.25", "31887.51"), (4, "0.33333", "11111.11"), (7, "0.5", "3706.30"))
TYPED_RETAINAGE, TYPED_TOTAL = "-4670.49", Decimal("42034.43")


class Procore:
    """The invoices as Procore tells them: what was billed and held before is carried forward."""

    def __init__(self) -> None:
        self._done: dict[int, Decimal] = defaultdict(Decimal)
        self._kept: dict[int, Decimal] = defaultdict(Decimal)
        self._codes = [code for code, _, _ in SUBCONTRACT] + [line[0] for _, _, line in CHANGES.values()]
        self._paid = Decimal(0)
        self._count = 0

    def invoice(self, day: str, number: str, rows: list[ledger.Cells]) -> Taken:
        """One month's."""
        now = {int(line): _five(rest) for line, *rest in rows}
        there = len(SUBCONTRACT) + sum(approved <= day for approved in CHANGES)
        items = [self._item(line, now.get(line, _five([]))) for line in range(1, there + 1)]
        for line, (work, _, _, retained, released) in now.items():
            self._done[line] += work
            self._kept[line] += retained - released
        self._count += 1
        taken = invoice(
            self._count, *items, paid=str(self._paid), invoice_number=number, billing_date=day, payment_date=None,
            commitment_id=330,
        )  # fmt: skip
        self._paid = Decimal(taken[1]["summary"]["total_earned_less_retainage"])
        return taken

    def _item(self, line: int, figures: tuple[Decimal, ...]) -> dict[str, Any]:
        work, stored, stored_kept, retained, released = map(str, figures)
        change = line - len(SUBCONTRACT)
        more = {"item_type": "change_order_item", "change_order_package_id": 390 + change} if change > 0 else {}
        return billed(
            work, done=str(self._done[line]), stored=stored, kept=str(self._kept[line]), retained=retained,
            released=released, stored_kept=stored_kept, line=3600 + line, code=self._codes[line - 1], position=line,
            **more,
        )  # fmt: skip


def _five(cells: list[str]) -> tuple[Decimal, ...]:
    return tuple(Decimal(cell or 0) for cell in [*cells, *[""] * 5][:5])


class Year:
    """The stage, played through twelve months; what was so after each is kept."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.company = stage, stage.company
        self.refused: dict[str, str] = {}
        self.sums: dict[str, tuple[Decimal, ...]] = {}
        self.crossed: list[str] = []
        self.reports: dict[str, tie_out.Row] = {}
        self._procore = Procore()

    def play(self) -> None:
        """January to December, each invoice on the twelfth of the month after."""
        with _on("2026-01-05"):
            self.stage.approve(*self._subcontract(), who="abe")  # the invoices are Ana's
            self._session()
        for day, month in ledger.written(HERE / "invoices.txt").items():
            with _on(_twelfth_after(day)):
                self._month(day, self._procore.invoice(day, month.head[1], month.rows))
                self.sums[day] = self._sums()
                self.reports[day] = self._report(day, nights=2)

    def _month(self, day: str, taken: Taken) -> None:
        name = f"Invoice {taken[1]['invoice_number']}"
        if day in CHANGES:
            self.stage.approve(_change(*CHANGES[day]))
            self._session()
        if day == CLOSED:
            self._close_the_books()
        if day == BY_HAND:
            self._type_it(taken)
        self.stage.receive(taken)
        assert not self.stage.send(name).refused
        outcomes = self.stage.accept(name)
        if outcomes.refused:
            self.refused[day] = str(outcomes.refused[0].problem)
            assert self.stage.accept(name, accounting_date="2026-04-01", accounting_reason="March is closed").done
        self._session()
        if self.stage.states()[name] == "sent":
            self.refused[day] = self.stage.item(name).problem or ""
            self.unexplained = self._report(day, nights=1)
            self._record(name)

    def _session(self) -> None:
        report = self.stage.run()
        assert report.outcome == "done", report.sentence
        self.crossed += report.requests_seen
        self.stage.kill_connector()

    def _close_the_books(self) -> None:
        """QuickBooks is told so; orders and estimates are left out of it, as set-up advises."""
        self.company.set_preference("ClosingDate", CLOSED)
        self.company.set_preference("ExcludesOrdersFromClosingDate", True)
        self.stage.ask_for_lists()
        self._session()

    def _type_it(self, taken: Taken) -> None:
        order = self.stage.orders()[ORDER]
        rows = order["PurchaseOrderLineRet"]
        lines = [
            {
                "Quantity": quantity,
                "Amount": amount,
                "LinkToTxn": {"TxnID": order["TxnID"], "TxnLineID": rows[line]["TxnLineID"]},
            }
            for line, quantity, amount in TYPED
        ]
        job = {"ListID": rows[1]["CustomerRef"]["ListID"]}
        retainage = {"ItemRef": {"ListID": self.stage.staged("Retainage")}, "Amount": TYPED_RETAINAGE}
        vendor, number = order["VendorRef"]["ListID"], taken[1]["invoice_number"]
        self.company.enter_bill(vendor, *lines, {**retainage, "CustomerRef": job}, number=number, day=BY_HAND)

    def _record(self, name: str) -> None:
        [item_id] = self.stage.ids((name,))
        who, number = self.stage.person("ana"), name.removeprefix("Invoice ")
        why = "the bookkeeper typed it in while we waited for the change order"
        done = lifecycle.record_by_hand(self.stage.database, 1, who, item_id, number, TYPED_TOTAL, why)
        assert not done.refused

    def _sums(self) -> tuple[Decimal, ...]:
        """What the company file itself comes to: the order, the bills before retainage, the liability."""
        [order] = self.company.records("PurchaseOrder")
        rows = [row for bill in ledger.held(self.company, "Bill").values() for row in bill.rows]
        earned = sum((Decimal(row[2]) for row in rows if row[0] != "Retainage"), Decimal(0))
        held = -sum((Decimal(row[2]) for row in rows if row[0] == "Retainage"), Decimal(0))
        return Decimal(order["TotalAmount"]), earned, held

    def _report(self, day: str, nights: int) -> tie_out.Row:
        """QuickBooks' transactions are read again some nights later; then the report is made."""
        with _on(_twelfth_after(day), days=nights):
            self.stage.run()
            self.stage.kill_connector()
            [row] = [row for row in tie_out.report(self.stage.database, 1).rows if row.item.name == ORDER]
            return row

    def _subcontract(self) -> list[Taken]:
        lines = [
            records.line(amount, code, n, id=3600 + n, description=description)
            for n, (code, description, amount) in enumerate(SUBCONTRACT, 1)
        ]
        more = {"title": "Parking structure, concrete package", "created_at": "2026-01-05T18:00:00Z"}
        codes = [records.cost_code(full_code, id) for id, full_code in CODES.items()]
        project = records.project(created_at="2025-12-15T18:00:00Z")
        return [records.company(), project, *codes, records.commitment(ORDER, 330, lines, **more)]


def _change(number: str, title: str, line: tuple[int, str, str]) -> Taken:
    code, description, amount = line
    n = int(number)
    lines = [records.line(amount, code, 1, id=3600 + len(SUBCONTRACT) + n, description=description)]
    return records.change_order(number, 390 + n, 330, lines, title=title)


def _twelfth_after(day: str) -> str:
    return f"{datetime.fromisoformat(day) + timedelta(days=12):%Y-%m-%d}"


@contextmanager
def _on(day: str, *, days: int = 0) -> Iterator[None]:
    moment = datetime.fromisoformat(day).replace(hour=18, tzinfo=UTC) + timedelta(days=days)
    with clock.running(lambda: moment):
        yield


@pytest.fixture(scope="module")
def year(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    with _on("2026-01-02"):
        scenery = build_scenery(house, tmp_path_factory.mktemp("year"))
        ready = set_up_invoices(house, scenery, tmp_path_factory.mktemp("billed"))
    stage = Stage(house, ready.folder)
    found = Year(stage)
    found.play()
    yield found
    stage.close()


@pytest.mark.requirement("ACC-01", "ACC-05")
@pytest.mark.parametrize(("family", "file"), [("PurchaseOrder", "purchase_orders"), ("Bill", "bills")])
def test_quickbooks_holds_what_was_written_down_before(year: Year, family: str, file: str) -> None:
    expected, held = ledger.written(HERE / f"{file}.txt"), ledger.held(year.company, family)
    assert set(held) == set(expected)
    for number, entry in expected.items():
        assert held[number] == entry


def test_what_was_written_down_ends_where_it_must() -> None:
    """The sums below are by hand; the last of them is the contract with its changes, with nothing held."""
    lines = [amount for _, _, amount in SUBCONTRACT] + [line[2] for _, _, line in CHANGES.values()]
    in_all = sum(map(Decimal, lines), Decimal(0))
    assert list(_written().values())[-1] == (in_all, in_all, Decimal(0))


def _written() -> dict[str, tuple[Decimal, ...]]:
    return {day: tuple(map(Decimal, amounts)) for day, *amounts in ledger.listed(HERE / "sums.txt")}


@pytest.mark.requirement("ACC-05")
def test_order_bills_and_liability_are_what_was_written_down_after_every_month(year: Year) -> None:
    assert year.sums == _written()


@pytest.mark.requirement("ACC-07", "ACC-11")
def test_a_closed_month_and_a_bill_typed_by_hand_are_all_that_was_stopped(year: Year) -> None:
    assert set(year.refused) == {CLOSED, BY_HAND}
    assert "closed through 2026-03-31" in year.refused[CLOSED]
    assert "already has bill 1238" in year.refused[BY_HAND]
    assert "42,034.43" in year.refused[BY_HAND]


def test_everything_is_synced_and_the_trail_verifies(year: Year) -> None:
    assert set(year.stage.states().values()) == {"synced"}
    year.stage.must_be_sound()


@pytest.mark.requirement("ACC-09")
def test_the_tie_out_report_comes_to_zero_at_the_end_of_every_month(year: Year) -> None:
    for day, written in _written().items():
        sides = {pair.measure: (pair.procore, pair.quickbooks) for pair in year.reports[day].pairs}
        for measure, amount in zip((COMMITTED, INVOICED, RETAINED), written, strict=True):
            assert sides[measure] == (amount, amount), (day, measure)
        assert not year.reports[day].differs


@pytest.mark.requirement("ACC-25")
def test_the_bill_typed_by_hand_is_a_difference_until_it_is_recorded_and_a_note_ever_after(year: Year) -> None:
    """Earned 31,887.51 + 11,111.11 + 3,706.30, of which 4,670.49 is held."""
    off = {pair.measure: pair.difference for pair in year.unexplained.pairs if pair.difference}
    assert off == {INVOICED: Decimal("46704.92"), RETAINED: Decimal("4670.49")}
    assert ["1238" in one.sentence and "by hand" in one.sentence for one in year.unexplained.reasons] == [True]
    noted = [day for day, row in year.reports.items() if any("1238" in note.sentence for note in row.notes)]
    assert noted == [day for day in _written() if day >= BY_HAND]


@pytest.mark.skipif(not oracle.ORACLE.is_file(), reason=oracle.WHY_NOT)
def test_every_request_that_crossed_passes_quickbooks_own_schema(year: Year) -> None:
    assert [problem for request in year.crossed for problem in oracle.problems(request)] == []
