"""The migrations and the models describe the same tables."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.db.engine import Database
from app.db.migrate import config, upgrade
from app.db.models import Base


def test_the_newest_migration_leaves_nothing_to_do(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_partial_indexes_are_partial_on_both_engines(database: Database) -> None:
    found = {
        index["name"]: index
        for table in ("operation", "message_set", "conversation")
        for index in inspect(database.engine).get_indexes(table)
    }
    for name in ("uq_operation_lock", "uq_message_set_out", "uq_message_set_unsettled_write", "uq_conversation_live"):
        assert found[name]["unique"]
        assert found[name]["dialect_options"][f"{database.engine.name}_where"] is not None


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    before = set(inspect(database.engine).get_table_names())
    upgrade(database)
    assert set(inspect(database.engine).get_table_names()) == before


def test_there_is_one_newest_migration(database: Database) -> None:
    assert len(ScriptDirectory.from_config(config(database)).get_heads()) == 1


def test_it_can_go_all_the_way_back(database: Database) -> None:
    command.downgrade(config(database), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
