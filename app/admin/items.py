"""Lists and pages of items of every kind, to look at."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.core.errors import NotFound
from app.items import registry
from app.services import item_page, listing
from app.services.listing import TABS, Wanted

pages = Blueprint("items", __name__, url_prefix="/items")

#: No database counts further; beyond, the address names nothing.
ONE = "/<kind>/<int(max=9223372036854775807):item_id>"


def wanted(kind: str, tab: str, search: str, project: str, after: str) -> Wanted:
    """What a list is asked for; whatever makes no sense is as if not said."""
    if kind not in registry.kinds():
        raise NotFound(f"There is no list {kind}.", "Choose one in the menu.")
    return Wanted(kind, tab if tab in TABS else "sent", search.strip()[:100], project, number(after))


def _asked(kind: str) -> Wanted:
    given = request.args
    return wanted(kind, given.get("tab", ""), given.get("q", ""), given.get("project", ""), given.get("after", ""))


def address(asked: Wanted) -> str:
    """Where a list stands."""
    kept: dict[str, Any] = {"tab": asked.tab, "q": asked.search, "project": asked.project, "after": asked.after}
    return url_for("items.page", kind=asked.kind, **{name: value for name, value in kept.items() if value})


def _approver(kind: str) -> str:
    """Who would accept: nobody is warned of an acceptance that is not theirs to give."""
    return me().name if me().may("accept", kind) else ""


def show_list(asked: Wanted, *, only_rows: bool = False) -> str:
    """One page of a list, or its live part alone."""
    found = listing.page(services().database, connection_id(), asked, _approver(asked.kind))
    return render_template("_live.html" if only_rows else "list.html", page=found, here=address(asked))


def show_one(kind: str, item_id: int) -> str:
    """The page of one item."""
    database = services().database
    item_page.of_kind(database, connection_id(), kind, item_id)
    found = item_page.load(database, connection_id(), item_id, _approver(kind))
    return render_template("item.html", page=found, here=url_for("items.one", kind=kind, item_id=item_id))


@pages.get("/<kind>")
@needs_person
def page(kind: str) -> str:
    return show_list(_asked(kind), only_rows=request.headers.get("HX-Target") == "rows")


@pages.get("/<kind>.csv")
@needs_person
def as_csv(kind: str) -> Response:
    out = io.StringIO(newline="")
    asked = replace(_asked(kind), after=0)
    listing.write_csv(services().database, connection_id(), asked, out)
    return Response(
        "\ufeff" + out.getvalue(),  # the mark by which spreadsheets know UTF-8
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={kind}-{asked.tab}.csv"},
    )


@pages.get(ONE)
@needs_person
def one(kind: str, item_id: int) -> str:
    return show_one(kind, item_id)
