"""Your notices: what you were told, and which of it you want by mail. The demo shows its mails as well."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.core.errors import NotFound
from app.services import notices_page
from app.services.notices import SORTS
from app.services.notices_post import MAILBOX

pages = Blueprint("notices", __name__, url_prefix="/notices")

#: When a notice is mailed, in words.
WHEN = {"immediate": "At once", "daily": "Once a day", "never": "Not by mail"}


@pages.get("/")
@needs_person
def page() -> str:
    database = services().database
    return render_template(
        "notices.html",
        found=notices_page.page(database, connection_id(), me(), number(request.args.get("before", ""))),
        sorts=SORTS,
        chosen=notices_page.choices(database, me()),
        when=WHEN,
        mails=bool(services().settings.smtp_url),
        has_mailbox=_has_mailbox(),
    )


@pages.post("/read")
@needs_person
def read() -> Answer:
    """Mark one as read, or all."""
    wanted = request.form.get("notice", "")
    notices_page.mark_read(services().database, connection_id(), me(), None if wanted == "all" else number(wanted))
    return redirect(url_for("notices.page"))


@pages.post("/choices")
@needs_person
def choose() -> Answer:
    wanted = {name: request.form[name] for name in SORTS if name in request.form}
    notices_page.choose(services().database, me(), wanted)
    flash("Kept. It holds for what happens from now on.", "good")
    return redirect(url_for("notices.page"))


@pages.get("/mailbox")
@needs_person
def mailbox() -> str:
    """What would have been mailed; only where the mail server is the demo's mailbox."""
    if not _has_mailbox():
        raise NotFound("There is no mailbox here.", "Only the demo has one; elsewhere mails go to people.")
    return render_template("mailbox.html", mails=notices_page.mailbox(services().database, connection_id()))


def _has_mailbox() -> bool:
    return bool(services().settings.smtp_url == MAILBOX)
