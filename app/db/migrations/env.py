"""Runs migrations over the engine it is given."""

from __future__ import annotations

from alembic import context

from app.db.models import Base

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=engine.name == "sqlite")
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
