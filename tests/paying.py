"""A site whose invoices are bills in QuickBooks, with somebody who pays them, and Procore beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.procore import ProcoreError, Run
from app.sandbox.procore import Store
from app.sandbox.procore.month import HALVORSEN
from app.services import connections, direct_costs, issuing, refreshes, retries
from tests import budgets, records
from tests.importing import Office
from tests.invoices import billed, invoice
from tests.scenery import at_rest, open_stage
from tests.support import House, Set, Stage

COMMITMENT, PROJECT = 310, 86


class Site:
    """A stage and its Procore, which lies in the stage's folder and is copied with it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.store = stage, Store(stage.folder / "procore.db")
        self.office = Office(stage, self.store)
        accounts = {one["Name"]: str(one["ListID"]) for one in stage.company.records("Account")}
        self.bank, self.card = accounts.get("Operating Bank", ""), accounts.get("Company Card", "")

    def close(self) -> None:
        """Let go of Procore."""
        self.office.client.close()
        self.store.close()

    def set_up(self) -> None:
        """Accounts, the retainage item, the settings, and the project and commitment in Procore."""
        company = self.stage.company
        self.store.seed(HALVORSEN)
        self.bank = company.add_account("Operating Bank", "Bank")
        self.card = company.add_account("Company Card", "CreditCard")
        liability = company.add_account("Retainage Payable", "OtherCurrentLiability")
        retainage = {"SalesOrPurchase": {"AccountRef": {"ListID": liability}}}
        item = company.add_item("ItemOtherCharge", "Retainage", **retainage)
        self.stage.ask_for_lists()
        self.session()
        self.choose(retainage_item=item, payments_cadence="Daily")
        self.choose(invoice_export=True)
        project = {"id": PROJECT, "name": "Riverside Tower", "company": {"id": 5021, "name": "Cedar Ridge"}}
        self.store.put("projects", {**self.store.all("projects")[0], **project})
        contract = self.store.all("work_order_contracts")[0]
        self.store.put("work_order_contracts", {**contract, "id": COMMITMENT, "project_id": PROJECT})

    def choose(self, **values: Any) -> None:
        """Settings of the connection."""
        connections.change_settings(self.stage.database, 1, values, actor="ike")

    def session(self) -> list[str]:
        """One Web Connector session; the names of the requests that crossed."""
        report = self.stage.run()
        assert report.outcome in {"done", "nothing"}, report.sentence
        self.stage.kill_connector()
        return list(report.requests_seen)

    def bill(self, *taken: records.Taken) -> None:
        """SC-014 and these invoices on it become an order and bills; two small ones when none is named."""
        small = [
            invoice(1, billed("900.00")),
            invoice(2, billed("100.33", done="900.00"), paid="900.00", payment_date="2026-05-31"),
        ]
        lines = [records.line("10000.00"), records.line("250.25", 32, 2)]
        self.stage.approve(records.commitment(lines=lines), *(taken or small))
        self.session()
        assert set(self.stage.states().values()) == {"synced"}
        for _, record in taken or small:
            row = {"id": record["id"], "contract_id": COMMITMENT, "project_id": PROJECT}
            self.store.put("requisitions", {**row, "invoice_number": record["invoice_number"]})

    def budget(self) -> None:
        """The budget of Riverside Tower becomes its Estimate."""
        self.stage.approve(budgets.budget())
        self.session()

    def bill_of(self, number: str) -> str:
        """The TxnID of a bill."""
        [found] = [bill for bill in self.stage.company.records("Bill") if bill["RefNumber"] == number]
        return str(found["TxnID"])

    def job(self) -> str:
        """The ListID of Riverside Tower."""
        return self.stage.staged("Riverside Tower")

    def item(self, name: str) -> dict[str, Any]:
        """A reference to an item."""
        [found] = [one for one in self.stage.company.records("ItemService") if one["FullName"] == name]
        return {"ListID": found["ListID"]}

    def read(self, name: str) -> list[str]:
        """Ike asks for a list or report, and a session brings it."""
        refreshes.ask(self.stage.database, 1, self.stage.person("ike"), [name])
        return self.session()

    def work(self) -> int:
        """The worker's turns of payments and job costs. Procore being away ends a turn, not the one after it."""
        done = 0
        for turn in (issuing.run, direct_costs.run):
            try:
                done += turn(self.stage.database, 1, Run(self.office.client))
            except ProcoreError as problem:
                if not retries.is_away(problem):
                    raise
        return done

    def issued(self) -> list[dict[str, Any]]:
        """The payments issued on SC-014 in Procore."""
        path = "/rest/v1.0/contract_payments"
        return list(Run(self.office.client).pages(path, project_id=PROJECT, contract_id=COMMITMENT))


def build_site(house: House, furnished: Set, folder: Path) -> Set:
    """SC-014 with two invoices in QuickBooks, both unpaid, and a budget that is its Estimate."""
    stage = open_stage(house, furnished, folder)
    found = Site(stage)
    found.set_up()
    found.bill()
    found.budget()
    found.close()
    stage.close()
    return at_rest(Set(folder))
