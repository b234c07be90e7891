"""The door of webhooks: who is let in, what is kept, what a worker makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.db.engine import Database
from app.db.models import Item, ProcoreHook, Reading
from app.services import hook_refusals, hooks
from app.services.hook_refusals import NOTED_EVERY
from app.services.procore_stores import cipher
from app.services.unit import work
from tests.db import rows
from tests.hooks.conftest import KEY, SECRET, Door, app_over

NOW = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

#: As Procore's page "Introduction to Webhooks" shows them.
V2 = {
    "id": 123456789, "ulid": "0A1B2C3D4F5G6H7I8J9K0LMN", "timestamp": "2026-03-31T17:59:12.246562Z",
    "metadata": {
        "source_user_id": 7302, "source_project_id": None, "source_operation_id": None, "source_company_id": 5021,
        "source_application_id": None,
    },
    "user_id": 7302, "company_id": 5021, "project_id": None, "api_version": "v2.0", "event_type": "update",
    "resource_name": "Company Vendors", "resource_id": 54321,
}  # fmt: skip
V3 = {**V2, "api_version": "v3.0", "related_resources": [{"id": 8, "name": "Projects"}]}
V4 = {
    "id": "01JMYXKQ2Z7M0T3W5V6B8C9DEF", "timestamp": "2026-03-31T17:59:12.246562Z", "reason": "update",
    "company_id": "5021", "project_id": None, "user_id": "7302", "resource_type": "Company Vendors",
    "resource_id": "54321",
}  # fmt: skip


def event(**fields: Any) -> dict[str, Any]:
    return {**V2, **fields}


def due(door: Door) -> bool:
    """A worker takes what came; whether companies are to be read now. They would be in an hour."""
    with door.database.writing() as session:
        session.merge(Reading(connection_id=1, kind="company", next_at=LATER, tries=0))
    hooks.take(door.database, 1)
    with door.database.reading() as session:
        return session.get_one(Reading, (1, "company")).next_at <= clock.now()


@pytest.fixture(autouse=True)
def time() -> Any:
    """It is the evening of the 31st; a test may let time pass."""
    told = [NOW]
    with clock.running(lambda: told[0]):
        yield told


@pytest.mark.parametrize("body", [V2, V3, V4, {"resource_name": "Company Vendors"}], ids=["2.0", "3.0", "4.0", "bare"])
def test_every_version_of_the_payload_makes_its_kind_due(door: Door, body: dict[str, Any]) -> None:
    answer = door.post(body)
    assert (answer.status_code, answer.get_json()) == (200, {"status": "noted"})
    assert hooks.wait(door.database, 1)
    assert due(door)
    assert not hooks.wait(door.database, 1)


@ON_SQLITE
def test_without_a_key_the_secret_says_which_connection_is_meant(door: Door) -> None:
    rows.connection(door.database, 2)
    other = cipher(door.settings.secret_key).encrypt(b"Bearer of-the-second").decode()
    rows.add(door.database, ProcoreHook, connection_id=2, key="second", secret=other, old_secret="", received=0)
    assert door.post(V2, key="", secret="Bearer of-the-second").status_code == 200
    assert [row.connection_id for row in door.notices()] == [2]
    assert door.post(V2, secret="Bearer of-the-second").status_code == 401, "the address of one, the secret of another"


@pytest.mark.parametrize("secret", [None, "", "Bearer", SECRET[:-1], SECRET + "x", SECRET.lower(), "Bearer é"])
@ON_SQLITE
def test_who_does_not_know_the_secret_is_refused_and_told_nothing(door: Door, secret: str | None) -> None:
    answer = door.post(V2, secret=secret)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "forged")
    assert SECRET not in answer.text
    assert not door.notices()
    assert len(door.refused()) == 1


@ON_SQLITE
def test_an_address_nobody_has_is_refused_alike(door: Door) -> None:
    answer = door.post(V2, key="/nobody")
    assert answer.get_json() == door.post(V2, secret="wrong").get_json()
    assert answer.status_code == 401
    assert ["unknown address" in line for line in door.refused("service")] == [True]


@ON_SQLITE
def test_a_connection_without_a_hook_lets_nobody_in(door: Door) -> None:
    with door.database.writing() as session:
        session.get_one(ProcoreHook, 1).secret = ""
    for secret in ("", None, "Bearer "):
        assert door.post(V2, secret=secret).status_code == 401
        assert door.post(V2, secret=secret, key="").status_code == 401


def test_a_flood_of_forgeries_is_counted_and_makes_one_event_a_minute(door: Door, time: list[datetime]) -> None:
    for _ in range(30):
        door.post(V2, secret="wrong")
    assert ['"count":1' in line for line in door.refused()] == [True]
    time[0] += NOTED_EVERY
    door.post(V2, secret="wrong")
    assert ['"count":30' in line for line in door.refused()] == [False, True]


@ON_SQLITE
def test_a_flood_of_forgeries_does_not_keep_the_database_busy(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []

    def counting(database: Database, connection_id: int) -> Any:
        opened.append(connection_id)
        return work(database, connection_id)

    monkeypatch.setattr(hook_refusals, "work", counting)
    for _ in range(10):
        door.post(V2, secret="wrong")
    assert opened == [1]


@ON_SQLITE
def test_another_process_does_not_note_it_once_more(door: Door, tmp_path: Path, time: list[datetime]) -> None:
    other = Door(app_over(door.database, tmp_path / "data"), door.database)
    for place in (door, other, door, other):
        place.post(V2, secret="wrong")
    assert len(door.refused()) == 1
    time[0] += NOTED_EVERY
    other.post(V2, secret="wrong")
    assert '"count":3' in door.refused()[1]
    door.post(V2, secret="wrong")
    time[0] += NOTED_EVERY
    door.post(V2, secret="wrong")
    assert '"count":3' in door.refused()[2], "one counted before the other's note, and two since"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 20_000, b'"text"'])
@ON_SQLITE
def test_what_is_no_event_is_refused_in_words(door: Door, body: bytes) -> None:
    answer = door.post(body)
    assert (answer.status_code, answer.get_json()["sentence"]) == (400, "This is no event of Procore.")
    assert "Traceback" not in answer.text
    assert not door.notices()
    assert "unreadable" in door.refused()[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": None}, {"metadata": "x"}, {"company_id": None}, {"ulid": None, "id": None}, {"ulid": ["a"]},
        {"resource_name": None}, {"resource_name": 7}, {"resource_name": "x" * 5000, "ulid": "u" * 5000},
        {"ulid": "a\u0000b", "resource_name": "c\u0000d"}, {"ulid": "ü" * 200, "resource_name": "漢" * 500},
    ],
    ids=lambda fields: ", ".join(fields),
)  # fmt: skip
def test_what_an_event_leaves_out_or_overdoes_does_no_harm(door: Door, fields: dict[str, Any]) -> None:
    assert door.post(event(**fields)).status_code == 200
    assert len(door.notices()) == 1
    assert hooks.take(door.database, 1) == 1


@ON_SQLITE
def test_more_than_any_event_needs_is_refused_after_the_caller_was_looked_at(door: Door) -> None:
    large = b"{" + b" " * hooks.MOST_BYTES + b"}"
    assert door.post(large, secret="wrong").status_code == 401
    assert (door.post(large).status_code, "too large" in door.refused()[1]) == (413, True)
    assert not door.notices()


def test_what_comes_twice_is_kept_once(door: Door) -> None:
    assert [door.post(V2).get_json()["status"] for _ in range(3)] == ["noted", "known already", "known already"]
    assert due(door)
    assert door.post(V2).get_json()["status"] == "known already"
    assert not due(door), "what is known already makes nothing due"
    with door.database.reading() as session:
        assert hooks.received(session, 1) == 1


def test_an_event_is_remembered_for_longer_than_procore_tries(door: Door, time: list[datetime]) -> None:
    door.post(V2)
    hooks.take(door.database, 1)
    time[0] += timedelta(hours=12)
    door.post(event(ulid="ANOTHER"))
    hooks.take(door.database, 1)
    assert door.post(V2).get_json()["status"] == "known already"
    time[0] += hooks.KEPT + timedelta(seconds=1)
    door.post(event(ulid="THE THIRD"))
    hooks.take(door.database, 1)
    assert [row.event_id for row in door.notices()] == ["THE THIRD"]
    with door.database.reading() as session:
        assert hooks.received(session, 1) == 3


@ON_SQLITE
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"metadata": {**V2["metadata"], "source_application_id": "sandbox-client"}}, "our own change"),
        ({"company_id": 77}, "another company"),
        ({"company_id": "5021"}, "noted"),
        ({"metadata": {**V2["metadata"], "source_application_id": "another app"}}, "noted"),
    ],
)  # fmt: skip
def test_our_own_changes_and_other_companies_make_nothing_due(door: Door, fields: dict[str, Any], status: str) -> None:
    own = door.settings.procore_client_id
    told = event(**fields)
    if told["metadata"]["source_application_id"] == "sandbox-client":
        told["metadata"] = {**told["metadata"], "source_application_id": own}
    answer = door.post(told)
    assert (answer.status_code, answer.get_json()) == (200, {"status": status})
    assert due(door) == (status == "noted")


@ON_SQLITE
@pytest.mark.parametrize("name", ["RFIs", "Prime Contracts", "company vendors", "", "'; DROP TABLE item"])
def test_a_resource_nobody_reads_makes_nothing_due_and_no_item(door: Door, name: str) -> None:
    assert door.post(event(resource_name=name)).status_code == 200
    assert not due(door)
    with door.database.reading() as session:
        assert session.query(Item).count() == 0


@ON_SQLITE
def test_many_notices_are_taken_in_batches(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "BATCH", 2)
    for number in range(5):
        door.post(event(ulid=f"E{number}"))
    assert [hooks.take(door.database, 1) for _ in range(4)] == [2, 2, 1, 0]


@ON_SQLITE
def test_after_a_rotation_both_secrets_are_good_for_a_while(door: Door, time: list[datetime]) -> None:
    key = cipher(door.settings.secret_key)
    with door.database.writing() as session:
        hook = session.get_one(ProcoreHook, 1)
        hook.old_secret, hook.old_until = hook.secret, NOW + timedelta(days=1)
        hook.secret = key.encrypt(b"Bearer the-new-one").decode()
    assert [door.post(V2, secret=one).status_code for one in ("Bearer the-new-one", SECRET)] == [200, 200]
    time[0] += timedelta(days=1)
    assert [door.post(V2, secret=one).status_code for one in ("Bearer the-new-one", SECRET)] == [200, 401]


@ON_SQLITE
def test_only_a_post_to_this_address_needs_no_token_of_a_page(door: Door) -> None:
    http = door.app.test_client()
    assert http.get(f"/hooks/procore/{KEY}").status_code == 405
    assert http.post("/log-out").status_code == 403
    assert "Set-Cookie" not in door.post(V2).headers


@ON_SQLITE
@pytest.mark.requirement("SEC-01")
def test_neither_secret_nor_forged_header_is_kept_readable(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    door.post(V2)
    door.post(V2, secret="Bearer somebody-elses")
    with door.database.engine.connect() as everything:
        everything.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    files = Path(door.database.url.removeprefix("sqlite:///")).parent.rglob("*")
    held = b"".join(file.read_bytes() for file in files if file.is_file())
    assert KEY.encode() in held
    said = "".join(capfd.readouterr())
    for secret in ("between-procore-and-us", "somebody-elses"):
        assert secret.encode() not in held
        assert secret not in said


def test_healthz_answers_as_ever(door: Door) -> None:
    answer = door.app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
