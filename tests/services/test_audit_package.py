"""The auditor's ZIP verifies itself with nothing but Python, and notices every change."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.core.errors import Forbidden
from app.core.tags import Tag
from app.db.models import Event, EventPayload
from app.services import audit, audit_export, audit_package, people, signing_in, user_admin
from tests import records
from tests.admin.test_people import second_connection
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


@pytest.mark.requirement("SEC-03")
def test_what_concerns_other_connections_alone_is_withheld_and_the_chain_holds(stage: Stage, tmp_path: Path) -> None:
    lakeside = second_connection(stage)
    people.add_user(stage.database, "lena", "Lena Lake", "right password", actor="tests")
    people.give_role(stage.database, "lena", lakeside, "approver", actor="tests")
    signing_in.sign_in(stage.database, "lena", "right password")
    people.set_password(stage.database, "lena", "four other words", actor="Lena Lake")
    signing_in.sign_in(stage.database, "ana", "wrong")
    folder = unpacked(stage, tmp_path)
    told = "".join(file.read_text() for file in folder.iterdir())
    assert [word for word in ("lena", "Lena", "Lakeside", f'"connection":{lakeside}') if word in told] == []
    assert '"actor":"ana"' in told.replace("\\", ""), "who works here is named"
    assert verified(folder)[0] == 0
    [service] = [one for one in json.loads((folder / "manifest.json").read_text())["chains"] if one["file"][0] == "s"]
    assert service["withheld"] >= 5
    assert f"OK  service: {service['events']} events, {service['withheld']} of them withheld" in verified(folder)[1]


def service_events(folder: Path) -> list[tuple[str, str]]:
    """Tag and actor of what the auditor is shown of the service."""
    rows = [json.loads(line)["body"] for line in (folder / "service.jsonl").read_text().splitlines()]
    return [(body["tag"], body["actor"]) for body in map(json.loads, filter(None, rows))]


@pytest.mark.requirement("SEC-03")
def test_whoever_worked_here_and_left_is_still_shown(stage: Stage, tmp_path: Path) -> None:
    lakeside = second_connection(stage)
    for login, name in (("lena", "Lena Lake"), ("leo", "Leo Leaver")):
        people.add_user(stage.database, login, name, "right password", actor="tests")
        people.give_role(stage.database, login, lakeside, "approver", actor="tests")
    people.give_role(stage.database, "leo", 1, "approver", actor="tests")
    for login in ("lena", "leo"):
        user = signing_in.sign_in(stage.database, login, "right password")
        assert user is not None
        signing_in.change_password(stage.database, user.id, "right password", "four other words")
        signing_in.sign_in(stage.database, login, "wrong")
    user_admin.withdraw(stage.database, 1, stage.person("ike"), "leo")
    shown = service_events(unpacked(stage, tmp_path))
    assert [event for event in shown if event[1] in ("leo", "Leo Leaver")] == [
        (Tag.SIGNED_IN.value, "leo"),
        (Tag.PASSWORD_CHANGED.value, "Leo Leaver"),
        (Tag.SIGN_IN_FAILED.value, "leo"),
    ]
    assert not {"lena", "Lena Lake"} & {actor for _, actor in shown}


@pytest.mark.requirement("SEC-03")
def test_what_nobody_can_place_is_withheld(stage: Stage, tmp_path: Path) -> None:
    """Another tenant's export names no connection, and what was redacted names nothing any more; a sign-in still does."""
    lakeside = second_connection(stage)
    people.give_role(stage.database, "ana", lakeside, "approver", actor="tests")
    signing_in.sign_in(stage.database, "ana", "wrong")
    audit_export.write(stage.database, audit.Filter(actor="Bob"), "jsonl", StringIO(), actor="tests")
    redacted = select(Event.seq).where(Event.chain == audit.SERVICE)
    redacted = redacted.where(Event.tag.in_((Tag.ROLE_GIVEN.value, Tag.SIGN_IN_FAILED.value)))
    with stage.database.writing() as session:
        session.execute(delete(EventPayload).where(EventPayload.chain == audit.SERVICE, EventPayload.seq.in_(redacted)))
    folder = unpacked(stage, tmp_path)
    shown = service_events(folder)
    assert not {Tag.AUDIT_EXPORTED.value, Tag.ROLE_GIVEN.value} & {tag for tag, _ in shown}
    assert (Tag.SIGN_IN_FAILED.value, "ana") in shown
    assert "Bob" not in (folder / "service.jsonl").read_text()
    assert verified(folder)[0] == 0


def test_what_stands_before_something_withheld_cannot_be_changed(stage: Stage, tmp_path: Path) -> None:
    second_connection(stage)
    folder = unpacked(stage, tmp_path)
    file = folder / "service.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    first = next(place for place, row in enumerate(rows) if row["body"] is None)
    assert first
    rows[first - 1]["body"] = rows[first - 1]["body"].replace("tests", "Eve")
    last = "0" * 64
    for row in rows[:first]:  # hashed again, as a forger would, up to what he does not know
        last = row["hash"] = sha256(f"{last}\n{sha256(row['body'])}")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert f"BROKEN  service: event {first + 1} was changed" in verified(folder)[1]


def sha256(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def test_it_needs_the_right_to_export(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        audit_package.make(stage.database, 1, stage.person("pat"))
