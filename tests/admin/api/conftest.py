"""Programs without a network: somebody's token over a stage, each answer held against the shape its route promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema
from werkzeug.test import TestResponse

from app.admin.api.routes import PREFIX, ROUTES, Route
from app.admin.api.shapes import Error
from app.services import tokens
from tests.admin.conftest import app_of
from tests.paying import Site
from tests.support import Stage


class Program:
    """Something that calls the API in a person's name."""

    def __init__(self, app: Flask, secret: str) -> None:
        self._app, self._client, self.secret = app, app.test_client(), secret

    def ask(self, method: str, path: str, *, status: int = 200, **more: Any) -> Any:
        """One call; its status and its shape must be what was promised. Returns what the JSON says."""
        answer = self.send(method, path, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.get_data(as_text=True)[:500])
        if answer.mimetype != "application/json":
            return answer.get_data()
        said = answer.get_json()
        shape: Any = route_of(self._app, method, path).gives if status < 400 else Error
        assert isinstance(shape, type)
        assert issubclass(shape, Schema)
        assert shape().validate(said) == {}, path
        return said

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        return self._client.open(PREFIX + path, method=method, headers=headers, **more)

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        return self.ask("GET", path, status=status, query_string=query)

    def post(self, path: str, *, status: int = 200, **body: Any) -> Any:
        return self.ask("POST", path, status=status, json=body)


def route_of(app: Flask, method: str, path: str) -> Route:
    endpoint, _ = app.url_map.bind("localhost").match(PREFIX + path, method)
    [found] = [route for route in ROUTES if f"api.{route.name}" == endpoint]
    return found


Calls = Callable[[str], Program]


def calling(stage: Stage) -> Calls:
    app = app_of(stage)

    def program(login: str) -> Program:
        made = tokens.make(stage.database, stage.connection_id, stage.person(login), "a test")
        return Program(app, made.secret)

    return program


@pytest.fixture
def calls(stage: Stage) -> Calls:
    """A program of somebody's, over the stage."""
    return calling(stage)


@pytest.fixture
def calls_site(billed_site: Site) -> Calls:
    """The same where there are bills to pay."""
    return calling(billed_site.stage)


def seen(stage: Stage, *names: str) -> list[dict[str, int]]:
    """Items as a program has looked at them."""
    return [{"id": stage.item(name).id, "version": stage.item(name).version} for name in names]
