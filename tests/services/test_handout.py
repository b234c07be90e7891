"""What may leave for QuickBooks is decided once more at hand-out: what was approved is what is written, or nothing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from app.core import clock
from app.db.models import Document, Request, RulesVersion
from app.rulebook import load
from app.services import connections, lifecycle
from app.services.unit import work
from tests import records, ruling
from tests.support import Stage


@pytest.mark.requirement("ACC-03")
def test_a_commitment_voided_after_the_accept_is_held(any_stage: Stage) -> None:
    any_stage.approve(records.commitment())
    any_stage.receive(records.commitment(status="Void"))
    assert any_stage.run().round_trips == 0
    assert any_stage.states()["SC-014"] == "accepted"
    [finding] = any_stage.findings("SC-014")
    assert (finding.rule, finding.message) == ("commitment-not-void", "SC-014 was voided or deleted in Procore.")
    assert any_stage.company.records("PurchaseOrder") == []
    any_stage.must_be_sound()


@pytest.mark.requirement("ACC-03")
def test_a_commitment_voided_between_its_look_and_its_add_is_held(stage: Stage) -> None:
    """The session ended after the look; by the next one Procore has voided it."""
    stage.approve(records.commitment())
    stage.run(after_post=1)
    stage.kill_connector()
    stage.receive(records.commitment(status="Void"))
    stage.run()
    assert stage.states()["SC-014"] == "accepted"
    assert stage.company.records("PurchaseOrder") == []
    stage.must_be_sound()


def test_a_look_of_an_earlier_session_is_not_trusted(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.run(after_post=1)
    stage.kill_connector()
    report = stage.run()
    assert "PurchaseOrderQueryRq" in report.requests_seen[0]
    assert stage.states()["SC-014"] == "synced"


def test_what_procore_changed_otherwise_does_not_change_what_was_approved(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.receive(records.commitment(lines=[records.line("999.00")]))
    stage.run()
    amounts = [line.get("Amount") for line in stage.orders()["SC-014"]["PurchaseOrderLineRet"]]
    assert amounts == [None, "500.00", "250.25"]
    item = stage.item("SC-014")
    assert item.written_revision_id == item.sent_revision_id != item.seen_revision_id


def test_what_was_voided_while_its_write_is_in_doubt_is_still_looked_for(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.run(after_run=2)
    stage.receive(records.commitment(status="Void"))
    stage.must_settle()
    assert stage.states()["SC-014"] == "synced"


def test_a_setting_changed_since_the_accept_holds_the_item(stage: Stage) -> None:
    stage.approve(records.cost_code("05-120", 33))
    connections.change_settings(stage.database, 1, {"expense_account": stage.staged("Subcontractors")}, actor="ike")
    stage.run()
    assert stage.states()["05-120"] == "accepted"
    [finding] = stage.findings("05-120")
    assert (finding.rule, finding.reason) == ("setting-changed-since-accept", "setting")
    stage.act("take_back", "05-120", reason="the account changed")
    assert stage.accept("05-120").done
    stage.must_settle()
    [item] = [one for one in stage.company.records("ItemService") if one["Name"] == "05-120"]
    assert item["SalesAndPurchase"]["ExpenseAccountRef"]["FullName"] == "Subcontractors"


def test_a_document_changed_in_the_database_is_not_written(stage: Stage) -> None:
    stage.approve(records.commitment(), records.commitment("SC-015", 311))
    item = stage.item("SC-014")
    with stage.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE document SET body = replace(body, '500.00', '900.00') WHERE item_id = :id"), {"id": item.id}
        )
    stage.run()
    assert stage.states()["SC-014"] == "failed"
    assert "changed after it was approved" in stage.item("SC-014").problem
    assert list(stage.orders()) == ["SC-015"]
    stage.act("retry", "SC-014")
    stage.run()
    assert stage.states()["SC-014"] == "failed"


def test_the_bytes_of_every_request_are_kept_with_its_answer(stage: Stage) -> None:
    stage.approve(records.commitment())
    report = stage.run()
    for request in stage.rows(Request, operation_seq=stage.operation("SC-014").seq):
        assert any(request.body in seen for seen in report.requests_seen)
        assert request.id in request.answer


def test_new_rules_that_forbid_an_item_in_line_hold_it_and_name_themselves(stage: Stage) -> None:
    stage.approve(records.commitment())
    version = _activate(stage, "status: [Approved, Complete]", "status: [Complete]")
    stage.run()
    assert stage.states()["SC-014"] == "accepted"
    [finding] = stage.findings("SC-014")
    assert (finding.rule, finding.rules_version) == ("commitment-approved", version)


def test_rules_that_allow_it_again_let_it_go_by_itself(stage: Stage) -> None:
    before = stage.connection.rules_version
    stage.approve(records.commitment())
    _activate(stage, "status: [Approved, Complete]", "status: [Complete]")
    stage.run()
    ruling.decide_by(stage, before, "a mistake")
    stage.must_settle()


def _activate(stage: Stage, old: str, new: str) -> str:
    """A pack whose commitment rules read otherwise, straight into the database."""
    with stage.database.reading() as session:
        files = dict(session.get_one(RulesVersion, stage.connection.rules_version).files)
    assert old in files["commitment.yaml"]
    files["commitment.yaml"] = files["commitment.yaml"].replace(old, new)
    pack = load.pack(files)
    with work(stage.database, 1) as unit:
        row = RulesVersion(id=pack.version, files=dict(pack.files), made_by="ike", made_at=clock.now())
        unit.session.add(row)
    ruling.decide_by(stage, pack.version, "stricter")
    return str(pack.version)


def test_procore_making_it_right_again_lets_a_held_item_go(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.receive(records.commitment(status="Void"))
    stage.run()
    stage.receive(records.commitment(status="Approved"))
    stage.must_settle()


@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-03-06T06:30:00Z", "2026-03-05"),  # 22:30 the evening before, in Seattle
        ("2026-03-08T09:59:00Z", "2026-03-08"),  # the minute before clocks go forward
        ("2026-03-09T06:59:00Z", "2026-03-08"),
        ("2026-03-09T07:00:00Z", "2026-03-09"),
        ("2024-03-01T07:59:00Z", "2024-02-29"),
    ],
)
def test_the_date_is_the_day_it_was_for_the_company(stage: Stage, created: str, day: str) -> None:
    stage.approve(records.commitment(created_at=created))
    stage.run()
    assert stage.orders()["SC-014"]["TxnDate"] == day


@pytest.mark.requirement("ACC-01")
def test_units_keep_their_quantity_and_lump_sums_have_one(stage: Stage) -> None:
    lines = [
        records.unit_line("412.5", "168.40", "69465.00"),
        records.unit_line("3.33333", "0.03", "0.10", position=2),
        records.line("-6350.00", position=3),
    ]
    stage.approve(
        records.commitment("PO-201", 310, lines=lines, accounting_method="unit", type="purchase_order"),
        records.commitment("SC-201", 311, lines=[records.unit_line("7", "1.00", "7.00")]),
    )
    stage.must_settle()

    def written(number: str) -> list[tuple[str, str]]:
        lines = stage.orders()[number]["PurchaseOrderLineRet"][1:]
        return [(line["Quantity"], line["Amount"]) for line in lines]

    assert written("PO-201") == [("412.5", "69465.00"), ("3.33333", "0.10"), ("1", "-6350.00")]
    assert written("SC-201") == [("1", "7.00")]
    assert not [one for one in stage.sets() if "<Rate>" in one.body]


def test_every_document_is_canonical_text(stage: Stage) -> None:
    stage.approve(records.commitment())
    for document in stage.rows(Document):
        assert json.dumps(json.loads(document.body), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == (
            document.body
        )


@pytest.mark.requirement("ACC-11")
def test_the_looks_of_several_orders_leave_together_and_their_adds_in_the_same_session(stage: Stage) -> None:
    stage.approve(records.commitment(), records.commitment("SC-015", 311))
    before = len(stage.sets())
    assert stage.run().outcome == "done"
    assert [(one.writes, one.requests) for one in stage.sets()[before:]] == [(False, 2), (True, 2)]


def test_a_hundred_and_one_vendors_leave_in_two_sets(stage: Stage) -> None:
    stage.approve(*(records.company(f"Vendor {n:03}", 1000 + n) for n in range(101)))
    report = stage.run()
    assert [request.count("<VendorAddRq ") for request in report.requests_seen] == [100, 1]
    stage.must_settle()


def test_a_set_stays_below_its_bytes_and_a_larger_request_goes_alone(stage: Stage) -> None:
    huge = [records.line("1.00", position=n, description="x" * 4000) for n in range(1, 81)]
    stage.approve(
        records.commitment("SC-301", 701, lines=huge),
        records.commitment("SC-302", 702),
        records.commitment("SC-303", 703),
    )
    report = stage.run()
    adds = [request for request in report.requests_seen if "PurchaseOrderAddRq" in request]
    assert [request.count("<PurchaseOrderAddRq ") for request in adds] == [1, 2]
    assert len(adds[0]) > 256 * 1024
    stage.must_settle()


def test_taking_the_newer_version_waits_for_what_that_one_needs(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    stage.receive(records.commitment())
    stage.send("SC-014")
    stage.receive(records.commitment(vendor={"id": 62, "company": "Ironline Steel"}))
    lifecycle.take_newer(stage.database, 1, stage.person("ana"), stage.item("SC-014").id)
    stage.accept("SC-014")
    assert [one.message for one in stage.findings("SC-014")] == ["Ironline Steel is not in QuickBooks yet."]
    stage.must_settle()
    assert stage.orders()["SC-014"]["VendorRef"]["FullName"] == "Ironline Steel"
