"""Lists and pages of items of every kind, to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from app.admin import files, item_view, preferences
from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import NotFound
from app.items import registry
from app.services import item_page, list_order, listing, permissions
from app.services.list_rows import Wanted
from app.services.listing import TABS

pages = Blueprint("items", __name__, url_prefix="/items")

#: No database counts further; beyond, the address names nothing.
ONE = "/<kind>/<int(max=9223372036854775807):item_id>"


def wanted(kind: str, given: Mapping[str, str]) -> Wanted:
    """What a list is asked for; whatever makes no sense is as if not said."""
    if kind not in registry.kinds():
        raise NotFound(f"There is no list {kind}.", "Choose one in the menu.")
    said = {name: given.get(name, "").strip()[:100] for name in ("tab", "q", "project", "sort", "after", "before")}
    return Wanted(
        kind,
        said["tab"] if said["tab"] in TABS else "sent",
        said["q"],
        said["project"],
        said["sort"] if said["sort"] in list_order.orders(kind) else "",
        said["after"],
        said["before"],
    )


def address(asked: Wanted, *, page: str = "items.page", **other: str) -> str:
    """Where a list stands; what is said otherwise leads to another part of it, from its beginning."""
    kept: dict[str, Any] = {"tab": asked.tab, "q": asked.search, "project": asked.project, "sort": asked.sort}
    kept |= other or {"after": asked.after, "before": asked.before}
    return url_for(page, kind=asked.kind, **{name: value for name, value in kept.items() if value})


def approver(kind: str) -> str:
    """Who would accept: nobody is warned of an acceptance that is not theirs to give."""
    return me().name if me().may("accept", kind) else ""


def show_list(asked: Wanted, *, only_rows: bool = False) -> str:
    """One page of a list, or its live part alone."""
    found = listing.page(services().database, connection_id(), asked, approver(asked.kind))
    known = list_order.columns(asked.kind)
    return render_template(
        "_live.html" if only_rows else "list.html",
        page=found,
        here=address(asked),
        to=lambda **other: address(asked, **other),
        csv=address(asked, page="items.as_csv", after=""),
        orders=list_order.orders(asked.kind),
        columns=known,
        chosen=[name for name in known if name in preferences.chosen(f"columns:{asked.kind}", list_order.USUAL)],
        live=only_rows,
    )


def show_one(kind: str, item_id: int) -> str:
    """The page of one item."""
    database = services().database
    item_page.of_kind(database, connection_id(), kind, item_id)
    tools = services().tools if permissions.may_read_bodies(me(), kind) else None
    found = item_page.load(database, connection_id(), item_id, approver(kind), tools)
    here = url_for("items.one", kind=kind, item_id=item_id)
    return render_template("item.html", page=found, here=here, **item_view.around(found))


@pages.get("/<kind>")
@needs_person
def page(kind: str) -> str | tuple[str, int]:
    """The list; asked for its live part alone, nothing at all as long as nothing changed."""
    asked = wanted(kind, request.args)
    if request.headers.get("HX-Target") != "rows":
        return show_list(asked)
    if request.args.get("mark") == listing.mark(services().database, connection_id()):
        return "", 204
    return show_list(asked, only_rows=True)


@pages.get("/<kind>.csv")
@needs_person
def as_csv(kind: str) -> Response:
    database, chosen = services().database, connection_id()
    asked = replace(wanted(kind, request.args), after="", before="")
    return files.csv(f"{kind}-{asked.tab}.csv", lambda out: listing.write_csv(database, chosen, asked, out))


@pages.get(ONE)
@needs_person
def one(kind: str, item_id: int) -> str:
    return show_one(kind, item_id)
