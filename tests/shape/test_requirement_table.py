"""The table of requirements counts what passed, and nothing else."""

from __future__ import annotations

import re

from tests.requirement_table import Row, Table, rows

ROWS = [Row("AAA-01", "yes", "sync"), Row("AAA-02", "yes", "sync"), Row("BBB-01", "refuse", "interface")]


def test_it_counts_by_area_and_says_who_owes_what() -> None:
    told = Table(passed={"AAA-01"}).lines(ROWS)
    assert [line.split()[:3] for line in told[1:4]] == [["AAA", "1", "2"], ["BBB", "0", "1"], ["all", "1", "3"]]
    assert "everything that syncs: 1 of 2" in told
    assert "  without a test: AAA-02" in told
    assert "  without a test: BBB-01" in told


def test_every_requirement_has_an_id_of_its_own_and_an_owner() -> None:
    ids = [row.id for row in rows()]
    assert len(ids) == len(set(ids)) == 315
    assert all(re.fullmatch(r"[A-Z]+-\d\d", one) for one in ids)
    assert {row.owner for row in rows()} == {"sync", "interface", "rules"}
