"""Marks on their way to Procore: many in a few calls where Procore's documents allow it, and never one too many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.errors import TieoutError
from app.items import registry
from app.items.ports import Told
from app.procore import Client, ProcoreError, Run
from app.procore.errors import NoAnswer
from app.sandbox.procore import Parts, Store, create_procore, parts
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.wire import Wire
from app.services.write_back_calls import Wanted, in_order, tell
from tests import invoices, records

BASE = "http://procore.test"
LIST, TOWER = 2201, 86_401
CODES = [37_002, 37_003, 37_004, 37_005]
VENDORS = [61_001, 61_002, 61_003, 61_004]
SUBCONTRACTS = [row["id"] for row in HALVORSEN.records["work_order_contracts"] if row["project"]["id"] == TOWER][:4]
ORDERS = [row["id"] for row in HALVORSEN.records["purchase_order_contracts"] if row["project"]["id"] == TOWER][:4]
SYNCED = pytest.mark.parametrize(
    ("kind", "resource", "ids"),
    [
        ("cost_code", "standard_cost_codes", CODES),
        ("company", "vendors", VENDORS),
        ("commitment", "work_order_contracts", SUBCONTRACTS),
    ],
)


class Site:
    """The month's Procore, and what is asked of it."""

    def __init__(self) -> None:
        self.store = Store(":memory:")
        self.store.seed(HALVORSEN)
        app = create_procore(self.store, sending=False)
        self.parts: Parts = parts(app)
        self.client = Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=Wire(app), wait=lambda _: None)
        self.run = Run(self.client)
        self.client.get("/rest/v1.0/me")  # signs in
        self.store.calls.clear()

    def close(self) -> None:
        self.client.close()
        self.store.close()

    def tell(self, *waiting: Wanted) -> dict[int, TieoutError | None]:
        """Tell all of it; what came of each, by item."""
        groups = in_order(self.run, waiting, alone=False)
        outcomes = [one for group in groups for outcome in tell(self.run, group, by_marks=False) for one in outcome]
        assert len(outcomes) == len({wanted.item_id for wanted, _ in outcomes})
        return {wanted.item_id: problem for wanted, problem in outcomes}

    def calls(self) -> list[str]:
        """What was asked since the last time."""
        asked = [f"{one.method} {one.path.removeprefix('/rest/v1.0/')}" for one in self.store.requests()]
        self.store.calls.clear()
        return asked

    def marks(self, resource: str, ids: list[int]) -> list[str | None]:
        """What stands there."""
        found = [self.store.get(resource, one) for one in ids]
        return [row["origin_id"] if row else None for row in found]


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.close()


def wanted(kind: str, procore_id: int, origin: str | None = "", **more: Any) -> Wanted:
    """QuickBooks holds it as ``Q-…``, or under another id, or no longer."""
    content, project = _content(kind, procore_id)
    mark = f"Q-{procore_id}" if origin == "" else origin
    told = Told(procore_id, project, content, mark, origin_data='{"edit_sequence":"17"}' if mark else None)
    return Wanted(procore_id, f"item {procore_id}", registry.kind(kind), told, 1, more.pop("sent", frozenset()), **more)


def _content(kind: str, procore_id: int) -> tuple[dict[str, Any], int | None]:
    if kind == "cost_code":
        return {**records.cost_code(id=procore_id)[1], "standard_cost_code_list_id": LIST}, None
    if kind == "commitment":
        order = procore_id in ORDERS
        more = {"type": "purchase_order"} if order else {}
        return {**records.commitment(id=procore_id, lines=[], **more)[1]}, TOWER
    if kind == "commitment_change_order":
        row = next(row for row in HALVORSEN.records["change_order_packages"] if row["id"] == procore_id)
        return {**row, "line_items": []}, row["project_id"]
    if kind == "subcontractor_invoice":
        row = next(row for row in HALVORSEN.records["requisitions"] if row["id"] == procore_id)
        taken = invoices.invoice(1, invoices.billed("100.00"))[1]
        return {**taken, "id": row["id"], "commitment_id": row["contract_id"]}, row["project_id"]
    return {"id": procore_id}, procore_id if kind == "project" else None


def many(kind: str, ids: list[int], **more: Any) -> list[Wanted]:
    return [wanted(kind, one, **more) for one in ids]


# -- in a few calls ------------------------------------------------------------------------------------------------


@SYNCED
def test_many_of_a_list_are_told_by_one_look_and_one_sync_action(
    site: Site, kind: str, resource: str, ids: list[int]
) -> None:
    assert site.tell(*many(kind, ids)) == dict.fromkeys(ids)
    assert site.calls() == [f"GET {resource}", f"PATCH {resource}/sync"]
    assert site.marks(resource, ids) == [f"Q-{one}" for one in ids]
    assert [(site.store.get(resource, one) or {})["origin_data"] for one in ids] == ['{"edit_sequence":"17"}'] * 4


@SYNCED
def test_marks_are_taken_away_together_too(site: Site, kind: str, resource: str, ids: list[int]) -> None:
    site.tell(*many(kind, ids))
    site.calls()
    ours = [wanted(kind, one, None, sent=frozenset({f"Q-{one}"})) for one in ids]
    assert site.tell(*ours) == dict.fromkeys(ids)
    assert site.calls() == [f"GET {resource}", f"PATCH {resource}/sync"]
    assert site.marks(resource, ids) == [None] * 4


@SYNCED
def test_what_stands_there_already_is_not_written(site: Site, kind: str, resource: str, ids: list[int]) -> None:
    site.tell(*many(kind, ids))
    site.calls()
    changed = [*many(kind, ids[:3]), wanted(kind, ids[3], "Q-new", sent=frozenset({f"Q-{ids[3]}"}))]
    assert site.tell(*changed) == dict.fromkeys(ids)
    [_, write] = site.store.requests()
    assert [row["id"] for row in write.body["updates"]] == [ids[3]]
    site.calls()
    site.tell(*changed)
    assert site.calls() == [f"GET {resource}"]


def test_two_are_told_one_by_one(site: Site) -> None:
    site.tell(*many("company", VENDORS[:2]))
    assert site.calls() == [f"{method} vendors/{one}" for one in VENDORS[:2] for method in ("GET", "PATCH")]


def test_of_a_long_list_only_those_are_asked_for_that_one_call_can_name(site: Site) -> None:
    site.tell(*many("company", VENDORS))
    [look, _] = site.store.requests()
    assert look.query.count("filters%5Bid%5D%5B%5D=") == 4
    site.calls()
    base = HALVORSEN.records["vendors"][0]
    ids = list(range(62_000, 62_101))
    for one in ids:
        site.store.put("vendors", {**base, "id": one, "name": f"Vendor {one}"})
    site.tell(*many("company", ids))
    [look, _] = site.store.requests()
    assert "filters" not in look.query


def test_a_list_is_read_no_further_than_to_the_last_one_wanted(site: Site) -> None:
    base = HALVORSEN.records["standard_cost_codes"][0]
    for one in range(1000):
        site.store.put("standard_cost_codes", {**base, "id": 50_000 + one, "code": f"9-{one}"})
    site.tell(*many("cost_code", CODES))
    assert site.calls() == ["GET standard_cost_codes", "PATCH standard_cost_codes/sync"]
    site.tell(*many("cost_code", [*CODES, 50_999], sent=frozenset(f"Q-{one}" for one in CODES)))
    assert site.calls() == ["GET standard_cost_codes"] * 3 + ["PATCH standard_cost_codes/sync"]


@pytest.mark.parametrize(
    ("kind", "path", "ids"),
    [
        ("project", "projects", [86_401, 86_402, 86_403]),
        ("commitment", "purchase_order_contracts", ORDERS),
        ("commitment_change_order", "change_order_packages", None),
        ("subcontractor_invoice", "/rest/v1.1/requisitions", None),
    ],
)
def test_where_no_sync_action_takes_the_whole_mark_many_are_looked_at_and_each_is_written(
    site: Site, kind: str, path: str, ids: list[int] | None
) -> None:
    """A project's row has no place for the code people see, an order's none for an id; the others have no action."""
    resource = path.rsplit("/", 1)[-1]
    ids = ids or [row["id"] for row in HALVORSEN.records[resource] if row["project_id"] == TOWER][:4]
    assert site.tell(*many(kind, ids)) == dict.fromkeys(ids)
    assert site.calls() == [f"GET {path}", *(f"PATCH {path}/{one}" for one in ids)]
    assert site.marks(resource, ids) == [f"Q-{one}" for one in ids]


def test_what_was_seen_long_ago_is_looked_at_again_before_it_is_written(site: Site) -> None:
    began = clock.now()
    with clock.running(lambda: began):
        [group] = in_order(site.run, many("commitment", ORDERS), alone=False)
        telling = tell(site.run, group, by_marks=False)
        next(telling)
    site.calls()
    site.store.patch("purchase_order_contracts", ORDERS[1], {"origin_id": "SAGE-7"})
    with clock.running(lambda: began + timedelta(seconds=11)):
        [(_, problem)] = next(telling)
    assert problem
    assert site.calls() == [f"GET purchase_order_contracts/{ORDERS[1]}"]
    assert site.marks("purchase_order_contracts", ORDERS)[1] == "SAGE-7"


# -- what goes with what -------------------------------------------------------------------------------------------


def shapes(site: Site, *waiting: Wanted, alone: bool = False) -> list[list[int]]:
    return [[one.item_id for one in group] for group in in_order(site.run, waiting, alone=alone)]


def test_parents_go_before_what_hangs_on_them_whatever_is_told_together(site: Site) -> None:
    """The first subcontract's vendor was told long ago; the second waits for one that QuickBooks took after it."""
    first, second = SUBCONTRACTS[:2]
    late = {**records.commitment(id=second, lines=[], vendor={"id": 61_001, "company": "Delta"})[1]}
    again = wanted("commitment", second)
    again = Wanted(second, "", again.kind, Told(second, TOWER, late, "Q-2"), 1, frozenset())
    waiting = [wanted("commitment", first), wanted("company", 61_001), again, wanted("company", 61_002)]
    assert shapes(site, *waiting) == [[first], [61_001, 61_002], [second]]


def test_subcontracts_of_two_projects_go_apart(site: Site) -> None:
    one, other = wanted("commitment", SUBCONTRACTS[0]), wanted("commitment", SUBCONTRACTS[1])
    elsewhere = Wanted(9, "", other.kind, Told(9, 86_402, other.told.content, "Q-9"), 1, frozenset())
    assert shapes(site, one, elsewhere, other) == [[one.item_id, other.item_id], [9]]


def test_no_more_go_together_than_procore_takes_and_after_a_failure_half_as_many(site: Site) -> None:
    ids = list(range(1, 1002))
    assert [len(one) for one in shapes(site, *many("company", ids))] == [1000, 1]
    assert [len(one) for one in shapes(site, *many("company", ids, tries=1))] == [500, 500, 1]
    assert [len(one) for one in shapes(site, *many("company", ids[:3], tries=9))] == [1, 1, 1]
    fresh = shapes(site, *many("company", ids[:2]), *many("company", ids[2:4], tries=1))
    assert fresh == [[1, 2], [3, 4]], "what failed is not told with what did not"
    assert [len(one) for one in shapes(site, *many("project", ids[:25]))] == [10, 10, 5], "seen for not too long"


def test_procores_own_tool_marks_each_by_itself(site: Site) -> None:
    assert shapes(site, *many("company", VENDORS), alone=True) == [[one] for one in VENDORS]


# -- one among many ------------------------------------------------------------------------------------------------


@SYNCED
def test_one_row_that_is_refused_keeps_no_other_from_being_told(
    site: Site, kind: str, resource: str, ids: list[int]
) -> None:
    taken = next(row["id"] for row in HALVORSEN.records[resource] if row["id"] not in ids)
    site.store.patch(resource, taken, {"origin_id": f"Q-{ids[1]}"})
    came = site.tell(*many(kind, ids))
    problem = came.pop(ids[1])
    assert set(came.values()) == {None}
    assert isinstance(problem, ProcoreError)
    assert problem.procore_status == 422
    assert str(problem).startswith(
        f"Procore refused to change {resource} {ids[1]}: origin_id: has already been taken. "
    )
    assert site.marks(resource, ids) == [f"Q-{ids[0]}", None, f"Q-{ids[2]}", f"Q-{ids[3]}"]
    assert len(site.calls()) == 2


@SYNCED
def test_the_mark_of_another_is_left_alone_among_many(site: Site, kind: str, resource: str, ids: list[int]) -> None:
    site.store.patch(resource, ids[2], {"origin_id": "SAGE-7"})
    came = site.tell(*many(kind, ids))
    assert [one for one, problem in came.items() if problem] == [ids[2]]
    assert str(came[ids[2]]).startswith(f"item {ids[2]} carries the mark of another accounting system in Procore")
    assert site.marks(resource, ids) == [f"Q-{ids[0]}", f"Q-{ids[1]}", "SAGE-7", f"Q-{ids[3]}"]
    assert site.tell(*many(kind, ids, origin=None))[ids[2]] is None
    assert site.marks(resource, ids)[2] == "SAGE-7", "nor is it taken away"


def test_the_mark_of_another_is_left_alone_where_each_is_written(site: Site) -> None:
    site.store.patch("purchase_order_contracts", ORDERS[2], {"origin_id": "SAGE-7"})
    came = site.tell(*many("commitment", ORDERS))
    assert [one for one, problem in came.items() if problem] == [ORDERS[2]]
    assert site.marks("purchase_order_contracts", ORDERS)[2:] == ["SAGE-7", f"Q-{ORDERS[3]}"]


@SYNCED
def test_what_the_list_does_not_show_is_looked_at_by_itself(
    site: Site, kind: str, resource: str, ids: list[int]
) -> None:
    site.store.delete(resource, ids[0])
    came = site.tell(*many(kind, ids))
    problem = came.pop(ids[0])
    assert isinstance(problem, ProcoreError)
    assert problem.procore_status == 404
    assert came == dict.fromkeys(ids[1:])
    away = site.tell(*many(kind, ids, origin=None, sent=frozenset(f"Q-{one}" for one in ids)))
    assert away == dict.fromkeys(ids), "a mark on a record that is gone is taken away already"


# -- when Procore misbehaves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_after", "truncated"])
@SYNCED
def test_a_lost_answer_is_cleared_up_by_the_next_look(
    site: Site, kind: str, resource: str, ids: list[int], fault: str
) -> None:
    site.parts.faults.add(fault, method="PATCH", path="/sync")
    came = site.tell(*many(kind, ids))
    assert {type(problem) for problem in came.values()} == {NoAnswer}
    site.calls()
    assert site.tell(*many(kind, ids, tries=1)) == dict.fromkeys(ids)
    assert site.calls() == [f"GET {resource}"]


@pytest.mark.parametrize("fault", ["drop_before", "error_500"])
def test_what_never_arrived_is_written_the_next_time(site: Site, fault: str) -> None:
    site.parts.faults.add(fault, method="PATCH", path="/sync")
    assert None not in site.tell(*many("company", VENDORS)).values()
    assert site.marks("vendors", VENDORS) == [None] * 4
    assert site.tell(*many("company", VENDORS, tries=1)) == dict.fromkeys(VENDORS)
    assert site.marks("vendors", VENDORS) == [f"Q-{one}" for one in VENDORS]


def test_while_the_list_cannot_be_read_nothing_is_written(site: Site) -> None:
    site.parts.faults.add("error_500", method="GET", path="/vendors$")
    assert None not in site.tell(*many("company", VENDORS)).values()
    assert site.calls() == ["GET vendors"]


def test_where_a_list_is_not_for_us_each_is_looked_at_by_itself(site: Site) -> None:
    """The project is gone, and its subcontracts with it: there are no marks left to take away."""
    site.store.delete("projects", TOWER)
    for one in SUBCONTRACTS:
        site.store.delete("work_order_contracts", one)
    assert site.tell(*many("commitment", SUBCONTRACTS, origin=None)) == dict.fromkeys(SUBCONTRACTS)
    assert site.calls() == [
        "GET work_order_contracts", *(f"GET work_order_contracts/{one}" for one in SUBCONTRACTS)
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/vendors$", "/vendors/sync"])
def test_a_window_that_is_used_up_is_no_failure_of_those_who_wait(site: Site, path: str) -> None:
    site.parts.faults.add("rate_limit_hour", path=path)
    with pytest.raises(ProcoreError) as caught:
        site.tell(*many("company", VENDORS))
    assert caught.value.retry_at


def test_what_the_answer_leaves_out_was_not_told() -> None:
    class Silent:
        company_id = 5021

        def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
            return iter([{"id": one} for one in VENDORS])

        sync = Run.sync

        @property
        def _client(self) -> Any:
            return self

        def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            return {"entities": [{"id": VENDORS[0]}, {"id": 1}], "errors": [{"name": "who", "errors": {}}]}

    [outcome] = tell(Silent(), many("company", VENDORS[:3]), by_marks=False)  # type: ignore[arg-type]
    came = {wanted.item_id: str(problem or "").split(". ", maxsplit=1)[0] for wanted, problem in outcome}
    assert came == {
        VENDORS[0]: "",
        VENDORS[1]: f"Procore did not say what became of vendors {VENDORS[1]}",
        VENDORS[2]: f"Procore did not say what became of vendors {VENDORS[2]}",
    }
