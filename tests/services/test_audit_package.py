"""The auditor's ZIP verifies itself with nothing but Python, and notices every change."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.core.errors import Forbidden
from app.core.tags import Tag
from app.services import audit_package
from tests import records
from tests.support import Stage


def unpacked(stage: Stage, folder: Path) -> Path:
    stage.approve(records.company("Ironline Steel", 62))
    with zipfile.ZipFile(audit_package.make(stage.database, 1, stage.person("aud"))) as archive:
        archive.extractall(folder)
    return folder


def verified(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-I", str(folder / "verify.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_it_says_ok_with_counts_and_the_export_is_in_it(stage: Stage, tmp_path: Path) -> None:
    folder = unpacked(stage, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    counts = {chain["chain"]: chain["events"] for chain in manifest["chains"]}
    assert counts["connection:1"] == len((folder / "connection-1.jsonl").read_text().splitlines()) > 3
    assert verified(folder) == (0, "".join(f"OK  {name}: {many} events\n" for name, many in counts.items()))
    assert manifest["made_by"] == "Aud"
    assert stage.events(Tag.AUDIT_EXPORTED) == [{"form": "zip"}]
    assert Tag.AUDIT_EXPORTED in (folder / "connection-1.jsonl").read_text().splitlines()[-1]


@pytest.mark.parametrize(("old", "new"), [("Ironline", "Ironbark"), ("person:audit:exported", "person:audit:imported")])
def test_a_changed_word_is_found(stage: Stage, tmp_path: Path, old: str, new: str) -> None:
    folder = unpacked(stage, tmp_path)
    file = folder / "connection-1.jsonl"
    file.write_text(file.read_text().replace(old, new))
    code, said = verified(folder)
    assert code == 1
    assert "BROKEN  connection-1.jsonl is not the file of the export" in said
    assert "BROKEN  connection:1: event" in said


def test_a_missing_end_is_found(stage: Stage, tmp_path: Path) -> None:
    folder = unpacked(stage, tmp_path)
    file = folder / "connection-1.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    assert "BROKEN  connection:1: it ends at event" in verified(folder)[1]


def test_it_needs_the_right_to_export(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        audit_package.make(stage.database, 1, stage.person("pat"))
