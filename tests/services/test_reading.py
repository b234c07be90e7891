"""Reading Procore: everything once, then what changed; broken off, it goes on; what is gone is noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.errors import Conflict, Forbidden, Refusal, TieoutError
from app.core.tags import Tag
from app.db.models import Item, Reading, Revision
from app.items import registry
from app.procore import Client, ProcoreError, Run
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.project_manager import ProjectManager
from app.services import deletions, reading, working
from app.services.deletions import Doubt
from tests.support import Stage

BASE = "http://procore.test"
MONTH = {"project": 3, "company": 12, "cost_code": 41, "commitment": 40, "commitment_change_order": 12}
COMMITMENTS = "/rest/v1.0/work_order_contracts"


class Wire(httpx.BaseTransport):
    """Carries calls to Procore, remembers them, and breaks where it is told."""

    def __init__(self, store: Store) -> None:
        self._there = httpx.WSGITransport(create_procore(store))
        self.calls: list[httpx.URL] = []
        self.breaks: dict[str, list[int]] = {}  # path: the statuses of the next answers there; 0 lets one through

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/oauth/" not in request.url.path:
            self.calls.append(request.url)
            if (waiting := self.breaks.get(request.url.path)) and (status := waiting.pop(0)):
                return httpx.Response(status, json={"message": "not now"})
        return self._there.handle_request(request)

    def to(self, path: str) -> list[httpx.URL]:
        """The calls to a list; of contracts those of commitments, which deleted ones belong to."""
        found = [url for url in self.calls if url.path == path]
        return [url for url in found if not path.endswith("_contracts") or "filters[include_deleted]" in url.params]


class Office:
    """A stage with the month in Procore, and time in the test's hands."""

    def __init__(self, stage: Stage, store: Store) -> None:
        self.stage, self.store, self.pm = stage, store, ProjectManager(store)
        self.wire = Wire(store)
        self.client = Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=self.wire)
        self.now = datetime.now(UTC)

    def read(self, later: timedelta = timedelta(minutes=11)) -> reading.Round:
        self.now += later
        self.wire.calls = []
        return reading.run(self.stage.database, 1, Run(self.client))

    def row(self, kind: str) -> Reading:
        with self.stage.database.reading() as session:
            return session.get_one(Reading, (1, kind))

    def items(self, kind: str) -> dict[str, dict[str, Any]]:
        """What is known of a kind: content by name."""
        query = select(Item.name, Revision.content).join(Revision, Revision.id == Item.seen_revision_id)
        with self.stage.database.reading() as session:
            return {row.name: row.content for row in session.execute(query.where(Item.kind == kind))}

    def counts(self) -> dict[str, int]:
        """How many items of each kind of the month there are."""
        with self.stage.database.reading() as session:
            found = Counter(session.execute(select(Item.kind)).scalars())
        return {kind: found[kind] for kind in MONTH}

    def revisions(self, name: str) -> int:
        query = select(Revision.id).join(Item, Item.id == Revision.item_id).where(Item.name == name)
        with self.stage.database.reading() as session:
            return len(session.execute(query).all())


@pytest.fixture
def office(empty_stage: Stage) -> Iterator[Office]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    found = Office(empty_stage, store)
    with clock.running(lambda: found.now):
        yield found
    store.close()


def test_the_first_reading_takes_everything_and_the_next_asks_for_changes_alone(office: Office) -> None:
    first = office.read()
    assert office.counts() == MONTH
    assert not first.problems
    assert not any("updated_at" in str(url) for url in office.wire.calls)
    mark = office.row("commitment").since
    office.pm.edit("SC-014", title="Another title")
    second = office.read()
    assert second.taken.changed == 1
    # Of all contracts only the changed one was read in full.
    assert sum(url.path.startswith(COMMITMENTS + "/") for url in office.wire.calls) == 1
    asked = {url.params.get("filters[updated_at]") for url in office.wire.to(COMMITMENTS)}
    assert len(asked) == 1
    since, _, until = str(asked.pop()).strip('"').partition("...")
    assert mark is not None
    assert datetime.fromisoformat(since) == (mark - timedelta(minutes=5)).replace(microsecond=0)
    assert datetime.fromisoformat(until) > office.now


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("company", "/rest/v1.0/vendors"),
        ("project", "/rest/v1.0/projects"),
        ("commitment", "/rest/v1.0/purchase_order_contracts"),
        ("commitment_change_order", "/rest/v1.0/change_order_packages"),
        ("subcontractor_invoice", "/rest/v1.1/requisitions"),
    ],
)
def test_what_procore_lists_by_change_is_asked_for_so(office: Office, kind: str, path: str) -> None:
    """The lists that have `filters[updated_at]` by Procore's own reference."""
    office.read()
    office.read()
    assert registry.kind(kind).lists_changes
    assert any("filters[updated_at]" in url.params for url in office.wire.to(path))


def test_what_procore_lists_only_whole_is_read_whole_and_less_often(office: Office) -> None:
    office.read()
    office.read()
    assert office.wire.to("/rest/v1.0/standard_cost_codes") == []
    office.read(timedelta(minutes=30))
    [asked] = office.wire.to("/rest/v1.0/standard_cost_codes")
    assert "filters[updated_at]" not in asked.params


def test_the_mark_is_procores_time_and_never_past_the_start_of_the_reading(office: Office) -> None:
    office.read()
    start = office.now
    shown = max(datetime.fromisoformat(row["updated_at"]) for row in office.store.all("vendors"))
    assert office.row("company").since == min(shown, start)
    # A record from the future of our clock does not pull the mark along.
    with clock.running(lambda: office.now + timedelta(hours=3)):
        vendor = office.store.all("vendors")[0]
        office.store.patch("vendors", vendor["id"], {"city": "Fresno"})
    office.read()
    assert office.row("company").since == office.now


def test_once_a_day_everything_is_read_again(office: Office) -> None:
    office.read()
    office.read(timedelta(hours=23))
    assert office.wire.to(COMMITMENTS)
    assert all("filters[updated_at]" in url.params for url in office.wire.to(COMMITMENTS))
    office.read(timedelta(hours=2))
    assert office.wire.to(COMMITMENTS)
    assert not any("filters[updated_at]" in url.params for url in office.wire.to(COMMITMENTS))
    assert sum(url.path.startswith(COMMITMENTS + "/") for url in office.wire.calls) == 24


def test_a_reading_that_broke_off_goes_on_where_it_was_and_the_mark_waits_for_its_end(office: Office) -> None:
    projects = sorted(row["id"] for row in office.store.all("projects"))
    office.wire.breaks[COMMITMENTS] = [0, 503]  # the second project
    with pytest.raises(ProcoreError):
        office.read()
    broken = office.row("commitment")
    assert (broken.since, broken.passed) == (None, projects[:1])
    first = len(office.items("commitment"))
    assert 0 < first < 40
    assert "commitment" in broken.problem or "work_order_contracts" in broken.problem
    office.read(timedelta(minutes=1))
    assert [url.params["project_id"] for url in office.wire.to(COMMITMENTS)] == [str(one) for one in projects[1:]]
    assert len(office.items("commitment")) == 40
    assert {office.revisions(name) for name in office.items("commitment")} == {1}
    assert office.row("commitment").since is not None
    assert office.row("commitment").problem == ""


def test_what_broke_off_waits_for_the_moment_procore_named(office: Office) -> None:
    reset = int((office.now + timedelta(minutes=40)).timestamp())
    office.wire.breaks["/rest/v1.0/vendors"] = [429] * 9
    answer = httpx.Response(429, headers={"X-Rate-Limit-Reset": str(reset)})
    there = office.wire.handle_request
    office.wire.handle_request = (  # type: ignore[method-assign]
        lambda request: answer if request.url.path == "/rest/v1.0/vendors" else there(request)
    )
    with pytest.raises(ProcoreError):
        office.read()
    assert office.row("company").next_at >= datetime.fromtimestamp(reset, UTC)


def test_what_is_wrong_with_one_kind_keeps_no_other_waiting(office: Office) -> None:
    office.wire.breaks["/rest/v1.1/requisitions"] = [403]
    done = office.read()
    assert set(done.problems) == {"subcontractor_invoice"}
    assert len(office.items("commitment")) == 40
    assert office.counts()["commitment_change_order"] == 12
    assert "permission" in office.row("subcontractor_invoice").problem
    office.read()
    assert office.row("subcontractor_invoice").problem == ""
    assert office.items("subcontractor_invoice")


def test_a_mistake_of_our_own_is_said_without_what_it_was_about(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(procore: Any) -> Any:
        raise KeyError("secret")

    monkeypatch.setattr(registry.kind("company"), "fetch", fetch)
    office.read()
    problem = office.row("company").problem
    assert problem.startswith("Tieout made a mistake")
    assert "secret" not in problem


def test_a_commitment_moved_to_the_recycle_bin_is_noticed_with_the_changes(office: Office) -> None:
    office.read()
    office.pm.delete("SC-014")
    office.read()
    assert office.items("commitment")["SC-014"]["deleted_at"]


def test_what_the_days_whole_reading_no_longer_shows_is_as_deleted_and_comes_back(office: Office) -> None:
    office.read()
    vendor = office.store.all("vendors")[0]
    gone = dict(vendor)
    office.store.delete("vendors", vendor["id"])
    office.read()
    assert "deleted_at" not in office.items("company")[vendor["name"]]
    office.read(timedelta(days=1))
    content = office.items("company")[vendor["name"]]
    assert registry.kind("company").void(content)
    office.read(timedelta(days=1))
    assert office.revisions(vendor["name"]) == 2, "it is said once"
    office.store.put("vendors", {**gone, "deleted_at": None})
    office.read()
    assert not registry.kind("company").void(office.items("company")[vendor["name"]])


def test_what_hangs_on_a_project_that_is_gone_is_gone_with_it(office: Office) -> None:
    office.read()
    project = min(
        office.store.all("projects"),
        key=lambda one: len(office.store.all("work_order_contracts", project_id=one["id"])),
    )
    office.store.delete("projects", project["id"])
    office.read(timedelta(days=1))
    found = [one for one in office.items("commitment").values() if one["project"]["id"] == project["id"]]
    assert found
    assert all(one["deleted_at"] for one in found)
    assert not any(
        one["deleted_at"] for one in office.items("commitment").values() if one["project"]["id"] != project["id"]
    )


def lose(office: Office, many: int) -> None:
    """The first vendors are gone from Procore, for whatever reason."""
    for vendor in office.store.all("vendors")[:many]:
        office.store.delete("vendors", vendor["id"])


def deleted(office: Office) -> int:
    """How many companies are known to be deleted."""
    return sum(bool(one.get("deleted_at")) for one in office.items("company").values())


def test_a_right_that_was_lost_deletes_nothing(office: Office) -> None:
    office.read()
    lose(office, 11)
    done = office.read(timedelta(days=1))
    assert str(done.problems["company"]).startswith("Procore no longer shows 11 of 12 companies")
    assert office.row("company").doubt == str(done.problems["company"])
    assert deleted(office) == 0
    for vendor in office.store.all("vendors"):
        office.store.put("vendors", {**vendor, "deleted_at": None})
    office.read()
    office.read(timedelta(days=1))
    assert office.row("company").doubt == ""


def test_while_deletions_are_doubted_changes_are_read_as_ever(office: Office) -> None:
    office.read()
    [last] = office.store.all("vendors")[11:]
    lose(office, 11)
    office.read(timedelta(days=1))
    office.store.patch("vendors", last["id"], {"city": "Fresno"})
    done = office.read()
    assert done.taken.changed == 1
    assert "filters[updated_at]" in office.wire.to("/rest/v1.0/vendors")[0].params
    assert office.row("company").doubt, "it is still to be decided"
    assert office.row("company").problem == ""


def doubt(office: Office) -> Doubt:
    """The deletions that wait for a person."""
    [found] = working.look(office.stage.database, 1).doubts
    return found


def test_deletions_that_a_person_confirms_are_taken_over_at_once(office: Office) -> None:
    office.read()
    lose(office, 11)
    office.read(timedelta(days=1))
    found = doubt(office)
    assert found.sentence in working.look(office.stage.database, 1).troubles
    with pytest.raises(Forbidden):
        deletions.confirm(office.stage.database, 1, office.stage.person("aud"), "company", found.seen)
    deletions.confirm(office.stage.database, 1, office.stage.person("ike"), "company", found.seen)
    assert deleted(office) == 0, "it is looked at once more first"
    assert reading.due(office.stage.database, 1)
    assert office.read(timedelta(0)).problems == {}
    assert deleted(office) == 11
    assert working.look(office.stage.database, 1).doubts == ()
    [event] = office.stage.events(Tag.DELETIONS_CONFIRMED)
    assert (event["kind"], event["sentence"]) == ("company", found.sentence)
    with pytest.raises(Refusal, match="wait to be confirmed"):
        deletions.confirm(office.stage.database, 1, office.stage.person("ike"), "company")


def test_a_confirmation_counts_once(office: Office) -> None:
    office.read()
    lost = office.store.all("vendors")[:11]
    lose(office, 11)
    office.read(timedelta(days=1))
    deletions.confirm(office.stage.database, 1, office.stage.person("ike"), "company", doubt(office).seen)
    office.read(timedelta(0))
    for vendor in lost:
        office.store.put("vendors", vendor)
    office.read(timedelta(days=1))
    assert deleted(office) == 0, "they are shown again"
    lose(office, 11)
    office.read(timedelta(days=1))
    assert doubt(office)
    assert deleted(office) == 0


def test_what_was_deleted_long_ago_does_not_make_a_lost_right_look_small(office: Office) -> None:
    like = office.store.all("vendors")[0]
    for number in range(8):
        office.store.put("vendors", {**like, "id": 90_000 + number, "name": f"Walk-in {number}", "origin_id": None})
    office.read()
    lose(office, 9)  # of 20: so few are believed
    office.read(timedelta(days=1))
    lose(office, 20)
    office.read(timedelta(days=1))
    assert deleted(office) == 9, "20 are known, but only 11 were left"
    assert "11 of 11" in doubt(office).sentence


def test_what_is_confirmed_is_what_was_seen(office: Office) -> None:
    office.read()
    lose(office, 11)
    office.read(timedelta(days=1))
    seen = doubt(office).seen
    lose(office, 12)
    deletions.confirm(office.stage.database, 1, office.stage.person("ike"), "company", seen)
    assert "12 of 12" in str(office.read(timedelta(0)).problems["company"])
    assert deleted(office) == 0
    with pytest.raises(Conflict):
        deletions.confirm(office.stage.database, 1, office.stage.person("ike"), "company", seen)
    assert "filters[updated_at]" not in office.wire.to("/rest/v1.0/vendors")[0].params
    office.read()
    assert "filters[updated_at]" in office.wire.to("/rest/v1.0/vendors")[0].params, "not read whole for ever"


def test_a_right_to_projects_that_was_lost_and_came_back_deletes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.read()
    kind = type(registry.kind("commitment"))
    with monkeypatch.context() as blind:
        blind.setattr(kind, "fetch", lambda self, procore: (row for _ in procore.projects() for row in ()))
        assert "40 of 40 commitments" in str(office.read(timedelta(days=1)).problems["commitment"])
    assert office.read(timedelta(days=1)).problems == {}
    assert not any(one["deleted_at"] for one in office.items("commitment").values())


def test_a_hint_has_its_kind_read_at_once_and_no_other(office: Office) -> None:
    office.read()
    assert not reading.due(office.stage.database, 1)
    assert reading.hint(office.stage.database, 1, "Company Vendors") == ["company"]
    assert reading.due(office.stage.database, 1)
    office.read(timedelta(0))
    assert {url.path for url in office.wire.calls} == {"/rest/v1.0/vendors"}
    assert not reading.due(office.stage.database, 1)


@pytest.mark.parametrize("name", ["RFIs", "", "company vendors; drop table"])
def test_a_hint_nobody_knows_is_no_trouble(office: Office, name: str) -> None:
    office.read()
    assert reading.hint(office.stage.database, 1, name) == []
    assert not reading.due(office.stage.database, 1)


def test_a_hint_while_its_kind_is_read_has_it_read_once_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = registry.kind("company")
    fetch = type(kind).fetch

    def fetch_and_be_told(self: Any, procore: Any) -> Any:
        yield from fetch(self, procore)
        reading.hint(office.stage.database, 1, "Company Vendors")

    with monkeypatch.context() as patched:
        patched.setattr(type(kind), "fetch", fetch_and_be_told)
        office.read()
    assert office.row("company").next_at <= office.now
    office.read(timedelta(0))
    assert office.row("company").next_at > office.now


def test_a_hint_does_not_hurry_what_procore_refused(office: Office) -> None:
    office.wire.breaks["/rest/v1.0/vendors"] = [403]
    office.read()
    waits = office.row("company").next_at
    reading.hint(office.stage.database, 1, "Company Vendors")
    assert office.row("company").next_at == waits > office.now


def test_a_reading_told_to_stop_keeps_what_it_has_and_goes_on_later(office: Office) -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 4

    office.now += timedelta(minutes=1)
    reading.run(office.stage.database, 1, Run(office.client), stop)
    kinds = [name for name in MONTH if office.items(name)]
    assert 0 < len(kinds) < len(MONTH)
    office.read()
    assert office.counts() == MONTH


def test_what_must_stand_in_procore_is_made_though_procore_was_away_at_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def prepare(procore: Any) -> None:
        asked.append(procore)
        if len(asked) == 1:
            raise TieoutError("Procore is away.")

    monkeypatch.setattr(registry.kind("cost_code"), "prepare", prepare)
    assert "cost_code" in office.read().problems
    assert office.read().problems == {}
    office.read()
    assert len(asked) == 2
