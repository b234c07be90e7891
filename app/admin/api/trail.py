"""The audit trail: looked at, verified, taken along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, send_file
from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.api.items import EntryShape, ItemShape, zone
from app.admin.api.routes import Family, File, database
from app.admin.api.shapes import MOST_NUMBER, Asked, Shape, many, number, one, text, words, yes_no
from app.core.tags import Tag
from app.services import audit, audit_package, trail_page
from app.services.trail_page import Page, Wanted

family = Family("trail", "The audit trail: append-only, and chained by hashes.")


class EventShape(Shape):
    """One event."""

    seq = number("Its number on the connection's chain.", "event.seq")
    hash = text("The hash that chains it to the one before.", "event.hash")
    entry = one(EntryShape)
    item = one(ItemShape, nullable=True)


class TrailShape(Shape):
    """One page of the trail."""

    events = many(EventShape, "Up to a hundred events, the newest first.", "rows")
    older = number("Give it as `before` for older ones; 0 where there are none.")
    newer = number("Give it as `after` for newer ones; 0 where there are none.")


def _number(about: str) -> fields.Integer:
    check = validate.Range(min=0, max=MOST_NUMBER)
    return fields.Integer(load_default=0, validate=check, metadata={"description": about})


def _day(about: str) -> fields.Date:
    return fields.Date(load_default=None, metadata={"description": about})


class TrailQuery(Asked):
    tag = fields.String(
        load_default="",
        validate=validate.OneOf([tag.value for tag in Tag]),
        metadata={"description": "Only events of this tag."},
    )
    actor = words("Only what this person, or this side, did.", most=200)
    item = _number("Only what is about this item.")
    since = _day("From this day on, in the company's own time.")
    until = _day("To the end of this day.")
    before = _number("Older than this number.")
    after = _number("Newer than this number.")


class VerdictShape(Shape):
    """What the verifier found in one chain."""

    chain = text("Which chain.")
    events = number("How many events it has.")
    ok = yes_no("Whether every event is in its place.")
    problem = text("What is wrong; empty where nothing is.")
    first_bad = number("The first event that does not fit; 0 where all do.")
    redacted = number("Of how many what they were about was redacted.")


class VerdictsShape(Shape):
    """What the verifier found."""

    chains = many(VerdictShape, "Chain by chain.")


@family.get("/trail", "The trail", gives=TrailShape, asks=TrailQuery)
def page(query: Mapping[str, Any]) -> Page:
    """One page, by keyset: go on with `older`."""
    days = {name: query[name].isoformat() if query[name] else "" for name in ("since", "until")}
    return trail_page.page(database(), connection_id(), Wanted(**{**query, **days}), zone())


@family.post("/trail/verify", "Verify the trail", gives=VerdictsShape, right=("audit", ""))
def verify() -> Any:
    """Recompute every hash of the connection's chain and the service's, and name the first event that does not fit."""
    return {"chains": audit.verify(database(), audit.seen_from(connection_id()))}


@family.post("/trail/package", "Take the trail along", gives=File("application/zip", "The ZIP."), right=("audit", ""))
def package() -> Response:
    """The whole trail as one ZIP that verifies itself. Taking it is on the trail."""
    return send_file(audit_package.make(database(), connection_id(), me()), mimetype="application/zip")
