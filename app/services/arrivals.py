"""What is made of a refresh once it was read to its end, beyond the records it staged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.db.models import Operation
from app.items.base import Done
from app.services import job_costs, job_costs_taken, payments
from app.services.unit import Work

Settle = Callable[[Work, Operation, Done], None]

_SETTLES: Mapping[str, Settle] = {
    job_costs.JOB_COSTS: lambda unit, operation, done: job_costs_taken.take(unit, operation, done.report),
    payments.PAYMENTS: lambda unit, operation, done: payments.notice(unit),
}


def settle(unit: Work, operation: Operation, done: Done) -> None:
    """Let whoever waits for this refresh make of it what they want."""
    if found := _SETTLES.get(operation.kind):
        found(unit, operation, done)
