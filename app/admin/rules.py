"""The rules in force, to read."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.admin.access import connection_id, needs_person, services
from app.services import connections, rules_versions

pages = Blueprint("rules", __name__, url_prefix="/rules")


@pages.get("/")
@needs_person
def page() -> str:
    database = services().database
    pack = rules_versions.in_force(database, connections.get(database, connection_id()))
    return render_template("rules.html", pack=pack, activations=rules_versions.history(database, connection_id()))
