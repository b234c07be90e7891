"""A server of this machine ends in order: no thread of it stays behind, and none ends in an error."""

from __future__ import annotations

import threading

import httpx
import pytest
from flask import Flask

from app.cli.local_server import serve


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_ends_in_order_with_a_caller_still_connected() -> None:
    app = Flask("served")
    app.add_url_rule("/", "page", lambda: "here")
    before = set(threading.enumerate())
    for _ in range(5):
        address, close = serve(app, threads=2)
        with httpx.Client() as caller:
            assert caller.get(address).text == "here"
            close()
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)
    left = set(threading.enumerate()) - before
    assert [one.name for one in left if one.is_alive()] == []
