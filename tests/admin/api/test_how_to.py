"""The how-to's own commands, as somebody would paste them, against a service that listens."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.services import tokens
from tests import records
from tests.admin.api.serving import serving
from tests.admin.conftest import app_of
from tests.support import Stage

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "use-the-json-api.md"


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [block for block in blocks if "curl" in block]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are for curl")
def test_each_command_answers_as_the_page_says(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    secret = tokens.make(stage.database, stage.connection_id, stage.person("ana"), "how-to").secret
    with serving(app_of(stage)) as url:
        me, listed, accepted, error = [json.loads(_run(one, url, secret)) for one in _commands()]
        again = json.loads(_run(_commands()[2].replace("ITEM=$(", "ITEM=$(false && "), url, secret))
    assert me["login"] == "ana"
    assert [row["item"]["name"] for row in listed["rows"]] == ["SC-014"]
    assert accepted["done"] == 1
    assert stage.item("SC-014").state == "queued"
    assert error["field"] == "tab"
    assert again["code"] == "bad_input"


def _run(command: str, url: str, secret: str) -> str:
    env = {"URL": url, "TOKEN": secret, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, timeout=20, check=True)
    return done.stdout
