"""The approver's screens: Flask, server-rendered; views hold no SQL."""

from __future__ import annotations

from flask import Flask

from app.admin import access, acts, connection, home, rules, safety, trail, words


def init_app(app: Flask) -> None:
    """Add the screens to an application."""
    words.init_app(app)
    safety.init_app(app)
    for module in (access, home, acts, connection, rules, trail):
        app.register_blueprint(module.pages)
