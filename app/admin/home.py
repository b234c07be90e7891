"""The home page: what waits, and what to do first."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.admin.access import connection_id, needs_person, services
from app.services import overview

pages = Blueprint("home", __name__)


@pages.get("/")
@needs_person
def page() -> str:
    return render_template("home.html", home=overview.home(services().database, connection_id()))


@pages.get("/fragments/health")
@needs_person
def health() -> str:
    return render_template("_health.html")
