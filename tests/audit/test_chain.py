"""Whatever is done to the trail behind its back, the verifier names the first event that does not fit."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import text

from app.core.tags import Tag
from app.db.engine import Database
from app.services import audit
from tests.audit.conftest import CHAIN, append

MINE = f"chain = '{CHAIN}'"


def tamper(database: Database, *statements: str) -> None:
    """Change the database as somebody with its password would."""
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def sha256(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def verdict(database: Database) -> audit.Verdict:
    return next(one for one in audit.verify(database) if one.chain == CHAIN)


def test_an_untouched_trail_verifies_and_is_counted(database: Database) -> None:
    assert [(one.chain, one.events, one.ok) for one in audit.verify(database)] == [
        (CHAIN, 5, True),
        ("service", 1, True),
    ]


def test_a_database_without_events_has_nothing_to_verify(empty: Database) -> None:
    assert audit.verify(empty) == []


@pytest.mark.requirement("AUD-02")
@pytest.mark.parametrize(
    ("statements", "first_bad", "says"),
    [
        ([f"UPDATE event SET body = replace(body, 'Ana', 'Bob') WHERE {MINE} AND seq = 2"], 2, "was changed"),
        ([f"UPDATE event SET hash = '{'0' * 64}' WHERE {MINE} AND seq = 3"], 3, "was changed"),
        ([f"UPDATE event SET actor = 'Bob' WHERE {MINE} AND seq = 2"], 2, "a column was changed"),
        ([f"UPDATE event SET tag = 'x' WHERE {MINE} AND seq = 2"], 2, "a column was changed"),
        ([f"UPDATE event SET item_id = 9 WHERE {MINE} AND seq = 2"], 2, "a column was changed"),
        ([f"UPDATE event SET item_id = NULL WHERE {MINE} AND seq = 2"], 2, "a column was changed"),
        ([f"UPDATE event SET at = '2026-03-02 12:09:00.000000' WHERE {MINE} AND seq = 2"], 2, "a column was changed"),
        ([f"DELETE FROM event WHERE {MINE} AND seq = 1"], 1, "event 1 is missing"),
        ([f"DELETE FROM event WHERE {MINE} AND seq = 3"], 3, "event 3 is missing"),
        ([f"DELETE FROM event WHERE {MINE} AND seq = 5"], 5, "should end at event 5"),
        ([f"DELETE FROM event WHERE {MINE}"], 1, "should end at event 5"),
        (
            [
                f"UPDATE event SET seq = 99 WHERE {MINE} AND seq = 2",
                f"UPDATE event SET seq = 2 WHERE {MINE} AND seq = 3",
                f"UPDATE event SET seq = 3 WHERE {MINE} AND seq = 99",
            ],
            2,
            "was changed",
        ),
        (
            [
                f"INSERT INTO event SELECT chain, 6, at, tag, actor, item_id, body, hash FROM event "
                f"WHERE {MINE} AND seq = 5"
            ],
            6,
            "was changed",
        ),
        ([f"UPDATE event SET seq = 7 WHERE {MINE} AND seq = 5"], 5, "event 5 is missing"),
        ([f"UPDATE event_payload SET payload = '{{}}' WHERE {MINE} AND seq = 4"], 4, "its payload was changed"),
        ([f"UPDATE event_payload SET salt = 'pepper' WHERE {MINE} AND seq = 4"], 4, "its payload was changed"),
        ([f"UPDATE chain SET hash = '{'0' * 64}' WHERE name = '{CHAIN}'"], 6, "should end at event 5"),
        ([f"UPDATE chain SET seq = 4 WHERE name = '{CHAIN}'"], 6, "should end at event 4"),
    ],
    ids=[
        "a byte of the hashed text",
        "a hash",
        "the actor",
        "the tag",
        "the item",
        "the item taken away",
        "the time",
        "the first row deleted",
        "a middle row deleted",
        "the last row deleted",
        "all rows deleted",
        "two rows swapped",
        "a row inserted",
        "a row moved away",
        "a payload",
        "a salt",
        "the hash of the head",
        "the length of the head",
    ],
)
def test_it_finds_every_tampering(database: Database, statements: list[str], first_bad: int, says: str) -> None:
    tamper(database, *statements)
    found = verdict(database)
    assert not found.ok
    assert says in found.problem
    assert found.first_bad == first_bad


@pytest.mark.requirement("AUD-02")
def test_a_forger_who_rehashes_one_event_is_found_at_the_next(database: Database) -> None:
    with database.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT seq, body, hash FROM event WHERE {MINE} ORDER BY seq")).all()
    forged = rows[1].body.replace("Ana", "Bob")
    digest = sha256(f"{rows[0].hash}\n{sha256(forged)}")
    with database.engine.begin() as connection:
        values = {"body": forged, "hash": digest}
        connection.execute(
            text(f"UPDATE event SET body = :body, hash = :hash, actor = 'Bob' WHERE {MINE} AND seq = 2"), values
        )
    assert verdict(database).first_bad == 3


@pytest.mark.requirement("AUD-02")
def test_one_broken_chain_does_not_hide_the_health_of_another(database: Database) -> None:
    tamper(database, f"DELETE FROM event WHERE {MINE} AND seq = 3")
    assert [(one.chain, one.ok) for one in audit.verify(database)] == [(CHAIN, False), ("service", True)]


@pytest.mark.requirement("AUD-02")
def test_redacting_a_payload_and_its_salt_leaves_the_chain_whole(database: Database) -> None:
    tamper(database, f"DELETE FROM event_payload WHERE {MINE} AND seq = 2")
    assert (verdict(database).ok, verdict(database).events, verdict(database).redacted) == (True, 5, 1)


def test_a_trail_grows_on_after_a_redaction(database: Database) -> None:
    tamper(database, f"DELETE FROM event_payload WHERE {MINE} AND seq = 5")
    append(database, CHAIN, Tag.ITEM_SEEN, "Procore", 7)
    assert (verdict(database).ok, verdict(database).events) == (True, 6)


@pytest.mark.requirement("AUD-01")
def test_the_hashed_text_says_who_what_when_and_under_which_rules(empty: Database) -> None:
    with empty.writing() as session:
        trail = audit.Trail(session, CHAIN)
        trail.add(Tag.ITEM_MOVED, "Ana", 7, rules="v1", move="accept")
        trail.write()
    with empty.engine.connect() as connection:
        body = json.loads(connection.execute(text("SELECT body FROM event")).scalar_one())
    assert {key: body[key] for key in ("chain", "seq", "tag", "actor", "item", "rules")} == {
        "chain": CHAIN,
        "seq": 1,
        "tag": "item:state:moved",
        "actor": "Ana",
        "item": 7,
        "rules": "v1",
    }
    assert body["at"].endswith("+00:00")


def test_the_chain_can_be_recomputed_with_nothing_but_a_hash_function(database: Database) -> None:
    with database.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT body, hash FROM event WHERE {MINE} ORDER BY seq")).all()
    last = "0" * 64
    for row in rows:
        last = sha256(f"{last}\n{sha256(row.body)}")
        assert row.hash == last


@pytest.mark.requirement("AUD-02")
def test_equal_payloads_have_different_digests_so_that_a_redacted_one_cannot_be_guessed(empty: Database) -> None:
    for _ in range(2):
        append(empty, CHAIN, Tag.SIGN_IN_FAILED, "ana", password_was="no")
    with empty.engine.connect() as connection:
        one, other = (json.loads(row.body)["payload"] for row in connection.execute(text("SELECT body FROM event")))
    assert one != other


def test_an_event_is_not_written_when_its_change_is_not(empty: Database) -> None:
    def fail() -> None:
        with empty.writing() as session:
            trail = audit.Trail(session, CHAIN)
            trail.add(Tag.ITEM_MOVED, "Ana", 7)
            trail.write()
            raise RuntimeError("the change went wrong")

    with pytest.raises(RuntimeError):
        fail()
    assert audit.verify(empty) == []


def test_many_events_of_one_change_follow_each_other(empty: Database) -> None:
    with empty.writing() as session:
        trail = audit.Trail(session, CHAIN)
        for item in range(1, 51):
            trail.add(Tag.ITEM_MOVED, "Ana", item)
        trail.write()
    assert [row["seq"] for row in audit.lines(empty, audit.Filter())] == list(range(1, 51))
    assert verdict(empty).ok
