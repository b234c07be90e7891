"""Every kind of request Tieout sends, as it crossed, held against QuickBooks' own schema."""

from __future__ import annotations

import re

import pytest

from tests import records
from tests.oracle import schema
from tests.paying import Site
from tests.support import Stage

pytestmark = pytest.mark.skipif(not schema.ORACLE.is_file(), reason=schema.WHY_NOT)


def _seen(stage: Stage) -> list[str]:
    return [one.body for one in stage.sets()]


def _names(texts: list[str]) -> set[str]:
    return {name for text in texts for name in re.findall(r"<(\w+Rq) ", text)} - {"QBXMLMsgsRq"}


def test_what_a_whole_walk_sends(empty_stage: Stage) -> None:
    empty_stage.approve(*records.basics(), records.company("Béton Laurier & Fils", 62, fax_number="1-425-555-0111"))
    empty_stage.approve(records.commitment(), records.change_order("001", 391), records.change_order("002", 392))
    empty_stage.must_settle()
    assert _names(_seen(empty_stage)) >= {
        "AccountQueryRq", "VendorQueryRq", "CustomerQueryRq", "ItemQueryRq", "VendorAddRq", "CustomerAddRq",
        "ItemServiceAddRq", "PurchaseOrderQueryRq", "PurchaseOrderAddRq", "PurchaseOrderModRq",
    }  # fmt: skip
    for text in _seen(empty_stage):
        assert schema.problems(text) == []


def test_what_is_asked_after_a_loss(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62), records.cost_code("05-120", 33), records.project("School", 87))
    for _ in range(4):
        stage.run(before_run=1)
        stage.kill_connector()
    stage.must_settle()
    assert _names(_seen(stage)) >= {"EntityQueryRq", "ItemQueryRq"}
    for text in _seen(stage):
        assert schema.problems(text) == []


def test_an_item_that_is_linked(stage: Stage) -> None:
    accounts = {one["Name"]: one["ListID"] for one in stage.company.records("Account")}
    item = stage.company.add_service_item(
        "05-120", income=accounts["Construction Income"], expense=accounts["Job Costs"]
    )
    stage.ask_for_lists()
    stage.run()
    stage.receive(records.cost_code("05-120", 33))
    stage.send()
    assert stage.accept("05-120", choice="link", link=item).done
    stage.must_settle()
    assert "ItemServiceQueryRq" in _names(_seen(stage))
    for text in _seen(stage):
        assert schema.problems(text) == []


def test_what_is_asked_about_payments_and_job_costs(billed_site: Site) -> None:
    billed_site.stage.company.pay_bill(billed_site.bill_of("1047"), bank=billed_site.bank)
    for name in ("payments", "job_costs", "payments"):
        billed_site.read(name)
    assert _names(_seen(billed_site.stage)) >= {
        "BillPaymentCheckQueryRq", "BillPaymentCreditCardQueryRq", "TxnDeletedQueryRq", "BillQueryRq",
        "JobReportQueryRq", "CustomDetailReportQueryRq",
    }  # fmt: skip
    for text in _seen(billed_site.stage):
        assert schema.problems(text) == []
