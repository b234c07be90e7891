"""What other machines ask of us: for now, whether we are well."""

from __future__ import annotations

from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError


def blueprint() -> Blueprint:
    """GET /healthz: 200 when the database answers, 503 when it does not."""
    hooks = Blueprint("hooks", __name__)

    @hooks.get("/healthz")
    def healthz() -> tuple[dict[str, str], int]:
        try:
            with current_app.extensions["tieout"].database.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return {"status": "the database does not answer"}, 503
        return {"status": "ok"}, 200

    return hooks
