"""Which requirement is proved by a test that passed: the table at the end of `make test`.

``requirement_ids.csv`` lists every requirement with the answer the product gives (yes, refuse …) and who owes its
test. Rows of an owner in ``DUE`` must all be there: in a whole run one that is not covered fails the run.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MARK, PROPERTY = "requirement", "requirement"
MOST_ON_ONE_TEST = 3
OWNERS = {"sync": "everything that syncs", "interface": "the screens and set-up", "rules": "rules and trail"}
#: Owners whose work is done: every row of theirs must be covered.
DUE: tuple[str, ...] = ("sync",)


@dataclass(frozen=True)
class Row:
    """One requirement, and who owes its test."""

    id: str
    answer: str
    owner: str

    @property
    def area(self) -> str:
        return self.id.split("-")[0]


def rows() -> list[Row]:
    """Every requirement there is."""
    with (Path(__file__).parent / "requirement_ids.csv").open(encoding="utf-8", newline="") as file:
        return [Row(line["id"], line["answer"], line["owner"]) for line in csv.DictReader(file)]


def named(item: pytest.Item) -> list[str]:
    """The requirements a test says it proves."""
    return [str(one) for mark in item.iter_markers(MARK) for one in mark.args]


@dataclass
class Table:
    """What passed, what failed, by requirement."""

    passed: set[str] = field(default_factory=set)
    whole: bool = True

    def lines(self, all_rows: Iterable[Row]) -> list[str]:
        """The table: covered and total by area, then who owes what."""
        by_area: dict[str, list[Row]] = defaultdict(list)
        owed: dict[str, list[str]] = defaultdict(list)
        for row in all_rows:
            by_area[row.area].append(row)
            if row.id not in self.passed:
                owed[row.owner].append(row.id)
        told = [f"{'area':<6}{'covered':>8}{'total':>7}"]
        for area, of_area in by_area.items():
            covered = sum(row.id in self.passed for row in of_area)
            told.append(f"{area:<6}{covered:>8}{len(of_area):>7}{'' if covered == len(of_area) else '  ·'}")
        everything = [row for of_area in by_area.values() for row in of_area]
        told.append(f"{'all':<6}{sum(row.id in self.passed for row in everything):>8}{len(everything):>7}")
        for owner, name in OWNERS.items():
            whole = sum(row.owner == owner for row in everything)
            told.append(f"{name}: {whole - len(owed[owner])} of {whole}")
            if owed[owner]:
                told.append(f"  without a test: {' '.join(owed[owner])}")
        return told

    def missing(self, all_rows: Iterable[Row]) -> list[str]:
        """The rows that are due and not covered."""
        return [row.id for row in all_rows if row.owner in DUE and row.id not in self.passed]


class Plugin:
    """Notes on each test what it proves, and prints the table where the run ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._table = Table(whole=not config.args_source or "TESTPATHS" in str(config.args_source))
        self._known = {row.id for row in rows()}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Each test tells its report what it proves; a wrong name, or too many, is an error at once."""
        for item in items:
            ids = named(item)
            if unknown := [one for one in ids if one not in self._known]:
                raise pytest.UsageError(f"{item.nodeid}: there is no requirement {', '.join(unknown)}")
            if len(set(ids)) > MOST_ON_ONE_TEST:
                raise pytest.UsageError(f"{item.nodeid}: {len(set(ids))} requirements on one test are too many")
            item.user_properties += [(PROPERTY, one) for one in ids]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A requirement counts when a test of it ran and passed."""
        if report.when == "call" and report.passed:
            self._table.passed |= {str(value) for name, value in report.user_properties if name == PROPERTY}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table, after a run of everything."""
        if not self._table.whole:
            return
        terminalreporter.section("requirements")
        for line in self._table.lines(rows()):
            terminalreporter.write_line(line)
        if missing := self._table.missing(rows()):
            terminalreporter.write_line(f"not covered, and due: {' '.join(missing)}", red=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A whole run that leaves a due requirement without a passing test has failed."""
        if self._table.whole and not hasattr(session.config, "workerinput") and self._table.missing(rows()):
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
