"""The report Job Costs: drawn from store, for those who may see it, with why where something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from app.admin import bars
from app.admin.bars import WIDE
from app.core import clock
from app.core.money import money
from app.core.tags import Tag
from app.services import permissions
from app.services.job_costs import Line
from tests import records
from tests.admin.conftest import Visit
from tests.admin.reading import look, push
from tests.paying import Site

REPORT = "/job-costs/86"


@pytest.mark.parametrize("path", ["/job-costs/", REPORT])
@pytest.mark.parametrize(("hours", "stale"), [(3, False), (5, True)])
def test_figures_older_than_twice_their_two_hours_are_amber_and_say_so(
    site: Site, visit_site: Visit, path: str, hours: int, stale: bool
) -> None:
    site.read("job_costs")
    later = clock.now() + timedelta(hours=hours)
    with clock.running(lambda: later):
        page = look(visit_site("ike"), path)
    assert bool(page.find("//*[@class='t-stale']")) is stale
    assert ("This is older than planned: it is read every 2 hours. Press Refresh" in page.text) is stale


def give(site: Site, login: str, tools: Mapping[str, str], level: str = "standard") -> None:
    change = permissions.Change(level=level, tools=tools)
    permissions.change_access(site.stage.database, 1, site.stage.person("ike"), login, change)


@pytest.mark.requirement("OVR-04", "JOB-02", "JOB-03")
def test_the_report_is_drawn_from_store_with_its_time_and_its_notes(site: Site, visit_site: Visit) -> None:
    site.read("job_costs")
    site.stage.company.close()
    page = look(visit_site("ike"), REPORT)
    rows = [
        [cell.text_content().strip() for cell in row.xpath("td")][:7]
        for row in page.find("//table[contains(@class, 't-costs')]/tbody/tr")
    ]
    assert rows[0] == ["03-100Concrete Forming", "1,000.00", "1,000.00", "1,000.33", "0.00", "1,000.33", "-0.33"]
    assert "As of" in page.text
    assert "basis: accrual" in page.text
    assert "not synced, or directly to accounts (such as journal entries), are not included." in page.text
    assert "Figures are a summary; their transactions are in QuickBooks" in page.text
    assert page.find("//tbody//td//a") == []
    drawn = page.find("//table[contains(@class, 't-bars')]//tr[th[@scope='row']]")
    assert [row.xpath("string(th)").split()[0] for row in drawn] == [row[0][:6] for row in rows]
    assert all(row.xpath(".//*[name()='svg']/@aria-label") for row in drawn)


@pytest.mark.requirement("JOB-03")
def test_a_figure_cannot_be_opened_and_the_attempt_is_noted(site: Site, visit_site: Visit) -> None:
    page = look(visit_site("ike"), f"{REPORT}/31")
    assert page.status == 422
    assert "their transactions stay in QuickBooks Desktop" in page.text
    assert site.stage.events(Tag.REFUSED)[-1]["what"] == "job-cost-details"


@pytest.mark.requirement("PRM-44")
def test_the_companys_report_is_for_admins(site: Site, visit_site: Visit) -> None:
    assert look(visit_site("ike"), "/job-costs/").status == 200
    assert look(visit_site("ana"), "/job-costs/").status == 403


@pytest.mark.requirement("PRM-45")
@pytest.mark.parametrize("reports", ["none", "read_only"])
@pytest.mark.parametrize("budget", ["none", "admin"])
@pytest.mark.parametrize("contract", ["none", "admin"])
def test_a_projects_report_is_for_reports_and_budget_or_prime_contract(
    site: Site, visit_site: Visit, reports: str, budget: str, contract: str
) -> None:
    give(site, "pat", {"reports": reports, "budget": budget, "prime_contract": contract})
    allowed = reports == "read_only" and "admin" in {budget, contract}
    assert look(visit_site("pat"), REPORT).status == (200 if allowed else 403)


def test_a_project_manager_sees_projects_without_the_companys_figures(site: Site, visit_site: Visit) -> None:
    site.read("job_costs")
    page = look(visit_site("pat"), "/job-costs/")
    assert "Riverside Tower" in page.text
    assert "1,000.33" not in page.text


@pytest.mark.requirement("BUD-02")
def test_without_a_budget_the_button_is_disabled_and_says_why(site: Site, visit_site: Visit) -> None:
    site.stage.approve(records.project("School", 87))
    site.session()
    ike = visit_site("ike")
    page = look(ike, "/job-costs/87")
    assert "disabled" in page.find("//form[contains(@action,'refresh')]/button")[0].attrib
    assert "The budget of School is not in QuickBooks yet" in page.text
    assert "is not in QuickBooks yet" in push(ike, "/job-costs/87/refresh").told[0]


@pytest.mark.requirement("CFG-19", "PRM-34")
def test_whoever_may_asks_for_one_project_and_twice_is_once(site: Site, visit_site: Visit) -> None:
    ike = visit_site("ike")
    told = [push(ike, f"{REPORT}/refresh").told for _ in range(2)]
    assert told == [["Queued; it runs at the next session."], ["Queued already; it runs at the next session."]]
    assert push(visit_site("ana"), f"{REPORT}/refresh").status == 403


def test_the_csv_has_the_figures_and_what_they_leave_out(site: Site, visit_site: Visit) -> None:
    site.read("job_costs")
    text = visit_site("ike").get(f"{REPORT}.csv").get_data(as_text=True)
    assert "03-100,Concrete Forming,1000.00,1000.00,1000.33,0.00,1000.33,-0.33" in text
    assert "Total,Total,1500.50,1500.50,1000.33,0.00,1000.33,500.17" in text
    assert "are not included" in text


@pytest.mark.requirement("JOB-02")
def test_bars_are_drawn_to_one_scale_and_never_backwards() -> None:
    def line(estimated: str, invoiced: str, actual: str, committed: str = "0") -> Line:
        amounts = map(money, (estimated, invoiced, actual, committed))
        return Line("03-100", "", "31", money("0"), *amounts)

    drawn = bars.job_costs(
        [
            line("200.00", "50.00", "100.00", "150.00"),
            line("100.00", "100.00", "150.00"),
            line("0.00", "30.00", "-10.00"),
            line("0.00", "0.00", "0.00"),
        ]
    )
    assert [{piece.tone: (piece.x, piece.width) for piece in row.pieces} for row in drawn] == [
        {
            "frame": (0, WIDE),
            "committed": (0, WIDE * 3 // 4),
            "invoiced": (0, WIDE // 4),
            "direct": (WIDE // 4, WIDE // 4),
        },
        {
            "frame": (0, WIDE // 2),
            "invoiced": (0, WIDE // 2),
            "direct": (WIDE // 2, WIDE // 4),
            "over": (WIDE // 2, WIDE // 4),
        },
        {},
        {},
    ]
    assert [(row.value, row.over) for row in drawn] == [
        ("50% spent", False),
        ("150% spent", True),
        ("no budget", False),
        ("nothing spent", False),
    ]
    assert bars.job_costs([]) == []
