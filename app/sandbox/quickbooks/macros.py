"""Macros: a transaction added in a message set can be named there and used by a later request of the same set."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.writing import Answer


class Macros:
    """The names one message set has given so far."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def use(self, request: etree._Element) -> None:
        """Put the ids behind the names a request uses; the documents give no text for one that was never given."""
        for element in request.iterfind(".//*[@useMacro]"):
            name = str(element.get("useMacro"))
            if name not in self._ids:
                raise StatusError(9100, f'The macro "{name}" has not been defined.')
            element.text = self._ids[name]

    def learn(self, request: etree._Element, answer: Answer) -> None:
        """Remember the id of what a request has added under the name it gave."""
        for element in request.iterfind("*[@defMacro]"):
            for _, body in answer.records[:1]:
                if isinstance(body, dict):
                    self._ids[str(element.get("defMacro"))] = str(body["TxnID"])
