"""Serves what a benchmark measures, the same way for everything: prints the URL, then answers until it is killed."""

from __future__ import annotations

from typing import Any

from waitress.server import create_server

HOST = "127.0.0.1"
THREADS = 8
LARGEST_BODY = 80 * 2**20


def serve(app: Any) -> None:
    """Serve a WSGI application on a free port."""
    server = create_server(app, host=HOST, port=0, threads=THREADS, max_request_body_size=LARGEST_BODY)
    print(f"http://{HOST}:{server.effective_port}/qbwc", flush=True)
    server.run()
