"""The approver's screens: Flask, server-rendered; views hold no SQL."""

from __future__ import annotations

from flask import Flask

from app.admin import (
    about,
    access,
    acts,
    connection,
    exceptions,
    home,
    job_costs,
    offers,
    payments,
    permissions,
    reports,
    rules,
    safety,
    settings,
    trail,
    what_syncs,
    words,
)


def init_app(app: Flask) -> None:
    """Add the screens to an application."""
    words.init_app(app)
    safety.init_app(app)
    screens = (access, home, acts, connection, rules, trail, permissions, settings, what_syncs, offers, about)
    for module in (*screens, payments, job_costs, exceptions, reports):
        app.register_blueprint(module.pages)
