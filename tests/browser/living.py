"""A demo somebody has worked with: its items stand in every state, and its month is half done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.cli import demo
from app.db.models import Item
from app.sandbox.web_connector import Died
from app.services import lifecycle, reading, refreshes, sessions, tie_out
from app.services.job_costs import JOB_COSTS
from app.services.payments import PAYMENTS

#: What is accepted: one project's month, without one of its companies.
PROJECT, LATER = "Harbor School", "Delta Concrete"
#: The invoice that meets closed books, and the last day they are closed.
INVOICE, CLOSED = "Invoice ACE-1047", "2026-10-31"


@dataclass(frozen=True)
class Living:
    """The demo, without a Web Connector of its own: a test lets it come."""

    demo: demo.Demo

    def ids(self, **where: str) -> list[int]:
        """Items by kind, name or state."""
        return demo.ids_of(self.demo, **where)

    def page_of(self, kind: str, name: str) -> str:
        """The address of one item."""
        [item_id] = self.ids(kind=kind, name=name)
        return f"{self.demo.url}/items/{kind}/{item_id}"

    def accept(self, ids: list[int], who: str = "ana") -> None:
        """Somebody accepts these, whatever the rules remark."""
        running = self.demo
        lifecycle.accept(running.services.database, running.connection_id, running.person(who), ids, warned_seen=True)

    def hear(self, resource: str, until: Callable[[], bool]) -> None:
        """Procore tells that records of this name changed; the worker reads them until what is wanted is seen."""
        running = self.demo
        assert reading.hint(running.services.database, running.connection_id, resource)
        for _ in range(300):
            if until():
                return
            time.sleep(0.1)
        raise AssertionError(f"{resource}: what changed in Procore was not read")

    def run(self, **faults: int) -> None:
        """One session of the Web Connector; with faults it may die on the way."""
        try:
            self.demo.web_connector(faults=faults).run()
        except Died:
            sessions.end_now(self.demo.services.database, self.demo.connection_id, self.demo.person("ike"))


def travel(running: demo.Demo) -> Living:
    """Let one project's month reach QuickBooks and be read back."""
    living = Living(running)
    database, connection_id = running.services.database, running.connection_id
    [project] = living.ids(kind="project", name=PROJECT)
    with database.reading() as session:
        procore_id = session.get_one(Item, project).procore_id
    later = living.ids(kind="company", name=LATER)
    everywhere = [one for kind in ("cost_code", "company") for one in living.ids(kind=kind, state="sent")]
    # Ben: whoever accepted a new vendor may not accept its first invoice, and Ana is to.
    living.accept([one for one in everywhere if one not in later], "ben")
    for kind in ("budget", "commitment", "commitment_change_order", "subcontractor_invoice"):
        if of_project := living.ids(kind=kind, project_id=procore_id, state="sent"):
            living.accept(of_project)
        living.run()
    ike = running.person("ike")
    refreshes.ask(database, connection_id, ike, [*tie_out.LISTS, PAYMENTS])
    refreshes.ask(database, connection_id, ike, [JOB_COSTS], [procore_id])
    living.run()
    return living


def close_the_books(running: demo.Demo) -> None:
    """QuickBooks refuses whatever bill is dated before November."""
    running.company.set_preference("ExcludesOrdersFromClosingDate", True)
    running.company.set_preference("ClosingDate", CLOSED)
