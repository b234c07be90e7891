"""Requests of Procore's ERP tool: answered once, whatever gets lost, and in words where they cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.models import Connection, ErpDetail, Event, HookNotice, IssuedPayment, Item, JobCostReport, StagedRecord
from app.procore import ProcoreError
from app.procore.erp import Erp
from app.services import (
    connections,
    direct_costs,
    erp_requests,
    hooks,
    lifecycle,
    reading,
    tasks,
    timeline,
    write_back,
)
from app.services.unit import work
from tests.admin.conftest import signing_in
from tests.admin.reading import look, press
from tests.erp_site import COMMITMENT, PROJECT, SUBCONTRACT, VENDOR, ErpSite, erp_site
from tests.paying import Site
from tests.support import Stage

DELTA = 61_001


@pytest.fixture
def site(empty_stage: Stage) -> Iterator[ErpSite]:
    with erp_site(empty_stage) as found:
        yield found


def exported(site: ErpSite) -> str:
    """SC-001 is a purchase order; its TxnID."""
    site.basics()
    site.accept(SUBCONTRACT, COMMITMENT)
    site.answer()
    site.session()
    assert site.open() == []
    [order] = site.stage.company.records("PurchaseOrder")
    return str(order["TxnID"])


# -- once ----------------------------------------------------------------------------------------------------------


def test_a_request_told_of_twice_and_found_once_more_is_taken_once(site: ErpSite) -> None:
    request = site.accept("vendor", VENDOR)
    site.hear(request)
    erp_requests.look(site.stage.database, 1, site.run)
    site.answer()
    site.session()
    erp_requests.look(site.stage.database, 1, site.run)
    site.answer()
    assert [len(rows) for rows in site.rows()] == [1, 1]
    assert [detail["closings"] for detail in site.tool.details()] == [1]
    assert len(site.stage.company.records("Vendor")) == 1


def test_a_request_no_webhook_told_of_is_found(site: ErpSite) -> None:
    site.tool.send("vendor", VENDOR)
    request = site.tool.accept("vendor", VENDOR)
    assert erp_requests.look(site.stage.database, 1, site.run) == 1
    site.answer()
    site.session()
    assert site.outcome(request) == [("success", [])]
    assert site.stage.item("Alder Creek Excavating").accepted_by == "an approver in Procore"


def test_a_close_whose_answer_was_lost_is_looked_up_and_not_repeated(site: ErpSite) -> None:
    site.accept("vendor", VENDOR)
    site.answer()
    site.stage.run()
    write_back.run(site.stage.database, 1, site.run)
    site.office.wire.lost_answers = ["PATCH"]
    with pytest.raises(ProcoreError):
        erp_requests.run(site.stage.database, 1, site.run)
    [row] = site.rows()[1]
    assert row.sent_at is not None
    assert row.closed_at is None
    again(site)
    [row] = site.rows()[1]
    assert row.closed_at is not None
    assert [(one["status"], one["closings"]) for one in site.tool.details()] == [("success", 1)]


def test_a_mark_whose_answer_was_lost_exports_nothing_again(site: ErpSite) -> None:
    request = site.accept("vendor", VENDOR)
    site.answer()
    site.stage.run()
    site.office.wire.lost_answers = ["PATCH"]
    with pytest.raises(ProcoreError):
        write_back.run(site.stage.database, 1, site.run)
    assert site.open(), "without its mark nothing is closed"
    again(site)
    site.session()
    assert site.outcome(request) == [("success", [])]
    assert len(site.stage.company.records("Vendor")) == 1


def test_one_odd_request_keeps_no_other_waiting(site: ErpSite) -> None:
    [code, *_] = site.codes
    odd = site.accept("standard_cost_code", code)
    request = site.accept("vendor", VENDOR)
    site.store.patch("erp_requests", odd, {"request_name": None})
    site.answer()
    site.session()
    assert site.outcome(request) == [("success", [])]
    [row] = [row for row in site.rows()[0] if row.request_id == str(odd)]
    assert row.problem.startswith(f"Procore's request {odd} does not say what is asked.")
    assert row.taken_at is None
    again(site)
    again(site)
    assert len(site.stage.events(Tag.ERP_REQUEST_FAILED)) == 1


def test_one_odd_detail_keeps_no_other_waiting(site: ErpSite) -> None:
    request = site.accept("vendor", VENDOR)
    site.answer()
    with work(site.stage.database, 1) as unit:
        key = {"connection_id": 1, "request_id": str(request)}
        odd = ErpDetail(**key, place=9, act="unheard_of", made_at=unit.at - timedelta(days=1), next_try_at=unit.at)
        unit.session.add(odd)
    site.session()
    assert site.outcome(request) == [("success", [])]
    [row] = site.stage.rows(ErpDetail, place=9)
    assert row.problem.startswith("Tieout made a mistake (KeyError at ")


@pytest.mark.parametrize("lost", ["GET", "PATCH"], ids=["taking", "closing"])
def test_while_procore_is_away_nothing_else_is_asked(site: ErpSite, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    for item_type, one in (("vendor", VENDOR), ("project", PROJECT)):
        site.accept(item_type, one)
    if lost == "PATCH":
        site.answer()
        site.stage.run()
        write_back.run(site.stage.database, 1, site.run)
    site.office.wire.calls = []
    site.office.wire.lost_answers = [lost]
    with pytest.raises(ProcoreError):
        erp_requests.run(site.stage.database, 1, site.run)
    assert [method for method, _ in site.office.wire.calls].count(lost) == 1
    again(site)
    if lost == "GET":
        site.session()
    assert site.open() == []


def test_whether_a_detail_is_open_is_asked_of_its_item_alone(site: ErpSite) -> None:
    site.accept("vendor", VENDOR)
    [detail] = site.tool.details()
    tool, asked = Erp(site.run), list[str]()
    there = site.office.client.pages

    def pages(path: str, **params: Any) -> Any:
        asked.append(str(params.get("filters[item_id]")))
        return there(path, **params)

    site.office.client.pages = pages  # type: ignore[method-assign]
    assert tool.is_open(str(detail["id"]), str(VENDOR))
    assert asked == [str(VENDOR)]
    assert tool.is_open(str(detail["id"]), "4711"), "it may stand under another id"
    assert asked[1:] == ["4711", "None"]


def test_a_look_is_seldom_while_webhooks_tell_and_each_minute_otherwise(site: ErpSite) -> None:
    database, start = site.stage.database, clock.now()

    def looks(minutes: float) -> bool:
        """Whether it is looked so long after the last look."""
        lease = tasks.take(database, 1, erp_requests.LOOK, "one")
        assert lease is not None
        tasks.ended(database, lease, 0, timedelta(0))
        at = clock.now() + timedelta(minutes=minutes)
        with clock.running(lambda: at):
            return erp_requests.look_is_due(database, 1)

    assert erp_requests.look_is_due(database, 1), "nobody has looked yet"
    assert [looks(one) for one in (0.5, 1.5)] == [False, True]
    site.accept("vendor", VENDOR)  # a webhook tells of it
    assert [looks(one) for one in (1.5, 14, 16)] == [False, False, True]
    site.tool.send("project", PROJECT)
    site.tool.accept("project", PROJECT)
    at = start + timedelta(minutes=1)
    with clock.running(lambda: at):
        assert erp_requests.look(database, 1, site.run) == 1, "no webhook told of this one"
    assert looks(1.5)
    connections.change_settings(database, 1, {"procore_mode": "public"}, actor="ike")
    assert not erp_requests.look_is_due(database, 1)


def again(site: ErpSite) -> None:
    """As if the waiting times had passed."""
    with site.stage.database.writing() as session:
        for table in ("erp_request", "erp_detail", "write_back"):
            session.connection().exec_driver_sql(f"UPDATE {table} SET next_try_at = '2020-01-01 00:00:00.000000'")
    site.answer()


def test_what_failed_may_be_sent_again_and_is_written_once(site: ErpSite) -> None:
    site.store.patch("vendors", VENDOR, {"name": "Alder Creek Excavating and Shoring of Snohomish County"})
    refused = site.accept("vendor", VENDOR)
    site.answer()
    [(status, said)] = site.outcome(refused)
    assert status == "failed"
    assert "41" in said[0]
    assert site.tool.status("vendor", VENDOR) == "failed_to_export"
    site.tool.reject("vendor", VENDOR)
    site.store.patch("vendors", VENDOR, {"name": "Alder Creek"})
    second = site.accept("vendor", VENDOR)
    site.answer()
    site.session()
    assert site.outcome(second) == [("success", [])]
    assert [one["Name"] for one in site.stage.company.records("Vendor")] == ["Alder Creek"]


def test_an_item_quickbooks_holds_already_is_closed_as_done_and_not_written_again(site: ErpSite) -> None:
    site.accept("vendor", VENDOR)
    site.answer()
    site.session()
    second = site.accept("vendor", VENDOR)
    site.answer()
    assert site.outcome(second) == [("success", [])]
    site.session()
    assert len(site.stage.company.records("Vendor")) == 1


def test_what_quickbooks_refuses_is_read_in_red_in_procore(site: ErpSite) -> None:
    request = site.accept("vendor", VENDOR)
    site.answer()
    connector = site.stage.by_hand()
    asked = connector.begin_until("VendorAddRq")
    request_id, set_id = (asked.split(f'{name}="')[1].split('"')[0] for name in ("requestID", "newMessageSetID"))
    message = "This feature is not enabled or not available in this version of QuickBooks."
    connector.post(
        f'<QBXML><QBXMLMsgsRs newMessageSetID="{set_id}" messageSetStatusCode="0"><VendorAddRs '
        f'requestID="{request_id}" statusCode="3250" statusSeverity="Error" statusMessage="{message}"/>'
        "</QBXMLMsgsRs></QBXML>"
    )
    connector.close()
    site.answer()
    [(status, said)] = site.outcome(request)
    assert status == "failed"
    assert message in said[0]
    assert site.stage.item("Alder Creek Excavating").state == "failed"


# -- unlink --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("STM-05")
def test_an_order_that_is_still_there_is_not_unlinked_and_procore_says_so(site: ErpSite) -> None:
    txn_id = exported(site)
    request = site.tool.unlink(SUBCONTRACT, COMMITMENT)
    site.hear(request)
    site.answer()
    assert site.outcome(request) == [("in_progress", [])]
    site.session()
    said = "The commitment is still in QuickBooks. Please delete it before retrying."
    assert site.outcome(request) == [("failed", [said])]
    assert site.stage.item("SC-001").state == "synced"
    assert site.marks()[SUBCONTRACT, COMMITMENT] == txn_id


@pytest.mark.requirement("STM-05")
def test_an_order_that_was_deleted_is_unlinked_and_its_marks_are_taken_away(site: ErpSite) -> None:
    txn_id = exported(site)
    site.stage.company.delete(txn_id)
    request = site.tool.unlink(SUBCONTRACT, COMMITMENT)
    site.hear(request)
    site.answer()
    site.session()
    assert site.outcome(request) == [("success", [])]
    assert site.stage.item("SC-001").state == "draft"
    marks = {key: mark for key, mark in site.marks().items() if key[0] in (SUBCONTRACT, "line_item")}
    assert len(marks) == 4
    assert set(marks.values()) == {None}


# -- import --------------------------------------------------------------------------------------------------------


def test_a_refresh_stages_what_procore_has_not_and_an_import_makes_a_pair(site: ErpSite) -> None:
    list_id = site.stage.company.add_vendor("Delta Concrete")
    request = site.tool.refresh("sync_vendors")
    site.hear(request)
    site.answer()
    assert site.outcome(request) == [("in_progress", [])]
    site.session()
    assert site.outcome(request) == [("success", [])]
    [row] = [one for one in site.store.all("staged_records") if one["origin_id"] == list_id]
    assert (row["item_type"], row["status"], row["data"]["name"]) == ("vendor", "staged", "Delta Concrete")
    reading.run(site.stage.database, 1, site.run)
    site.hear(site.tool.ask("link_vendor", {"vendor": {"id": DELTA, "origin_id": list_id}}))
    site.answer()
    assert site.stage.item("Delta Concrete").state == "synced"
    assert site.stage.rows(StagedRecord, list_id=list_id)[0].state == "imported"


# -- in words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("create_sub_job", {"sub_job": {"id": 1}}, "Tieout does nothing for “create_sub_job”"),
        ("sync_contract_payments", {}, "Tieout does not write payments in ERP-platform mode"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(site: ErpSite, name: str, body: dict[str, object], words: str) -> None:
    request = site.tool.ask(name, body)
    site.hear(request)
    site.answer()
    [(status, said)] = site.outcome(request)
    assert status == "failed"
    assert said[0].startswith(words)


def test_send_in_tieout_is_refused_while_procores_tool_stages(site: ErpSite) -> None:
    reading.run(site.stage.database, 1, site.run)
    with pytest.raises(Refusal, match="so items are sent there"):
        lifecycle.send(site.stage.database, 1, site.stage.person("pat"), [site.stage.item("Delta Concrete").id])


def test_send_is_barred_with_its_reason_on_the_list_and_on_the_item_while_procores_tool_stages(site: ErpSite) -> None:
    reading.run(site.stage.database, 1, site.run)
    pat, item = signing_in(site.stage)("pat"), site.stage.item("Delta Concrete")
    for path in ("/items/company?tab=draft", f"/items/company/{item.id}"):
        page = look(pat, path)
        buttons = page.find("//button[starts-with(@value, 'send')]")
        assert buttons
        assert [one for one in buttons if one.get("disabled") is None] == []
        [why] = page.find("//*[@id='why-send']")
        assert "so items are sent there. Press Send to ERP on the item in Procore." in why.text_content()


def test_a_reject_of_what_was_sent_in_procore_says_that_nobody_here_could_be_told(site: ErpSite) -> None:
    request = site.accept("vendor", VENDOR)
    site.answer()
    [item] = [one for one in site.stage.rows(Item) if one.kind == "company" and one.state in ("accepted", "queued")]
    page = press(signing_in(site.stage)("ana"), "company", f"reject:{item.id}", **{f"reason:{item.id}": "Wrong name"})
    sentence = f"Nobody could be told of it here: whoever sent {item.name} (Procore) has no account in use."
    shown = f"{sentence} Procore's ERP Integrations tool shows the reason on it."
    assert any(shown in told for told in page.told)
    with site.stage.database.reading() as session:
        entries = timeline.load(session, session.get_one(Item, item.id))
    assert [one.says for one in entries if one.tag == Tag.NOTICE_REACHED_NOBODY] == [shown]
    site.answer()
    [(status, said)] = site.outcome(request)
    assert status == "failed"
    assert "Wrong name" in said[0]


def test_the_way_into_procore_stays_while_items_are_in_work(site: ErpSite) -> None:
    site.accept("vendor", VENDOR)
    site.answer()
    with pytest.raises(Refusal, match="1 item and 1 request of this connection are in work"):
        connections.change_settings(site.stage.database, 1, {"procore_mode": "public"}, actor="ike")
    site.session()
    changed = connections.change_settings(site.stage.database, 1, {"procore_mode": "public"}, actor="ike")
    assert changed == {"procore_mode": "public"}


def test_every_request_and_its_answer_are_on_the_trail(site: ErpSite) -> None:
    site.accept("vendor", VENDOR)
    site.answer()
    site.session()
    with site.stage.database.reading() as session:
        tags = [event.tag for event in session.execute(select(Event)).scalars()]
    assert tags.count(Tag.ERP_REQUEST_TAKEN) == 1
    assert tags.count(Tag.ERP_REQUEST_CLOSED) == 1


# -- what QuickBooks reports ---------------------------------------------------------------------------------------


def test_a_webhook_tells_of_the_request_and_of_who_accepted(site: ErpSite) -> None:
    site.tool.send("vendor", VENDOR)
    request = site.tool.accept("vendor", VENDOR)
    with work(site.stage.database, 1) as unit:
        unit.session.add(
            HookNotice(
                connection_id=1,
                event_id="01JMY",
                resource="ERP Requests",
                record_id=str(request),
                user_id="7301",
                received_at=unit.at,
            )
        )
    hooks.take(site.stage.database, 1)
    site.answer()
    assert site.stage.item("Alder Creek Excavating").accepted_by == "Ana Ruiz in Procore"


def test_job_costs_fill_the_columns_of_procores_tool(site: ErpSite) -> None:
    site.basics()
    site.session()
    row = {"is_retainage": False, "cost_code": "37038", "invoiced": "900.00"}
    rows = [{**row, "actual": "1000.25"}, {**row, "actual": "0.75"}]
    with work(site.stage.database, 1) as unit:
        unit.session.add(
            JobCostReport(
                connection_id=1,
                project_id="86401",
                as_of=unit.at,
                basis="Accrual",
                rows=rows,
                counter=1,
                written=0,
                next_try_at=unit.at,
            )
        )
    assert direct_costs.run(site.stage.database, 1, site.run) == 1
    [kept] = site.store.all("erp_job_costs")
    assert kept["job_origin_id"] == site.marks()["project", 86_401]
    assert (kept["job_to_date_cost"], kept["commitment_invoiced"]) == ("1001.00", "1800.00")
    assert site.store.all("direct_costs") == []


def test_payments_are_refused_in_words_and_none_is_issued(billed_site: Site) -> None:
    site = billed_site
    with site.stage.database.writing() as session:
        connection = session.get_one(Connection, 1)
        connection.settings = {**connection.settings, "procore_mode": "erp_platform"}
    site.stage.company.pay_bill(site.bill_of("1048"), "100.00", bank=site.bank, day="2026-04-20")
    site.read("payments")
    site.work()
    [row] = site.stage.rows(IssuedPayment)
    assert row.refused
    assert row.problem.startswith("Tieout does not write payments in ERP-platform mode")
    assert site.issued() == []
