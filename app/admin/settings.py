"""The settings of the connection: looked at by everybody, changed by whoever may."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import Refusal
from app.services import connections, permissions, settings

pages = Blueprint("settings", __name__, url_prefix="/settings")


@pages.get("/")
@needs_person
def page() -> str:
    return _shown({})


@pages.post("/")
@needs_person
def change() -> Answer | tuple[str, int]:
    """Keep what was changed; where anything does not fit, show the page again with all that was typed."""
    typed = {name: request.form[name] for name in settings.BY_NAME if name in request.form}
    database, chosen = services().database, connection_id()
    before = permissions.matrix(database, chosen, me())
    try:
        changed = connections.change_settings_as(database, chosen, me(), typed, reason=request.form.get("reason", ""))
    except Refusal as problem:
        flash(str(problem), "bad")
        return _shown(typed), 422
    names = ", ".join(settings.BY_NAME[name].label for name in changed)
    flash(f"Changed: {names}." if changed else "Nothing was changed.", "good" if changed else "warn")
    if "permission_profile" in changed:
        found = next(one for one in before.differences if one.profile == changed["permission_profile"])
        flash(found.sentence, "warn")
    return redirect(url_for("settings.page"))


def _shown(typed: dict[str, str]) -> str:
    found = connections.settings_page(services().database, connection_id())
    may_save = any(me().may(one.right) for one in settings.ALL)
    return render_template("settings.html", groups=found, typed=typed, may_save=may_save)
