"""What a job has cost by QuickBooks' reports: matched with cost codes, shown from store, told to Procore once."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from app.core import clock
from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.models import JobCostReport, Operation, StagedRecord
from app.procore import ProcoreError, Run
from app.services import direct_costs, job_costs, job_costs_taken, refreshes
from app.services.job_costs import Line, Report
from app.services.unit import work
from tests import budgets, records
from tests.paying import PROJECT, Site

FORMING, REINFORCING = "03-100", "03-200"


class Undone(Exception):
    """Whatever a test asked for is taken back."""


@pytest.fixture
def site(billed_site: Site) -> Site:
    return billed_site


def line(site: Site, amount: str, code: str = FORMING, **more: Any) -> dict[str, Any]:
    return {"ItemRef": site.item(code), "Amount": amount, "CustomerRef": {"ListID": site.job()}, **more}


def read(site: Site) -> Report:
    site.read("job_costs")
    return report(site)


def report(site: Site) -> Report:
    return job_costs.report(site.stage.database, 1, str(PROJECT))


def of(found: Report, code: str = FORMING) -> Line:
    return next(line for line in found.lines if line.code == code)


def figures(line: Line) -> tuple[str, ...]:
    parts = (line.original, line.estimated, line.invoiced, line.direct, line.actual, line.difference)
    return tuple(str(part) for part in parts)


def told(site: Site) -> dict[str, str]:
    """The direct costs in Procore by cost code; several of one code fail the test."""
    path = f"/rest/v1.0/projects/{PROJECT}/direct_costs"
    lines = [row for row in Run(site.office.client).pages(f"{path}/line_items") if row["origin_id"]]
    codes = [row["cost_code"]["full_code"] for row in lines]
    assert len(codes) == len(set(codes)), codes
    return {row["cost_code"]["full_code"]: row["amount"] for row in lines}


@pytest.mark.requirement("JOB-01")
def test_a_code_written_since_the_items_were_read_is_known_all_the_same(site: Site) -> None:
    with site.stage.database.writing() as session:
        session.execute(delete(StagedRecord).where(StagedRecord.source == "items"))
    vendor = site.stage.company.records("Vendor")[0]["ListID"]
    site.stage.company.enter_check(vendor, line(site, "60.00"), bank=site.bank)
    assert of(read(site)).cost_code != ""


@pytest.mark.requirement("JOB-05", "JOB-06", "MAP-71")
def test_bills_of_commitments_stand_beside_what_else_the_job_has_cost(site: Site) -> None:
    vendor = site.stage.staged("Delta Concrete")
    site.stage.company.enter_check(vendor, line(site, "60.00"), bank=site.bank)
    found = read(site)
    assert figures(of(found)) == ("1000.00", "1000.00", "1000.33", "60.00", "1060.33", "-60.33")
    assert figures(found.total) == ("1500.50", "1500.50", "1000.33", "60.00", "1060.33", "440.17")


@pytest.mark.requirement("ACC-14", "JOB-05")
def test_a_bill_typed_by_hand_against_our_order_counts_as_invoiced(site: Site) -> None:
    order = site.stage.orders()["SC-014"]
    linked = {"LinkToTxn": {"TxnID": order["TxnID"], "TxnLineID": order["PurchaseOrderLineRet"][1]["TxnLineID"]}}
    vendor = site.stage.staged("Delta Concrete")
    site.stage.company.enter_bill(vendor, {"Amount": "50.00", "Quantity": "0.005", **linked}, number="H-1")
    site.stage.company.enter_bill(vendor, line(site, "70.00"), number="H-2")
    assert (str(of(read(site)).invoiced), str(of(report(site)).direct)) == ("1050.33", "70.00")


@pytest.mark.requirement("ACC-14")
def test_the_retainage_item_is_left_out_by_name(site: Site) -> None:
    vendor = site.stage.staged("Delta Concrete")
    [retainage] = site.stage.company.records("ItemOtherCharge")
    held = {"ItemRef": {"ListID": retainage["ListID"]}, "Amount": "-10.00", "CustomerRef": {"ListID": site.job()}}
    site.stage.company.enter_bill(vendor, line(site, "100.00"), held, number="H-1")
    found = read(site)
    assert [(one.code, str(one.actual)) for one in found.retainage] == [("Retainage", "-10.00")]
    assert {one.code for one in found.lines} == {FORMING, REINFORCING}
    assert str(of(found).direct) == "100.00"


@pytest.mark.requirement("JOB-01")
def test_an_item_that_is_no_synced_code_is_named_with_its_amount_and_counts_nowhere(site: Site) -> None:
    account = next(one["ListID"] for one in site.stage.company.records("Account") if one["Name"] == "Job Costs")
    permits = site.stage.company.add_service_item("Permits", income=account)
    vendor = site.stage.staged("Delta Concrete")
    site.stage.company.enter_check(
        vendor, line(site, "25.00") | {"ItemRef": {"ListID": permits}}, line(site, "5.00"), bank=site.bank
    )
    found = read(site)
    assert [(one.code, str(one.actual)) for one in found.unmatched] == [("Permits", "25.00")]
    assert str(of(found).actual) == "1005.33"


@pytest.mark.requirement("JOB-04", "JOB-02")
def test_what_is_coded_to_an_account_alone_changes_no_figure(site: Site) -> None:
    before = [figures(one) for one in read(site).lines]
    account = next(one["ListID"] for one in site.stage.company.records("Account") if one["Name"] == "Job Costs")
    bank = site.bank
    site.stage.company.enter_journal_entry(account, bank, "500.00", job=site.job())
    expense = {"AccountRef": {"ListID": account}, "Amount": "33.00", "CustomerRef": {"ListID": site.job()}}
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), expense, bank=bank)
    after = read(site)
    assert [figures(one) for one in after.lines] == before
    assert after.unmatched == ()


@pytest.mark.requirement("JOB-03")
def test_no_transaction_is_kept(site: Site) -> None:
    read(site)
    assert site.stage.rows(StagedRecord, source="job_costs") == []
    [stored] = site.stage.rows(JobCostReport)
    assert {key for row in stored.rows for key in row} == {
        "item", "cost_code", "is_retainage", "estimated", "actual", "invoiced",
    }  # fmt: skip


@pytest.mark.requirement("MAP-66")
def test_the_original_budget_stays_as_it_was_first_exported(site: Site) -> None:
    edited = budgets.budget(budgets.line("1200.00"), budgets.line("500.50", 32, 568))
    site.stage.receive(edited)
    for outcomes in (site.stage.send("Budget of Riverside Tower"), site.stage.accept()):
        assert not outcomes.refused
    site.session()
    assert figures(of(read(site)))[:2] == ("1000.00", "1200.00")


@pytest.mark.requirement("MAP-67", "MAP-68")
def test_figures_are_those_of_quickbooks_own_report(site: Site) -> None:
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), line(site, "0.07", REINFORCING), bank=site.bank)
    found = of(read(site), REINFORCING)
    assert (str(found.estimated), str(found.actual)) == ("500.50", "0.07")


# -- told to Procore -----------------------------------------------------------------------------------------------


@pytest.fixture
def codes(site: Site) -> Site:
    """The project in Procore has its own copies of the two codes."""
    for number, code in ((31, FORMING), (32, REINFORCING)):
        own = site.store.all("cost_codes")[0]
        new = {"id": 14000 + number, "full_code": code, "project_id": PROJECT, "standard_cost_code_id": number}
        site.store.put("cost_codes", {**own, **new, "origin_id": None})
    return site


def spend(site: Site, amount: str, code: str = FORMING) -> None:
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), line(site, amount, code), bank=site.bank)


@pytest.mark.requirement("ACC-15", "MAP-65", "MAP-70")
def test_procore_is_told_direct_costs_alone_one_for_each_code_and_once(codes: Site) -> None:
    spend(codes, "60.00")
    spend(codes, "12.34", REINFORCING)
    found = read(codes)
    for _ in range(2):
        codes.work()
        assert told(codes) == {FORMING: "60.0", REINFORCING: "12.34"}
    spend(codes, "40.00")
    newer = read(codes)
    codes.work()
    assert told(codes) == {FORMING: "100.0", REINFORCING: "12.34"}
    assert newer.as_of != found.as_of
    assert len([row for row in codes.store.all("direct_costs", project_id=PROJECT) if row["origin_id"]]) == 2
    assert Decimal(told(codes)[FORMING]) + of(newer).invoiced == of(newer).actual


@pytest.mark.requirement("MAP-70")
@pytest.mark.parametrize("method", ["PATCH", "POST", "GET"])
def test_a_lost_answer_tells_nothing_twice(codes: Site, method: str) -> None:
    spend(codes, "60.00")
    read(codes)
    codes.office.wire.lost_answers = [method]
    codes.work()
    at = clock.now() + timedelta(minutes=20)
    with clock.running(lambda: at):
        codes.work()
    assert told(codes) == {FORMING: "60.0"}
    assert report(codes).stored.problem == ""  # type: ignore[union-attr]


def test_a_cost_that_is_taken_back_in_quickbooks_is_taken_back_in_procore(codes: Site) -> None:
    check = codes.stage.company.enter_check(codes.stage.staged("Delta Concrete"), line(codes, "60.00"), bank=codes.bank)
    read(codes)
    codes.work()
    codes.stage.company.void(check)
    read(codes)
    codes.work()
    assert told(codes) == {FORMING: "0.0"}


@pytest.mark.requirement("ACC-14")
def test_a_report_on_cash_basis_is_shown_and_not_told(codes: Site) -> None:
    spend(codes, "60.00")
    read(codes)
    with work(codes.stage.database, 1) as unit:
        unit.session.get_one(JobCostReport, (1, str(PROJECT))).basis = "Cash"
    codes.work()
    assert told(codes) == {}
    assert report(codes).not_written == (
        "QuickBooks' job report is on cash basis, so unpaid bills may be missing in it and nothing was written to "
        "Procore. Choose the accrual basis under QuickBooks' Preferences, Reports & Graphs, then refresh."
    )


@pytest.mark.requirement("ACC-14")
@pytest.mark.parametrize(("said", "told_to_procore"), [("Accrual", {FORMING: "60.0"}), ("Cash", {})])
def test_bills_reported_on_another_basis_than_the_job_are_not_told(
    codes: Site, said: str, told_to_procore: dict[str, str]
) -> None:
    spend(codes, "60.00")
    read(codes)
    with work(codes.stage.database, 1) as unit:
        asked = unit.session.query(Operation).filter_by(kind="job_costs").first()
        assert asked is not None
        figures = {"estimated": {}, "actual": {FORMING: "60.00"}, "invoiced": {}}
        job_costs_taken.take(unit, asked, {"basis": "Accrual", "bills_basis": said, **figures})
    codes.work()
    assert (report(codes).basis, told(codes)) == (said, told_to_procore)


def keyed_by_hand(site: Site) -> None:
    keyed = {"direct_cost_type": "expense", "status": "approved", "project_id": PROJECT, "line_items": []}
    empty = dict.fromkeys(("vendor_id", "origin_id", "origin_data", "employee_id", "deleted_at"))
    site.store.put("direct_costs", {**empty, **keyed, "id": 4711})


@pytest.mark.requirement("ACC-15")
def test_direct_costs_keyed_in_procore_are_warned_of_before_anything_is_written(codes: Site) -> None:
    keyed_by_hand(codes)
    spend(codes, "60.00")
    read(codes)
    codes.work()
    assert told(codes) == {}
    assert report(codes).not_written == (
        "On this project Procore has a direct cost keyed by hand. Tieout's would count beside them, so nothing was "
        "written. Delete in Procore what QuickBooks has too; Tieout then writes by itself, or let it write beside them."
    )
    with pytest.raises(Forbidden):
        job_costs.write_beside(codes.stage.database, 1, codes.stage.person("ana"), str(PROJECT))
    job_costs.write_beside(codes.stage.database, 1, codes.stage.person("ike"), str(PROJECT))
    codes.work()
    assert told(codes) == {FORMING: "60.0"}
    assert codes.stage.events(Tag.JOB_COSTS_BESIDE)[0]["others"] == 1
    with pytest.raises(Refusal):
        job_costs.write_beside(codes.stage.database, 1, codes.stage.person("ike"), str(PROJECT))


def test_once_they_are_gone_it_writes_by_itself(codes: Site) -> None:
    keyed_by_hand(codes)
    spend(codes, "60.00")
    read(codes)
    codes.work()
    codes.store.delete("direct_costs", 4711)
    at = clock.now() + timedelta(minutes=20)
    with clock.running(lambda: at):
        codes.work()
    assert told(codes) == {FORMING: "60.0"}
    assert report(codes).not_written == ""


def test_what_procore_refuses_is_said_on_the_report_and_tried_again(codes: Site) -> None:
    spend(codes, "60.00")
    read(codes)
    codes.store.delete("cost_codes", 14031)
    codes.work()
    assert "no longer has the cost code 31" in report(codes).stored.problem  # type: ignore[union-attr]
    assert len(codes.stage.events(Tag.JOB_COSTS_FAILED)) == 1


def test_one_odd_report_keeps_no_other_waiting_and_is_on_the_trail_once(codes: Site) -> None:
    spend(codes, "60.00")
    read(codes)
    codes.store.put("projects", {**codes.store.all("projects")[0], "id": 1, "origin_id": None})
    with work(codes.stage.database, 1) as unit:
        stored = unit.session.get_one(JobCostReport, (1, str(PROJECT)))
        odd = [{"cost_code": "31", "is_retainage": False, "actual": None, "invoiced": "0.00"}]
        first = {"connection_id": 1, "project_id": "1", "basis": "Accrual", "written": 0, "next_try_at": unit.at}
        unit.session.add(JobCostReport(**first, as_of=stored.as_of, rows=odd, counter=1))
    for hours in range(3):
        at = clock.now() + timedelta(hours=hours)
        with clock.running(lambda at=at: at):  # type: ignore[misc]
            codes.work()
    assert told(codes) == {FORMING: "60.0"}
    [row] = codes.stage.rows(JobCostReport, project_id="1")
    assert (row.tries, row.problem.startswith("Tieout made a mistake (")) == (3, True)
    assert [one["project"] for one in codes.stage.events(Tag.JOB_COSTS_FAILED)] == ["1"]


def test_the_trail_names_the_report_that_was_told_though_a_newer_one_came_meanwhile(
    codes: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(codes, "60.00")
    as_of = read(codes).as_of
    there = direct_costs._write

    def write(procore: Any, due: Any) -> int:
        others = there(procore, due)
        with work(codes.stage.database, 1) as unit:
            row = unit.session.get_one(JobCostReport, (1, str(PROJECT)))
            row.as_of, row.counter = unit.at + timedelta(hours=2), row.counter + 1
        return others

    with monkeypatch.context() as patched:
        patched.setattr(direct_costs, "_write", write)
        codes.work()
    [event] = codes.stage.events(Tag.JOB_COSTS_WRITTEN)
    assert as_of is not None
    assert event["as_of"] == as_of.isoformat()
    assert direct_costs.waits(codes.stage.database, 1), "the newer one is still to be told"


def test_the_failure_of_an_older_report_does_not_mark_a_newer_one(codes: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    spend(codes, "60.00")
    read(codes)

    def write(procore: Any, due: Any) -> int:
        with work(codes.stage.database, 1) as unit:
            unit.session.get_one(JobCostReport, (1, str(PROJECT))).counter += 1
        raise ProcoreError(422, "Procore refused it.")

    with monkeypatch.context() as patched:
        patched.setattr(direct_costs, "_write", write)
        codes.work()
    [row] = codes.stage.rows(JobCostReport, project_id=str(PROJECT))
    assert (row.problem, row.tries) == ("", 0)
    codes.work()
    assert told(codes) == {FORMING: "60.0"}


# -- when it is asked for ------------------------------------------------------------------------------------------


@pytest.mark.requirement("BUD-02")
def test_without_a_budget_in_quickbooks_nothing_is_asked_and_the_report_says_why(site: Site) -> None:
    site.stage.approve(records.project("School", 87))
    site.session()
    found = job_costs.report(site.stage.database, 1, "87")
    assert found.why_not == "The budget of School is not in QuickBooks yet; its job costs can be read once it is."
    refreshes.ask(site.stage.database, 1, site.stage.person("ike"), ["job_costs"])
    assert {one.scope for one in site.stage.rows(Operation, kind="job_costs", state="ready")} == {str(PROJECT)}


@pytest.mark.requirement("ACC-02")
def test_a_change_of_the_budget_that_waits_or_is_rejected_stops_no_job_costs(site: Site) -> None:
    name = "Budget of Riverside Tower"
    edited = budgets.budget(budgets.line("1200.00"), budgets.line("500.50", 32, 568))
    site.stage.receive(edited)
    assert not site.stage.send(name).refused
    spend(site, "60.00")
    assert (site.stage.states()[name], figures(of(read(site)))[:2]) == ("sent", ("1000.00", "1000.00"))
    assert not site.stage.act("reject", name, reason="not agreed").refused
    item = site.stage.item(name)
    assert (item.state, item.sent_revision_id) == ("synced", item.written_revision_id)
    assert item.problem == "Change not written: rejected by Ana: “not agreed”."
    spend(site, "5.00")
    assert str(of(read(site)).direct) == "65.00"


@pytest.mark.requirement("CFG-16")
def test_every_two_hours_each_project_with_a_budget_is_asked_for_once(site: Site) -> None:
    for number, name in ((87, "School"), (88, "Bridge")):
        site.stage.approve(records.project(name, number), budgets.budget(project=name, id=number))
    site.session()
    site.read("job_costs")

    def asked_after(minutes: int) -> list[str]:
        at, asked = clock.now() + timedelta(minutes=minutes), []
        with contextlib.suppress(Undone), clock.running(lambda: at), work(site.stage.database, 1) as unit:
            refreshes.ask_for_due(unit)
            refreshes.ask_for_due(unit)
            asked = [one.scope for one in unit.session.query(Operation).filter_by(kind="job_costs", state="ready")]
            raise Undone
        return sorted(asked)

    assert asked_after(119) == []
    assert asked_after(121) == ["86", "87", "88"]


@pytest.mark.requirement("OVR-04")
def test_the_report_is_there_without_quickbooks(site: Site) -> None:
    read(site)
    at = report(site).as_of
    site.stage.company.close()
    found = report(site)
    assert (found.as_of, str(of(found).actual)) == (at, "1000.33")


@pytest.mark.requirement("MAP-65")
def test_a_session_that_ends_between_the_two_reports_leaves_the_old_figures_whole(site: Site) -> None:
    read(site)
    before = report(site)
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), line(site, "60.00"), bank=site.bank)
    refreshes.ask(site.stage.database, 1, site.stage.person("ike"), ["job_costs"])
    hand = site.stage.by_hand()
    hand.begin_until("CustomDetailReportQueryRq")
    site.stage.kill_connector()
    assert (report(site).as_of, figures(of(report(site)))) == (before.as_of, figures(of(before)))
    site.stage.company.enter_check(site.stage.staged("Delta Concrete"), line(site, "1.00"), bank=site.bank)
    site.session()
    assert figures(of(report(site))) == ("1000.00", "1000.00", "1000.33", "61.00", "1061.33", "-61.33")
