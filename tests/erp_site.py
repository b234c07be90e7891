"""A stage whose Procore has the ERP Integrations tool, and people who press its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from app.db.models import ErpDetail, ErpRequest
from app.procore import Run
from app.sandbox.procore import Store
from app.sandbox.procore.erp_tool import ErpTool
from app.sandbox.procore.month import HALVORSEN
from app.services import connections, erp_requests, procore_people, write_back
from tests.importing import Office
from tests.support import Stage

ANA, ABE = 7_301, 7_304
VENDOR, PROJECT, COMMITMENT, CHANGE_ORDER, INVOICE, BUDGET = (
    61_012, 86_401, 3_100_000_001, 3_900_000_001, 4_400_000_001, 4_100_000_001,
)  # fmt: skip
SUBCONTRACT = "work_order_contract"


class ErpSite:
    """The stage, Procore's tool, and the worker's turns about it."""

    def __init__(self, stage: Stage, store: Store) -> None:
        self.stage, self.store, self.tool = stage, store, ErpTool(store)
        self.office = Office(stage, store)
        self.tool.turn_on()
        connections.change_settings(
            stage.database, 1, {"procore_mode": "erp_platform", "cost_code_list_id": 2201}, actor="ike"
        )
        self.run = Run(self.office.client)
        procore_people.read(stage.database, 1, self.run)

    @property
    def codes(self) -> list[int]:
        """The standard cost codes."""
        return [row["id"] for row in self.store.all("standard_cost_codes")]

    def accept(self, item_type: str, *ids: int, user_id: int = ANA, **typed: Any) -> int:
        """Pat sends it, somebody accepts it, and the webhook tells who."""
        self.tool.send(item_type, *ids)
        request = self.tool.accept(item_type, *ids, user_id=user_id, **typed)
        self.hear(request, user_id)
        return request

    def hear(self, request: int, user_id: int = ANA) -> None:
        """The webhook's hint."""
        erp_requests.hear(self.stage.database, 1, {str(request): str(user_id)})

    def answer(self) -> int:
        """The worker takes and answers requests; marks come before."""
        write_back.run(self.stage.database, 1, self.run)
        return erp_requests.run(self.stage.database, 1, self.run)

    def session(self) -> list[str]:
        """The Web Connector comes, and the worker afterwards."""
        report = self.stage.run()
        assert report.outcome in {"done", "nothing"}, report.sentence
        self.stage.kill_connector()
        for _ in range(3):  # marks are told fifty at a time
            self.answer()
        return list(report.requests_seen)

    def basics(self) -> None:
        """Vendor, job and cost codes of the subcontract are on their way; the next session writes them."""
        contract = self.store.get("work_order_contracts", COMMITMENT)
        assert contract
        self.accept("vendor", VENDOR)
        self.accept("project", PROJECT)
        own = [self.store.get("cost_codes", line["cost_code"]["id"]) for line in contract["line_items"]]
        self.accept("standard_cost_code", *sorted(code["standard_cost_code_id"] for code in own if code))
        self.answer()

    def open(self) -> list[tuple[str, str]]:
        """The requests Procore still waits for."""
        return [(row["request_name"], row["status"]) for row in self.tool.details() if row["status"] == "in_progress"]

    def outcome(self, request: int) -> list[tuple[str, list[str]]]:
        """How the details of a request ended, with what people read in red."""
        return [(row["status"], row["messages"]) for row in self.tool.details() if row["erp_request_id"] == request]

    def marks(self) -> dict[tuple[str, int], str | None]:
        """What external data holds."""
        return {(row["item_type"], row["item_id"]): row["mark"] for row in self.store.all("external_data")}

    def rows(self) -> tuple[list[ErpRequest], list[ErpDetail]]:
        """What Tieout keeps of it."""
        with self.stage.database.reading() as session:
            return (
                list(session.execute(select(ErpRequest)).scalars()),
                list(session.execute(select(ErpDetail)).scalars()),
            )


@contextmanager
def erp_site(stage: Stage) -> Iterator[ErpSite]:
    """A site that closes with the test."""
    store = Store(":memory:")
    store.seed(HALVORSEN)
    found = ErpSite(stage, store)
    yield found
    found.office.client.close()
    store.close()
