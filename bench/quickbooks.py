"""The quickest QuickBooks there is: answers adds at once and finds nothing; for benchmarks only."""

from __future__ import annotations

import re
from itertools import count

from app.sandbox.quickbooks import CompanyFile

_REQUEST = re.compile(r'<(\w+)Rq\b[^>]* ?requestID="([^"]+)"[^>]*>(.*?)</\1Rq>', re.DOTALL)
_ADDED = re.compile(r"<(\w+)Add>(.*)</\1Add>", re.DOTALL)
_SAVED = 'statusCode="0" statusSeverity="Info" statusMessage="Status OK"'
_NOT_FOUND = 'statusCode="1" statusSeverity="Info" statusMessage="A query request did not find a matching object."'
_SET_ID = re.compile(r'newMessageSetID="([^"]+)"')
_TIMES = "<TimeCreated>2026-03-02T09:00:00-08:00</TimeCreated><TimeModified>2026-03-02T09:00:00-08:00</TimeModified>"


class QuickBooks:
    """Adds what is asked without keeping it."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def handshake(self, owner_id: str, file_id: str) -> str:
        """What the first sendRequestXML of a session carries."""
        company = CompanyFile(":memory:")
        try:
            return company.hcp(owner_id, file_id, "BENCH")
        finally:
            company.close()

    def answer(self, message_set: str) -> str:
        """The answer to a message set."""
        set_id = _SET_ID.search(message_set)
        status = f' newMessageSetID="{set_id[1]}" messageSetStatusCode="0"' if set_id else ""
        answers = "".join(self._one(*found) for found in _REQUEST.findall(message_set))
        return f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs{status}>{answers}</QBXMLMsgsRs></QBXML>'

    def _one(self, name: str, request_id: str, body: str) -> str:
        added = _ADDED.search(body)
        if added is None:
            return f'<{name}Rs requestID="{request_id}" {_NOT_FOUND} />'
        kind, fields = added[1], added[2]
        return f'<{name}Rs requestID="{request_id}" {_SAVED}><{kind}Ret>{self._stamps()}{fields}</{kind}Ret></{name}Rs>'

    def _stamps(self) -> str:
        number = next(self._numbers)
        return (
            f"<ListID>80{number:06X}-1772000000</ListID>{_TIMES}<EditSequence>{1_772_000_000 + number}</EditSequence>"
        )
