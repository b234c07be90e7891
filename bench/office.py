"""An office for a benchmark: a fresh data folder with many companies, approved and waiting to leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import settings as configuration
from app.db.models import Item
from app.factory import Services, build
from app.services import connections, intake, lifecycle, people, rules_versions
from app.services.people import Person

USER = "bench"
PASSWORD = "bench-password"
TEAM = (("pat", "project_manager"), ("ana", "approver"))


@dataclass(frozen=True)
class Office:
    """What a Web Connector must know to connect."""

    user: str
    password: str
    file_id: str


def prepare(data_dir: Path, companies: int) -> Office:
    """Take in, send and accept so many companies, through the front door of the services."""
    services = build(configuration.load(data_dir=data_dir))
    try:
        connection_id = _connection(services)
        database = services.database
        intake.take(database, connection_id, _companies(companies))
        waiting = _all_items(services, connection_id)
        _must_be(lifecycle.send(database, connection_id, _person(services, connection_id, "pat"), waiting), companies)
        _must_be(lifecycle.accept(database, connection_id, _person(services, connection_id, "ana"), waiting), companies)
        return Office(USER, PASSWORD, connections.get(database, connection_id).file_id)
    finally:
        services.database.dispose()


def synced(data_dir: Path) -> int:
    """How many items QuickBooks holds, as the service believes."""
    services = build(configuration.load(data_dir=data_dir))
    try:
        with services.database.reading() as session:
            return len(session.execute(select(Item.id).where(Item.state == "synced")).all())
    finally:
        services.database.dispose()


def _connection(services: Services) -> int:
    database = services.database
    version = rules_versions.store(database, services.settings.rules_dir, "bench")
    added = connections.add(
        database, "Benchmark", "1", rules_version=version, actor="bench", user=USER, password=PASSWORD
    )
    for login, role in TEAM:
        people.add_user(database, login, login.title(), PASSWORD, actor="bench")
        people.give_role(database, login, added.id, role, actor="bench")
    connections.go_live(database, added.id, actor="bench")
    return added.id


def _companies(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for number in range(1, count + 1):
        yield (
            "company",
            {
                "id": 100_000 + number,
                "name": f"Northfield Trade Partner {number:05d}",
                "address": f"{number} Quarry Road",
                "city": "Fairview",
                "state_code": "OR",
                "zip": f"97{number % 1000:03d}",
                "business_phone": f"503 555 {number % 10_000:04d}",
                "fax_number": None,
                "is_active": True,
            },
        )


def _all_items(services: Services, connection_id: int) -> Sequence[int]:
    with services.database.reading() as session:
        query = select(Item.id).where(Item.connection_id == connection_id).order_by(Item.id)
        return session.execute(query).scalars().all()


def _person(services: Services, connection_id: int, login: str) -> Person:
    found = people.person(services.database, connection_id, login=login)
    if found is None:
        raise RuntimeError(f"{login} was not added")
    return found


def _must_be(outcomes: lifecycle.Outcomes, count: int) -> None:
    if len(outcomes.done) != count:
        raise RuntimeError(f"only {len(outcomes.done)} of {count} went through; first: {outcomes.refused[0].problem}")
