"""A client of the sandbox's Procore, without a network in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.procore import Client
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN

BASE = "http://procore.test"
Handler = Callable[[httpx.Request], httpx.Response]
TOKEN = {"access_token": "let-me-in", "token_type": "bearer", "expires_in": 5400, "created_at": 1}


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    yield store
    store.close()


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    transport = httpx.WSGITransport(create_procore(store))
    with Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=transport) as client:
        yield client


def answering(handler: Handler, **options: Any) -> Client:
    """A client whose every call but the sign-in is answered by ``handler``."""

    def both(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=TOKEN) if request.url.path == "/oauth/token" else handler(request)

    return Client(BASE, BASE, "id", "top-secret", 5021, transport=httpx.MockTransport(both), **options)
