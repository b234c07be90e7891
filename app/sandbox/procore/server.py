"""The sandbox's Procore as a Flask app: one blueprint per family of resources, behind one door."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.sandbox.procore import controls, families
from app.sandbox.procore.access import denial
from app.sandbox.procore.answers import error, invalid_fields
from app.sandbox.procore.callers import calling
from app.sandbox.procore.deliveries import Sender
from app.sandbox.procore.door import CONTROLS, FAULT, Door
from app.sandbox.procore.events import Events
from app.sandbox.procore.faults import Due, Faults
from app.sandbox.procore.limits import Limits
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.store import Store
from app.sandbox.procore.writes import BadFields

_NAME = "sandbox_procore"


@dataclass(frozen=True)
class Parts:
    """What a sandbox is made of, for tests and the controls to reach into."""

    store: Store
    limits: Limits
    faults: Faults
    sender: Sender


def create_procore(
    store: Store,
    *,
    company_id: int = HALVORSEN.company_id,
    hourly_limit: int = 36_000,
    spike_limit: int = 36_000,
    sending: bool = True,
    webhook_transport: httpx.BaseTransport | None = None,
) -> Flask:
    """A Procore that serves what is in ``store`` to the one company it knows.

    The limits are generous, so that a demo polling all day never meets them; tests lower them. Webhooks are sent
    by a thread that starts with the first hook; without ``sending`` whoever holds the parts lets the sender turn.
    """
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    limits, faults = Limits(store.now, hourly=hourly_limit, spike=spike_limit), Faults()
    sender = Sender(store, in_background=sending, transport=webhook_transport)
    store.watch(Events(store, faults, company_id, sender.wake).heard)
    app.extensions[_NAME] = Parts(store, limits, faults, sender)
    for family in families.FAMILIES:
        app.register_blueprint(family(store))
    app.register_blueprint(controls.routes(store, limits, faults, sender))
    app.wsgi_app = Door(app.wsgi_app, store, faults)  # type: ignore[method-assign]

    @app.before_request
    def check_access() -> Response | None:
        calling.set(None)
        return denial(store, company_id, limits)

    @app.after_request
    def sign(response: Response) -> Response:
        fault: Due | None = request.environ.get(FAULT)
        leaves = fault is None or fault.kind != "drop_after"  # what no client hears, nobody was told
        if leaves and not request.path.startswith(CONTROLS):
            response.headers.update(limits.headers())
        return response

    @app.teardown_request
    def forget_caller(_problem: BaseException | None) -> None:
        calling.set(None)

    @app.errorhandler(HTTPException)
    def explain(problem: HTTPException) -> Response:
        if isinstance(problem.response, Response):
            return problem.response
        return error(problem.code or 500, problem.name)

    @app.errorhandler(BadFields)
    def name_fields(problem: BadFields) -> Response:
        return invalid_fields(problem.problems)

    return app


def parts(app: Flask) -> Parts:
    """What a sandbox is made of."""
    found: Parts = app.extensions[_NAME]
    return found
