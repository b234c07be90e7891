"""Sends webhooks: one POST for each event in the queue, again and later when it fails, not at all after 12 hours."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from typing import Any

import httpx

from app.sandbox.procore.events import ATTEMPTS, HOOKS, QUEUE
from app.sandbox.procore.store import Record, Store, stamp

ANSWER_SECONDS = 5.0
MOST_WAIT_SECONDS = 3600
GIVE_UP = timedelta(hours=12)
_LOOK_EVERY, _LOOK_WHEN_IDLE = 0.2, 1.0
_MOST_BODY = 2000


class Sender:
    """Delivers what is due; in the background by a thread that begins with the first event."""

    def __init__(
        self, store: Store, *, in_background: bool = True, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._store = store
        self._in_background = in_background
        self._transport = transport
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        if store.all(QUEUE):
            self.wake()

    def wake(self) -> None:
        """Something is put into the queue; called inside the transaction that does, so one thread at a time."""
        if self._in_background and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="procore-webhooks", daemon=True)
            self._thread.start()
        self._woken.set()

    def turn(self) -> int:
        """Deliver what is due by now, oldest first; how many were tried."""
        moment = self._store.now().timestamp()
        due = [row for row in self._store.all(QUEUE) if row["due"] <= moment]
        if not due:
            return 0
        with httpx.Client(timeout=ANSWER_SECONDS, transport=self._transport) as http:
            for row in due:
                if any(one["id"] == row["id"] for one in self._store.all(QUEUE)):
                    self._deliver(http, row)
        return len(due)

    def _run(self) -> None:
        try:
            while True:
                self.turn()
                self._woken.clear()
                self._woken.wait(_LOOK_EVERY if self._store.all(QUEUE) else _LOOK_WHEN_IDLE)
        except sqlite3.ProgrammingError:
            return  # The store was closed: the sandbox has stopped.

    def _deliver(self, http: httpx.Client, row: Record) -> None:
        hook = self._store.get(HOOKS, row["hook_id"])
        if hook is None:
            self._store.remove(QUEUE, row["id"])
            return
        started = self._store.now()
        answer = _post(http, hook, row["event"])
        is_old = started.timestamp() - row["since"] >= GIVE_UP.total_seconds()
        outcome = "ok" if 200 <= (answer["response_status"] or 0) < 300 else "discarded" if is_old else "retried"
        self._remember(row, outcome, stamp(started), answer)
        if outcome == "retried":
            wait = min(2 ** row["tries"], MOST_WAIT_SECONDS)
            self._store.patch(QUEUE, row["id"], {"tries": row["tries"] + 1, "due": started.timestamp() + wait})
        else:
            self._store.remove(QUEUE, row["id"])
        if outcome == "discarded":
            self._flush(hook["id"])

    def _flush(self, hook_id: int) -> None:
        """An endpoint that has been dead for 12 hours loses everything that waits for it."""
        for row in self._store.all(QUEUE):
            if row["hook_id"] == hook_id:
                never = dict.fromkeys(("response_status", "response_headers", "response_error", "response_body"))
                self._remember(row, "discarded", stamp(self._store.now()), never)
                self._store.remove(QUEUE, row["id"])

    def _remember(self, row: Record, outcome: str, started: str, answer: dict[str, Any]) -> None:
        event = row["event"]
        times = {"started_at": started, "completed_at": stamp(self._store.now())}
        attempt = {"hook_id": row["hook_id"], "event_id": event["id"], **times, **answer}
        self._store.put(ATTEMPTS, {**attempt, "outcome": outcome, "event": event})


def _post(http: httpx.Client, hook: Record, event: Record) -> dict[str, Any]:
    """One try; the answer, or why there was none."""
    headers = {name: value for name, value in (hook["destination_headers"] or {}).items() if value}
    told: dict[str, Any] = dict.fromkeys(("response_status", "response_headers", "response_error", "response_body"))
    try:
        answer = http.post(hook["destination_url"], json=event, headers=headers)
    except httpx.HTTPError as problem:
        return {**told, "response_error": str(problem) or type(problem).__name__}
    body = answer.text[:_MOST_BODY]
    return {
        **told,
        "response_status": answer.status_code,
        "response_headers": dict(answer.headers),
        "response_body": body,
    }
