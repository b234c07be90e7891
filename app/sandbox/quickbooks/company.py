"""The company file: what QuickBooks does with the text an application hands to its request processor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from app.sandbox.quickbooks.bookkeeper import Bookkeeper
from app.sandbox.quickbooks.books import Books, epoch
from app.sandbox.quickbooks.errors import ProcessError, StatusError
from app.sandbox.quickbooks.families import families
from app.sandbox.quickbooks.families.host import company_body, extension, host_body, preferences_body
from app.sandbox.quickbooks.family import Handler
from app.sandbox.quickbooks.macros import Macros
from app.sandbox.quickbooks.message_sets import MessageSets
from app.sandbox.quickbooks.reading import MessageSet, read_message_set
from app.sandbox.quickbooks.shapes import Shapes
from app.sandbox.quickbooks.storage import Storage
from app.sandbox.quickbooks.writing import NOT_PROCESSED, Answer, response

VERSIONS = (
    *("1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0"),
    *("10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0"),
)
_LONGEST_REQUEST_ID = 50
_NOT_PROCESSED = Answer(code=3231, message=NOT_PROCESSED, severity="Error")
_DOT_NET_TICKS_AT_EPOCH = 621_355_968_000_000_000


class CompanyFile(Bookkeeper):
    """One company file; a host described here counts for a new file, an existing one keeps its own."""

    def __init__(
        self,
        path: str | Path,
        *,
        edition: str = "US",
        product: str = "QuickBooks Enterprise Solutions: Contractor 24.0",
        major: str = "34",
        minor: str = "0",
        versions: Sequence[str] = VERSIONS,
        company_name: str = "Cedar Ridge Contractors",
        utc_offset: int = -8,
    ) -> None:
        storage = Storage(path)
        super().__init__(Books(storage))
        self._message_sets = MessageSets(storage)
        self._opening_problem: ProcessError | None = None
        with storage.transaction():
            if storage.setting("host") is None:
                host = {"edition": edition, "product": product, "major": major, "minor": minor}
                host |= {"company_name": company_name, "file_mode": "SingleUser"}
                storage.store_setting("host", {**host, "versions": list(versions), "utc_offset": utc_offset})
                storage.store_setting("preferences", {"IsUsingInventory": True, "IsUsingEstimates": True})

    @property
    def edition(self) -> str:
        """US or CA."""
        return self._books.edition

    @property
    def newest_version(self) -> tuple[str, str]:
        """Major and minor number of the newest qbXML understood."""
        newest = max(self._books.host["versions"], key=lambda version: [int(part) for part in version.split(".")])
        major, _, minor = str(newest).partition(".")
        return major, minor

    def begin_session(self) -> None:
        """Open the file for one application; its iterators live until the next opening."""
        if self._opening_problem:
            raise self._opening_problem
        self._books.iterators.clear()

    def cannot_open(self, hresult: str, message: str) -> None:
        """From now on opening fails like this; an empty hresult ends it."""
        self._opening_problem = ProcessError(hresult, message) if hresult else None

    def cannot_store_responses(self, broken: bool = True) -> None:
        """Whether QuickBooks fails to keep its answers (status 9005)."""
        self._message_sets.can_store = not broken

    def close(self) -> None:
        """Give the file back."""
        self._storage.close()

    def process(self, text: str) -> str:
        """Answer one message set; all of it is durable when this returns."""
        with self._storage.transaction():
            host = self._books.host
            message_set = read_message_set(text, _shapes(host["edition"]), host["versions"], _iterable())
            return self._message_sets.answer(message_set, self._runner(message_set))

    def hcp(self, owner_id: str, file_id: str, machine: str = "ACCOUNTING") -> str:
        """What the Web Connector hands over at the start of a session; it marks a file the first time it sees it."""
        with self._storage.transaction():
            applications = self._storage.setting("applications") or {}
            marked = applications.setdefault(owner_id, file_id)
            self._storage.store_setting("applications", applications)
            lock = f"LOCKED:{machine}:{_DOT_NET_TICKS_AT_EPOCH + epoch() * 10_000_000}"
            company = company_body(
                self._books, [extension(owner_id, "AppLock", lock), extension(owner_id, "FileID", marked)]
            )
            answers = (
                ("HostQueryRq", "0", Answer([("HostRet", host_body(self._books))])),
                ("CompanyQueryRq", "1", Answer([("CompanyRet", company)])),
                ("PreferencesQueryRq", "2", Answer([("PreferencesRet", preferences_body(self._books))])),
            )
            return response(answers, {})

    def records(self, family: str) -> list[dict[str, Any]]:
        """Everything of one family as an answer would show it, inactive records included."""
        show = next(each.shows[family] for each in families() if family in each.shows)
        return [dict(show(self._books, record)) for record in self._storage.select((family,))]

    def _runner(self, message_set: MessageSet) -> Callable[[dict[str, str]], str]:
        def run(attributes: dict[str, str]) -> str:
            answers, stopped, macros = [], False, Macros()
            for request in message_set.requests:
                answer = _NOT_PROCESSED if stopped else self._run(request, macros)
                stopped = stopped or (message_set.stop_on_error and answer.severity == "Error")
                answers.append((str(request.tag), request.get("requestID"), answer))
            return response(answers, attributes)

        return run

    def _run(self, request: etree._Element, macros: Macros) -> Answer:
        if len(request.get("requestID") or "") > _LONGEST_REQUEST_ID:
            return Answer(code=1060, message="The requestID is longer than 50 characters.", severity="Error")
        try:
            with self._storage.transaction():
                macros.use(request)
                answer = _handlers()[str(request.tag)](self._books, request)
        except StatusError as error:
            return Answer(code=error.code, message=error.message, severity="Error")
        macros.learn(request, answer)
        return answer


@cache
def _shapes(edition: str) -> Shapes:
    return Shapes("\n".join(family.shapes for family in families()), edition)


@cache
def _handlers() -> Mapping[str, Handler]:
    return {name: handler for family in families() for name, handler in family.handlers.items()}


@cache
def _iterable() -> frozenset[str]:
    return frozenset().union(*(family.iterable for family in families()))
