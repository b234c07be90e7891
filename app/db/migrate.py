"""Brings a database to the newest shape."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.db.engine import Database

FOLDER = Path(__file__).parent / "migrations"


def config(database: Database) -> Config:
    """Alembic's configuration for one database; there is no ini file to keep in step."""
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.attributes["engine"] = database.engine
    return found


def upgrade(database: Database) -> None:
    """Run all migrations that are missing."""
    command.upgrade(config(database), "head")
