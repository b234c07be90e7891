"""The approver's screens: Flask, server-rendered; views hold no SQL."""

from __future__ import annotations

from flask import Flask

from app.admin import (
    about,
    access,
    acts,
    api,
    catalogue,
    connection,
    exceptions,
    help,
    home,
    job_costs,
    notices,
    offers,
    payments,
    people,
    permissions,
    preferences,
    reports,
    rules,
    safety,
    settings,
    setup,
    sign_in,
    tokens,
    trail,
    what_syncs,
    words,
)


def init_app(app: Flask) -> None:
    """Add the screens to an application."""
    words.init_app(app)
    safety.init_app(app)
    catalogue.init_app(app)
    api.init_app(app)
    screens = (access, home, acts, connection, setup, rules, trail, permissions, settings, what_syncs, offers, about)
    more = (payments, job_costs, exceptions, reports, preferences, tokens, notices, people, sign_in, help)
    for module in (*screens, *more):
        app.register_blueprint(module.pages)
