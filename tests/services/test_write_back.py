"""Telling Procore: the origin each kind makes, which kinds are told at all, what is told after an unlink."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app.core import clock
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.models import Binding, Item, WriteBack
from app.items import registry
from app.procore import ProcoreError
from app.procore.errors import NoAnswer
from app.services import write_back, write_back_calls
from app.services.unit import work
from tests import records
from tests.support import Stage

NO_MARK = {"origin_id": None, "origin_code": None, "origin_data": None}


class Procore:
    """Holds marks as Procore does; notes what it is told, and refuses everything while it is down."""

    company_id = 5021

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.patched: list[tuple[str, dict[str, Any]]] = []
        self.looked = 0
        self.down = False
        self.gone = False
        self.away = False
        self.loses = False  # the next answer to a change that was made
        self.listed: dict[str, list[int]] = {}
        self.refuses: list[int] = []  # rows of the sync action
        self.meanwhile: Callable[[], object] = lambda: None  # before a sync action is carried out

    def get(self, path: str, **params: Any) -> Any:
        self.looked += 1
        if self.away:
            raise NoAnswer("Procore could not be reached.", arrived=False)
        if self.gone:
            raise ProcoreError(404, "Procore has no such record any more.")
        return {**NO_MARK, **self.held.get(short(path), {})}

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        if self.down:
            raise TieoutError("Procore does not answer.")
        self.patched.append((short(path), body))
        if short(path).endswith("/sync"):
            for row in body["updates"]:
                self.held[f"{short(path).removesuffix('sync')}{row['id']}"] = row
        else:
            self.held[short(path)] = {**self.held.get(short(path), {}), **_fields(body)}
        if self.loses:
            self.loses = False
            raise NoAnswer("The answer was lost.", arrived=True)
        return body

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Everything that was said to be in a list."""
        self.looked += 1
        for one in self.listed.get(short(path), ()):
            yield {"id": one, **NO_MARK, **self.held.get(f"{short(path)}/{one}", {})}

    def sync(self, path: str, parents: dict[str, Any], rows: Sequence[dict[str, Any]]) -> dict[int, TieoutError]:
        self.meanwhile()
        self.patch(f"{path}/sync", {**parents, "updates": list(rows)})
        for one in self.refuses:
            del self.held[f"{short(path)}/{one}"]
        return {one: ProcoreError(422, "No.") for one in self.refuses}

    def told(self, path: str) -> dict[str, Any]:
        """The origin fields the record at a path was given last."""
        return _fields([body for one, body in self.patched if one == path][-1])

    def _never(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("telling makes nothing")

    post = delete = projects = cost_codes = _never


def short(path: str) -> str:
    return path.removeprefix("/rest/v1.0/")


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    [fields] = (value for value in body.values() if isinstance(value, dict))
    return fields


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


# -- the marks of others -------------------------------------------------------------------------------------------

SUBCONTRACT = "work_order_contracts/310"


def due_again(stage: Stage, hours: float = 25.0) -> datetime:
    """The moment at which whatever failed is tried once more."""
    return clock.now() + timedelta(hours=hours)


def problem(stage: Stage, name: str) -> str:
    [row] = stage.rows(WriteBack, item_id=stage.item(name).id)
    return str(row.problem)


def test_a_mark_that_somebody_else_set_after_we_read_is_not_written_over(synced: Stage) -> None:
    procore = Procore()
    procore.held[SUBCONTRACT] = {"origin_id": "SAGE-7"}
    assert write_back.run(synced.database, 1, procore) == 5
    assert procore.held[SUBCONTRACT]["origin_id"] == "SAGE-7"
    assert problem(synced, "SC-014").startswith(
        "SC-014 carries the mark of another accounting system in Procore (its origin is “SAGE-7”), so Tieout did not "
        "write its own there."
    )
    looked, later = procore.looked, due_again(synced, 1)
    with clock.running(lambda: later):
        assert write_back.run(synced.database, 1, procore) == 0
    assert procore.looked == looked, "it was asked about again within the hour"
    procore.held[SUBCONTRACT] = {}
    tomorrow = due_again(synced)
    with clock.running(lambda: tomorrow):
        assert write_back.run(synced.database, 1, procore) == 1
    assert procore.held[SUBCONTRACT]["origin_id"] == synced.orders()["SC-014"]["TxnID"]
    assert problem(synced, "SC-014") == ""


def test_the_mark_of_another_is_not_taken_away_with_ours(synced: Stage) -> None:
    procore, item = Procore(), synced.item("SC-014")
    write_back.run(synced.database, 1, procore)
    procore.held[SUBCONTRACT] = {"origin_id": "SAGE-7"}
    unlink(synced, item.id)
    assert write_back.run(synced.database, 1, procore) == 1
    assert procore.held[SUBCONTRACT] == {"origin_id": "SAGE-7"}


def test_a_mark_of_ours_whose_answer_was_lost_is_ours_when_the_next_one_replaces_it(synced: Stage) -> None:
    """Told once, the answer lost; then unlinked and linked with another order before it was told again."""
    procore, item = Procore(), synced.item("SC-014")
    procore.loses = True
    with pytest.raises(NoAnswer):
        write_back.run(synced.database, 1, procore)
    [first] = procore.held  # the only one that was told
    name = {"vendors/61": "Delta Concrete", "projects/86": "Riverside Tower"}.get(first, "")
    told = synced.item(name or "SC-014")
    with work(synced.database, 1) as unit:
        unit.session.get_one(Binding, told.id).quickbooks_id = "ANOTHER-1"
        write_back.want(unit, [told])
    later = due_again(synced)
    with clock.running(lambda: later):
        write_back.run(synced.database, 1, procore)
    assert procore.held[first]["origin_id"] == "ANOTHER-1"
    assert item.state == "synced"


def test_what_arrived_although_its_answer_was_lost_is_not_written_twice(synced: Stage) -> None:
    procore = Procore()
    procore.loses = True
    with pytest.raises(NoAnswer):
        write_back.run(synced.database, 1, procore)
    assert len(procore.patched) == 1
    later = due_again(synced)
    with clock.running(lambda: later):
        assert write_back.run(synced.database, 1, procore) == 6
    assert len(procore.patched) == 6, "the look showed that it was there"


def test_a_record_procore_made_for_us_with_its_mark_loses_it_when_unlinked(synced: Stage) -> None:
    procore, item = Procore(), synced.item("SC-014")
    with work(synced.database, 1) as unit:
        unit.session.execute(delete(WriteBack).where(WriteBack.item_id == item.id))
        write_back.made(unit, item, "LIST-1")
    procore.held[SUBCONTRACT] = {"origin_id": "LIST-1"}
    write_back.run(synced.database, 1, procore)
    assert procore.held[SUBCONTRACT]["origin_id"] == "LIST-1", "nothing was left to tell of it"
    unlink(synced, item.id)
    assert write_back.run(synced.database, 1, procore) == 1
    assert procore.held[SUBCONTRACT]["origin_id"] is None


def test_while_procore_is_away_one_call_is_enough_to_see_it(synced: Stage) -> None:
    procore = Procore()
    procore.away = True
    with pytest.raises(NoAnswer):
        write_back.run(synced.database, 1, procore)
    assert procore.looked == 1
    assert [row.tries for row in synced.rows(WriteBack) if row.tries] == [1], "the others were not tried yet"
    procore.away = False
    assert write_back.run(synced.database, 1, procore) == 5, "and wait for nothing but their turn"


def test_the_failure_of_an_old_wish_does_not_mark_a_newer_one(synced: Stage) -> None:
    class Meanwhile(Procore):
        """Somebody wants something newer of a commitment while the old mark is being refused."""

        def patch(self, path: str, body: dict[str, Any]) -> Any:
            if short(path) == SUBCONTRACT and not self.refused:
                self.refused = True
                with work(synced.database, 1) as unit:
                    write_back.want(unit, [unit.session.get_one(Item, synced.item("SC-014").id)])
                raise ProcoreError(422, "Procore refused the old mark.")
            return super().patch(path, body)

        refused = False

    procore = Meanwhile()
    assert write_back.run(synced.database, 1, procore) == 5
    [row] = synced.rows(WriteBack, item_id=synced.item("SC-014").id)
    assert (row.problem, row.tries, row.written < row.counter) == ("", 0, True)
    assert synced.events(Tag.WRITE_BACK_FAILED) == []
    assert write_back.run(synced.database, 1, procore) == 1


def test_one_odd_record_keeps_no_other_from_being_told(synced: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(registry.kind("commitment"))

    def place(self: Any, procore: Any, told: Any) -> Any:
        return {}["odd"]

    monkeypatch.setattr(kind, "place", place)
    assert write_back.run(synced.database, 1, Procore()) == 5
    assert problem(synced, "SC-014").startswith("Tieout made a mistake (KeyError at ")


def test_a_worker_told_to_end_tells_no_more(synced: Stage) -> None:
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    procore = Procore()
    told = write_back.run(synced.database, 1, procore, stop)
    assert 0 < told < 6
    assert len(synced.events(Tag.WRITTEN_BACK)) == told == len(procore.patched), "what was told is noted"


def unlink(stage: Stage, item_id: int) -> None:
    with work(stage.database, 1) as unit:
        unit.session.execute(delete(Binding).where(Binding.item_id == item_id))
        write_back.want(unit, [unit.session.get_one(Item, item_id)])


# -- many at once --------------------------------------------------------------------------------------------------

IDS = [61, *range(101, 105)]


@pytest.fixture
def vendors(stage: Stage) -> Stage:
    """QuickBooks took four companies beside the one it had; their marks are all there is to tell."""
    stage.approve(*(records.company(f"Vendor {one}", id=one) for one in IDS[1:]))
    stage.run()
    others = [item.id for item in stage.rows(Item) if item.kind != "company"]
    with work(stage.database, 1) as unit:
        unit.session.execute(delete(WriteBack).where(WriteBack.item_id.in_(others)))
    return stage


def directory() -> Procore:
    procore = Procore()
    procore.listed = {"vendors": IDS}
    return procore


def held(procore: Procore) -> list[Any]:
    return [procore.held.get(f"vendors/{one}", {}).get("origin_id") for one in IDS]


def marks_of(stage: Stage) -> list[str]:
    bindings = {row.item_id: row.quickbooks_id for row in stage.rows(Binding)}
    by_id = {item.procore_id: item.id for item in stage.rows(Item) if item.kind == "company"}
    return [bindings[by_id[str(one)]] for one in IDS]


def test_many_are_told_in_two_calls_and_each_is_on_the_trail_once(vendors: Stage) -> None:
    procore = directory()
    before = len(vendors.events(Tag.WRITTEN_BACK))
    assert write_back.run(vendors.database, 1, procore) == 5
    assert (procore.looked, len(procore.patched)) == (1, 1)
    assert held(procore) == marks_of(vendors)
    assert len(vendors.events(Tag.WRITTEN_BACK)) - before == 5
    assert write_back.run(vendors.database, 1, procore) == 0


def test_what_carries_our_mark_is_noted_before_the_call_that_carries_it(vendors: Stage) -> None:
    procore = directory()
    noted: list[list[Any]] = []
    procore.meanwhile = lambda: noted.extend(row.sent for row in vendors.rows(WriteBack))
    write_back.run(vendors.database, 1, procore)
    assert sorted(noted) == sorted([one] for one in marks_of(vendors))


def test_a_newer_wish_that_comes_while_many_are_told_stays_open(vendors: Stage) -> None:
    procore, item = directory(), vendors.item("Vendor 102")

    def link_with_another() -> None:
        procore.meanwhile = lambda: None
        with work(vendors.database, 1) as unit:
            unit.session.get_one(Binding, item.id).quickbooks_id = "ANOTHER-1"
            write_back.want(unit, [unit.session.get_one(Item, item.id)])

    procore.meanwhile = link_with_another
    assert write_back.run(vendors.database, 1, procore) == 5
    assert [one.item_id for one in write_back.due(vendors.database, 1)] == [item.id]
    assert write_back.run(vendors.database, 1, procore) == 1
    assert held(procore)[IDS.index(102)] == "ANOTHER-1"


def test_one_that_is_refused_among_many_rests_by_itself(vendors: Stage) -> None:
    procore = directory()
    procore.refuses = [103]
    assert write_back.run(vendors.database, 1, procore) == 4
    assert [bool(problem(vendors, f"Vendor {one}")) for one in IDS[1:]] == [False, False, True, False]
    later = due_again(vendors, 1)
    with clock.running(lambda: later):
        assert write_back.run(vendors.database, 1, procore) == 0
    procore.refuses = []
    tomorrow = due_again(vendors)
    with clock.running(lambda: tomorrow):
        assert write_back.run(vendors.database, 1, procore) == 1
    assert held(procore) == marks_of(vendors)


def test_many_whose_answer_was_lost_are_looked_at_and_not_written_again(vendors: Stage) -> None:
    procore = directory()
    procore.loses = True
    with pytest.raises(NoAnswer):
        write_back.run(vendors.database, 1, procore)
    assert {(row.tries, row.written) for row in vendors.rows(WriteBack)} == {(1, 0)}
    later = due_again(vendors)
    with clock.running(lambda: later):
        assert write_back.run(vendors.database, 1, procore) == 5
    assert len(procore.patched) == 1


def test_what_stood_there_already_is_told_although_the_answer_for_the_others_was_lost(vendors: Stage) -> None:
    procore = directory()
    write_back.run(vendors.database, 1, procore)
    items = [vendors.item(f"Vendor {one}") for one in IDS[1:]]
    with work(vendors.database, 1) as unit:
        for item in items[1:]:
            unit.session.get_one(Binding, item.id).quickbooks_id += "-ANOTHER"
        write_back.want(unit, [unit.session.get_one(Item, item.id) for item in items])
    procore.loses = True
    with pytest.raises(NoAnswer):
        write_back.run(vendors.database, 1, procore)
    [row] = vendors.rows(WriteBack, item_id=items[0].id)
    assert (row.problem, row.tries, row.written == row.counter) == ("", 0, True)
    assert problem(vendors, "Vendor 102")


def test_a_turn_ends_after_so_many_steps(vendors: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_back, "STEPS", 2)
    monkeypatch.setattr(write_back_calls, "MOST_ROWS", 2)
    procore = directory()
    assert [write_back.run(vendors.database, 1, procore) for _ in range(3)] == [2, 2, 1]


def test_procores_own_tool_is_told_of_each_by_itself(vendors: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its marks need no look, and its tool must not be overruled by a list."""
    monkeypatch.setattr(write_back.procore_mode, "is_erp", lambda *_: True)
    monkeypatch.setattr(write_back.procore_mode, "mark", lambda *_: True)
    procore = directory()
    assert write_back.run(vendors.database, 1, procore) == 5
    assert (procore.looked, procore.patched) == (0, [])
