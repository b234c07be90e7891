"""Reports and clearing from the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.report_list import EVERY
from tests import records
from tests.cli.conftest import Tieout
from tests.support import Stage

Ran = Callable[..., str]


@pytest.fixture
def ran(stage: Stage, tieout: Tieout) -> Ran:
    """The command on the stage's own installation; what it printed."""

    def run(*arguments: str | Path, code: int = 0) -> str:
        said = tieout(*arguments, "--data-dir", stage.folder)
        assert said.code == code, said.err
        return said.out if code == 0 else said.err

    return run


@pytest.mark.parametrize("name", EVERY)
def test_every_report_is_printed_and_written_as_csv(ran: Ran, name: str) -> None:
    assert ran("report", name).startswith(EVERY[name].title)
    assert ran("report", name, "--csv").startswith(EVERY[name].title)


@pytest.mark.requirement("AUD-04")
def test_the_reconciliation_in_columns(ran: Ran, stage: Stage) -> None:
    stage.approve(records.commitment())
    [row] = [line.split() for line in ran("report", "reconciliation").splitlines() if line.startswith("Commitments")]
    assert row == ["Commitments", "1", "750.25", *["0", "0.00"] * 5, "1", "750.25", "yes"]


@pytest.mark.requirement("ACC-09")
def test_the_month_end_list_of_a_month_into_a_file(ran: Ran, stage: Stage, tmp_path: Path) -> None:
    stage.receive(records.commitment(title="=Foundations"))
    file = tmp_path / "march.csv"
    assert "1 rows in" in ran("report", "month-end", "--month", "2026-03", "--csv", "--out", file)
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert rows[-1] == [
        "2026-03-02", "Commitment", "SC-014", "'=Foundations", "750.25", "draft", "Nobody sent it to accounting.",
    ]  # fmt: skip
    assert "is no month" in ran("report", "month-end", "--month", "spring", code=1)
    ran("report", "month-end", "--month", "2026-03", "--out", tmp_path / "march.txt")
    assert "SC-014" in (tmp_path / "march.txt").read_text(encoding="utf-8")


@pytest.mark.requirement("ACC-10")
def test_a_named_person_clears_an_exception(ran: Ran, stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    assert "Nothing of SC-014 stands" in ran("item", "clear", "SC-014", "--reason", "so", "--as", "ana")
    stage.company.edit_purchase_order_line(stage.orders()["SC-014"]["TxnID"], 1, Amount="777.00")
    stage.ask_for_lists()
    stage.run()
    assert "Line 2: QuickBooks has 777.00, approved 500.00" in ran("report", "exceptions")
    assert "1 of 1 cleared." in ran("item", "clear", "SC-014", "--reason", "agreed", "--as", "ana")
    [row] = [line for line in ran("report", "exceptions", "--csv").splitlines() if "SC-014" in line]
    assert row.endswith(",Ana,agreed")
