"""Rules and the audit trail from the command line: a script can rely on how a command ends."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from app.factory import build
from app.services import people, rules_drafts, rules_versions
from app.settings import load
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


@pytest.fixture
def uma(folder: Path) -> str:
    """A second person who may activate rules."""
    found = build(load({}, data_dir=folder))
    people.add_user(found.database, "uma", "Uma", "secret words", actor="tests")
    people.give_role(found.database, "uma", 1, "specialist", actor="tests")
    found.database.dispose()
    return "uma"


def test_rules_are_activated_by_who_may_and_with_a_reason(tieout: Tieout, rules: Path, uma: str) -> None:
    add(rules / "company.yaml", "# Ours now.\n")
    assert tieout("rules", "activate", rules, "--as", "ike").code == 2
    assert "Ana may not" in tieout("rules", "activate", rules, "--as", "ana", "--reason", "Why not").err
    said = tieout("rules", "activate", rules, "--as", "ike", "--reason", "Board decision")
    assert (said.code, "Uma can approve it." in said.err) == (1, True)
    assert "Kept as draft 1." in said.err
    said = tieout("rules", "activate", rules, "--as", uma, "--reason", "Board decision").out
    version = said.split()[1]
    assert version in tieout("connection", "show").out
    assert "Board decision" in tieout("audit", "export", "--tag", "person:rules:activated").out


@pytest.mark.requirement("RUL-05")
def test_a_draft_is_proposed_approved_activated_and_taken_back(tieout: Tieout, rules: Path, uma: str) -> None:
    add(rules / "company.yaml", "# Ours now.\n")
    why = ("--reason", "Board decision")
    assert "Draft 1 is kept" in tieout("rules", "propose", rules, "--as", "ike", *why).out
    assert "cannot be the one" in tieout("rules", "approve", "1", "--as", "ike", *why).err
    assert "approved by Uma" in tieout("rules", "approve", "1", "--as", uma, *why).out
    assert "as number 2" in tieout("rules", "activate", "--draft", "1", "--as", "ike", *why).out
    assert "content of version 1" in tieout("rules", "rollback", "1", "--as", "ike", *why).out
    told = [line.split("  ")[0] for line in tieout("rules", "versions").out.splitlines()]
    assert told == ["version 3 (= 1)", "version 2", "version 1"]


@pytest.mark.requirement("RUL-02")
@pytest.mark.usefixtures("folder")
def test_a_preview_tells_what_would_change_in_words_and_as_json(tieout: Tieout, rules: Path) -> None:
    add(
        rules / "company.yaml",
        rule("company-odd", "{max_length: {name: 3}}").replace("accept", "send").replace("warn", "deny"),
    )
    said = tieout("rules", "preview", rules)
    assert said.out.startswith("1 newly blocked, 0 newly allowed, ")
    assert "company Delta Concrete (draft): A sentence." in said.out
    told = json.loads(tieout("rules", "preview", rules, "--json").out)
    assert [one["name"] for one in told["newly_blocked"]["items"]] == ["Delta Concrete"]
    assert told["looked_at"] == told["unchanged"] + 1
    assert "1 version" not in tieout("rules", "versions").out


@pytest.mark.parametrize("way", ["activate", "propose"])
def test_ones_own_rules_stay_when_files_without_an_overlay_come_into_force(
    tieout: Tieout, folder: Path, rules: Path, uma: str, way: str
) -> None:
    shipped = rules_versions.shipped().files
    odd = rule("company-odd", "{not: {equals: {city: Everett}}}")
    odd = odd.replace("accept", "send").replace("warn", "deny")
    own = {"overlay/company.yaml": f"kind: company\nrules:{odd}"}
    usual = shipped["tests/company.yaml"].partition("\nexamples:")[0]
    own["overlay/tests/company.yaml"] = f"{usual}\nexamples:\n" + "".join(
        f"  - {{name: in {city}, trigger: send, given: {{words: {{city: {city}}}}}, expect: {expect}}}\n"
        for city, expect in (("Austin", "{}"), ("Everett", "{deny: [company-odd]}"))
    )
    for name, said in own.items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_text(said, encoding="utf-8")
    why = ("--reason", "Board decision")
    tieout("rules", "propose", rules, "--as", "ike", *why)
    assert tieout("rules", "activate", "--draft", "1", "--as", uma, *why).code == 0
    shutil.rmtree(rules / "overlay")
    add(rules / "company.yaml", "# A newer release.\n")
    assert tieout("rules", "preview", rules).out.startswith("0 newly blocked, 0 newly allowed, ")
    tieout("rules", way, rules, "--as", "ike", *why)
    assert tieout("rules", "activate", "--draft", "2", "--as", uma, *why).code == 0
    found = build(load({}, data_dir=folder))
    files = rules_drafts.files(found.database, 1)
    found.database.dispose()
    assert {name: files.get(name) for name in own} == own
    assert files["company.yaml"].endswith("# A newer release.\n")


# -- the trail -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUD-03")
@pytest.mark.usefixtures("folder")
def test_an_export_holds_every_event_in_either_form(tieout: Tieout, tmp_path: Path) -> None:
    told = tieout("audit", "export", "--out", tmp_path / "trail.csv").out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "trail.csv").read_text(encoding="utf-8"), newline="")))
    lines = [json.loads(line) for line in tieout("audit", "export", "--format", "jsonl").out.splitlines()]
    assert told.startswith(f"{len(rows)} events in ")
    taken = lines.pop()  # as the last event of the service stands that the lines were taken themselves
    assert [row["hash"] for row in rows] == [line["hash"] for line in lines]
    assert (taken["tag"], taken["actor"]) == ("person:audit:exported", "command line")
    assert taken["payload"] == {"form": "jsonl", "filter": {}}


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
