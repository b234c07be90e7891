"""Every family of calls the sandbox answers. A new one is a module with ``routes(store)`` and a line here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from app.sandbox.procore import (
    budgets,
    change_orders,
    commitment_change_orders,
    commitments,
    company,
    cost_codes,
    direct_costs,
    directory,
    erp,
    hooks,
    oauth,
    payments,
    projects,
    requisitions,
    sign_in,
)
from app.sandbox.procore.store import Store

Family = Callable[[Store], Blueprint]

FAMILIES: tuple[Family, ...] = (
    oauth.routes,
    sign_in.routes,
    directory.routes,
    company.routes,
    projects.routes,
    cost_codes.routes,
    budgets.routes,
    commitments.routes,
    change_orders.routes,
    commitment_change_orders.routes,
    requisitions.routes,
    payments.routes,
    direct_costs.routes,
    hooks.routes,
    erp.routes,
)
