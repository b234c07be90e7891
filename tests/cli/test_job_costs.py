"""Job costs from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_project_nobody_knows_is_refused(tieout: Tieout, read: Site) -> None:
    said = tieout("job-costs", "export", "Nowhere")
    assert (said.code, said.err.splitlines()[0]) == (1, "There is no synced project Nowhere.")
