"""Sync actions of any size: no row is lost, and each refused row is told."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.procore import Client, ProcoreError, Run

from .conftest import answering

PATH = "/rest/v1.0/vendors/sync"


def syncing(most: int, sizes: list[int]) -> Client:
    """A Procore that takes so many rows at once, and refuses every one whose id ends in 7."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        rows = body["updates"]
        assert body["company_id"] == 5021
        sizes.append(len(rows))
        if len(rows) > most:
            return httpx.Response(413, json={"message": "Too large"})
        bad = [{**row, "errors": {"id": ["Entity with this ID not found"]}} for row in rows if row["id"] % 10 == 7]
        return httpx.Response(200, json={"entities": [row for row in rows if row["id"] % 10 != 7], "errors": bad})

    return answering(answer)


def rows(count: int) -> dict[str, Any]:
    return {"company_id": 5021, "updates": [{"id": number} for number in range(count)]}


@pytest.mark.parametrize(
    ("count", "most", "sizes"),
    [
        (0, 1000, [0]),
        (1000, 1000, [1000]),
        (2500, 1000, [1000, 1000, 500]),
        (1001, 300, [1000, 500, 250, 250, 500, 250, 250, 1]),
    ],
)
def test_rows_go_in_parts_that_procore_takes(count: int, most: int, sizes: list[int]) -> None:
    seen: list[int] = []
    answer = syncing(most, seen).patch(PATH, rows(count))
    assert seen == sizes
    taken, refused = [row["id"] for row in answer["entities"]], [row["id"] for row in answer["errors"]]
    assert taken == [number for number in range(count) if number % 10 != 7]
    assert refused == [number for number in range(count) if number % 10 == 7]
    assert all(row["errors"] == {"id": ["Entity with this ID not found"]} for row in answer["errors"])


def test_a_single_row_that_is_too_large_is_an_error() -> None:
    sizes: list[int] = []
    with pytest.raises(ProcoreError, match=r"change vendors/sync \(413\): Too large"):
        syncing(0, sizes).patch(PATH, rows(2))
    assert sizes == [2, 1]


def test_of_many_rows_the_port_tells_which_were_not_changed_and_why() -> None:
    """A row that is refused, and one of which the answer says nothing."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        assert (request.method, request.url.path, sent["company_id"]) == ("PATCH", PATH, 5021)
        taken = [{"id": row["id"]} for row in sent["updates"] if row["id"] < 2]
        refused = {**sent["updates"][2], "errors": {"origin_id": ["has already been taken"]}}
        return httpx.Response(200, json={"entities": taken, "errors": [refused]})

    parents, updates = {"company_id": 5021}, [{"id": number, "origin_id": f"V{number}"} for number in range(4)]
    problems = Run(answering(answer)).sync("/rest/v1.0/vendors", parents, updates)
    assert {one: (problem.procore_status, problem.sentence) for one, problem in problems.items()} == {
        2: (422, "Procore refused to change vendors 2: origin_id: has already been taken."),
        3: (200, "Procore did not say what became of vendors 3."),
    }
