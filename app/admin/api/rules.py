"""The rules: those in force and those of before, drafts of others, and what these would change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.api.routes import Family, database
from app.admin.api.shapes import (
    Asked,
    Money,
    Shape,
    counts,
    done,
    flag,
    many,
    moment,
    number,
    one,
    reason,
    storable,
    text,
    texts,
    whole,
    words,
    yes_no,
)
from app.rulebook import overlay
from app.rulebook.compare import Difference
from app.services import (
    connections,
    rules_activation,
    rules_drafts,
    rules_history,
    rules_preview,
    rules_versions,
)

family = Family("rules", "The rules: versions, drafts, what they would change, and the way back.")
Body = Mapping[str, Any]
VERSION, DRAFT = "/rules/versions/<int(max=2147483647):number>", "/rules/drafts/<int(max=9223372036854775807):draft>"


# -- in force ------------------------------------------------------------------------------------------------------


class RuleShape(Shape):
    """One rule."""

    name = text("Its name.")
    file = text("The file it stands in.")
    kind = text("The kind it guards.")
    before = texts("The moves it guards.")
    effect = text("deny, warn or audit.")
    reason = text("What sort of reason it gives.")
    message = text("What it says.", "message.wording")
    fix = text("What it says to do.", "fix.wording")
    source = text("Where it comes from.")


class ActivationShape(Shape):
    """When which rules came into force."""

    version = text("The hash of what its files say.")
    former = number("The number of the version whose content decides again.", nullable=True)
    author = text("Who wrote it.")
    approved_by = text("Who approved it; empty where whoever activated it was the second person, or none was needed.")
    actor = text("Who activated it.")
    reason = text("Why.")
    failures = number("Examples that did not pass, and were passed over.")
    number = number("Its number among the versions of the connection.")
    at = moment("When.", nullable=False)


class RulesDraftShape(Shape):
    """A draft somebody proposes."""

    id = number("As paths name it.")
    version = text("The hash of what its files say; whoever approves or activates it says which they looked at.")
    author = text("Who wrote it.")
    reason = text("Why.")
    at = moment("When it changed last.", nullable=False)
    approved_by = text("Who approved it; empty: nobody yet.")


class RulesShape(Shape):
    """The rules in force, and who proposes others."""

    version = text("Their version: the hash of what the files say.")
    rules = many(RuleShape, "Each of them.")
    activations = many(ActivationShape, "The last twenty versions.")
    drafts = many(RulesDraftShape, "The drafts that are open.")


@family.get("/rules", "The rules in force", gives=RulesShape)
def rules() -> Any:
    """Every rule, which versions decided before, and the drafts that are open."""
    pack = rules_versions.in_force(database(), connections.get(database(), connection_id()))
    return {
        "version": pack.version,
        "rules": pack.all_rules,
        "activations": rules_versions.history(database(), connection_id()),
        "drafts": rules_drafts.opened(database(), connection_id()),
    }


# -- what differs --------------------------------------------------------------------------------------------------


class RulePartShape(Shape):
    """A part of a rule that is worded differently."""

    label = text("Which part.")
    before = text("How it was; empty where it was not there.")
    after = text("How it is; empty where it is there no more.")


class ChangedRuleShape(Shape):
    """A rule that is worded differently."""

    rule = one(RuleShape)
    parts = many(RulePartShape, "What of it.")


class RulesDifferenceShape(Shape):
    """What differs between two versions."""

    added = many(RuleShape, "Rules that are new.")
    removed = many(RuleShape, "Rules that are gone.")
    changed = many(ChangedRuleShape, "Rules worded differently.")
    files = texts("The files that differ.")

    def get_files(self, found: Difference) -> list[str]:
        return [file.name for file in found.files]


class ProblemShape(Shape):
    """Something to mend."""

    file = text("The file.")
    line = number("The line, from one.")
    column = number("The column, from one.")
    sentence = text("What is wrong.")
    suggestion = text("What was probably meant.")


class RulesVersionShape(Shape):
    """One version."""

    activation = one(ActivationShape, "row")
    rules = many(RuleShape, "Its rules.", "pack.all_rules")
    against = one(RulesDifferenceShape, "back")
    failures = many(ProblemShape, "Examples that do not pass.", "report.failures")


@family.get(VERSION, "One version", gives=RulesVersionShape)
def version(number: int) -> Any:
    """Its rules, and what differs in them from those in force."""
    return rules_history.one(database(), connection_id(), number)


class WhyBack(Asked):
    """Why."""

    reason = reason()


@family.post(VERSION + "/rollback", "Roll back", takes=WhyBack, right=("activate", ""))
def roll_back(number: int, body: Body) -> dict[str, str]:
    """The content of a former version decides again, as a new version; no history goes."""
    after = rules_activation.roll_back(database(), connection_id(), me(), number, body["reason"])
    return done(f"Version {after} decides now; it is the content of version {number}.")


# -- drafts --------------------------------------------------------------------------------------------------------


def _files() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=[validate.Length(max=80), storable]),
        values=fields.String(validate=[validate.Length(max=overlay.MOST_CHARACTERS), storable]),
        required=True,
        metadata={"description": "Files by name, whole, laid over those in force or of the draft; empty removes one."},
    )


class RuleFiles(Asked):
    """Files to check."""

    files = _files()


class ToKeepDraft(Asked):
    """Files to keep as a draft."""

    files = _files()
    reason = reason()
    draft = whole("Your own draft to change; without it there is a new one.", required=False)


class CheckedShape(Shape):
    """What the examples say of files that can be read."""

    version = text("The hash of what the files say.")
    rules = number("How many rules there are.")
    examples = number("How many examples were run.")
    failures = many(ProblemShape, "Those that do not pass, and rules without one.")


class KeptShape(Shape):
    """A draft that was kept."""

    draft = number("As paths name it.")
    version = text("The hash of what its files say.")


class LookedDraftShape(Shape):
    """A draft, and all there is to know before it is approved or activated."""

    draft = one(RulesDraftShape, "row")
    state = text("open, activated or dropped.", "row.state")
    stale = yes_no("Whether another version came into force since it was begun: it can no longer be activated.")
    second_person = yes_no("Whether its author alone may not activate it.")
    others = texts("Who could approve it.")
    difference = one(RulesDifferenceShape)
    examples = number("How many examples were run.", "report.total")
    failures = many(ProblemShape, "Those that do not pass, and rules without one.", "report.failures")


class SeenDraft(Asked):
    """The draft exactly as it was looked at, and why."""

    version = words("The version that was looked at: 64 characters.", required=True, least=1, most=64)
    reason = reason()


class ToActivate(SeenDraft):
    """Which draft is to decide."""

    override = flag("Although examples fail; a second person must have approved the draft.")


@family.post("/rules/check", "Check rule files", takes=RuleFiles, gives=CheckedShape, right=("rules", ""))
def check(body: Body) -> Any:
    """Reads the files and runs all examples. What cannot be read is refused with file, line and column; nothing is
    kept."""
    base = rules_drafts.files(database(), connection_id())
    pack, report = rules_drafts.checked(overlay.laid_over(base, body["files"]))
    return {
        "version": pack.version,
        "rules": len(pack.all_rules),
        "examples": report.total,
        "failures": report.failures,
    }


@family.post("/rules/drafts", "Keep a draft", takes=ToKeepDraft, gives=KeptShape, right=("rules", ""))
def keep(body: Body) -> Any:
    """A draft decides nothing. A file that cannot be read is refused with its place, and nothing is kept."""
    base = rules_drafts.files(database(), connection_id(), body["draft"])
    files = overlay.laid_over(base, body["files"])
    draft = rules_drafts.keep(database(), connection_id(), me(), files, body["reason"], body["draft"])
    return {"draft": draft, "version": rules_drafts.one(database(), connection_id(), draft).row.version}


@family.get(DRAFT, "One draft", gives=LookedDraftShape)
def draft(draft: int) -> Any:
    """What differs from the rules in force, what its examples say, and who could approve it."""
    return rules_drafts.one(database(), connection_id(), draft)


@family.post(DRAFT + "/approve", "Approve a draft", takes=SeenDraft, right=("activate", ""))
def approve(draft: int, body: Body) -> dict[str, str]:
    """Somebody else than its author agrees to it."""
    rules_drafts.approve(database(), connection_id(), me(), draft, body["version"], body["reason"])
    return done(f"Draft {draft} is approved; it decides once it is activated.")


@family.post(DRAFT + "/activate", "Activate a draft", takes=ToActivate, right=("activate", ""))
def activate(draft: int, body: Body) -> dict[str, str]:
    """Let it decide from now on. Refused while examples fail, and where its author alone approves it."""
    number = rules_activation.activate(
        database(), connection_id(), me(), draft, body["version"], body["reason"], override=body["override"]
    )
    return done(f"Version {number} decides now.")


@family.post(DRAFT + "/drop", "Put a draft away", right=("rules", ""))
def drop(draft: int) -> dict[str, str]:
    """It can no longer be activated; the trail keeps what it was."""
    rules_drafts.drop(database(), connection_id(), me(), draft)
    return done(f"Draft {draft} is put away.")


# -- what they would change ----------------------------------------------------------------------------------------


class FaresOtherwiseShape(Shape):
    """An item that would fare otherwise."""

    item_id = number("The item.")
    kind = text("Its kind.")
    name = text("Its name.")
    state = text("Where it rests.")
    rule = text("The rule that makes the difference, as file:name.")
    sentence = text("What the rules say of it, or said until now.")
    fix = text("What to do.")


class ListedItemsShape(Shape):
    """Items of one sort."""

    count = number("How many.")
    amount = Money("What they are worth.")
    by_kind = counts("How many of each kind.")
    items = many(FaresOtherwiseShape, "The first fifty.")

    def get_amount(self, found: Body) -> Decimal:
        return Decimal(found["amount"])


class PreviewShape(Shape):
    """What other rules would change for the open items of today."""

    version = text("The version that was tried.")
    against = text("The version in force.")
    looked_at = number("All open items.")
    newly_blocked = one(ListedItemsShape)
    newly_allowed = one(ListedItemsShape)
    otherwise = one(ListedItemsShape)
    unchanged = number("As free or as blocked as before, those with another remark among them.")
    unchanged_by_kind = counts("The same of each kind.")
    in_line = number("Of those newly blocked: queued already, and taken back when they are about to leave.")


@family.get(DRAFT + "/preview", "Preview a draft", gives=PreviewShape)
def preview(draft: int) -> Any:
    """Both versions are asked about the next move of every open item; nothing is written."""
    found = rules_drafts.one(database(), connection_id(), draft)
    return rules_preview.preview(database(), connection_id(), found.pack).plain()


@family.get(VERSION + "/preview", "Preview a former version", gives=PreviewShape)
def preview_version(number: int) -> Any:
    """What going back to it would change today."""
    found = rules_history.one(database(), connection_id(), number)
    return rules_preview.preview(database(), connection_id(), found.pack).plain()
