"""The turns as the worker takes them: when Procore takes no more calls, nothing is asked and nothing has failed."""

from __future__ import annotations

import time
from threading import Event

import httpx
import pytest

from app.core import clock
from app.core.tags import Tag
from app.db.models import Errand, WriteBack
from app.procore import Client
from app.services import staged, tasks, working
from app.services.turns import BY_NAME, TURNS
from app.worker.loop import Worker
from tests.importing import ike, vendor
from tests.support import Stage

RESET = 3000


class Full(httpx.BaseTransport):
    """A Procore whose window is used up; it counts who asks all the same."""

    def __init__(self) -> None:
        self.asked = 0
        self.reset = str(int(time.time()) + RESET)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/oauth/" in request.url.path:
            return httpx.Response(200, json={"access_token": "x", "token_type": "bearer", "expires_in": 5400})
        self.asked += 1
        return httpx.Response(429, headers={"X-Rate-Limit-Reset": self.reset, "X-Rate-Limit-Remaining": "0"})


@pytest.mark.parametrize("name", ["write_back", "errands"])
def test_the_turn_waits_for_procores_window_and_what_waits_in_it_has_not_failed(stage: Stage, name: str) -> None:
    asked = vendor(stage, "Granite Works")
    staged.add(stage.database, 1, "company", ike(stage), [asked])
    wire, database = Full(), stage.database
    client = Client("http://procore.test", "http://procore.test", "a", "b", 5021, transport=wire)
    turn = BY_NAME[name]
    assert turn.waits
    assert turn.waits(database, 1), "there is something to do"
    for _ in range(3):
        Worker(database, 1, client).take(turn, Event())
    assert wire.asked == 1
    row = tasks.standing(database, 1)[name]
    assert row.next_at.timestamp() >= int(wire.reset) > clock.now().timestamp()
    assert {one.tries for one in (*stage.rows(WriteBack), *stage.rows(Errand))} == {0}
    assert not stage.events(Tag.WRITE_BACK_FAILED)
    assert not stage.events(Tag.ERRAND_FAILED)
    assert len(working.look(database, 1).troubles) == 1


def test_every_turn_says_what_it_does_and_what_its_figure_counts() -> None:
    assert len({turn.name for turn in TURNS}) == len(TURNS)
    assert all(turn.label and turn.counted for turn in TURNS if turn.name != "look")
    assert all(turn.every or turn.waits for turn in TURNS), "none would be taken every second for nothing"
