"""Telling Procore: the origin each kind makes, which kinds are told at all, what is told after an unlink."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app.core import clock
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.models import Binding, WriteBack
from app.items import registry
from app.procore import ProcoreError
from app.services import write_back
from app.services.unit import work
from tests import records
from tests.support import Stage


class Procore:
    """Notes what it is told; refuses everything while it is down."""

    company_id = 5021

    def __init__(self) -> None:
        self.patched: list[tuple[str, dict[str, Any]]] = []
        self.down = False
        self.gone = False

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        if self.down:
            raise TieoutError("Procore does not answer.")
        if self.gone:
            raise ProcoreError(404, "Procore has no such record any more.")
        self.patched.append((path.removeprefix("/rest/v1.0/"), body))
        return body

    def told(self, path: str) -> dict[str, Any]:
        """The origin fields the record at a path was given last."""
        bodies = [body for one, body in self.patched if one == path]
        (fields,) = (value for value in bodies[-1].values() if isinstance(value, dict))
        return fields

    def _never(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("telling reads nothing")

    get = pages = post = delete = projects = cost_codes = _never


@pytest.fixture
def synced(stage: Stage) -> Stage:
    """A commitment and its change order are in QuickBooks, and Procore knows of nothing yet."""
    stage.approve(records.commitment(), records.change_order())
    stage.run()
    return stage


def test_a_commitment_is_told_by_its_order_and_a_change_order_by_its_first_line(synced: Stage) -> None:
    procore, order = Procore(), synced.orders()["SC-014"]
    assert write_back.run(synced.database, 1, procore) == 6
    lines = [line["TxnLineID"] for line in order["PurchaseOrderLineRet"]]
    commitment = procore.told("work_order_contracts/310")
    assert (commitment["origin_id"], commitment["origin_code"]) == (order["TxnID"], "SC-014")
    change = procore.told("change_order_packages/390")
    # The order's first three lines are the commitment's: its title and two lines.
    assert change["origin_id"] == f"{order['TxnID']}|{lines[3]}"
    assert procore.patched[-1][1]["contract_id"] == 310


def test_parents_are_told_before_what_hangs_on_them(synced: Stage) -> None:
    procore = Procore()
    write_back.run(synced.database, 1, procore)
    paths = [path for path, _ in procore.patched]
    assert (
        paths.index("vendors/61") < paths.index("work_order_contracts/310") < paths.index("change_order_packages/390")
    )


def test_what_was_told_is_not_told_again(synced: Stage) -> None:
    procore = Procore()
    write_back.run(synced.database, 1, procore)
    assert write_back.run(synced.database, 1, procore) == 0
    assert len(procore.patched) == 6


def test_a_failure_is_kept_with_its_sentence_and_tried_again_later(synced: Stage) -> None:
    procore = Procore()
    procore.down = True
    assert write_back.run(synced.database, 1, procore) == 0
    rows = synced.rows(WriteBack)
    assert {(row.tries, row.written) for row in rows} == {(1, 0)}
    assert {row.problem.strip() for row in rows} == {"Procore does not answer."}
    assert len(synced.events(Tag.WRITE_BACK_FAILED)) == len(rows)
    procore.down = False
    assert write_back.run(synced.database, 1, procore) == 0  # its time has not come
    assert procore.patched == []


def test_an_item_without_a_binding_takes_its_mark_away(synced: Stage) -> None:
    procore, item = Procore(), synced.item("SC-014")
    write_back.run(synced.database, 1, procore)
    with work(synced.database, 1) as unit:
        unit.session.execute(delete(Binding).where(Binding.item_id == item.id))
        write_back.want(unit, [item])
    assert write_back.run(synced.database, 1, procore) == 1
    assert procore.told("work_order_contracts/310") == {"origin_id": None, "origin_code": None, "origin_data": None}


def test_a_kind_without_a_place_for_the_mark_is_never_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(registry.kind("company")), "marks", False)
    stage.approve(records.company("New Vendor", id=62), records.commitment())
    stage.run()
    told = {row.item_id for row in stage.rows(WriteBack)}
    assert stage.states()["New Vendor"] == "synced"
    assert stage.item("New Vendor").id not in told
    assert stage.item("SC-014").id in told


def test_what_procore_no_longer_has_is_said_once_and_tried_once_a_day(synced: Stage) -> None:
    procore = Procore()
    procore.gone = True
    began = clock.now()
    for hours in (0, 23, 25, 26, 50):
        later = began + timedelta(hours=hours)
        with clock.running(lambda later=later: later):  # type: ignore[misc]
            assert write_back.run(synced.database, 1, procore) == 0
    rows = synced.rows(WriteBack)
    assert {(row.tries, row.written) for row in rows} == {(3, 0)}
    assert len(synced.events(Tag.WRITE_BACK_FAILED)) == len(rows), "the same sentence is on the trail again"


def test_a_mark_on_a_record_that_is_gone_is_taken_away_already(synced: Stage) -> None:
    procore, item = Procore(), synced.item("SC-014")
    write_back.run(synced.database, 1, procore)
    with work(synced.database, 1) as unit:
        unit.session.execute(delete(Binding).where(Binding.item_id == item.id))
        write_back.want(unit, [item])
    procore.gone = True
    assert write_back.run(synced.database, 1, procore) == 1
    assert write_back.due(synced.database, 1) == []
