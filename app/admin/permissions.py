"""The permissions: every row of the matrix as it is enforced, and who holds what."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.admin.access import connection_id, me, needs_person, services
from app.services import permissions

pages = Blueprint("permissions", __name__, url_prefix="/permissions")


@pages.get("/")
@needs_person
def page() -> str:
    found = permissions.matrix(services().database, connection_id(), me())
    return render_template("permissions.html", matrix=found)
