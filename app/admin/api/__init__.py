"""The JSON API: for programs, everything a person does on the screens."""

from __future__ import annotations

from flask import Flask

from app.admin.api import (  # noqa: F401  # each declares its routes
    acts,
    connection,
    document,
    home,
    items,
    notices,
    office,
    people,
    reports,
    rules,
    setting_up,
    staged,
    standing,
    trail,
)
from app.admin.api.routes import pages


def init_app(app: Flask) -> None:
    """Add the API to an application."""
    app.register_blueprint(pages)
