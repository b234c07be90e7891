"""What QuickBooks offers, by command: the same services, the same refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock
from app.db.engine import Database
from app.db.models import Errand, Item, Operation, StagedRecord
from tests.cli.conftest import Tieout


@pytest.fixture
def offered(folder: Path) -> Database:
    """Two vendors QuickBooks has shown."""
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    with database.writing() as session:
        for at, name in enumerate(("Delta Concrete", "Granite Works"), 1):
            key = name.casefold()
            session.add(
                StagedRecord(
                    connection_id=1, source="vendors", type="Vendor", list_id=f"80-{at}", name=name, full_name=name,
                    leaf_key=key, full_key=key, code_key=key.split()[0], active=True, sublevel=0, data={},
                    seen_at=clock.now(), seen_by=1,
                )
            )  # fmt: skip
    return database


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {row.name: row.state for row in session.execute(select(StagedRecord)).scalars()}


def test_list_says_who_a_record_may_be_and_why(tieout: Tieout, offered: Database) -> None:
    lines = tieout("staged", "list", "--as", "ike").out.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "Delta Concrete                            Delta Concrete (same name)",
        "Granite Works",
    ]
    assert len(tieout("staged", "list", "--matches", "--as", "ike").out.splitlines()) == 1


def test_add_archive_restore_and_link(tieout: Tieout, offered: Database) -> None:
    assert tieout("staged", "archive", "granite works", "--as", "ike").out == "1 of 1 archived.\n"
    assert states(offered)["Granite Works"] == "archived"
    assert tieout("staged", "restore", "80-2", "--as", "ike").out == "1 of 1 restored.\n"
    assert tieout("staged", "add", "Granite Works", "--as", "ike").out == "1 of 1 asked for.\n"
    assert "on its way to Procore, asked for by Ike" in tieout("staged", "list", "--as", "ike").out
    assert tieout("staged", "link", "Delta Concrete", "Delta Concrete", "--as", "ike").out == "1 of 1 linked.\n"
    with offered.reading() as session:
        assert session.execute(select(Errand.asked_by)).scalars().all() == ["Ike"]
        assert session.execute(select(Item.state).where(Item.name == "Delta Concrete")).scalar_one() == "synced"


def test_a_refusal_is_said(tieout: Tieout, offered: Database) -> None:
    said = tieout("staged", "add", "Delta Concrete", "--as", "ike")
    assert said.out.startswith("0 of 1 asked for.\n  Delta Concrete: Procore has the company Delta Concrete already.")
    denied = tieout("staged", "link", "Granite Works", "Delta Concrete", "--as", "pat")
    assert (denied.code, "needs the level Admin" in denied.err) == (1, True)
    unknown = tieout("staged", "archive", "Nobody", "--as", "ike")
    assert (unknown.code, unknown.err.splitlines()[0]) == (1, "QuickBooks has shown no Nobody.")


def test_unlink(tieout: Tieout, offered: Database) -> None:
    tieout("staged", "link", "Delta Concrete", "Delta Concrete", "--as", "ike")
    said = tieout("item", "unlink", "company:Delta Concrete", "--as", "ana")
    assert said.out.splitlines() == ["1 of 1 unlinked or asked for.", "  Delta Concrete: unlinked."]
    assert states(offered)["Delta Concrete"] == "staged"


@pytest.mark.requirement("CFG-19")
def test_refresh_queues_once(tieout: Tieout, offered: Database) -> None:
    assert tieout("refresh", "vendors", "--as", "ike").out == "Queued, runs at the next session: vendors.\n"
    assert tieout("refresh", "vendors", "--as", "ike").out == "Queued already.\n"
    with offered.reading() as session:
        assert session.execute(select(Operation.kind)).scalars().all() == ["vendors"]
