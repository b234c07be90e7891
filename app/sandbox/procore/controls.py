"""The sandbox's own buttons, under ``/_sandbox/``: faults, clock, limits, log, records. No part of Procore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.procore.answers import body, created, refuse
from app.sandbox.procore.deliveries import Sender
from app.sandbox.procore.faults import CALL_FAULTS, WEBHOOK_FAULTS, Faults
from app.sandbox.procore.limits import Limits
from app.sandbox.procore.store import DuplicateOriginError, Store, stamp
from app.sandbox.procore.writes import TAKEN, BadFields


def routes(store: Store, limits: Limits, faults: Faults, sender: Sender) -> Blueprint:
    """Calls that need no token, count in no window and are not logged."""
    family = Blueprint("controls", __name__, url_prefix="/_sandbox")

    @family.get("/faults")
    def planned() -> Response:
        return jsonify(known={**CALL_FAULTS, **WEBHOOK_FAULTS}, planned=[asdict(one) for one in faults.planned])

    @family.post("/faults")
    def plan() -> Response:
        """``{"fault": "drop_after", "method": "PATCH", "path": "vendors", "nth": 3}``, or ``faults`` and a ``rate``."""
        sent = body()
        kinds = sent.pop("faults", None) or [sent.pop("fault", "")]
        try:
            return created(asdict(faults.add(*kinds, **sent)))
        except (ValueError, TypeError) as problem:
            refuse(422, str(problem))

    @family.delete("/faults")
    def mend() -> Response:
        faults.clear()
        return jsonify({})

    @family.get("/clock")
    def clock() -> Response:
        return jsonify(now=stamp(store.now()), ahead_seconds=store.ahead.total_seconds())

    @family.post("/clock")
    def forward() -> Response:
        """Let time pass for the sandbox alone: ``{"forward_seconds": 3600}``."""
        store.ahead += timedelta(seconds=float(body().get("forward_seconds", 0)))
        return clock()

    @family.get("/limits")
    def windows() -> Response:
        return jsonify(limits.told())

    @family.post("/limits")
    def allow() -> Response:
        """``{"hour": 600, "spike": 25}``; either may be left out."""
        for name, calls in body().items():
            if name not in limits.windows or not isinstance(calls, int):
                refuse(422, "The windows are hour and spike, and allow a number of calls")
            limits.allow(name, calls)
        return windows()

    @family.get("/requests")
    def requests() -> Response:
        return jsonify([asdict(call) for call in store.requests()])

    @family.delete("/requests")
    def forget() -> Response:
        store.calls.clear()
        return jsonify({})

    @family.post("/webhooks")
    def deliver() -> Response:
        """Deliver now what is due."""
        return jsonify(tried=sender.turn())

    @family.get("/records/<resource>")
    def records(resource: str) -> Response:
        return jsonify(store.all(resource))

    @family.post("/records/<resource>")
    def put(resource: str) -> Response:
        """Make a record, or replace the one with the same id, as somebody on Procore's own screens would."""
        return created(_written(lambda: store.put(resource, body())))

    @family.patch("/records/<resource>/<int:record_id>")
    def patch(resource: str, record_id: int) -> Response:
        return jsonify(_written(lambda: store.patch(resource, record_id, body())))

    @family.delete("/records/<resource>/<int:record_id>")
    def delete(resource: str, record_id: int) -> Response:
        return jsonify(_written(lambda: store.delete(resource, record_id)))

    return family


def _written(write: Any) -> Any:
    try:
        return write()
    except KeyError:
        refuse(404, "Not Found")
    except DuplicateOriginError:
        raise BadFields(TAKEN) from None
