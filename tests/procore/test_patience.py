"""What failed is made again only where twice is no more than once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.procore import ProcoreError
from app.procore.patience import may_repeat, pause

from .conftest import answering

DOWN = [503, httpx.ReadTimeout("slow"), httpx.ConnectError("no route"), 502]
PATH = "/rest/v1.0/vendors/47"
SYNC = "/rest/v1.0/vendors/sync"
NAMED, UNNAMED = {"origin_id": "80000001-1", "name": "Delta"}, {"name": "Delta"}


def calls_until_given_up(method: str, trouble: list[Any], **options: Any) -> tuple[int, list[float], Any]:
    made, waits = [0], []
    body = [options.pop("body", {})] if method in ("patch", "post") else []

    def answer(_request: httpx.Request) -> httpx.Response:
        what = trouble[min(made[0], len(trouble) - 1)]
        made[0] += 1
        if isinstance(what, Exception):
            raise what
        return httpx.Response(what, json={}, headers=options.get("headers"))

    client = answering(answer, repeats=3, wait=waits.append)
    try:
        outcome: Any = getattr(client, method)(options.get("path", PATH), *body)
    except ProcoreError as problem:
        outcome = problem
    return made[0], waits, outcome


@pytest.mark.parametrize(
    ("method", "path", "body", "harmless"),
    [
        ("GET", PATH, None, True),
        ("PATCH", PATH, {"vendor": UNNAMED}, True),
        ("PATCH", SYNC, {"updates": [NAMED, {"id": 47}]}, True),
        ("PATCH", SYNC, {"updates": [NAMED, UNNAMED]}, False),
        ("POST", PATH, NAMED, False),
        ("DELETE", PATH, None, False),
    ],
)
def test_which_calls_may_be_made_twice(method: str, path: str, body: Any, harmless: bool) -> None:
    assert may_repeat(method, path, body) is harmless


@pytest.mark.parametrize("method", ["get", "patch"])
def test_trouble_that_passes_is_not_noticed(method: str) -> None:
    made, waits, outcome = calls_until_given_up(method, [*DOWN[:3], 200])
    assert (made, len(waits), outcome) == (4, 3, {})


@pytest.mark.parametrize(
    ("method", "more"), [("post", {}), ("delete", {}), ("patch", {"path": SYNC, "body": {"updates": [UNNAMED]}})]
)
@pytest.mark.parametrize("trouble", DOWN, ids=str)
def test_what_could_happen_twice_is_asked_once(method: str, more: dict[str, Any], trouble: Any) -> None:
    made, waits, outcome = calls_until_given_up(method, [trouble], **more)
    assert (made, waits) == (1, [])
    assert isinstance(outcome, ProcoreError)


def test_it_gives_up_and_says_so() -> None:
    made, waits, outcome = calls_until_given_up("get", [503])
    assert (made, len(waits)) == (4, 3)
    assert outcome.procore_status == 503


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_refusal_is_not_asked_for_again(status: int) -> None:
    made, waits, _ = calls_until_given_up("get", [status])
    assert (made, waits) == (1, [])


def test_it_waits_as_long_as_procore_asks() -> None:
    _, waits, _ = calls_until_given_up("get", [503, 200], headers={"Retry-After": "9"})
    assert waits == [pytest.approx(9, abs=1)]


def test_a_long_wait_is_left_to_who_called() -> None:
    made, waits, outcome = calls_until_given_up("get", [503], headers={"Retry-After": "600"})
    assert (made, waits) == (1, [])
    assert outcome.retry_at > 0


def test_the_pauses_grow_and_differ() -> None:
    for tried in range(4):
        many = {pause(tried) for _ in range(50)}
        assert len(many) > 25
        assert 0.25 * 2**tried <= min(many) < max(many) < 0.75 * 2**tried
