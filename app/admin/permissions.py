"""The permissions: every row of the matrix as it is enforced, in groups, and who holds what."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template, request

from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import NotFound
from app.services import people, permissions
from app.services.people import Person
from app.services.permissions import Shown

pages = Blueprint("permissions", __name__, url_prefix="/permissions")

#: The rows in groups, by the word their name begins with; a row of no group stands in the last.
GROUPS = {
    "Decide": ("accept",),
    "Send": ("send",),
    "Bring over and link": ("add", "import", "archive", "assign", "link"),
    "Read and tell": ("refresh", "sync"),
    "Unlink and remove": ("unlink", "remove"),
    "See reports and lists": ("view",),
    "Settings": (),
}
SHOW = {"": "All rows", "mine": "What you may", "lacking": "What you may not", "off": "Not available"}


@pages.get("/")
@needs_person
def page() -> str:
    who = _whom(request.args.get("person", ""))
    found = permissions.matrix(services().database, connection_id(), who)
    words, show = request.args.get("q", "").strip(), request.args.get("show", "")
    shown = [row for row in found.rows if _fits(row, words.lower(), show)]
    return render_template(
        "permissions.html", matrix=found, groups=_grouped(shown), words=words, show=show, choices=SHOW, who=who
    )


def _whom(login: str) -> Person:
    """Whose permissions are shown: one's own, or those of somebody one may give and take them."""
    if not login or login == me().login:
        return me()
    database, chosen = services().database, connection_id()
    permissions.must(database, chosen, me(), "users")
    found = people.person(database, chosen, login=login)
    if found is None:
        raise NotFound(f"There is no active user {login}.", "Look at the page People.")
    return found


def _fits(shown: Shown, words: str, show: str) -> bool:
    if words and words not in f"{shown.row.action} {shown.row.note} {shown.not_available}".lower():
        return False
    if show == "off":
        return bool(shown.not_available)
    if show in {"mine", "lacking"}:
        return not shown.not_available and bool(shown.missing) == (show == "lacking")
    return True


def _grouped(rows: Iterable[Shown]) -> dict[str, list[Shown]]:
    groups: dict[str, list[Shown]] = {name: [] for name in GROUPS}
    last = list(GROUPS)[-1]
    for one in rows:
        word = one.row.name.partition("-")[0]
        groups[next((name for name, words in GROUPS.items() if word in words), last)].append(one)
    return {name: found for name, found in groups.items() if found}
