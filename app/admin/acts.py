"""What people do with items: one button for one row, or one for all rows ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.admin.items import ONE, address, pages, show_list, show_one, wanted
from app.core.errors import Refusal
from app.db.engine import Database
from app.items import registry
from app.services import item_page, lifecycle, listing, unlinking
from app.services import together as services_together
from app.services.lifecycle import Outcomes
from app.services.list_rows import Wanted
from app.services.people import Person


@dataclass(frozen=True)
class Act:
    """What one button does, to one row or to all that are ticked."""

    service: Callable[..., Outcomes]
    past: str
    asks_reason: bool = False
    decides: bool = False  # takes what the approver filled in, leaves out what was not looked at, can be undone
    may_wait: bool = False  # where it ends synced, QuickBooks is asked first


ACTS = {
    "send": Act(lifecycle.send, "sent"),
    "retrieve": Act(lifecycle.retrieve, "retrieved"),
    "accept": Act(lifecycle.accept, "accepted", decides=True),
    "reject": Act(lifecycle.reject, "rejected", asks_reason=True),
    "take_back": Act(lifecycle.take_back, "taken back", asks_reason=True),
    "retry": Act(lifecycle.retry, "put back in line"),
    "unlink": Act(unlinking.unlink, "unlinked", may_wait=True),
}
#: The button that shows what the ticked items wait for, to decide them together.
TOO = "accept_too"
#: So many are decided, or undone, at once.
MOST = 200
#: So many refusals are named; beyond, each row says why.
NAMED = 5
#: What many may have in common when they are left out: the code, and the words for one and for many.
TOGETHER = (
    ("warned", "has a remark, look at it by itself:", "have a remark, look at them one by one:"),
    ("conflict", "changed while you looked, look at it again:", "changed while you looked, look at them again:"),
)

Shown = Answer | tuple[str, int]


@pages.post("/<kind>/act")
@needs_person
def act(kind: str) -> Shown:
    """Do it; where anything was refused, show the page again with all that was typed and ticked."""
    asked = _list_of(kind)
    name, _, only = request.form.get("act", "").partition(":")
    chosen = [number(one) for one in ([only] if only else request.form.getlist("item"))]
    if name == TOO and chosen:
        return redirect(url_for("items.together", kind=kind, item=chosen))
    if name not in ACTS or not chosen:
        flash(
            "Nothing was ticked, so nothing was done."
            if name in ACTS
            else "The Enter key alone decides nothing: press the button you mean.",
            "warn",
        )
        return _again(asked)
    pressed = ACTS[name]
    try:
        outcomes = pressed.service(
            services().database, connection_id(), me(), chosen, **_more(pressed, kind, only, chosen)
        )
    except Refusal as problem:
        flash(str(problem), "bad")
        return _again(asked)
    _tell(
        _without_waiting(outcomes) if pressed.may_wait else outcomes,
        pressed.past,
        undo_for=kind if pressed.decides else "",
        left=None if _from_item() else asked,
    )
    return _again(asked) if outcomes.refused else _back(asked)


def _more(pressed: Act, kind: str, only: str, chosen: Sequence[int]) -> dict[str, Any]:
    """What a service wants to know besides the items."""
    found: dict[str, Any] = {"expected": _versions(chosen)}
    if pressed.decides:
        # Whoever ticks many looks at the sum, not at each: what has a remark is left for a look of its own.
        found |= {"inputs": {one: _inputs(kind, one) for one in chosen}, "warned_seen": bool(only)}
    if pressed.asks_reason:
        found["reason"] = request.form.get(f"reason:{only}") or request.form.get("reason", "")
    return found


def _inputs(kind: str, item_id: int) -> dict[str, str]:
    """What the approver filled in, or emptied, beside one row; a field that was not there is no wish."""
    names = {one.name: f"{one.name}:{item_id}" for one in registry.kind(kind).inputs}
    return {name: request.form[field].strip() for name, field in names.items() if field in request.form}


def _versions(chosen: Sequence[int]) -> dict[int, int]:
    """The versions the person looked at."""
    found = {one: request.form.get(f"version:{one}", "") for one in chosen}
    return {one: number(version) for one, version in found.items() if version.isdecimal()}


def _without_waiting(outcomes: Outcomes) -> Outcomes:
    """Say of which QuickBooks is asked first; what is left is done, or refused."""
    for outcome in outcomes.done:
        if outcome.state == "synced":
            flash(f"{outcome.name}: {unlinking.WAITS}", "good")
    return Outcomes([one for one in outcomes.each if not one.ok or one.state != "synced"])


def _tell(outcomes: Outcomes, done: str, *, undo_for: str = "", left: Wanted | None = None) -> None:
    if outcomes.done:
        flash(_done(outcomes, done) + (_left(left) if left else ""), "good")
        if undo_for and me().may("take_back", undo_for):
            undo = {"kind": undo_for, "items": [outcome.item_id for outcome in outcomes.done[:MOST]]}
            flash(undo, "undo")  # type: ignore[arg-type]  # any plain data may be flashed
    for outcome in outcomes.done[:NAMED]:
        if outcome.note:
            flash(outcome.note, "warn")
    refused = outcomes.refused
    if len(outcomes.each) > 1:
        for code, few, many in TOGETHER:
            if names := [one.name for one in refused if one.problem is not None and one.problem.code == code]:
                flash(f"{len(names)} {few if len(names) == 1 else many} {_named(names)}.", "warn")
                refused = [one for one in refused if one.problem is None or one.problem.code != code]
    for outcome in refused[:NAMED]:
        flash(f"{outcome.name}: {outcome.problem}", "bad")
    if len(refused) > NAMED:
        flash(f"{len(refused) - NAMED} more were refused; each row says why.", "bad")


def _done(outcomes: Outcomes, done: str) -> str:
    count = f"{len(outcomes.done)} of {len(outcomes.each)}: " if outcomes.refused else ""
    queued = sum(outcome.state == "queued" for outcome in outcomes.done)
    waits = sum(outcome.state == "accepted" for outcome in outcomes.done)
    line = f" {queued} queued for QuickBooks." if queued else ""
    line += f" {waits} under Waiting until what it needs is in QuickBooks." if waits == 1 else ""
    line += f" {waits} under Waiting until what they need is in QuickBooks." if waits > 1 else ""
    return f"{count}{_named([outcome.name for outcome in outcomes.done])} {done}.{line}"


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _left(asked: Wanted) -> str:
    """How much of the list is still there."""
    left = listing.left(services().database, connection_id(), asked)
    return f" {left} left." if left else " None left here."


# -- what they wait for, too ---------------------------------------------------------------------------------------


@pages.get("/<kind>/together")
@needs_person
def together(kind: str) -> str | Answer:
    """These and whatever they wait for, each with what would be written."""
    asked = wanted(kind, {})
    chosen = [number(one) for one in request.args.getlist("item")[:MOST]]
    parts = services_together.plan(services().database, connection_id(), me(), chosen)
    if not parts:
        flash("Nothing of it waits for a decision any more.", "warn")
        return redirect(address(asked))
    return render_template("together.html", kind=registry.kind(kind), parts_of=parts, back=address(asked))


@pages.post("/<kind>/together")
@needs_person
def accept_together(kind: str) -> Answer:
    """Accept what is ticked, each after what it waits for."""
    asked, chosen = wanted(kind, {}), [number(one) for one in request.form.getlist("item")[:MOST]]
    if not chosen:
        flash("Nothing was ticked, so nothing was done.", "warn")
        return redirect(address(asked))
    seen = _versions(chosen)  # and the remarks: each stands beside its row
    outcomes = lifecycle.accept(services().database, connection_id(), me(), chosen, expected=seen, warned_seen=True)
    _tell(outcomes, "accepted", undo_for=kind)
    return redirect(address(asked))


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
    typed = ("number", "amount", "reason")
    return _of_one(kind, item_id, lifecycle.record_by_hand, typed, "recorded as entered by hand")


@pages.post(ONE + "/rebook")
@needs_person
def rebook(kind: str, item_id: int) -> Answer:
    """Book on another day what failed because its books are closed."""
    return _of_one(kind, item_id, lifecycle.rebook, ("day", "reason"), "accepted with another date")


@pages.post(ONE + "/override")
@needs_person
def override(kind: str, item_id: int) -> Answer:
    """Accept alone what another person should, with a reason."""
    seen = {item_id: number(request.form.get("version", ""))}

    def accept(database: Database, chosen: int, who: Person, one: int, reason: str) -> Outcomes:
        return lifecycle.accept(database, chosen, who, [one], expected=seen, warned_seen=True, override=reason)

    return _of_one(kind, item_id, accept, ("reason",), "accepted by one person alone", undo_for=kind)


def _of_one(
    kind: str, item_id: int, act: Callable[..., Outcomes], fields: Sequence[str], done: str, *, undo_for: str = ""
) -> Answer:
    """Do to one item what takes more than a press, with what was typed; its page says what became of it."""
    database, chosen = services().database, connection_id()
    item_page.of_kind(database, chosen, kind, item_id)
    typed = [request.form.get(name, "") for name in fields]
    try:
        _tell(act(database, chosen, me(), item_id, *typed), done, undo_for=undo_for)
    except Refusal as problem:
        flash(str(problem), "bad")
    return redirect(url_for("items.one", kind=kind, item_id=item_id))


# -- where the button was pressed ----------------------------------------------------------------------------------


def _list_of(kind: str) -> Wanted:
    given = request.form.items()
    return wanted(kind, {name.removeprefix("back_"): said for name, said in given if name.startswith("back_")})


def _from_item() -> int:
    return number(request.form.get("from_item", ""))


def _back(asked: Wanted) -> Answer:
    if item_id := _from_item():
        return redirect(url_for("items.one", kind=asked.kind, item_id=item_id))
    if request.form.get("to") == "offers":
        return redirect(url_for("offers.page", kind=asked.kind))
    return redirect(address(asked))


def _again(asked: Wanted) -> Shown:
    if item_id := _from_item():
        return show_one(asked.kind, item_id), 422
    return show_list(asked), 422
