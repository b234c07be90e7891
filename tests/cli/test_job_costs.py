"""Job costs from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.admin.conftest import signing_in
from tests.cli.conftest import Tieout
from tests.paying import Site


@pytest.fixture
def read(billed_site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(billed_site.stage.folder))
    billed_site.read("job_costs")
    return billed_site


def test_it_prints_how_each_project_stands_and_the_report_of_one(tieout: Tieout, read: Site) -> None:
    assert "Riverside Tower" in tieout("job-costs", "show").out
    said = tieout("job-costs", "show", "riverside tower").out.splitlines()
    assert said[0].endswith("basis accrual")
    assert said[2].split() == ["03-100", "1,000.00", "1,000.33", "0.00", "1,000.33", "-0.33"]
    assert said[-2].split() == ["Total", "1,500.50", "1,000.33", "0.00", "1,000.33", "500.17"]


def test_it_writes_the_report_as_csv(tieout: Tieout, read: Site, tmp_path: Path) -> None:
    out = tmp_path / "costs.csv"
    assert tieout("job-costs", "export", "86", "--out", out).code == 0
    assert "03-100,Concrete Forming,1000.00" in out.read_text(encoding="utf-8")
    assert "03-100,Concrete Forming,1000.00" in tieout("job-costs", "export", "86").out


def test_what_is_committed_stands_in_the_csv_as_on_the_page(tieout: Tieout, read: Site) -> None:
    lines = list(csv.reader(tieout("job-costs", "export", "riverside tower").out.splitlines()))
    [heading] = [line for line in lines if line[:1] == ["Cost code"]]
    committed = {line[0]: line[heading.index("Committed")] for line in lines if len(line) == len(heading)}
    assert committed == {"Cost code": "Committed", "03-100": "10000.00", "03-200": "250.25", "Total": "10250.25"}
    page = signing_in(read.stage)("ike").get("/job-costs/86.csv").get_data(as_text=True).removeprefix("\ufeff")
    assert list(csv.reader(page.splitlines())) == lines


def test_a_project_nobody_knows_is_refused(tieout: Tieout, read: Site) -> None:
    said = tieout("job-costs", "export", "Nowhere")
    assert (said.code, said.err.splitlines()[0]) == (1, "There is no synced project Nowhere.")
