"""What the workers are at, as the connection page shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import clock
from app.core.errors import Refusal
from app.procore import Client, Run
from app.services import reading, tasks, working
from app.services.turns import BY_NAME
from app.worker.loop import Worker
from tests.importing import office
from tests.support import Stage


def turn(stage: Stage, name: str) -> working.TurnStands:
    return next(one for one in working.look(stage.database, 1).turns if one.name == name)


def test_before_any_worker_came_by_it_says_so(empty_stage: Stage) -> None:
    found = working.look(empty_stage.database, 1)
    assert (found.alive, found.seen_at, found.running, found.troubles) == (False, None, (), ())
    assert {one.kind for one in found.readings} >= {"company", "project", "commitment", "budget"}
    assert "payment" not in {one.kind for one in found.readings}, "payments come from QuickBooks"
    assert [one.label for one in found.turns][:2] == ["Take what Procore announces", "Read what changed in Procore"]


def test_what_somebody_is_at_is_shown_for_as_long_as_the_lease_lasts(empty_stage: Stage) -> None:
    start = clock.now()
    with clock.running(lambda: start):
        assert tasks.take(empty_stage.database, 1, "read", "one")
    assert [one.name for one in working.look(empty_stage.database, 1).running] == ["read"]
    with clock.running(lambda: start + timedelta(minutes=10)):
        found = working.look(empty_stage.database, 1)
    assert (found.running, found.alive) == ((), False)


def test_what_ran_last_and_what_comes_next(empty_stage: Stage) -> None:
    start = clock.now()
    lease = tasks.take(empty_stage.database, 1, "people", "one")
    assert lease
    tasks.ended(empty_stage.database, lease, 4, timedelta(hours=1))
    found = turn(empty_stage, "people")
    assert (found.did, found.counted, found.runs_since, found.problem) == (4, "people changed", None, "")
    assert found.ended_at is not None
    assert found.next_at is not None
    assert found.ended_at >= start
    assert found.next_at - found.ended_at == timedelta(hours=1)
    assert working.look(empty_stage.database, 1).alive


def test_trouble_is_shown_in_words_each_once(empty_stage: Stage) -> None:
    for name in ("people", "read"):
        lease = tasks.take(empty_stage.database, 1, name, "one")
        assert lease
        tasks.failed(empty_stage.database, lease, Refusal("Procore is away.", "Wait."))
    found = working.look(empty_stage.database, 1)
    assert found.troubles == ("Procore is away. Wait.",)
    assert turn(empty_stage, "people").tries == 1


def test_how_far_each_kind_is_read(empty_stage: Stage) -> None:
    with office(empty_stage) as place:
        reading.run(empty_stage.database, 1, Run(place.client))
    rows = {one.kind: one for one in working.look(empty_stage.database, 1).readings}
    assert (rows["company"].records, rows["company"].only_changes, rows["company"].so_far) == (12, True, None)
    assert rows["cost_code"].only_changes is False
    assert all(one.next_at and one.whole_at and not one.problem for one in rows.values())


def test_every_turn_can_be_taken_on_a_fresh_connection(empty_stage: Stage) -> None:
    """Nothing but the reading and the people have anything to do there."""
    with office(empty_stage) as place:
        assert [name for name, one in BY_NAME.items() if one.waits and one.waits(empty_stage.database, 1)] == ["read"]
        ran = {
            name: one.run(empty_stage.database, 1, Run(place.client), lambda: False) for name, one in BY_NAME.items()
        }
    assert {name for name, did in ran.items() if did} == {"read", "people"}


def test_procore_away_is_said_with_a_way_out(empty_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: httpx.Request) -> Any:
        raise httpx.ConnectError("no route")

    client = Client("http://procore.test", "http://procore.test", "a", "b", 5021, transport=httpx.MockTransport(away))
    monkeypatch.setattr(client, "_wait", lambda seconds: None, raising=False)
    stop: Any = type("Stop", (), {"is_set": lambda self: False})()
    Worker(empty_stage.database, 1, client).take(BY_NAME["people"], stop)
    assert "could not be reached" in turn(empty_stage, "people").problem
