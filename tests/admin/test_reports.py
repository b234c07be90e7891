"""The reports: who may see which, what they say, and what a person does there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.core import clock
from app.core.tags import Tag
from app.services import permissions, refreshes, staged
from app.services.report_list import EVERY
from tests import records
from tests.admin.conftest import Visit
from tests.admin.reading import Page, look, push
from tests.paying import Site

OPEN = ("tie-out", "month-end", "reconciliation")


def read_all(site: Site) -> None:
    refreshes.ask(site.stage.database, 1, site.stage.person("ike"))
    site.session()


def edited(site: Site) -> None:
    """Somebody gives the first line of SC-014 another amount."""
    order = site.stage.orders()["SC-014"]
    site.stage.company.edit_purchase_order_line(order["TxnID"], 1, Amount="12000.00")
    read_all(site)


def cells(page: Page, table: int = 1) -> list[list[str]]:
    rows = page.find(f"(//table[contains(@class, 't-table')])[{table}]/tbody/tr")
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row.xpath("td")] for row in rows]


@pytest.mark.parametrize(("hours", "stale"), [(47, False), (49, True)])
def test_a_tie_out_of_lists_older_than_twice_their_day_is_amber_and_says_which(
    site: Site, visit_site: Visit, hours: int, stale: bool
) -> None:
    read_all(site)
    later = clock.now() + timedelta(hours=hours)
    with clock.running(lambda: later):
        page = look(visit_site("ike"), "/reports/tie-out")
    said = [" ".join(one.text_content().split()) for one in page.find("//*[@class='t-stale']")]
    assert bool(said) is stale
    if stale:
        assert said[0].startswith("Older than planned: purchase orders (every day), bills (every day)")
        assert said[0].endswith("Press “Read QuickBooks again”; it is read when the Web Connector comes next.")


# -- who may see what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        pytest.param("accountant", "ike", "ana", marks=pytest.mark.requirement("PRM-43")),
        pytest.param("archived", "ana", "aud", marks=pytest.mark.requirement("PRM-47")),
        pytest.param("access", "aud", "ana"),
        pytest.param("access", "ike", "pat"),
        pytest.param("unsyncable", "pat", "ana", marks=pytest.mark.requirement("PRM-46")),
    ],
)
def test_a_report_is_for_those_who_may_see_it(site: Site, visit_site: Visit, name: str, may: str, may_not: str) -> None:
    give(site)
    assert look(visit_site(may), f"/reports/{name}").status == 200
    assert look(visit_site(may), f"/reports/{name}.csv").status == 200
    for path in (f"/reports/{name}", f"/reports/{name}.csv"):
        assert look(visit_site(may_not), path).status == 403
    assert "may not" in site.stage.events(Tag.REFUSED)[-1]["sentence"]
    index = look(visit_site(may_not), "/reports/")
    assert f"/reports/{name}" not in [str(one) for one in index.find("//main//a/@href")]
    assert EVERY[name].title in index.text


def give(site: Site) -> None:
    """Pat may read the reports of the projects."""
    change = permissions.Change(tools={"reports": "read_only", "budget": "admin"})
    held = permissions.holders(site.stage.database, 1)[1]
    [pat] = [one for one in held if one.user.login == "pat"]
    if dict(pat.access.tools).get("reports") != "read_only":
        permissions.change_access(site.stage.database, 1, site.stage.person("ike"), "pat", change)


@pytest.mark.parametrize("name", OPEN)
def test_the_others_are_for_everybody_on_the_connection(visit_site: Visit, name: str) -> None:
    for login in ("ana", "pat", "ike", "aud"):
        assert look(visit_site(login), f"/reports/{name}").status == 200


def test_a_report_nobody_made_is_no_page(visit_site: Visit) -> None:
    assert look(visit_site("ana"), "/reports/nothing").status == 404
    assert look(visit_site("ana"), "/reports/nothing.csv").status == 404
    assert look(visit_site("ana"), "/reports/exceptions").path == "/exceptions/"


@pytest.mark.requirement("UI-03", "SEC-03")
def test_every_report_loads_and_runs_nothing_of_its_own(site: Site, visit_site: Visit) -> None:
    edited(site)
    give(site)
    ike = visit_site("ike")
    for path in ("/reports/", "/exceptions/", *(f"/reports/{name}" for name in (*OPEN, "accountant", "access"))):
        page = look(ike, path)
        assert page.status == 200, path
        assert page.find("//style | //@style | //script[not(@src)]") == [], path
        for field in page.find("//input[not(@type='hidden')] | //select"):
            assert field.get("aria-label") or field.xpath("ancestor::label"), (path, field.get("name"))
        ids = [str(one) for one in page.find("//@id")]
        assert len(ids) == len(set(ids)), path
        assert all(form.xpath(".//input[@name='csrf']") for form in page.find("//form[@method='post']"))


# -- tie-out -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACC-09", "ACC-10")
def test_the_tie_out_names_what_differs_with_the_amounts_and_a_link(site: Site, visit_site: Visit) -> None:
    read_all(site)
    assert "All 2 records tie out to the cent." in look(visit_site("ana"), "/reports/tie-out").text
    edited(site)
    page = look(visit_site("ana"), "/reports/tie-out")
    assert "1 of 2 records differ" in page.text
    assert "As of one Web Connector session" in page.text
    [row] = cells(page, 2)
    assert row[:5] == ["SC-014 Riverside Tower", "Purchase order", "10,250.25", "12,250.25", "2,000.00"]
    assert "Line 2: QuickBooks has 12,000.00, approved 10,000.00" in row[5]
    item = site.stage.item("SC-014")
    assert f"/items/commitment/{item.id}" in [
        str(one) for one in page.find("(//table[contains(@class, 't-table')])[2]//a/@href")
    ]
    drawn = [str(one) for one in page.find("//*[name()='svg']/@aria-label")]
    assert "SC-014: paid 0.00, billed 1,000.33 of 12,250.25" in drawn
    measure = "Revised commitment: Procore 10,250.25, Tieout 10,250.25, QuickBooks 12,250.25"
    assert f"{measure}: 2,000.00 more in QuickBooks" in drawn


def test_the_csv_has_one_row_for_each_pair_of_amounts(site: Site, visit_site: Visit) -> None:
    edited(site)
    text = visit_site("ana").get("/reports/tie-out.csv").get_data(as_text=True)
    assert 'Riverside Tower,SC-014,Revised commitment,Purchase order,10250.25,12250.25,2000.00,"SC-014: Line 2' in text
    assert "Riverside Tower,SC-014,Invoiced to date,Bills,1000.33,1000.33,0.00," in text


def test_whoever_may_has_everything_read_again_in_one_session(site: Site, visit_site: Visit) -> None:
    told = [push(visit_site("ike"), "/reports/tie-out/refresh").told for _ in range(2)]
    assert told == [["Queued; it runs at the next session."], ["Queued already; it runs at the next session."]]
    assert push(visit_site("ana"), "/reports/tie-out/refresh").status == 403
    site.session()
    assert "All 2 records tie out" in look(visit_site("ana"), "/reports/tie-out").text


# -- month-end -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACC-09")
def test_preparer_and_reviewer_sign_with_a_button_each(site: Site, visit_site: Visit) -> None:
    site.stage.receive(records.commitment("SC-020", 320))
    ana, abe = visit_site("ana"), visit_site("abe")
    page = look(ana, "/reports/month-end?month=2026-03")
    assert "1 record, 750.25 in all, dated in March 2026 and not in QuickBooks." in page.text
    month = {"month": "2026-03"}
    assert push(ana, "/reports/month-end/sign", part="prepared", **month).told == ["March 2026 is prepared."]
    assert "somebody else must review it" in push(ana, "/reports/month-end/sign", part="reviewed", **month).told[0]
    assert push(abe, "/reports/month-end/sign", part="reviewed", **month).told == ["March 2026 is reviewed."]
    assert "needs a reason" in push(abe, "/reports/month-end/undo", part="reviewed", **month).told[0]
    undone = push(abe, "/reports/month-end/undo", part="reviewed", reason="one more bill", **month)
    assert "“one more bill”" in undone.text
    assert push(visit_site("pat"), "/reports/month-end/sign", part="prepared", **month).status == 403
    assert (
        "disabled"
        in look(visit_site("aud"), "/reports/month-end").find("//form[contains(@action,'sign')]/button")[0].attrib
    )


@pytest.mark.requirement("ACC-09")
def test_a_list_that_changed_under_the_eyes_is_not_signed(site: Site, visit_site: Visit) -> None:
    ana, abe = visit_site("ana"), visit_site("abe")
    for visitor, part in ((ana, "prepared"), (abe, "reviewed")):
        form = f"//form[contains(@action,'/month-end/sign')][input[@name='part' and @value='{part}']]"
        [seen] = look(visitor, "/reports/month-end?month=2026-03").find(f"{form}/input[@name='seen']/@value")
        site.stage.receive(records.commitment(f"SC-020-{part}", 320 + len(part)))
        sent = {"month": "2026-03", "part": part}
        told = push(visitor, "/reports/month-end/sign", seen=seen, **sent)
        assert "The list changed while you looked at it." in told.told[0]
        [seen] = told.find(f"{form}/input[@name='seen']/@value")
        assert push(visitor, "/reports/month-end/sign", seen=seen, **sent).told == [f"March 2026 is {part}."]


def test_a_month_that_is_none_is_refused_in_words(visit_site: Visit) -> None:
    page = look(visit_site("ana"), "/reports/month-end?month=spring")
    assert (page.status, "“spring” is no month." in page.text) == (422, True)


# -- the others ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUD-04")
def test_the_reconciliation_shows_that_nothing_is_lost(site: Site, visit_site: Visit) -> None:
    page = look(visit_site("ana"), "/reports/reconciliation")
    found = {row[0].split(" ")[0]: row[1:] for row in cells(page)}
    assert found["Invoices"] == ["2 1,000.33", "2 1,000.33", "0", "0", "0", "0", "0", "✓ yes"]
    text = visit_site("ana").get("/reports/reconciliation.csv").get_data(as_text=True)
    assert "Invoices,2,1000.33,2,1000.33,0,0.00,0,0.00,0,0.00,0,0.00,0,0.00,yes" in text


@pytest.mark.requirement("PRM-43")
def test_the_accountant_report_says_who_accepted_what_under_which_rules(site: Site, visit_site: Visit) -> None:
    page = look(visit_site("ike"), "/reports/accountant")
    rows = {row[1].split(" budget")[0].split(" invoice")[0]: row for row in cells(page)}
    row = rows["Invoice 1047"]
    assert row[0].startswith("Ana")
    assert (row[2], row[4]) == ("900.00", "Bill 1047")
    assert row[5] == str(site.stage.connection.rules_version)[:12]
    text = visit_site("ike").get("/reports/accountant.csv").get_data(as_text=True)
    assert (
        f",Ana,Invoice,Invoice 1047,Delta Concrete,900.00,synced,Bill 1047,{site.stage.connection.rules_version},"
        in text
    )


def test_a_later_change_leaves_the_amount_that_was_accepted(site: Site, visit_site: Visit) -> None:
    site.stage.receive(records.commitment(lines=[records.line("11.00")]))
    text = visit_site("ike").get("/reports/accountant.csv").get_data(as_text=True)
    assert ",Commitment,SC-014,Foundations,10250.25,synced,Purchase Order SC-014," in text


def test_the_accountant_report_goes_on_where_it_ended(
    site: Site, visit_site: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.accountant.PAGE", 3)
    ike, seen, path = visit_site("ike"), [], "/reports/accountant"
    for _ in range(10):
        page = look(ike, path)
        seen += [row[1] for row in cells(page) if len(row) > 1]
        older = page.find("//a[.='Older']/@href")
        if not older:
            break
        path = str(older[0])
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.requirement("JOB-02")
def test_costs_on_an_item_that_is_no_cost_code_are_unsyncable(site: Site, visit_site: Visit) -> None:
    give(site)
    account = next(one["ListID"] for one in site.stage.company.records("Account") if one["Name"] == "Job Costs")
    permits = site.stage.company.add_service_item("Permits", income=account)
    line = {"ItemRef": {"ListID": permits}, "Amount": "75.00", "CustomerRef": {"ListID": site.job()}}
    site.stage.company.enter_bill(site.stage.staged("Delta Concrete"), line, number="H-1")
    assert "Procore is told of every cost" in look(visit_site("pat"), "/reports/unsyncable").text
    site.read("job_costs")
    page = look(visit_site("pat"), "/reports/unsyncable")
    [row] = cells(page)
    assert row[:3] == ["Riverside Tower", "Permits", "75.00"]
    assert "is no synced cost code" in row[3]
    assert "Amounts coded directly to accounts, such as journal entries" in page.text


@pytest.mark.requirement("PRM-47")
def test_the_archived_companies_show_who_put_them_away(site: Site, visit_site: Visit) -> None:
    site.stage.company.add_vendor("=Old Vendor")
    read_all(site)
    from app.db.models import StagedRecord

    [row] = site.stage.rows(StagedRecord, full_name="=Old Vendor")
    staged.archive(site.stage.database, 1, "company", site.stage.person("ana"), [row.id])
    [cell] = cells(look(visit_site("ana"), "/reports/archived"))
    assert cell[:3] == ["=Old Vendor", "active", "Ana"]
    assert "'=Old Vendor,yes,Ana," in visit_site("ana").get("/reports/archived.csv").get_data(as_text=True)


def test_the_access_report_says_what_each_holds_and_who_gave_it(site: Site, visit_site: Visit) -> None:
    change = permissions.Change(privileges={"push": True})
    permissions.change_access(site.stage.database, 1, site.stage.person("ike"), "pat", change)
    visit_site("ana")
    page = look(visit_site("aud"), "/reports/access")
    rows = {row[0].split(" ")[0]: row for row in cells(page)}
    assert "“Can Push to Accounting”" in rows["Pat"][2]
    assert rows["Pat"][4] == "Ike"
    assert (rows["Abe"][5], rows["Ana"][5] == "never") == ("never", False)
    newest = cells(page, 2)[0]
    assert newest[1:] == ["Ike", "pat", "privileges: nothing → push"]


@pytest.mark.parametrize("name", ["tie-out", "month-end", "reconciliation", "accountant", "access"])
def test_the_statements_of_a_page_do_not_grow(site: Site, visit_site: Visit, name: str) -> None:
    ike = visit_site("ike")
    found: list[str] = []

    def ran(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    def statements() -> int:
        found.clear()
        assert look(ike, f"/reports/{name}").status == 200
        return len(found)

    event.listen(site.stage.database.engine, "before_cursor_execute", ran)
    try:
        few = statements()
        site.stage.receive(*(records.commitment(f"SC-{n}", n) for n in range(500, 520)))
        site.stage.send()
        site.stage.accept()
        assert statements() == few
    finally:
        event.remove(site.stage.database.engine, "before_cursor_execute", ran)
