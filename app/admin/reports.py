"""The reports an accountant closes a month with: shown, printed, exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import files, report_bars
from app.admin.access import connection_id, me, needs_person, services
from app.core import clock
from app.core.errors import Conflict, Refusal
from app.db.engine import Database
from app.items import registry
from app.services import (
    access_review,
    accountant,
    archived,
    connections,
    month_end,
    reconciliation,
    refreshes,
    report_list,
    reports,
    tie_out,
    unsyncable,
)
from app.services.payments import PAYMENTS
from app.services.report_list import EVERY, Entry

pages = Blueprint("reports", __name__, url_prefix="/reports")


@pages.get("/")
@needs_person
def index() -> str:
    return render_template("reports.html", entries=list(EVERY.values()))


@pages.get("/<name>.csv")
@needs_person
def as_csv(name: str) -> Response:
    found = _allowed(name)
    sheet = found.sheet(services().database, connection_id(), request.args.get("month", ""))
    return files.csv(f"{found.name}.csv", lambda out: reports.write_csv(sheet, out))


@pages.get("/<name>")
@needs_person
def page(name: str) -> Any:
    """One report; the exceptions have a page of their own."""
    if name not in PAGES:
        return redirect(url_for(f"{report_list.entry(name).name}.page"))
    return render_template(
        f"report_{name.replace('-', '_')}.html", entry=_allowed(name), now=clock.now(), **PAGES[name]()
    )


def _allowed(name: str) -> Entry:
    found = report_list.entry(name)
    found.must_see(services().database, connection_id(), me())
    return found


# -- what each page shows ------------------------------------------------------------------------------------------


def _tie_out() -> dict[str, Any]:
    found = tie_out.report(services().database, connection_id())
    totals = tie_out.totals(found.rows)
    return {
        "report": found,
        "totals": totals,
        "sides": report_bars.tie_out(totals),
        "bars": report_bars.orders(found.rows),
    }


def _month_end() -> dict[str, Any]:
    database, chosen = services().database, connection_id()
    found = month_end.page(database, chosen, request.args.get("month", ""))
    months = list(month_end.months(clock.today(found.zone).isoformat()[:7]))
    if found.month not in months:
        months.append(found.month)
    return {
        "page": found,
        "months": [(one, month_end.name_of(one)) for one in months],
        "right": month_end.RIGHT,
        "drawn": report_bars.month(found),
        "key": report_bars.month_key(found),
    }


def _reconciliation() -> dict[str, Any]:
    lines = reconciliation.report(services().database, connection_id())
    return {
        "lines": lines,
        "outcomes": reconciliation.OUTCOMES,
        "drawn": report_bars.outcomes(lines[:-1]),
        "key": [(tone, name) for name, tone in report_bars.OUTCOMES.items()],
    }


def _unsyncable() -> dict[str, Any]:
    return {"lines": unsyncable.report(services().database, connection_id()), "beyond": unsyncable.BEYOND}


def _accountant() -> dict[str, Any]:
    lines = accountant.page(services().database, connection_id(), request.args.get("before", ""))
    older = lines[-1].key if len(lines) == accountant.PAGE else ""
    return {"lines": lines, "older": older, "drawn": report_bars.accepted(lines)}


def _archived() -> dict[str, Any]:
    return {"lines": archived.report(services().database, connection_id())}


def _access() -> dict[str, Any]:
    return {"report": access_review.report(services().database, connection_id())}


PAGES: dict[str, Callable[[], dict[str, Any]]] = {
    "tie-out": _tie_out,
    "month-end": _month_end,
    "reconciliation": _reconciliation,
    "unsyncable": _unsyncable,
    "accountant": _accountant,
    "archived": _archived,
    "access": _access,
}


# -- what people do there ------------------------------------------------------------------------------------------


@pages.post("/tie-out/refresh")
@needs_person
def read_again() -> Answer:
    """Ask for everything the report is made of at once, so that one session reads it."""
    names = lists_of_the_tie_out(services().database, connection_id())
    asked = refreshes.ask(services().database, connection_id(), me(), names)
    flash(f"{'Queued' if asked else 'Queued already'}; it runs at the next session.", "good")
    return redirect(url_for("reports.page", name="tie-out"))


def lists_of_the_tie_out(database: Database, connection_id: int) -> list[str]:
    """The lists the report is made of, as far as this edition can be asked for them."""
    host = connections.get(database, connection_id).host
    return [one for one in (*tie_out.LISTS, PAYMENTS) if not registry.refreshes()[one].why_not(host)]


@pages.post("/month-end/sign")
@needs_person
def sign() -> Answer:
    month, part = request.form.get("month", ""), request.form.get("part", "")

    def act() -> str:
        month_end.sign(*_here(), me(), month, part, request.form.get("seen", ""))
        return f"{month_end.name_of(month)} is {part}."

    return _tell(month, act)


@pages.post("/month-end/undo")
@needs_person
def undo() -> Answer:
    month, part = request.form.get("month", ""), request.form.get("part", "")
    reason = request.form.get("reason", "")

    def act() -> str:
        month_end.undo(*_here(), me(), month, part, reason)
        return "The signature is undone."

    return _tell(month, act)


def _here() -> tuple[Any, int]:
    return services().database, connection_id()


def _tell(month: str, act: Callable[[], str]) -> Answer:
    try:
        flash(act(), "good")
    except (Refusal, Conflict) as problem:
        flash(str(problem), "bad")
    return redirect(url_for("reports.page", name="month-end", month=month))
