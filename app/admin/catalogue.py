"""The error catalogue: every code of QuickBooks and its Web Connector, in words, with what to do."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import needs_person, services
from app.qbxml import catalogue
from app.qbxml.catalogue import Catalogue

pages = Blueprint("catalogue", __name__, url_prefix="/errors")


def init_app(app: Flask) -> None:
    """Teach the templates which codes a sentence holds."""
    app.register_blueprint(pages)
    app.jinja_env.filters["codes"] = catalogue.codes_in


def _catalogue() -> Catalogue:
    found: Catalogue = catalogue.load(services().tools.status_file)
    return found


@pages.get("/")
@needs_person
def page() -> str | Answer:
    """All codes, or those with the words looked for; a code that is known leads to its own page."""
    words = request.args.get("q", "").strip()
    if words and (entry := _catalogue().find(words)):
        return redirect(url_for("catalogue.one", code=entry.code))
    found = _catalogue().search(words)
    groups = {source: [one for one in found if one.source == source] for source in catalogue.sources()}
    return render_template("catalogue.html", groups=groups, words=words, found=len(found))


@pages.get("/<code>")
@needs_person
def one(code: str) -> str:
    """One code; of an unknown one the raw text is shown, and how to get help."""
    entry = _catalogue().find(code)
    return render_template("catalogue_entry.html", entry=entry or _catalogue().unknown(code), known=entry is not None)
