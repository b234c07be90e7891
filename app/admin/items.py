"""Lists and pages of items of every kind, and what people do with them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import NotFound, Refusal
from app.items import registry
from app.services import item_page, lifecycle, listing
from app.services.lifecycle import Outcomes
from app.services.listing import TABS, Wanted

pages = Blueprint("items", __name__, url_prefix="/items")

#: What each button does: the service, the past tense, and whether it wants a reason.
ACTS: dict[str, tuple[Callable[..., Outcomes], str, bool]] = {
    "send": (lifecycle.send, "sent", False),
    "retrieve": (lifecycle.retrieve, "retrieved", False),
    "accept": (lifecycle.accept, "accepted", False),
    "reject": (lifecycle.reject, "rejected", True),
    "take_back": (lifecycle.take_back, "taken back", True),
    "retry": (lifecycle.retry, "put back in line", False),
}


def _wanted(kind: str) -> Wanted:
    if kind not in registry.kinds():
        raise NotFound(f"There is no list {kind}.", "Choose one in the menu.")
    tab = request.args.get("tab", "sent")
    after = request.args.get("after", "0")
    return Wanted(
        kind=kind,
        tab=tab if tab in TABS else "sent",
        search=request.args.get("q", "").strip()[:100],
        project=request.args.get("project", ""),
        after=int(after) if after.isdigit() else 0,
    )


@pages.get("/<kind>")
@needs_person
def page(kind: str) -> str:
    found = listing.page(services().database, connection_id(), _wanted(kind), me().name)
    only_rows = request.headers.get("HX-Target") == "rows"
    return render_template("_rows.html" if only_rows else "list.html", page=found)


@pages.get("/<kind>.csv")
@needs_person
def as_csv(kind: str) -> Response:
    out = io.StringIO(newline="")
    wanted = replace(_wanted(kind), after=0)
    listing.write_csv(services().database, connection_id(), wanted, out)
    name = f"{kind}-{wanted.tab}.csv"
    return Response(
        "\ufeff" + out.getvalue(),  # the mark by which spreadsheets know UTF-8
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@pages.get("/<kind>/<int:item_id>")
@needs_person
def one(kind: str, item_id: int) -> str:
    database = services().database
    item_page.of_kind(database, connection_id(), kind, item_id)
    return render_template("item.html", page=item_page.load(database, connection_id(), item_id, me().name))


@pages.post("/<kind>/act")
@needs_person
def act(kind: str) -> Answer:
    """One button for one row, or for all rows ticked."""
    name, _, only = request.form.get("act", "").partition(":")
    if name not in ACTS:
        raise Refusal("This button is not known here.", "Load the page again.")
    chosen = [int(only)] if only.isdigit() else [int(one) for one in request.form.getlist("item") if one.isdigit()]
    if not chosen:
        flash("Nothing was ticked, so nothing was done.", "warn")
        return _back(kind)
    service, done, wants_reason = ACTS[name]
    more: dict[str, Any] = {}
    if wants_reason:
        more["reason"] = request.form.get(f"reason:{only}") or request.form.get("reason", "")
    if name == "accept":
        more = {"inputs": {one: _inputs(kind, one) for one in chosen}, "expected": _versions(chosen)}
    outcomes = service(services().database, connection_id(), me(), chosen, **more)
    _tell(outcomes, done)
    return _back(kind)


def _inputs(kind: str, item_id: int) -> dict[str, str]:
    """What the approver filled in beside one row; an empty field is no wish."""
    found = {one.name: request.form.get(f"{one.name}:{item_id}", "").strip() for one in registry.kind(kind).inputs}
    return {name: value for name, value in found.items() if value}


def _versions(chosen: Sequence[int]) -> dict[int, int]:
    """The versions the approver looked at."""
    found = {one: request.form.get(f"version:{one}", "") for one in chosen}
    return {one: int(version) for one, version in found.items() if version.isdigit()}


def _tell(outcomes: Outcomes, done: str) -> None:
    if outcomes.done:
        names = ", ".join(outcome.name for outcome in outcomes.done[:3])
        more = f" and {len(outcomes.done) - 3} more" if len(outcomes.done) > 3 else ""
        queued = sum(outcome.state == "queued" for outcome in outcomes.done)
        line = f" {queued} queued for QuickBooks." if queued else ""
        flash(f"{names}{more} {done}.{line}", "good")
    for outcome in outcomes.refused[:5]:
        flash(f"{outcome.name}: {outcome.problem}", "bad")
    if len(outcomes.refused) > 5:
        flash(f"{len(outcomes.refused) - 5} more were refused; each row says why.", "bad")


@pages.post("/<kind>/<int:item_id>/newer")
@needs_person
def newer(kind: str, item_id: int) -> Answer:
    """Look at what Procore says now instead of what was sent."""
    item_page.of_kind(services().database, connection_id(), kind, item_id)
    _tell(lifecycle.take_newer(services().database, connection_id(), me(), item_id), "brought up to date")
    return redirect(url_for("items.one", kind=kind, item_id=item_id))


def _back(kind: str) -> Answer:
    """To where the button was pressed."""
    item_id = request.form.get("from_item", "")
    if item_id.isdigit():
        return redirect(url_for("items.one", kind=kind, item_id=int(item_id)))
    kept: dict[str, Any] = {
        name: value for name in ("tab", "q", "project") if (value := request.form.get(f"back_{name}"))
    }
    return redirect(url_for("items.page", kind=kind, **kept))
