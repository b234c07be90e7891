"""The store of answered message sets, by which an application finds out after a crash what was done.

Codes are those of a set, not of a request: 9001 the id is known with another text, 9002 the answer was not kept,
9004 the id is too long, 9005 the answer cannot be kept, 600 an old id nobody knows and no new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from app.sandbox.quickbooks.reading import MessageSet
from app.sandbox.quickbooks.storage import Storage
from app.sandbox.quickbooks.writing import response

CLEAR_ALL = "CLR-ALL-MSG-SETS"
_LONGEST_ID = 24

Run = Callable[[dict[str, str]], str]


class MessageSets:
    """Decides for each set whether it is run, answered from the store, or refused."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.can_store = True

    def answer(self, message_set: MessageSet, run: Run) -> str:
        """The answer to one set; ``run`` executes it and writes the answer with these attributes."""
        new_id, old_id = message_set.new_id, message_set.old_id
        if any(len(set_id or "") > _LONGEST_ID for set_id in (new_id, old_id)):
            return _refused(new_id, 9004)
        if new_id is not None and old_id == new_id and not message_set.requests:
            return self._status(new_id)
        if new_id is not None and (stored := self._storage.stored_response(new_id)):
            same = stored[0] == _checksum(message_set.text)
            return self._status(new_id) if same else _refused(new_id, 9001)
        known = old_id is None or self._clear(old_id)
        if new_id is None:
            return run({} if known else {"messageSetStatusCode": "600"})
        return self._run_and_store(message_set, new_id, run)

    def _status(self, set_id: str) -> str:
        stored = self._storage.stored_response(set_id)
        return _refused(set_id, 9002) if stored is None or stored[1] is None else stored[1]

    def _clear(self, old_id: str) -> bool:
        if old_id == CLEAR_ALL:
            self._storage.forget_response()
            return True
        return self._storage.forget_response(old_id)

    def _run_and_store(self, message_set: MessageSet, new_id: str, run: Run) -> str:
        text = run({"newMessageSetID": new_id, "messageSetStatusCode": "0" if self.can_store else "9005"})
        if self.can_store:
            self._storage.store_response(new_id, _checksum(message_set.text), text)
        return text


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refused(set_id: str | None, code: int) -> str:
    attributes = {"newMessageSetID": set_id} if set_id else {}
    return response((), attributes | {"messageSetStatusCode": str(code)})
