"""A Web Connector whose every call a test makes itself; QuickBooks is asked only when the test does so."""

from __future__ import annotations

from typing import Any

from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector.soap import Client
from app.web_connector.qwc import OWNER_ID

USER, PASSWORD = "cedar", "right password"
COMPANY_PATH = r"C:\Books\Cedar.qbw"


class ByHand:
    """The eight calls, one at a time."""

    def __init__(self, url: str, company: CompanyFile, file_id: str, machine: str = "ACCOUNTING") -> None:
        self._company, self._client = company, Client(url, 30)
        self._hcp = company.hcp(OWNER_ID, file_id, machine)
        self.ticket = ""

    def call(self, method: str, *arguments: tuple[str, str]) -> Any:
        """One SOAP call."""
        return self._client.call(method, *arguments).answer

    def authenticate(self, password: str = PASSWORD, version: str = "34.0.1001.27") -> list[str]:
        """clientVersion and authenticate, with the company file opened."""
        self.call("clientVersion", ("strVersion", version))
        answer: list[str] = self.call("authenticate", ("strUserName", USER), ("strPassword", password))
        self.ticket = answer[0] or self.ticket
        self._company.begin_session()
        return answer

    def send(self, hcp: str | None = None, path: str = COMPANY_PATH, country: str = "US") -> str:
        """sendRequestXML: the text for QuickBooks."""
        said = self._hcp if hcp is None else hcp
        self._hcp = ""
        given = (("strHCPResponse", said), ("strCompanyFileName", path), ("qbXMLCountry", country))
        numbers = (("qbXMLMajorVers", "16"), ("qbXMLMinorVers", "0"))
        return str(self.call("sendRequestXML", ("ticket", self.ticket), *given, *numbers))

    def post(self, response: str, hresult: str = "", message: str = "") -> int:
        """receiveResponseXML: percent done, or negative."""
        given = (("response", response), ("hresult", hresult), ("message", message))
        return int(self.call("receiveResponseXML", ("ticket", self.ticket), *given))

    def last_error(self) -> str:
        """getLastError."""
        return str(self.call("getLastError", ("ticket", self.ticket)))

    def close(self) -> str:
        """closeConnection."""
        return str(self.call("closeConnection", ("ticket", self.ticket)))

    def begin_until(self, text: str) -> str:
        """Authenticate and go on until a request holds this text; returns it, not yet run."""
        self.authenticate()
        return self.go_on_until(text)

    def go_on_until(self, text: str) -> str:
        """Answer requests as QuickBooks does until one holds this text."""
        while request := self.send():
            if text in request:
                return request
            self.post(self._company.process(request))
        raise AssertionError(f"no request with {text}")

    def go_on_until_end(self) -> None:
        """Answer requests as QuickBooks does until none is left."""
        while request := self.send():
            if not 0 <= self.post(self._company.process(request)) < 100:
                return
