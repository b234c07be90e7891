"""What QuickBooks offers: lists with the buttons Add to Procore, Link, Archive, Restore and Update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.core.errors import NotFound, Refusal
from app.items import registry
from app.services import offers, refreshes, staged
from app.services.offers import TABS, Wanted
from app.services.staged import Results

pages = Blueprint("offers", __name__, url_prefix="/to-import")

#: What each button does to the records ticked, or to its own, and how that is told.
ACTS = {
    "add": (staged.add, "asked for: Procore is given it within seconds"),
    "archive": (staged.archive, "archived"),
    "restore": (staged.restore, "restored"),
    "update": (staged.update, "asked for: Procore is told within seconds"),
}
NAMED = 5
LINKED = "linked"
#: So many links can be undone by one press: the list of them travels in the cookie of the session.
MOST_UNDONE = 200


@pages.get("/")
@needs_person
def first() -> Answer:
    return redirect(url_for("offers.page", kind=next(iter(registry.offered()))))


@pages.get("/<kind>")
@needs_person
def page(kind: str) -> str:
    asked = _wanted(kind, request.args)
    return _show(asked, only_rows=request.headers.get("HX-Target") == "rows")


@pages.post("/<kind>/refresh")
@needs_person
def refresh(kind: str) -> Answer:
    """Ask QuickBooks for the list now; it runs in the next session."""
    asked = refreshes.ask(services().database, connection_id(), me(), [offers.kind_of(kind).source])
    flash(f"{'Queued' if asked else 'Queued already'}; it runs at the next session.", "good")
    return redirect(url_for("offers.page", kind=kind))


@pages.post("/<kind>/act")
@needs_person
def act(kind: str) -> Answer | tuple[str, int]:
    """Do it; where anything was refused, show the page again with the reason."""
    asked = _wanted(kind, {name.removeprefix("back_"): value for name, value in request.form.items()})
    name, _, only = request.form.get("act", "").partition(":")
    try:
        results, done = _link(kind, only) if name in {"link", "link_all"} else _do(kind, name, only)
    except (NotFound, Refusal) as problem:
        flash(str(problem), "bad")
        return _show(asked), problem.status
    _tell(results, done)
    if done == LINKED and results.done and me().may("unlink", kind):
        chosen = [one.staged_id for one in results.done[:MOST_UNDONE]]
        linked = offers.items_of(services().database, connection_id(), chosen)
        flash({"act": "unlink", "kind": kind, "items": linked, "to": "offers"}, "undo")  # type: ignore[arg-type]
    return (_show(asked), 422) if results.refused else redirect(_address(asked))


def _do(kind: str, name: str, only: str) -> tuple[Results, str]:
    chosen = [number(one) for one in ([only] if only else request.form.getlist("item"))]
    if name not in ACTS:
        raise Refusal("The Enter key alone decides nothing.", "Press the button you mean.")
    if not chosen:
        raise Refusal("Nothing was ticked, so nothing was done.", "Tick the records you mean.")
    service, done = ACTS[name]
    return service(services().database, connection_id(), kind, me(), chosen), done


def _link(kind: str, only: str) -> tuple[Results, str]:
    """One record with the item of a button or of the typed name; without a record all of exactly the same name."""
    database = services().database
    staged_id, _, item_id = only.partition(":")
    if not only:
        pairs = offers.exact_pairs(database, connection_id(), kind)
    elif item_id:
        pairs = {number(staged_id): number(item_id)}
    else:
        typed = request.form.get(f"with:{staged_id}", "")
        pairs = {number(staged_id): offers.candidate(database, connection_id(), kind, typed)}
    return staged.link(database, connection_id(), kind, me(), pairs), LINKED


def _tell(results: Results, done: str) -> None:
    if results.done:
        names = ", ".join(one.name for one in results.done[:3])
        more = f" and {len(results.done) - 3} more" if len(results.done) > 3 else ""
        flash(f"{names}{more} {done}.", "good")
    for one in results.refused[:NAMED]:
        flash(str(one.problem), "bad")
    if len(results.refused) > NAMED:
        flash(f"{len(results.refused) - NAMED} more were refused.", "bad")
    if not results.each:
        flash("There was nothing to do.", "warn")


# -- which page ----------------------------------------------------------------------------------------------------


def _wanted(kind: str, given: Any) -> Wanted:
    """What a list is asked for; whatever makes no sense is as if not said."""
    offers.kind_of(kind)
    tab = given.get("tab", "")
    return Wanted(
        kind,
        tab if tab in TABS else "staged",
        given.get("q", "").strip()[:100],
        given.get("suggested", "") == "yes",
        number(given.get("after", "")),
    )


def _kept(asked: Wanted, **other: Any) -> dict[str, Any]:
    given = {"tab": asked.tab, "q": asked.search, "suggested": "yes" if asked.matches else "", "after": asked.after}
    return {name: value for name, value in {**given, **other}.items() if value}


def _address(asked: Wanted, **other: Any) -> str:
    return url_for("offers.page", kind=asked.kind, **_kept(asked, **other))


def _show(asked: Wanted, *, only_rows: bool = False) -> str:
    found = offers.page(services().database, connection_id(), me(), asked)
    kinds: Sequence[Any] = list(registry.offered().values())
    return render_template(
        "offers_live.html" if only_rows else "offers.html",
        page=found,
        offered=kinds,
        offer_tabs={tab: (label, _address(asked, tab=tab, after=0)) for tab, label in TABS.items()},
        here=_address(asked),
        further=_address(asked, after=found.next_after),
        live=only_rows,
    )
