"""What people do with items: one button for one row, or one for all rows ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.admin.items import ONE, address, pages, show_list, show_one, wanted
from app.core.errors import Refusal
from app.items import registry
from app.services import item_page, lifecycle, unlinking
from app.services.lifecycle import Outcomes
from app.services.listing import PAGE, Wanted

#: What each button does: the service, the past tense, and whether it wants a reason.
ACTS: dict[str, tuple[Callable[..., Outcomes], str, bool]] = {
    "send": (lifecycle.send, "sent", False),
    "retrieve": (lifecycle.retrieve, "retrieved", False),
    "accept": (lifecycle.accept, "accepted", False),
    "reject": (lifecycle.reject, "rejected", True),
    "take_back": (lifecycle.take_back, "taken back", True),
    "retry": (lifecycle.retry, "put back in line", False),
    "unlink": (unlinking.unlink, "unlinked", False),
}
#: So many refusals are named; beyond, each row says why.
NAMED = 5

Shown = Answer | tuple[str, int]


@pages.post("/<kind>/act")
@needs_person
def act(kind: str) -> Shown:
    """Do it; where anything was refused, show the page again with all that was typed and ticked."""
    asked = _list_of(kind)
    name, _, only = request.form.get("act", "").partition(":")
    chosen = [number(one) for one in ([only] if only else request.form.getlist("item"))]
    if name not in ACTS or not chosen:
        flash(
            "Nothing was ticked, so nothing was done."
            if name in ACTS
            else "The Enter key alone decides nothing: press the button you mean.",
            "warn",
        )
        return _again(asked)
    service, done, _ = ACTS[name]
    try:
        outcomes = service(services().database, connection_id(), me(), chosen, **_more(name, kind, only, chosen))
    except Refusal as problem:
        flash(str(problem), "bad")
        return _again(asked)
    _tell(_without_waiting(outcomes) if name == "unlink" else outcomes, done, undo_for=kind if name == "accept" else "")
    return _again(asked) if outcomes.refused else _back(asked)


def _more(name: str, kind: str, only: str, chosen: Sequence[int]) -> dict[str, Any]:
    """What a service wants to know besides the items."""
    if name == "accept":
        return {"inputs": {one: _inputs(kind, one) for one in chosen}, "expected": _versions(chosen)}
    if ACTS[name][2]:
        return {"reason": request.form.get(f"reason:{only}") or request.form.get("reason", "")}
    return {}


def _inputs(kind: str, item_id: int) -> dict[str, str]:
    """What the approver filled in, or emptied, beside one row; a field that was not there is no wish."""
    names = {one.name: f"{one.name}:{item_id}" for one in registry.kind(kind).inputs}
    return {name: request.form[field].strip() for name, field in names.items() if field in request.form}


def _versions(chosen: Sequence[int]) -> dict[int, int]:
    """The versions the approver looked at."""
    found = {one: request.form.get(f"version:{one}", "") for one in chosen}
    return {one: number(version) for one, version in found.items() if version.isdecimal()}


def _without_waiting(outcomes: Outcomes) -> Outcomes:
    """Say of which QuickBooks is asked first; what is left is done, or refused."""
    for outcome in outcomes.done:
        if outcome.state == "synced":
            flash(f"{outcome.name}: {unlinking.WAITS}", "good")
    return Outcomes([one for one in outcomes.each if not one.ok or one.state != "synced"])


def _tell(outcomes: Outcomes, done: str, *, undo_for: str = "") -> None:
    if outcomes.done:
        names = ", ".join(outcome.name for outcome in outcomes.done[:3])
        more = f" and {len(outcomes.done) - 3} more" if len(outcomes.done) > 3 else ""
        count = f"{len(outcomes.done)} of {len(outcomes.each)}: " if outcomes.refused else ""
        queued = sum(outcome.state == "queued" for outcome in outcomes.done)
        waits = sum(outcome.state == "accepted" for outcome in outcomes.done)
        line = f" {queued} queued for QuickBooks." if queued else ""
        line += f" {waits} under Waiting until what it needs is in QuickBooks." if waits == 1 else ""
        line += f" {waits} under Waiting until what they need is in QuickBooks." if waits > 1 else ""
        flash(f"{count}{names}{more} {done}.{line}", "good")
        if undo_for and me().may("take_back", undo_for):
            undo = {"kind": undo_for, "items": [outcome.item_id for outcome in outcomes.done[:PAGE]]}
            flash(undo, "undo")  # type: ignore[arg-type]  # any plain data may be flashed
    for outcome in outcomes.refused[:NAMED]:
        flash(f"{outcome.name}: {outcome.problem}", "bad")
    if len(outcomes.refused) > NAMED:
        flash(f"{len(outcomes.refused) - NAMED} more were refused; each row says why.", "bad")


@pages.post(ONE + "/newer")
@needs_person
def newer(kind: str, item_id: int) -> Answer:
    """Look at what Procore says now instead of what was sent."""
    item_page.of_kind(services().database, connection_id(), kind, item_id)
    _tell(lifecycle.take_newer(services().database, connection_id(), me(), item_id), "brought up to date")
    return redirect(url_for("items.one", kind=kind, item_id=item_id))


@pages.post(ONE + "/by-hand")
@needs_person
def by_hand(kind: str, item_id: int) -> Answer:
    """Note that somebody typed it into QuickBooks: it is never exported then."""
    database, chosen = services().database, connection_id()
    item_page.of_kind(database, chosen, kind, item_id)
    typed = (request.form.get(name, "") for name in ("number", "amount", "reason"))
    try:
        _tell(lifecycle.record_by_hand(database, chosen, me(), item_id, *typed), "recorded as entered by hand")
    except Refusal as problem:
        flash(str(problem), "bad")
    return redirect(url_for("items.one", kind=kind, item_id=item_id))


# -- where the button was pressed ----------------------------------------------------------------------------------


def _list_of(kind: str) -> Wanted:
    parts = (request.form.get(f"back_{name}", "") for name in ("tab", "q", "project", "after"))
    return wanted(kind, *parts)


def _from_item() -> int:
    return number(request.form.get("from_item", ""))


def _back(asked: Wanted) -> Answer:
    if item_id := _from_item():
        return redirect(url_for("items.one", kind=asked.kind, item_id=item_id))
    return redirect(address(asked))


def _again(asked: Wanted) -> Shown:
    if item_id := _from_item():
        return show_one(asked.kind, item_id), 422
    return show_list(asked), 422
