"""The turns of the work with Procore, as a table: what each does, how often, and how it is seen that there is any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from app.db.engine import Database
from app.procore import Run
from app.services import direct_costs, erp_requests, errands, hooks, issuing, procore_people, reading, write_back
from app.services.tasks import Stop

Tool = TypeVar("Tool")


@dataclass(frozen=True)
class Turn(Generic[Tool]):
    """One kind of work on one connection, with what it needs for it: Procore, or the post."""

    name: str
    label: str  # what it does, in the words of the connection page
    counted: str  # what its figure counts
    run: Callable[[Database, int, Tool, Stop], int]
    every: timedelta = timedelta(0)
    #: Whether there is anything to do; asked every second, and without it the schedule alone says when.
    waits: Callable[[Database, int], bool] | None = None


def _look(database: Database, connection_id: int, procore: Run, stop: Stop) -> int:
    """Nothing: that it was here shows that a worker lives."""
    return 0


def _hooks(database: Database, connection_id: int, procore: Run, stop: Stop) -> int:
    return hooks.take(database, connection_id)


def _read(database: Database, connection_id: int, procore: Run, stop: Stop) -> int:
    return reading.run(database, connection_id, procore, stop).records


def _plain(run: Callable[[Database, int, Run], int]) -> Callable[[Database, int, Run, Stop], int]:
    """What is one step is done to its end."""
    return lambda database, connection_id, procore, stop: run(database, connection_id, procore)


#: How often a worker shows that it lives.
ALIVE = timedelta(seconds=30)

TURNS: tuple[Turn[Run], ...] = (
    Turn("look", "Look for work", "", _look, every=ALIVE),
    Turn("hooks", "Take what Procore announces", "notices taken", _hooks, waits=hooks.wait),
    Turn("read", "Read what changed in Procore", "records read", _read, waits=reading.due),
    Turn("people", "Read the people of the Procore company", "people changed", _plain(procore_people.read),
         every=timedelta(hours=1)),
    Turn(erp_requests.LOOK, "Look for requests of Procore's ERP tool", "requests found", _plain(erp_requests.look),
         every=erp_requests.EVERY, waits=erp_requests.look_is_due),
    Turn("erp", "Take and answer requests of Procore's ERP tool", "requests answered", erp_requests.run,
         waits=erp_requests.waits),
    Turn("errands", "Add and update records in Procore", "records done", errands.run, waits=errands.waits),
    Turn("write_back", "Tell Procore what QuickBooks holds", "items told", write_back.run,
         waits=write_back.waits),
    Turn("payments", "Issue payments in Procore", "payments done", issuing.run, waits=issuing.waits),
    Turn("job_costs", "Write job costs to Procore", "projects written", direct_costs.run,
         waits=direct_costs.waits),
)  # fmt: skip

BY_NAME: Mapping[str, Turn[Run]] = {turn.name: turn for turn in TURNS}
