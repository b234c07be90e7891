"""A Procore beside a stage: the worker's errands with an office whose answers may get lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from app.db.models import StagedRecord
from app.procore import Client, ProcoreError, Run
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.services import connections, errands, offers, retries, staged
from app.services.offers import Page, Wanted
from app.services.people import Person
from app.services.staged import Results
from tests.support import Stage

BASE = "http://procore.test"


class Losing(httpx.BaseTransport):
    """Carries calls to Procore; of the next ones of a method the answer is lost, or nothing arrives at all."""

    def __init__(self, store: Store) -> None:
        self._there = httpx.WSGITransport(create_procore(store))
        self.lost_answers: list[str] = []
        self.down = False
        self.refuse = ""  # the path to which every POST is answered 422
        self.calls: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("no route")
        if self.refuse and request.method == "POST" and request.url.path == self.refuse:
            return httpx.Response(422, json={"errors": {"name": ["is not acceptable"]}})
        answer = self._there.handle_request(request)
        self.calls.append((request.method, request.url.path))
        if request.method in self.lost_answers and "oauth" not in request.url.path:
            self.lost_answers.remove(request.method)
            raise httpx.ReadTimeout("the answer was lost")
        return answer


class Office:
    """A stage, and Procore as its worker reaches it."""

    def __init__(self, stage: Stage, store: Store) -> None:
        self.stage, self.store = stage, store
        self.wire = Losing(store)
        self.client = Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=self.wire)

    def work(self) -> int:
        """One turn of the worker. Procore being away ends the turn, as in the worker; 0 then, and the rows tell."""
        try:
            return errands.run(self.stage.database, self.stage.connection_id, Run(self.client))
        except ProcoreError as problem:
            if not retries.is_away(problem):
                raise
            return 0

    def named(self, resource: str, name: str) -> list[dict[str, object]]:
        """Procore's records of this name."""
        return [one for one in self.store.all(resource) if one["name"] == name]


@contextmanager
def office(stage: Stage) -> Iterator[Office]:
    """An office that closes with the test."""
    store = Store(":memory:")
    store.seed(HALVORSEN)
    found = Office(stage, store)
    yield found
    found.client.close()
    store.close()


def said(results: Results) -> list[str]:
    """Every refusal in words."""
    return [str(one.problem) for one in results.refused]


def shown(stage: Stage, *names: str) -> list[int]:
    """The rows of records that QuickBooks has shown."""
    return [stage.rows(StagedRecord, full_name=name)[0].id for name in names]


def read_lists(stage: Stage) -> None:
    stage.ask_for_lists()
    assert stage.run().outcome == "done"


def vendor(stage: Stage, name: str, **fields: Any) -> int:
    """Somebody enters a vendor in QuickBooks, and the list is read."""
    stage.company.add_vendor(name, **fields)
    read_lists(stage)
    return shown(stage, name)[0]


def ike(stage: Stage) -> Person:
    return stage.person("ike")


def page(stage: Stage, kind: str = "company", **more: Any) -> Page:
    return offers.page(stage.database, stage.connection_id, ike(stage), Wanted(kind, **more))


def names(found: Page) -> list[str]:
    return [row.record.full_name for row in found.rows]


def choose(stage: Stage, **values: Any) -> None:
    connections.change_settings(stage.database, stage.connection_id, values, actor="tests")


def linked_vendor(place: Office) -> tuple[str, int]:
    """A vendor that was added to Procore; its ListID and its row."""
    stage = place.stage
    one = vendor(stage, "Granite Works", Phone="253-555-0100")
    staged.add(stage.database, 1, "company", ike(stage), [one])
    place.work()
    return stage.staged("Granite Works"), one
