"""Signing in: wrong passwords, links that work once, and sessions that end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.core import clock
from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.models import User
from app.services import people, signing_in, user_admin
from app.services.audit import Filter, lines
from tests.by_hand import PASSWORD
from tests.support import Stage


@contextmanager
def later(minutes: int) -> Iterator[None]:
    """The clock goes on by so much."""
    now = clock.now()
    with clock.running(lambda: now + timedelta(minutes=minutes)):
        yield


def user(stage: Stage, login: str) -> User:
    with stage.database.reading() as session:
        return people.named(session, login)


def trail(stage: Stage, tag: Tag) -> list[str]:
    return [row["actor"] for row in lines(stage.database, Filter(tag=tag.value))]


@pytest.mark.requirement("SEC-03")
def test_after_five_wrong_passwords_the_right_one_rests_too(stage: Stage) -> None:
    for _ in range(5):
        assert signing_in.sign_in(stage.database, "ana", "wrong") is None
    assert signing_in.sign_in(stage.database, "ana", PASSWORD) is None
    assert trail(stage, Tag.LOCKED_OUT) == ["ana"]
    assert signing_in.sign_in(stage.database, "abe", PASSWORD) is not None, "of others nothing rests"
    with later(16):
        assert signing_in.sign_in(stage.database, "ana", PASSWORD) is not None


def test_a_right_password_in_between_begins_the_count_anew(stage: Stage) -> None:
    for password in ("wrong", "wrong", "wrong", "wrong", PASSWORD, "wrong"):
        signing_in.sign_in(stage.database, "ana", password)
    assert signing_in.sign_in(stage.database, "ana", PASSWORD) is not None


def test_a_link_sets_a_password_once(stage: Stage) -> None:
    secret = user_admin.reset(stage.database, 1, stage.person("ike"), "ana")
    assert signing_in.sign_in(stage.database, "ana", PASSWORD) is None, "the old one is worth nothing"
    assert signing_in.use_link(stage.database, secret, "four words put together") == "ana"
    assert signing_in.sign_in(stage.database, "ana", "four words put together") is not None
    with pytest.raises(Forbidden, match="used already"):
        signing_in.use_link(stage.database, secret, "four other words now")


def test_a_link_grows_old_and_a_newer_one_ends_it(stage: Stage) -> None:
    first = user_admin.reset(stage.database, 1, stage.person("ike"), "ana")
    second = user_admin.reset(stage.database, 1, stage.person("ike"), "ana")
    with pytest.raises(Forbidden):
        signing_in.of_link(stage.database, first)
    with later(3 * 24 * 60), pytest.raises(Forbidden):
        signing_in.of_link(stage.database, second)
    assert signing_in.of_link(stage.database, second).login == "ana"


def test_neither_link_nor_password_is_kept_in_clear(stage: Stage) -> None:
    secret = user_admin.reset(stage.database, 1, stage.person("ike"), "ana")
    assert secret not in str(vars(user(stage, "ana")))
    assert secret not in "".join(str(row) for row in lines(stage.database, Filter()))


def test_ones_own_password_needs_the_one_before(stage: Stage) -> None:
    ana = user(stage, "ana")
    with pytest.raises(Refusal, match="not the one you typed"):
        signing_in.change_password(stage.database, ana.id, "wrong", "four words put together")
    with pytest.raises(Refusal, match="from 10 to 200 characters"):
        signing_in.change_password(stage.database, ana.id, PASSWORD, "short")
    signing_in.change_password(stage.database, ana.id, PASSWORD, "four words put together")
    assert user(stage, "ana").round > ana.round
    assert signing_in.sign_in(stage.database, "ana", "four words put together") is not None


@pytest.mark.parametrize("login", ["ana@example.com", "ANA@Example.com"])
def test_procore_lets_in_only_who_is_known_here(stage: Stage, login: str) -> None:
    with stage.database.writing() as session:
        people.named(session, "ana").mail = "ana@example.com"
    found = signing_in.known_to_procore(stage.database, login)
    assert found is not None
    assert found.login == "ana"
    assert signing_in.known_to_procore(stage.database, "eve@example.com") is None
    assert signing_in.known_to_procore(stage.database, "") is None
    assert [row.login for row in stage.rows(User)] == ["ana", "abe", "pat", "ike", "aud"], "nobody is made by it"
