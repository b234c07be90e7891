"""The first start of the demo, cut short on the way: the next one goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.cli import demo
from app.core.errors import Refusal
from app.sandbox.web_connector import Died


def cut_short(monkeypatch: pytest.MonkeyPatch, **faults: Any) -> None:
    """The demo's Web Connector goes wrong at its first exchange."""
    honest = demo.Demo.web_connector
    monkeypatch.setattr(demo.Demo, "web_connector", lambda self, **more: honest(self, faults=faults, **more))


def test_a_first_start_that_was_killed_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as once:
        cut_short(once, after_run=1)
        with pytest.raises(Died):
            demo.start(tmp_path, 0, web_connector=False)
    running = demo.start(tmp_path, 0, web_connector=False)
    try:
        assert len(demo.ids_of(running, kind="project", name=demo.SYNCED_PROJECT, state="synced")) == 1
        assert len(demo.ids_of(running, kind="commitment", name=demo.REJECTED[0], state="draft")) == 1
        procore = running.told()["procore_url"]
        assert procore != running.url
        assert httpx.get(f"{procore}/rest/v1.0/me").status_code == 401, "Procore's stand-in asks for a token"
    finally:
        running.close()


def test_a_session_that_ended_early_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(monkeypatch, hresult=(1, "0x80040408", "Could not start QuickBooks."))
    with pytest.raises(Refusal) as refused:
        demo.start(tmp_path, 0, web_connector=False)
    assert "its Web Connector session ended early" in refused.value.sentence
    assert "Start the demo again" in refused.value.what_to_do
