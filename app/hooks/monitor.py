"""For those who watch over the service: whether it is well, and its figures as Prometheus reads them."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, request

from app.hooks.procore import RECEIVER
from app.services import metrics
from app.services.metrics import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def add(hooks: Blueprint) -> None:
    """GET /healthz for anybody; GET /metrics for whoever has the token of the setting."""

    @hooks.get("/healthz")
    def healthz() -> tuple[dict[str, str], int]:
        if not metrics.is_well(current_app.extensions["tieout"].database):
            return {"status": "the database does not answer"}, 503
        return {"status": "ok"}, 200

    @hooks.get("/metrics")
    def figures() -> Response | tuple[dict[str, str], int]:
        services = current_app.extensions["tieout"]
        token = services.settings.metrics_token
        if not token:
            return {"status": "off: TIEOUT_METRICS_TOKEN is not set"}, 404
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            return {"status": "the token of TIEOUT_METRICS_TOKEN is needed"}, 401
        found = metrics.collect(services.database, current_app.extensions[RECEIVER].refused)
        return Response(exposition(found), content_type=CONTENT_TYPE)


def exposition(found: list[Metric]) -> str:
    """Metrics as Prometheus' text format has them."""
    lines = []
    for metric in found:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.type}"]
        for labels, value in metric.values:
            named = ",".join(f'{name}="{_escaped(label)}"' for name, label in labels.items())
            lines.append(f"{metric.name}{{{named}}} {value}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
