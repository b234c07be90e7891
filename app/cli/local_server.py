"""One of our own applications behind HTTP on this machine, started and ended in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

HOST = "127.0.0.1"
#: Larger than any request a Web Connector sends.
LARGEST = 80 * 2**20
#: So long its thread may take to end.
PATIENCE = 10


def serve(app: Any, port: int = 0, threads: int = 8) -> tuple[str, Callable[[], None]]:
    """Begin to serve; gives the address, and how to stop."""
    server = create_server(app, host=HOST, port=port, threads=threads, max_request_body_size=LARGEST)
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=1, map=server._map, count=1)

    def close() -> None:
        # Nothing is closed that somebody still waits for: first whoever listens ends, then who answers.
        stopping.set()
        server.pull_trigger()
        thread.join(PATIENCE)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map, ignore_all=True)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return f"http://{HOST}:{server.effective_port}", close
