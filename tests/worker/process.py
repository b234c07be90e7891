"""Workers as processes of their own, born quickly: a nursery that has loaded everything, and forks.

``python -m tests.worker.process DATABASE PROCORE``, then a line for each wish: ``start LEASE`` answers the number of
the new process, ``wait NUMBER`` how it ended. SIGTERM tells a worker to end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from threading import Event

from app.db.engine import Database
from app.items import registry
from app.procore import Client
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.services import reading, tasks
from app.worker.crew import Crew


def work(url: str, procore: str, lease: float) -> None:
    """As `tieout work`, with leases that a test can wait for."""
    tasks.LEASE = timedelta(seconds=lease)
    reading.KEEP_EVERY = 5
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Crew(Database(url), lambda _: Client(procore, procore, CLIENT_ID, CLIENT_SECRET, 5021), pause=0.05).run(stop)


def ended(worker: int, seconds: float = 30.0) -> int:
    """How a worker ended; -1 where it did not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found, status = os.waitpid(worker, os.WNOHANG)
        if found:
            return status
        time.sleep(0.01)
    return -1


def nurse(url: str, procore: str) -> None:
    """Do what the lines say, until there are no more."""
    registry.kinds()
    for line in sys.stdin:
        wish, _, value = line.strip().partition(" ")
        if wish == "wait":
            print(ended(int(value)), flush=True)  # noqa: T201
        elif child := os.fork():
            print(child, flush=True)  # noqa: T201
        else:
            work(url, procore, float(value))
            os._exit(0)


if __name__ == "__main__":
    nurse(*sys.argv[1:])
