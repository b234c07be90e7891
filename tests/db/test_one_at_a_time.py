"""What may never be twice is an index of the database: no code path can forget it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.engine import Database
from state_machines.conversation import CONVERSATION, LIVE
from state_machines.message_set import MESSAGE_SET
from state_machines.operation import HOLDS_LOCK, OPERATION
from tests.db import rows

LOCK = "purchase_order:310"


@pytest.fixture(autouse=True)
def two_connections(database: Database) -> None:
    rows.connection(database, 1)
    rows.connection(database, 2)


@pytest.mark.requirement("CCO-03")
@pytest.mark.parametrize("first", HOLDS_LOCK)
def test_it_refuses_a_second_holder_of_a_lock(database: Database, first: str) -> None:
    rows.operation(database, "first", first, LOCK)
    for second in HOLDS_LOCK:
        with pytest.raises(IntegrityError):
            rows.operation(database, "second", second, LOCK)


def test_any_number_may_wait_for_a_lock_or_have_had_it(database: Database) -> None:
    rows.operation(database, "holder", "working", LOCK)
    for state in set(OPERATION.states) - set(HOLDS_LOCK):
        rows.operation(database, f"{state} 1", state, LOCK)
        rows.operation(database, f"{state} 2", state, LOCK)


def test_a_lock_is_one_connections_own_and_many_operations_have_none(database: Database) -> None:
    rows.operation(database, "first", "working", LOCK)
    rows.operation(database, "elsewhere", "working", LOCK, connection_id=2)
    rows.operation(database, "another order", "working", "purchase_order:311")
    rows.operation(database, "a vendor", "working", None)
    rows.operation(database, "a customer", "working", None)


@pytest.mark.parametrize("writes", [True, False])
def test_it_refuses_a_second_set_out(database: Database, writes: bool) -> None:
    rows.conversation(database, 1, "awaiting")
    rows.message_set(database, "first", "out", writes=writes)
    with pytest.raises(IntegrityError):
        rows.message_set(database, "second", "out", writes=not writes)


@pytest.mark.requirement("STM-02")
def test_it_refuses_a_new_write_set_while_one_is_lost(database: Database) -> None:
    rows.conversation(database, 1, "awaiting")
    rows.message_set(database, "lost", "lost", writes=True)
    with pytest.raises(IntegrityError):
        rows.message_set(database, "new", "out", writes=True)
    rows.message_set(database, "a look", "out", writes=False)


def test_a_set_that_came_to_an_end_is_in_nobodys_way(database: Database) -> None:
    rows.conversation(database, 1, "awaiting")
    for state in set(MESSAGE_SET.states) - {"out", "lost"}:
        rows.message_set(database, f"{state} 1", state, writes=True)
        rows.message_set(database, f"{state} 2", state, writes=True)
    rows.message_set(database, "now", "out", writes=True)
    rows.message_set(database, "elsewhere", "out", writes=True, connection_id=2)


@pytest.mark.parametrize("first", LIVE)
def test_it_refuses_a_second_live_session(database: Database, first: str) -> None:
    rows.conversation(database, 1, first)
    for second in LIVE:
        with pytest.raises(IntegrityError):
            rows.conversation(database, 2, second)


def test_sessions_that_ended_and_those_of_another_connection_do_not_count(database: Database) -> None:
    for number, state in enumerate(sorted(set(CONVERSATION.states) - set(LIVE)), 10):
        rows.conversation(database, number, state)
        rows.conversation(database, number + 10, state)
    rows.conversation(database, 1, "opened")
    rows.conversation(database, 2, "opened", connection_id=2)
