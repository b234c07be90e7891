"""A column means the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from app.db.engine import Database
from app.db.models import Connection, Item
from tests.db import rows

CHICAGO = timezone(timedelta(hours=-6))


def keep(database: Database, **values: Any) -> Connection:
    given: dict[str, Any] = {
        "name": "Cedar",
        "procore_company_id": "1",
        "web_connector_user": "u",
        "web_connector_password": "h",
    }
    given |= {"file_id": "{1}", "settings": {}, "host": {}, "connected_at": rows.NOW}
    rows.add(database, Connection, **{**given, **values})
    with database.reading() as session:
        return session.execute(select(Connection)).scalar_one()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 5, 23, 30, tzinfo=CHICAGO),
        datetime(2026, 3, 6, 5, 30, tzinfo=UTC),
        datetime(2026, 3, 6, 5, 30, 0, 123456, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(database: Database, moment: datetime) -> None:
    kept = keep(database, connected_at=moment).connected_at
    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="a moment without a time zone"):
        keep(database, connected_at=datetime(2026, 3, 5, 23, 30))  # noqa: DTZ001


def test_moments_of_different_zones_are_compared_as_moments(database: Database) -> None:
    keep(database, connected_at=datetime(2026, 3, 5, 23, 30, tzinfo=CHICAGO))
    after = select(Connection.name).where(Connection.connected_at > datetime(2026, 3, 6, 5, 0, tzinfo=UTC))
    with database.reading() as session:
        assert session.execute(after).scalars().all() == ["Cedar"]


def test_plain_data_is_kept_as_one_canonical_text(database: Database) -> None:
    assert keep(database, settings={"b": 1, "a": "Köln", "c": None}).settings == {"a": "Köln", "b": 1, "c": None}
    with database.engine.connect() as connection:
        raw = connection.execute(text("SELECT settings FROM connection")).scalar_one()
    assert raw == '{"a":"Köln","b":1,"c":null}'


@pytest.mark.requirement("MAP-36")
def test_an_amount_of_the_largest_size_keeps_every_cent(database: Database) -> None:
    rows.connection(database)
    rows.add(
        database, Item, connection_id=1, kind="commitment", procore_id="1", name="SC-014", inputs={},
        cents=999_999_999_999_999, changed_at=rows.NOW,
    )  # fmt: skip
    with database.reading() as session:
        assert session.execute(select(Item.cents)).scalar_one() == 999_999_999_999_999
