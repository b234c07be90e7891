"""What other machines tell us and ask of us: Procore's webhooks, whether we are well, and figures for a monitor."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from app.hooks import monitor, procore
from app.services.hooks import Receiver


def blueprint() -> Blueprint:
    """POST /hooks/procore, GET /healthz, GET /metrics."""
    hooks = Blueprint("hooks", __name__)
    procore.add(hooks)
    monitor.add(hooks)

    @hooks.record_once
    def begin(state: BlueprintSetupState) -> None:
        services = state.app.extensions["tieout"]
        state.app.extensions[procore.RECEIVER] = Receiver(services.database, services.settings)

    return hooks
