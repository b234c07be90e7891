"""The sandbox's Procore as a Flask app: one blueprint per family of resources."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.sandbox.procore import (
    budgets,
    change_orders,
    commitments,
    company,
    cost_codes,
    direct_costs,
    directory,
    payments,
    projects,
    requisitions,
)
from app.sandbox.procore.access import RateLimit, denial, oauth
from app.sandbox.procore.answers import error, invalid_fields
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.store import Store
from app.sandbox.procore.writes import BadFields


def create_procore(store: Store, *, company_id: int = HALVORSEN.company_id, hourly_limit: int = 36_000) -> Flask:
    """A Procore that serves what is in ``store`` to the one company it knows.

    The hourly limit is generous, so that a demo polling all day never meets it; tests lower it.
    """
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    limit = RateLimit(hourly_limit)
    for family in (oauth(store), *(module.routes(store) for module in _FAMILIES)):
        app.register_blueprint(family)

    @app.before_request
    def check_access() -> Response | None:
        return denial(store, company_id, limit)

    @app.after_request
    def sign(response: Response) -> Response:
        response.headers.update(limit.headers())
        store.log(request.method, request.path, response.status_code)
        return response

    @app.errorhandler(HTTPException)
    def explain(problem: HTTPException) -> Response:
        if isinstance(problem.response, Response):
            return problem.response
        return error(problem.code or 500, problem.name)

    @app.errorhandler(BadFields)
    def name_fields(problem: BadFields) -> Response:
        return invalid_fields(problem.problems)

    return app


_FAMILIES = (
    directory,
    company,
    projects,
    cost_codes,
    budgets,
    commitments,
    change_orders,
    requisitions,
    payments,
    direct_costs,
)
