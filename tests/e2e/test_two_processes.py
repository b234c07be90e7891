"""The same as people run it: the service in one process, the Web Connector in another, and kill -9 between them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector.soap import Client
from app.web_connector.qwc import OWNER_ID
from tests.e2e import ledger

TIEOUT = str(Path(sys.executable).with_name("tieout"))
pytestmark = pytest.mark.skipif(not Path(TIEOUT).is_file(), reason="the command tieout is not installed")
COMPANY_PATH = r"C:\Books\Halvorsen Builders.qbw"


class Service:
    """`tieout demo` as a process that can be killed and started again over the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.start()

    def start(self) -> None:
        command = [TIEOUT, "demo", "--no-web-connector", "--json", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data-dir", str(self.folder)], stdout=subprocess.PIPE, text=True, cwd=self.folder
        )
        assert self.process.stdout
        self.told: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.port = int(self.told["url"].rsplit(":", 1)[1])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def tieout(self, *arguments: str) -> str:
        """Another process over the same data."""
        environment = {**os.environ, "TIEOUT_DATA_DIR": str(self.folder)}
        done = subprocess.run(
            [TIEOUT, *arguments], env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout

    def run_web_connector(self) -> dict[str, Any]:
        told = self.told
        given = ("--url", told["soap_url"], "--user", told["user"], "--password", told["password"])
        report: dict[str, Any] = json.loads(
            self.tieout("web-connector", "run", *given, "--company-file", told["company_file"], "--json")
        )
        return report

    def names(self) -> set[str]:
        """The vendors in the company file."""
        company = CompanyFile(self.told["company_file"])
        found = {record["Name"] for record in company.records("Vendor")}
        company.close()
        return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("processes"))
    yield running
    running.kill()


def test_the_web_connector_of_another_process_carries_what_was_accepted(service: Service) -> None:
    before = service.names()
    service.tieout("item", "accept", "--all", "--kind", "company", "--as", "ana")
    assert service.run_web_connector()["outcome"] == "done"
    assert len(service.names() - before) > 5


def test_kill_9_while_quickbooks_works_loses_and_doubles_nothing(service: Service) -> None:
    """The answer reaches a service that was killed, and started anew, since it handed the orders, then bills, out.

    Nobody types a name or number that fits QuickBooks here: of the month's 32 orders 7 wait for one.
    """
    for approver in ("ana", "ben"):  # Ben the first invoices of the vendors Ana accepted
        service.tieout("item", "accept", "--all", "--with-warnings", "--as", approver)
    company = CompanyFile(service.told["company_file"])
    assert _drain(service, company, ["PurchaseOrderAddRq", "BillAddRq"]) == []
    before = _transactions(company)
    assert {family: len(held) for family, held in before.items()} == {"PurchaseOrder": 25, "Estimate": 2, "Bill": 12}
    service.run_web_connector()  # it may read: the job costs of synced budgets are due
    assert _transactions(company) == before
    company.close()


def _transactions(company: CompanyFile) -> dict[str, ledger.Ledger]:
    """Every transaction, by its number; one that is there twice is an error."""
    return {family: ledger.held(company, family) for family in ("PurchaseOrder", "Estimate", "Bill")}


def _drain(service: Service, company: CompanyFile, dies_at: list[str]) -> list[str]:
    """One session by hand; the service dies while QuickBooks runs the first of each. Returns where it did not."""
    client, deaths = Client(service.told["soap_url"], 30), list(dies_at)

    def call(method: str, **arguments: str) -> Any:
        return client.call(method, *arguments.items()).answer

    call("clientVersion", strVersion="34.0.1001.27")
    ticket, verdict = call("authenticate", strUserName=service.told["user"], strPassword=service.told["password"])
    assert verdict == ""
    company.begin_session()
    hcp, percent = company.hcp(OWNER_ID, ""), 0
    while 0 <= percent < 100:
        request = call(
            "sendRequestXML", ticket=ticket, strHCPResponse=hcp, strCompanyFileName=COMPANY_PATH,
            qbXMLCountry="US", qbXMLMajorVers="16", qbXMLMinorVers="0",
        )  # fmt: skip
        hcp = ""
        dying = [name for name in deaths if name in request]
        if dying:
            service.kill()
        answer = company.process(request)
        if dying:
            service.start()
            client, deaths = Client(service.told["soap_url"], 30), [name for name in deaths if name not in dying]
        percent = int(call("receiveResponseXML", ticket=ticket, response=answer, hresult="", message=""))
    call("closeConnection", ticket=ticket)
    return deaths
