"""The rules: those in force and those of before; a file edited, tried on today's items, activated, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs, needs_person, services
from app.admin.asked import number
from app.core.errors import Conflict, Refusal
from app.items import registry
from app.rulebook import overlay
from app.rulebook.problems import Problem, RuleErrors
from app.rulebook.rule import Rule
from app.services import (
    connections,
    rules_activation,
    rules_drafts,
    rules_history,
    rules_preview,
    rules_versions,
)
from app.services.rules_drafts import ACTIVATE, EDIT

pages = Blueprint("rules", __name__, url_prefix="/rules")

Shown = str | tuple[str, int]
#: No database counts further.
VERSION, DRAFT = "/versions/<int(max=2147483647):number>", "/drafts/<int(max=9223372036854775807):draft_id>"
#: The button that keeps a draft; any other only checks.
KEEP = "keep"
HEADINGS = {
    "newly_blocked": ("Newly blocked", "They could go on now, and could not any more."),
    "newly_allowed": ("Newly allowed", "They could not go on until now. The sentence is what held them."),
    "otherwise": (
        "With another remark",
        "They are as free or as blocked as before, and another sentence stands there.",
    ),
}


@pages.get("/")
@needs_person
def page() -> str:
    database, words = services().database, request.args.get("q", "").strip()
    older = min(number(request.args.get("before", "")), 2**31 - 1)
    pack = rules_versions.in_force(database, connections.get(database, connection_id()))
    return render_template(
        "rules.html",
        pack=pack,
        groups=_grouped(pack.all_rules, words),
        words=words,
        activations=rules_versions.history(database, connection_id(), older),
        older=older,
        drafts=rules_drafts.opened(database, connection_id()),
    )


def _grouped(rules: tuple[Rule, ...], words: str = "") -> dict[str, list[Rule]]:
    return {
        kind: [rule for rule in rules if rule.kind == kind and _says(rule, words.lower())] for kind in registry.kinds()
    }


def _says(rule: Rule, words: str) -> bool:
    return words in f"{rule.name} {rule.message.wording} {rule.fix.wording} {rule.source}".lower()


# -- versions ------------------------------------------------------------------------------------------------------


@pages.get(VERSION)
@needs_person
def version(number: int) -> str:
    """One version: its rules, what it brought, and the way back to it."""
    found = rules_history.one(services().database, connection_id(), number)
    return render_template("rules_version.html", one=found, groups=_grouped(found.pack.all_rules))


@pages.get(VERSION + "/preview")
@needs_person
def preview_version(number: int) -> str:
    """What going back would change today."""
    found = rules_history.one(services().database, connection_id(), number)
    told = rules_preview.preview(services().database, connection_id(), found.pack)
    return render_template("rules_preview.html", one=found, draft=None, preview=told, headings=HEADINGS)


@pages.post(VERSION + "/rollback")
@needs(ACTIVATE)
def roll_back(number: int) -> Answer:
    """Let its content decide again, as a version of its own."""

    def act() -> str:
        after = rules_activation.roll_back(
            services().database, connection_id(), me(), number, request.form.get("reason", "")
        )
        return f"Version {after} decides now; it is the content of version {number}."

    return _done(act, url_for("rules.page"), url_for("rules.version", number=number))


# -- one file of them ----------------------------------------------------------------------------------------------


@pages.get("/edit")
@needs_person
def edit() -> str:
    """One file as it is in force, or in a draft, to look at or to change."""
    draft, name = number(request.args.get("draft", "")), request.args.get("file", "")
    files = rules_drafts.files(services().database, connection_id(), draft)
    name = name or overlay.groups(files, registry.kinds())[overlay.OWN][0]
    return _editor(files, name, overlay.text(files, name), draft)


@pages.post("/edit")
@needs(EDIT)
def write() -> Shown | Answer:
    """Check the file as it was typed or uploaded, or keep it as a draft; whatever is wrong, the text stays."""
    database, chosen, form = services().database, connection_id(), request.form
    draft, name = number(form.get("draft", "")), form.get("file", "")
    text = form.get("text", "")
    try:
        base = rules_drafts.files(database, chosen, draft)
    except Conflict as gone:  # put away or activated meanwhile: what was typed goes on as a draft of its own
        flash(f"{gone} What you typed is below; keep it as a new draft.", "bad")
        return _editor(rules_drafts.files(database, chosen), name, text, 0), 409
    try:
        text = _uploaded() or text
        files = overlay.laid_over(base, {name: text})
        if form.get("do") == KEEP:
            kept = rules_drafts.keep(database, chosen, me(), files, form.get("reason", ""), draft)
            flash(f"Draft {kept} is kept, and decides nothing yet.", "good")
            return redirect(url_for("rules.draft", draft_id=kept))
        pack, report = rules_drafts.checked(files)
        told = f"{len(pack.all_rules)} rules are fine. {report.total} examples, {len(report.failures)} problems."
        flash(f"{told} Nothing was kept yet.", "warn" if report.failures else "good")
        return _editor(base, name, text, draft, report.failures)
    except RuleErrors as found:
        flash(f"{found.sentence} Nothing was kept; the rules in force are as they were.", "bad")
        return _editor(base, name, text, draft, found.problems), 422
    except (Refusal, Conflict) as refused:
        flash(str(refused), "bad")
        return _editor(base, name, text, draft), 422


def _uploaded() -> str:
    """The file somebody chose on their machine, if any."""
    given = request.files.get("upload")
    if given is None or not given.filename:
        return ""
    try:
        sent: bytes = given.read(overlay.MOST_CHARACTERS * 4)
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(
            "The uploaded file is no text in UTF-8, so it was not read.",
            "Save it as UTF-8 in your editor and upload it again.",
            code="not_utf8",
        ) from None


def _editor(
    files: Mapping[str, str], name: str, text: str, draft: int, problems: list[Problem] | tuple[Problem, ...] = ()
) -> str:
    return render_template(
        "rules_edit.html",
        groups=overlay.groups(files, registry.kinds()),
        present=files,
        file=name,
        text=text,
        lines=text.splitlines(),
        draft=draft,
        why=rules_drafts.one(services().database, connection_id(), draft).row.reason if draft else "",
        problems=problems,
        rows=min(40, max(18, text.count("\n") + 4)),
    )


# -- drafts --------------------------------------------------------------------------------------------------------


@pages.get(DRAFT)
@needs_person
def draft(draft_id: int) -> str:
    """A draft: what differs, what its examples say, and who may let it decide."""
    return render_template("rules_draft.html", draft=rules_drafts.one(services().database, connection_id(), draft_id))


@pages.get(DRAFT + "/preview")
@needs_person
def preview(draft_id: int) -> str:
    """What it would change for the open items of today."""
    found = rules_drafts.one(services().database, connection_id(), draft_id)
    told = rules_preview.preview(services().database, connection_id(), found.pack)
    return render_template("rules_preview.html", draft=found, one=None, preview=told, headings=HEADINGS)


@pages.post(DRAFT + "/approve")
@needs(ACTIVATE)
def approve(draft_id: int) -> Answer:
    """A second person agrees."""

    def act() -> str:
        rules_drafts.approve(services().database, connection_id(), me(), draft_id, *_seen())
        return f"Draft {draft_id} is approved; it decides once it is activated."

    return _done(act, url_for("rules.draft", draft_id=draft_id))


@pages.post(DRAFT + "/activate")
@needs(ACTIVATE)
def activate(draft_id: int) -> Answer:
    """Let it decide from now on."""

    def act() -> str:
        override = "override" in request.form
        after = rules_activation.activate(
            services().database, connection_id(), me(), draft_id, *_seen(), override=override
        )
        return f"Version {after} decides now. Whatever waited for its rules was decided again."

    return _done(act, url_for("rules.page"), url_for("rules.draft", draft_id=draft_id))


@pages.post(DRAFT + "/drop")
@needs(EDIT)
def drop(draft_id: int) -> Answer:
    """Put it away."""

    def act() -> str:
        rules_drafts.drop(services().database, connection_id(), me(), draft_id)
        return f"Draft {draft_id} is put away."

    return _done(act, url_for("rules.page"))


def _seen() -> tuple[str, str]:
    """The version the person looked at, and why it is right."""
    return request.form.get("version", ""), request.form.get("reason", "")


def _done(act: Callable[[], str], good: str, bad: str = "") -> Answer:
    try:
        flash(act(), "good")
    except (Refusal, Conflict) as refused:
        flash(str(refused), "bad")
        return redirect(bad or good)
    return redirect(good)
