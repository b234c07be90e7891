"""The worker goes on: one turn that breaks ends neither the others nor the loop."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from app.core.errors import Refusal
from app.items import registry
from app.items.base import ItemType
from app.worker.loop import Worker


def worker() -> Worker:
    """One that never gets as far as a database or Procore."""
    nothing: Any = None
    return Worker(nothing, 1, nothing)


@pytest.mark.parametrize("problem", [Refusal("Procore is away."), KeyError("status"), ValueError("odd")], ids=repr)
def test_a_reading_that_breaks_leaves_the_rest_of_the_work_going(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    done, stop = [], Event()

    def read(self: Worker) -> None:
        done.append("read")
        raise problem

    def settle(self: Worker) -> int:
        done.append("settle")
        if done.count("settle") == 2:
            stop.set()
        return 0

    monkeypatch.setattr(Worker, "read", read)
    monkeypatch.setattr(Worker, "run_errands", lambda self: done.append("errands"))
    monkeypatch.setattr(Worker, "write_back", lambda self: done.append("write back"))
    monkeypatch.setattr(Worker, "settle", settle)
    worker().run(stop, pause=0.0)
    assert done == ["read", *["errands", "write back", "settle"] * 2], "a reading that failed waits before the next"


def test_what_must_stand_in_procore_is_made_though_procore_was_away_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Kind(ItemType):
        def prepare(self, procore: Any) -> None:
            asked.append(procore)
            if len(asked) == 1:
                raise Refusal("Procore is away.")

    monkeypatch.setattr(registry, "kinds", lambda: {"some": Kind()})
    one = worker()
    with pytest.raises(Refusal):
        one.read()
    for _ in range(2):
        one.read()
    assert len(asked) == 2
