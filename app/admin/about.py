"""About this release: its version and its own change log."""

from __future__ import annotations

from importlib.metadata import version

from flask import Blueprint, render_template

from app.admin.access import needs_person
from app.settings import PACKAGE_ROOT

pages = Blueprint("about", __name__, url_prefix="/about")


@pages.get("/")
@needs_person
def page() -> str:
    file = PACKAGE_ROOT / "CHANGELOG.md"
    changes = file.read_text(encoding="utf-8") if file.exists() else ""
    return render_template("about.html", version=version("tieout"), changes=changes)
