"""What kinds share that are names in a QuickBooks list: their two names, and the walk that adds them but once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.core import text
from app.items.base import Again, Ask, Content, Done, Hold, Record, Refuse, Reply, Situation, Staged, Step
from app.items.offered import Bar, NewRecord, Offered

#: A record counts as ours only if it was created after hand-out, less this: clocks differ, and
#: QuickBooks' time offsets do not follow daylight saving.
CLOCK_SLACK = timedelta(hours=2)

SPOKEN = {"Customer": "customer", "Vendor": "vendor", "Employee": "employee", "OtherName": "other name"}


class Named(Offered):
    """A kind with a name in Procore, and perhaps another in QuickBooks; the longer one goes to Notes there."""

    def name(self, content: Content) -> str:
        return text.squeeze(content["name"])

    def keys(self, content: Content, inputs: Content) -> set[str]:
        return {text.same_name(self.quickbooks_name(content, inputs))}

    def quickbooks_name(self, content: Content, inputs: Content) -> str:
        """What the approver typed, or Procore's own name."""
        return text.squeeze(inputs.get("quickbooks_name")) or self.name(content)

    def names(self, content: Content, inputs: Content) -> Content:
        """The name and the notes of a document."""
        name, legal = self.quickbooks_name(content, inputs), self.name(content)
        return {"name": name, "notes": None if legal == name else legal}

    def why_not_add(self, staged: Staged, settings: Mapping[str, Any]) -> Bar | None:
        return None if staged.active else inactive(staged)

    def why_not_link(self, staged: Staged) -> Bar | None:
        return None if staged.active else inactive(staged)


def inactive(staged: Staged) -> Bar:
    """QuickBooks hides it, so it is not to be carried on with."""
    return Bar(
        f"{staged.full_name} is inactive in QuickBooks.",
        "Make it active in QuickBooks and press Refresh, or archive it here.",
    )


def made_from(staged: Staged, path: str, part: str, fields: Content, **look: str) -> NewRecord:
    """A record to be made in Procore: the name and whatever QuickBooks knows of the rest."""
    known = {name: value for name, value in fields.items() if value not in ("", None)}
    return NewRecord(path, part, {"name": text.squeeze(staged.name), **known}, look)


def taken_by(name: str, others: tuple[Staged, ...], item_id: int | None) -> str:
    """Who already has this name in QuickBooks, in words, or nothing.

    Vendors, employees, other names and top-level customers share one space of names.
    """
    wanted = text.same_name(name)
    for other in others:
        if other.bound_to is not None and other.bound_to == item_id:
            continue
        if other.type == "Customer" and other.sublevel > 0:
            continue
        if other.type in SPOKEN and text.same_name(other.name) == wanted:
            return f"{SPOKEN[other.type]} {other.name}" + ("" if other.active else " (inactive)")
    return ""


def created_after(record: Record, moment: datetime | None) -> bool:
    """Whether QuickBooks created the record after a request left us, clocks allowing."""
    stamp = record.text("TimeCreated")
    if not stamp or moment is None:
        return False
    created = datetime.fromisoformat(stamp)
    if created.tzinfo is None:
        created = created.replace(tzinfo=moment.tzinfo)
    return created >= moment - CLOCK_SLACK


def next_step(now: Situation, *, ret: str, what: str, same: list[tuple[str, str]], context: Content) -> Step:
    """Add the record; after doubt or a taken name, look who has it first.

    ``same`` pairs QuickBooks paths with the document's values: only a record equal in all of
    them and created after our hand-out is adopted as ours.
    """
    last = now.last
    if last is None or (last.step == "add" and last.outcome == "unrun"):
        return Ask("add", writes=True, context=context)
    if last.outcome in {"unknown", "unrun"} or (last.step == "add" and last.outcome == "taken"):
        return Ask("find", writes=False, context=context)
    if last.step == "find":
        return _after_find(now, last, ret, what, same, context)
    if last.outcome == "saved" and last.records:
        return _done(last.records[0], same)
    if last.outcome == "retry":
        return Again(last.sentence)
    return Refuse(last.sentence, last.what_to_do)


def _after_find(
    now: Situation, found: Reply, ret: str, what: str, same: list[tuple[str, str]], context: Content
) -> Step:
    if found.outcome == "retry":
        return Again(found.sentence)
    if found.outcome not in {"found", "empty"}:
        return Refuse(found.sentence, found.what_to_do)
    doubt = now.doubtful("add")
    for record in found.records:
        if record.type == ret and doubt and created_after(record, doubt.handed_out) and not _differs(record, same):
            return _done(record, same, adopted=True)
    if found.records:
        other = found.records[0]
        type_ = other.type.removesuffix("Ret")
        who = SPOKEN.get(type_) or ("item" if type_.startswith("Item") else "record")
        name = other.text("FullName") or other.text("Name")
        inactive = " (inactive)" if other.text("IsActive") == "false" else ""
        return Hold(
            rule=f"{what.replace(' ', '-')}-name-free",
            sentence=f"QuickBooks already has {_a(who)} named {name}{inactive}.",
            what_to_do="Give it another QuickBooks name, or link it if it is the same one.",
            field="quickbooks_name",
        )
    if now.tried("add") >= 3:
        return Refuse(
            f"QuickBooks lost this {what} three times without saying why.",
            "Ask whoever looks after QuickBooks to check the file (Verify Data), then retry.",
        )
    return Ask("add", writes=True, context=context)


def _a(what: str) -> str:
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def _differs(record: Record, same: list[tuple[str, str]]) -> list[str]:
    return [
        f"{path}: QuickBooks saved “{record.text(path)}”, approved “{value}”"
        for path, value in same
        if text.squeeze(record.text(path)) != text.squeeze(value)
    ]


def _done(record: Record, same: list[tuple[str, str]], *, adopted: bool = False) -> Done:
    return Done(
        record=record.type.removesuffix("Ret"),
        quickbooks_id=record.text("ListID"),
        edit_sequence=record.text("EditSequence"),
        full_name=record.text("FullName") or record.text("Name"),
        differences=tuple(_differs(record, same)),
        adopted=adopted,
    )
