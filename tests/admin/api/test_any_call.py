"""Any call at all, against the demo over real HTTP: never a fault of ours, and always an answer of the promised shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import content_type_conformance, not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from sqlalchemy import select

from app.admin.api.routes import PREFIX, ROUTES, Route, places
from app.cli import demo
from app.db.models import Conversation, Item, MessageSet, StagedRecord
from app.services import people, tokens

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LOGIN = "robin"
#: These ask this very service once more over HTTP, or make a file: a few of each are enough.
SLOW = {"connection_test_itself", "connection_bundle", "connection_password", "setup_first_password", "trail_package"}
EXAMPLES, FEW = 10, 2


@dataclass(frozen=True)
class Running:
    """The demo, with somebody who may do everything, and what there is to name in a call."""

    schema: Any
    secret: str
    known: dict[str, list[Any]]
    items: list[dict[str, Any]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    found = demo.start(tmp_path_factory.mktemp("demo"), 0, web_connector=False)
    try:
        database, connection = found.services.database, found.connection_id
        people.add_user(database, LOGIN, "Robin", "open sesame", actor="test")
        for role in people.roles(database, connection):
            people.give_role(database, LOGIN, connection, role, actor="test")
        robin = found.person(LOGIN)
        spare = [tokens.make(database, connection, robin, f"spare {number}").token.id for number in range(4)]
        secret = tokens.make(database, connection, robin, "any call").secret
        with database.reading() as session:
            known: dict[str, list[Any]] = {
                "session_id": list(session.execute(select(Conversation.id).limit(5)).scalars()),
                "set_id": list(session.execute(select(MessageSet.id).limit(5)).scalars()),
                "project_id": list(session.execute(select(Item.procore_id).where(Item.kind == "project")).scalars()),
                "record": list(session.execute(select(StagedRecord.id).limit(50)).scalars()),
                "login": ["pat"],
                "token_id": spare,
            }
            items = [
                {"id": item.id, "version": item.version, "kind": item.kind}
                for item in session.execute(select(Item)).scalars()
            ]
        yield Running(schemathesis.openapi.from_url(f"{found.url}{PREFIX}/openapi.json"), secret, known, items)
    finally:
        found.close()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_it_is_answered_as_it_was_promised(running: Running, route: Route) -> None:
    operation = running.schema[PREFIX + places(route.path)[0]][route.method]
    either = st.one_of(*(operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))

    @seed(20261122)
    @settings(
        max_examples=FEW if route.name in SLOW else EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=either, data=st.data())
    def answered(case: Any, data: st.DataObject) -> None:
        # Revoking the very token that asks would make nothing of all that follows.
        if route.name == "home_revoke" or data.draw(st.integers(0, 3)):
            _made_real(running, case, data)
        headers = {"Authorization": f"Bearer {running.secret}"}
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=20)

    answered()


def _made_real(running: Running, case: Any, data: st.DataObject) -> None:
    """Let the call speak of what there is: invented numbers never come further than "there is no such thing"."""
    place = case.path_parameters or {}
    for name in place.keys() & running.known.keys():
        place[name] = data.draw(st.sampled_from(running.known[name]))
    mine = [one for one in running.items if one["kind"] == place.get("kind")]
    if "item_id" in place and mine:
        place["item_id"] = data.draw(st.sampled_from(mine))["id"]
    if not isinstance(case.body, dict):
        return
    if mine and isinstance(case.body.get("items"), list):
        one = data.draw(st.sampled_from(mine))
        case.body["items"] = [{"id": one["id"], "version": one["version"]}]
    if isinstance(case.body.get("records"), list):
        case.body["records"] = [data.draw(st.sampled_from(running.known["record"]))]
