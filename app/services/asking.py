"""Operations are made here; those that are about no document are questions: a list to read, a record to look for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core import ids
from app.db.models import Operation
from app.services.unit import Work
from state_machines.operation import OPERATION

#: While a question is in one of these, the same is not asked again.
UNDER_WAY = ("waiting", "ready", "working", "unknown")


def operation(unit: Work, kind: str, *, reads_next: bool, **more: Any) -> Operation:
    """An operation that has asked QuickBooks nothing yet."""
    return Operation(
        id=ids.short(),
        connection_id=unit.connection.id,
        kind=kind,
        state=OPERATION.initial,
        reads_next=reads_next,
        asked=0,
        made_at=unit.at,
        **more,
    )


def ask(unit: Work, name: str, scope: str, params: Mapping[str, Any]) -> None:
    """Put a question to QuickBooks; it leaves in the next session."""
    question = operation(unit, name, reads_next=True, scope=scope, params=dict(params))
    OPERATION.move(question, "release")
    unit.session.add(question)


def under_way(session: Session, connection_id: int, name: str, scope: str = "") -> bool:
    """Whether QuickBooks has been asked, or is about to be."""
    query = _under_way(connection_id, name).where(Operation.scope == scope)
    return session.execute(query.limit(1)).first() is not None


def scopes_under_way(session: Session, connection_id: int, name: str) -> set[str]:
    """For what QuickBooks has been asked it, or is about to be."""
    return set(session.execute(_under_way(connection_id, name)).scalars())


def _under_way(connection_id: int, name: str) -> Select[str]:
    mine = (Operation.connection_id == connection_id, Operation.kind == name, Operation.state.in_(UNDER_WAY))
    return select(Operation.scope).where(*mine)
