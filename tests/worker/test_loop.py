"""The worker goes on: one turn that breaks ends neither the others nor the loop, and nobody else does it meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.core import clock
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Task
from app.procore import ProcoreError
from app.services import connections, tasks
from app.services.turns import Turn
from app.worker import crew, loop
from app.worker.crew import Crew
from app.worker.loop import Worker
from tests.support import Stage

NOTHING: Any = None


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **much: float) -> None:
        self.now += timedelta(**much)


@pytest.fixture
def time() -> Iterator[Time]:
    found = Time()
    with clock.running(found):
        yield found


def turn(name: str, run: Callable[[], int], **more: Any) -> Turn:
    return Turn(name, name.title(), "", lambda *_: run(), **more)


def work(stage: Stage, *turns: Turn, name: str = "one", stop: Event | None = None) -> None:
    """One round of one worker."""
    worker = Worker(stage.database, 1, NOTHING, name)
    for one in turns:
        worker.take(one, stop or Event())


def row(database: Database, name: str) -> Task:
    return tasks.standing(database, 1)[name]


@pytest.mark.parametrize("problem", [Refusal("Procore is away."), KeyError("status"), ValueError("odd")], ids=repr)
def test_a_turn_that_breaks_leaves_the_rest_of_the_work_going(
    empty_stage: Stage, time: Time, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    done, stop = [], Event()

    def read() -> int:
        done.append("read")
        raise problem

    def settle() -> int:
        done.append("settle")
        if done.count("settle") == 2:
            stop.set()
        return 0

    monkeypatch.setattr(loop, "TURNS", (turn("read", read), turn("settle", settle)))
    Worker(empty_stage.database, 1, NOTHING).run(stop, pause=0.0)
    assert done == ["read", "settle", "settle"], "a turn that failed waits before the next"


def test_trouble_is_told_and_tried_again_later_each_time(empty_stage: Stage, time: Time) -> None:
    tries = []

    def run() -> int:
        tries.append(time.now)
        raise Refusal("Procore is away.", "Wait.")

    one = turn("read", run)
    for _ in range(4):
        work(empty_stage, one)
        time.now = row(empty_stage.database, "read").next_at
    gaps = [later - earlier for earlier, later in zip(tries, [*tries[1:], time.now], strict=True)]
    for number, gap in enumerate(gaps, 1):
        assert timedelta(seconds=2**number / 2) <= gap <= timedelta(seconds=2**number)
    assert row(empty_stage.database, "read").problem == "Procore is away. Wait."


def test_what_went_well_forgets_the_trouble(empty_stage: Stage, time: Time) -> None:
    problems = [Refusal("Procore is away.")]

    def run() -> int:
        if problems:
            raise problems.pop()
        return 7

    one = turn("read", run)
    work(empty_stage, one)
    time.pass_(seconds=10)
    work(empty_stage, one)
    found = row(empty_stage.database, "read")
    assert (found.tries, found.problem, found.did) == (0, "", 7)


def test_nobody_asks_before_procore_listens_again(empty_stage: Stage, time: Time) -> None:
    reset = int(time.now.timestamp()) + 3000
    done = []

    def run() -> int:
        done.append(time.now)
        raise ProcoreError(429, "Too many calls.", retry_at=reset)

    one = turn("read", run)
    work(empty_stage, one)
    time.pass_(seconds=2999)
    work(empty_stage, one)
    assert len(done) == 1
    time.pass_(seconds=2)
    work(empty_stage, one)
    assert len(done) == 2


def test_a_turn_that_somebody_holds_is_left_alone_until_its_lease_runs_out(empty_stage: Stage, time: Time) -> None:
    done = []
    one = turn("read", lambda: done.append(1) or 0)
    killed = tasks.take(empty_stage.database, 1, "read", "killed")
    assert killed
    work(empty_stage, one)
    assert not done
    time.pass_(seconds=tasks.LEASE.total_seconds() - 1)
    assert tasks.renew(empty_stage.database, killed)
    time.pass_(seconds=2)
    work(empty_stage, one)
    assert not done, "it was renewed"
    time.pass_(seconds=tasks.LEASE.total_seconds())
    work(empty_stage, one)
    assert done == [1]


def test_who_lost_a_turn_can_neither_renew_it_nor_end_it(empty_stage: Stage, time: Time) -> None:
    database = empty_stage.database
    late = tasks.take(database, 1, "read", "late")
    assert late
    time.pass_(minutes=2)
    assert tasks.take(database, 1, "read", "other")
    assert not tasks.renew(database, late)
    tasks.ended(database, late, 3, timedelta(0))
    assert row(database, "read").owner == "other"


def test_a_turn_with_a_schedule_waits_for_it(empty_stage: Stage, time: Time) -> None:
    done = []
    one = turn("people", lambda: done.append(1) or 0, every=timedelta(hours=1))
    for minutes in (0, 59, 1):
        time.pass_(minutes=minutes)
        work(empty_stage, one)
    assert len(done) == 2


def test_a_turn_with_nothing_to_do_writes_nothing(empty_stage: Stage, time: Time) -> None:
    work(empty_stage, turn("errands", lambda: 1 / 0, waits=lambda *_: False))  # type: ignore[arg-type, return-value]
    assert tasks.standing(empty_stage.database, 1) == {}


def test_a_long_turn_is_held_all_the_while(empty_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LEASE", timedelta(seconds=0.2))
    seen = []

    def run() -> int:
        Event().wait(0.5)
        seen.append(tasks.take(empty_stage.database, 1, "read", "other"))
        return 0

    work(empty_stage, turn("read", run))
    assert seen == [None]
    assert row(empty_stage.database, "read").owner == ""


def test_who_lost_a_turn_is_told_to_stop(empty_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LEASE", timedelta(seconds=0.2))
    told = []

    def run(database: Database, connection_id: int, tool: Any, stop: Callable[[], bool]) -> int:
        told.append(stop())
        with database.writing() as session:  # as if it had slept for longer than its lease
            row = session.get_one(Task, (connection_id, "read"))
            row.owner = "other"
        for _ in range(100):
            if stop():
                break
            Event().wait(0.02)
        told.append(stop())
        return 0

    work(empty_stage, Turn("read", "Read", "", run))
    assert told == [False, True]
    assert row(empty_stage.database, "read").owner == "other"


# -- all connections -----------------------------------------------------------------------------------------------


class Door:
    """What a client is to a crew."""

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None: ...


def serve(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, only: int | None, refuses: set[int], why: Exception | None = None
) -> set[int]:
    why = why or Refusal("It is not connected to Procore.")
    served: set[int] = set()
    stop = Event()

    @dataclasses.dataclass
    class Seen:
        database: Database
        connection_id: int
        client: Any

        def run(self, stop: Event, pause: float) -> None:
            served.add(self.connection_id)

    def client_of(connection_id: int) -> Any:
        if connection_id in refuses:
            raise why
        return Door()

    monkeypatch.setattr(crew, "Worker", Seen)
    monkeypatch.setattr(stop, "wait", lambda seconds: stop.set())
    Crew(stage.database, client_of, only).run(stop)
    return served


def test_a_crew_serves_every_connection_or_the_one_it_is_told(
    empty_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(empty_stage)
    assert serve(empty_stage, monkeypatch, None, set()) == {1, 2}
    assert serve(empty_stage, monkeypatch, 2, set()) == {2}


@pytest.mark.parametrize("why", [Refusal("It is not connected to Procore."), ValueError("no company id")])
def test_a_connection_that_cannot_be_served_keeps_no_other_waiting(
    empty_stage: Stage, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    another(empty_stage)
    assert serve(empty_stage, monkeypatch, None, {1}, why) == {2}


def test_a_hiccup_of_the_database_does_not_end_the_crew(empty_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    problems: list[Exception] = [OperationalError("SELECT", {}, Exception("gone away"))]
    there, stop, looks = connections.everyone, Event(), []

    def everyone(database: Database) -> Any:
        if problems:
            raise problems.pop()
        return there(database)

    def wait(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            stop.set()

    served = []
    monkeypatch.setattr(connections, "everyone", everyone)
    monkeypatch.setattr(stop, "wait", wait)
    monkeypatch.setattr(Crew, "_serve", lambda self, connection_id, stop: served.append(connection_id))
    Crew(empty_stage.database, lambda _: NOTHING).run(stop)
    assert served == [1]


def another(stage: Stage) -> None:
    version = connections.get(stage.database, 1).rules_version
    connections.add(stage.database, "Second", "5022", rules_version=version, actor="tests")
