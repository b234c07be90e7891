"""Figures for a monitor: who may read them, and what they say."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.core import clock
from app.db.engine import Database
from app.db.models import Connection, Operation, ProcoreGate, Tally, Task
from app.services import hooks
from tests.db import rows
from tests.hooks.conftest import Door, app_over

TOKEN = {"Authorization": "Bearer for the monitor"}


def read(door: Door) -> dict[str, float]:
    """Every sample, by its name with labels, as the text format has them."""
    answer = door.app.test_client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            sample = re.fullmatch(r'([a-z_]+\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\}) (\d+)', line)
            assert sample, line
            found[sample[1]] = float(sample[2])
    return found


def test_the_figures_are_what_the_tables_hold(door: Door) -> None:
    now, database = clock.now(), door.database
    for project, count in (("1", 3), ("2", 4)):
        rows.add(database, Tally, connection_id=1, kind="commitment", state="sent", project_id=project, count=count)
    ago = now - timedelta(seconds=90)
    rows.add(database, Task, connection_id=1, name="read", lease_until=now, next_at=now, ended_at=ago, tries=2)
    rows.add(database, ProcoreGate, company_id="5021", number=1, left=0, opens_at=now + timedelta(hours=1), out=0)
    with database.writing() as session:
        session.get_one(Connection, 1).contact_at = now - timedelta(seconds=30)
    door.post({"ulid": "1", "resource_name": "Projects"})
    hooks.take(database, 1)
    door.post({"ulid": "2", "resource_name": "Projects"})
    for _ in range(3):
        door.post({}, secret="wrong")
    found = read(door)
    assert found['tieout_items{connection="1",kind="commitment",state="sent"}'] == 7
    assert found['tieout_waiting{connection="1"}'] == 0
    assert 30 <= found['tieout_web_connector_age_seconds{connection="1"}'] < 60
    assert 90 <= found['tieout_worker_turn_age_seconds{connection="1",turn="read"}'] < 120
    assert found['tieout_worker_turn_failures{connection="1",turn="read"}'] == 2
    assert found['tieout_procore_paused{connection="1"}'] == 1
    assert found['tieout_hooks_received_total{connection="1"}'] == 2
    assert found['tieout_hooks_refused_total{connection="1",reason="forged"}'] == 3


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_waits_for_quickbooks_is_counted(door: Door) -> None:
    with door.database.writing() as session:
        for number, state in enumerate(("ready", "working", "done")):
            session.add(Operation(id=f"op{number}", connection_id=1, kind="vendors", state=state, made_at=clock.now()))
    assert read(door)['tieout_waiting{connection="1"}'] == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer for the monitoR"}])
def test_without_the_token_nothing_is_told(door: Door, headers: dict[str, str]) -> None:
    answer = door.app.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, "tieout_" in answer.text) == (401, False)


def test_where_no_token_is_set_there_is_nothing_to_read(sqlite: Database, tmp_path: Path) -> None:
    app = app_over(sqlite, tmp_path / "data")
    for headers in ({}, {"Authorization": "Bearer "}):
        assert app.test_client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_token_is_masked_where_settings_are_shown(door: Door) -> None:
    shown = {name: value for name, value, _ in door.settings.shown()}
    assert shown["TIEOUT_METRICS_TOKEN"] == "set, not shown"
    assert "for the monitor" not in repr(door.settings)
