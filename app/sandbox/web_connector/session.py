"""A Web Connector that calls a service over real HTTP, in the real one's order, and can be made to die on the way.

Run by hand, so the postponement and minimum interval an answer to authenticate may carry have no effect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from app.sandbox.quickbooks import CompanyFile, ProcessError
from app.sandbox.web_connector.soap import Client, WireError

_NO_OP = "NoOp"
_PAUSE_SECONDS = 5.0
_OPENING_TRIES = 2
_MOST_OPENINGS = 5
_DONE = 100
_CODES = {
    "clientVersion": 1036,
    "authenticate": 1012,
    "sendRequestXML": 1041,
    "receiveResponseXML": 1042,
    "getLastError": 1043,
    "closeConnection": 1044,
    "connectionError": 1045,
}


class Died(Exception):
    """The Web Connector was killed, as the fault script asked: no closeConnection was sent."""

    def __init__(self, where: str, report: SessionReport) -> None:
        super().__init__(f"Killed {where}.")
        self.report = report


@dataclass(frozen=True, slots=True)
class Call:
    """One SOAP call of a session."""

    name: str
    seconds: float
    request_bytes: int
    answer: str | list[str]


@dataclass(slots=True)
class SessionReport:
    """How one session went.

    The outcome is one of: done, nothing, refused, busy, failed (the service reported an error), cannot_open,
    broken (the wire or an answer failed), unfinished (the bound on calls was reached).
    """

    outcome: str = "unfinished"
    sentence: str = ""
    calls: list[Call] = field(default_factory=list)
    requests_seen: list[str] = field(default_factory=list)

    @property
    def round_trips(self) -> int:
        """How many sendRequestXML answers were not empty."""
        return len(self.requests_seen)


class _Ended(Exception):
    def __init__(self, outcome: str, sentence: str, *, close: bool = True) -> None:
        super().__init__(sentence)
        self.outcome, self.sentence, self.close = outcome, sentence, close


class WebConnector:
    """One application in a Web Connector, with the company file it may open.

    ``faults`` says at which exchange (counted from 1 over this object's life) what goes wrong: ``before_run``,
    ``after_run`` and ``after_post`` kill it there, ``post_twice`` posts an answer again, ``truncate`` cuts an answer
    in half, ``hresult`` is a triple of exchange, code and message reported instead of running.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        company: CompanyFile,
        *,
        owner_id: str,
        file_id: str,
        client_version: str = "34.0.1001.27",
        company_path: str = r"C:\Books\Contractor.qbw",
        machine: str = "ACCOUNTING",
        max_calls: int = 10_000,
        timeout: float = 100.0,
        faults: Mapping[str, Any] | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._timeout = url, timeout
        self._user, self._password = user, password
        self._company = company
        self._owner_id, self._file_id = owner_id, file_id
        self._client_version = client_version
        self._company_path, self._machine = company_path, machine
        self._max_calls = max_calls
        self._faults = dict(faults or {})
        self._pause = pause
        self._exchange = 0
        self._report = SessionReport()
        self._client = Client(url, timeout)
        self._ticket = ""

    def run(self) -> SessionReport:
        """One session, from serverVersion to closeConnection."""
        self._report = report = SessionReport()
        self._client = Client(self._url, self._timeout)
        self._ticket = ""
        try:
            end = self._end_of_conversation()
            report.outcome, report.sentence = end.outcome, end.sentence
            if end.close:
                report.calls.append(self._timed("closeConnection", self._ticketed))
        except WireError as error:
            report.outcome, report.sentence = "broken", str(error)
        finally:
            self._client.close()
        return report

    def _end_of_conversation(self) -> _Ended:
        try:
            self._converse()
        except _Ended as end:
            return end

    def _converse(self) -> NoReturn:
        self._call("serverVersion")
        self._agree_on_version(self._text("clientVersion", ("strVersion", self._client_version)))
        path = self._authenticate()
        self._open_company_file(path)
        handshake = self._company.hcp(self._owner_id, self._file_id, self._machine)
        while True:
            done = self._exchange_one(self._send_request(handshake))
            if done:
                raise _Ended("done", "The service has nothing more to ask.")
            handshake = ""

    def _agree_on_version(self, answer: str) -> None:
        kind, colon, text = answer.partition(":")
        if answer and (not colon or kind not in ("W", "E", "O")):
            raise _Ended("broken", f"QBWC1046: the answer to clientVersion is not understood: {answer}", close=False)
        if kind == "E":
            raise _Ended("refused", f"QBWC1037: {text}", close=False)

    def _authenticate(self) -> str:
        answer = self._call("authenticate", ("strUserName", self._user), ("strPassword", self._password))
        if not 2 <= len(answer) <= 4 or isinstance(answer, str):
            raise _Ended("broken", "QBWC1012: authenticate failed. Index Out Of Range", close=False)
        self._ticket = answer[0]
        verdict = answer[1].lower()
        if verdict == "nvu":
            raise _Ended("refused", "The service does not know this user name and password.", close=False)
        if verdict == "busy":
            raise _Ended("busy", "The service is busy; it says to come back later.", close=False)
        if verdict == "none":
            raise _Ended("nothing", "No data exchange required.")
        return answer[1]

    def _open_company_file(self, path: str) -> None:
        """Open QuickBooks; on failure the service may name another file, or "" for the one that is open."""
        for attempt in range(_MOST_OPENINGS * _OPENING_TRIES):
            try:
                self._company.begin_session()
            except ProcessError as error:
                if attempt % _OPENING_TRIES < _OPENING_TRIES - 1:
                    continue
                path = self._text(
                    "connectionError", self._ticketed, ("hresult", error.hresult), ("message", error.message)
                )
                if path.lower() == "done":
                    raise _Ended("cannot_open", f"QBWC1013: {error.message}") from error
            else:
                self._company_path = path or self._company_path
                return
        raise _Ended("cannot_open", "QuickBooks could not be opened, however often the service asked to try again.")

    def _send_request(self, handshake: str) -> str:
        major, minor = self._company.newest_version
        while True:
            request = self._text(
                "sendRequestXML",
                self._ticketed,
                ("strHCPResponse", handshake),
                ("strCompanyFileName", self._company_path),
                ("qbXMLCountry", self._company.edition),
                ("qbXMLMajorVers", major),
                ("qbXMLMinorVers", minor),
            )
            if request not in ("", _NO_OP):
                self._report.requests_seen.append(request)
                return request
            error = self._text("getLastError", self._ticketed)
            if error != _NO_OP:
                outcome = "done" if self._report.requests_seen else "nothing"
                raise _Ended(outcome, error or "No data exchange required.")
            self._pause(_PAUSE_SECONDS)
            handshake = ""

    def _exchange_one(self, request: str) -> bool:
        """Run one request and post its answer; says whether the service is done."""
        self._exchange += 1
        self._die_if("before_run")
        answer, hresult, message = self._run_in_quickbooks(request)
        self._die_if("after_run")
        if self._strikes("truncate"):
            answer = answer[: len(answer) // 2]
        percent = self._post(answer, hresult, message)
        if self._strikes("post_twice"):
            percent = self._post(answer, hresult, message)
        self._die_if("after_post")
        if percent < 0:
            raise _Ended("failed", self._text("getLastError", self._ticketed))
        return percent >= _DONE

    def _run_in_quickbooks(self, request: str) -> tuple[str, str, str]:
        scripted = self._faults.get("hresult")
        if scripted and scripted[0] == self._exchange:
            return "", scripted[1], scripted[2]
        try:
            return self._company.process(request), "", ""
        except ProcessError as error:
            return "", error.hresult, error.message

    def _post(self, answer: str, hresult: str, message: str) -> int:
        text = self._text(
            "receiveResponseXML", self._ticketed, ("response", answer), ("hresult", hresult), ("message", message)
        )
        try:
            return int(text)
        except ValueError as error:
            raise WireError(f"QBWC1042: receiveResponseXML answered {text!r}, which is not an integer.") from error

    @property
    def _ticketed(self) -> tuple[str, str]:
        return ("ticket", self._ticket)

    def _text(self, method: str, *arguments: tuple[str, str]) -> str:
        answer = self._call(method, *arguments)
        return answer if isinstance(answer, str) else ""

    def _call(self, method: str, *arguments: tuple[str, str]) -> str | list[str]:
        if len(self._report.calls) >= self._max_calls:
            raise _Ended("unfinished", f"Stopped after {self._max_calls} calls.", close=bool(self._ticket))
        call = self._timed(method, *arguments)
        self._report.calls.append(call)
        return call.answer

    def _timed(self, method: str, *arguments: tuple[str, str]) -> Call:
        begun = time.perf_counter()
        try:
            sent = self._client.call(method, *arguments)
        except WireError as error:
            raise WireError(f"QBWC{_CODES.get(method, 1012)}: {method} failed. {error}") from error
        return Call(method, time.perf_counter() - begun, sent.request_bytes, sent.answer)

    def _strikes(self, fault: str) -> bool:
        return bool(self._faults.get(fault) == self._exchange)

    def _die_if(self, fault: str) -> None:
        if self._strikes(fault):
            raise Died(fault.replace("_", " "), self._report)
