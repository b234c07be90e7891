"""A seeded sandbox, and someone signed in to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN

COMPANY = 5021


def sign_in(http: FlaskClient) -> dict[str, str]:
    """The headers every call needs."""
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    given = http.post("/oauth/token", data=form).get_json()
    return {"Authorization": f"Bearer {given['access_token']}", "Procore-Company-Id": str(COMPANY)}


class Api:
    """A signed-in caller: paths without ``/rest/v1.0``, or whole ones."""

    def __init__(self, http: FlaskClient) -> None:
        self.http = http
        self.headers = sign_in(http)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(_whole(path), query_string=query, headers=self.headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.http.patch(_whole(path), json=body, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.http.post(_whole(path), json=body, headers=self.headers)

    def delete(self, path: str, **query: Any) -> Any:
        return self.http.delete(_whole(path), query_string=query, headers=self.headers)


def _whole(path: str) -> str:
    return path if path.startswith("/") else f"/rest/v1.0/{path}"


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    yield store
    store.close()


@pytest.fixture
def sandbox(store: Store) -> Flask:
    """A sandbox whose webhooks go out only when a test lets its sender turn."""
    return create_procore(store, sending=False)


@pytest.fixture
def api(sandbox: Flask) -> Api:
    return Api(sandbox.test_client())
