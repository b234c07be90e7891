"""Rules and the audit trail from the command line: a script can rely on how a command ends."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Tieout

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules to spoil."""
    return Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))


def add(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").rstrip() + "\n" + text, encoding="utf-8")


def rule(name: str, require: str) -> str:
    return (
        f"\n  - name: {name}\n    before: accept\n    require: {require}\n    reason: data\n    effect: warn\n"
        '    message: "A sentence."\n    fix: "A way."\n    source: "Tests"\n    since: 2026-03-03\n'
    )


def test_the_shipped_rules_are_fine(tieout: Tieout) -> None:
    assert tieout("rules", "check").code == 0
    assert " 0 problems." in tieout("rules", "test").out


def test_a_mistake_is_named_with_its_file_line_and_column(tieout: Tieout, rules: Path) -> None:
    add(rules / "company.yaml", rule("company-odd", "{max_lenght: {name: 3}}"))
    said = tieout("rules", "check", rules)
    line = (rules / "company.yaml").read_text(encoding="utf-8").splitlines().index(
        "    require: {max_lenght: {name: 3}}"
    ) + 1  # fmt: skip
    assert said.code == 1
    assert said.err.startswith(f"company.yaml:{line}:15: ")
    assert "max_length" in said.err


def test_a_rule_without_an_example_makes_the_command_fail(tieout: Tieout, rules: Path) -> None:
    add(rules / "company.yaml", rule("company-odd", "{max_length: {name: 3}}"))
    said = tieout("rules", "test", rules)
    assert "company-odd" in said.err
    assert said.code == 1


def test_the_manual_is_the_page_of_the_docs(tieout: Tieout) -> None:
    page = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert tieout("rules", "manual").out == page


@pytest.mark.usefixtures("folder")
def test_rules_are_activated_by_who_may_and_with_a_reason(tieout: Tieout, rules: Path) -> None:
    add(rules / "company.yaml", "# Ours now.\n")
    assert tieout("rules", "activate", rules, "--as", "ike").code == 2
    assert "Ana may not" in tieout("rules", "activate", rules, "--as", "ana", "--reason", "Why not").err
    said = tieout("rules", "activate", rules, "--as", "ike", "--reason", "Board decision").out
    version = said.split()[1]
    assert version in tieout("connection", "show").out
    assert "Board decision" in tieout("audit", "export", "--tag", "person:rules:activated").out


# -- the trail -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUD-03")
@pytest.mark.usefixtures("folder")
def test_an_export_holds_every_event_in_either_form(tieout: Tieout, tmp_path: Path) -> None:
    told = tieout("audit", "export", "--out", tmp_path / "trail.csv").out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "trail.csv").read_text(encoding="utf-8"), newline="")))
    lines = [json.loads(line) for line in tieout("audit", "export", "--format", "jsonl").out.splitlines()]
    assert told.startswith(f"{len(rows)} events in ")
    assert [row["hash"] for row in rows] == [line["hash"] for line in lines]


@pytest.mark.usefixtures("folder")
def test_an_export_can_be_narrowed(tieout: Tieout) -> None:
    def tags(*options: str) -> set[str]:
        said = tieout("audit", "export", "--format", "jsonl", *options).out
        return {json.loads(line)["tag"] for line in said.splitlines()}

    assert tags("--tag", "procore:item:seen") == {"procore:item:seen"}
    assert tags("--until", "2020-01-01") == set()
    assert "procore:item:seen" not in tags("--chain", "service")


@pytest.mark.requirement("AUD-02")
def test_verifying_fails_when_something_was_changed(tieout: Tieout, folder: Path) -> None:
    assert tieout("audit", "verify").code == 0
    with sqlite3.connect(folder / "tieout.db") as connection:
        connection.execute("UPDATE event SET actor = 'Bob' WHERE chain = 'connection:1' AND seq = 2")
    said = tieout("audit", "verify")
    assert "BROKEN at 2" in said.out
    assert said.code == 1


def test_the_reference_pages_are_written_where_they_are_wanted(tieout: Tieout, tmp_path: Path) -> None:
    said = tieout("reference", tmp_path / "pages").out
    assert sorted(said.split()) == sorted(path.name for path in (tmp_path / "pages").iterdir())


def test_help_names_every_group(tieout: Tieout) -> None:
    said = tieout("--help").out
    assert [name for name in ("demo", "item", "rules", "audit", "web-connector") if name not in said] == []


def test_an_unknown_command_is_a_mistake_of_use(tieout: Tieout) -> None:
    assert tieout("frobnicate").code == 2
