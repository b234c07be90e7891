"""Procore's projects among the items: all of them, or those QuickBooks has, with the jobs they are there."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.db.models import Binding, Item

PROJECT = "project"


def everyone(session: Session, connection_id: int) -> list[Item]:
    """All projects, by name."""
    return list(session.execute(_query(connection_id)).scalars())


def with_jobs(session: Session, connection_id: int, project_id: str | None = None) -> list[tuple[Item, str]]:
    """The projects in QuickBooks, or one of them by Procore's id, each with the full name of its job."""
    query = _query(connection_id).join(Binding, Binding.item_id == Item.id).add_columns(Binding.full_name)
    if project_id is not None:
        query = query.where(Item.procore_id == project_id)
    return [(project, job) for project, job in session.execute(query)]


def _query(connection_id: int) -> Select[Item]:
    of_connection = (Item.connection_id == connection_id, Item.kind == PROJECT)
    return select(Item).where(*of_connection).order_by(Item.name)
