"""One's own notices: what one was told, and which of it one wants by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.admin.access import connection_id, me
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Asked, Shape, done, many, moment, number, text
from app.services import notices_page
from app.services.notices import SORTS

family = Family("notices", "What the person of the token was told, and which of it comes by mail as well.")
Body = Mapping[str, Any]


class NoticeShape(Shape):
    """One notice."""

    id = number("Its number.")
    sort = text("What sort it is: by this it is chosen for mail.")
    title = text("What happened, in a few words.")
    sentence = text("What happened.")
    what_to_do = text("What to do about it.")
    page = text("Where it is looked at on the screens.")
    item = number("The item it is about; null where it is about none.", "item_id", nullable=True)
    at = moment("When.", nullable=False)
    read_at = moment("When it was marked as read.")


class MailedShape(Shape):
    """When one sort of notice comes by mail."""

    sort = text("The sort.")
    label = text("What it is about.")
    when = text("`immediate`, `daily` or `never`.")


class NoticesShape(Shape):
    """One page of notices, and how they are mailed."""

    notices = many(NoticeShape, "The newest first.", "rows")
    unread = number("How many are not marked as read.")
    older = number("Send it as `before` for the next page; null on the last one.", nullable=True)
    address = text("Where mails go; empty where the person has no address.")
    choices = many(MailedShape, "When each sort comes by mail.")

    def get_older(self, page: notices_page.Page) -> int | None:
        return page.older or None

    def get_choices(self, _: notices_page.Page) -> list[dict[str, str]]:
        chosen = notices_page.choices(database(), me())
        return [{"sort": name, "label": sort.label, "when": chosen[name]} for name, sort in SORTS.items()]


class NoticesQuery(Asked):
    """From where on."""

    before = fields.Integer(
        load_default=0,
        validate=validate.Range(min=1, max=10**18 - 1),
        metadata={"description": "Only notices before this one."},
    )


class Choices(Asked):
    """When to mail; a sort that is not named stays as it is."""

    choices = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(SORTS))),
        values=fields.String(
            validate=validate.OneOf(list({one: None for sort in SORTS.values() for one in sort.choices}))
        ),
        required=True,
        metadata={"description": "By sort: `immediate`, `daily` or `never`."},
    )


@family.get("/notices", "Your notices", gives=NoticesShape, asks=NoticesQuery)
def page(query: Mapping[str, Any]) -> notices_page.Page:
    """What the person of the token was told on this connection, fifty at a time."""
    return notices_page.page(database(), connection_id(), me(), query["before"])


@family.post("/notices/<int(max=9223372036854775807):notice_id>/read", "Mark a notice as read")
def read(notice_id: int) -> dict[str, str]:
    """It counts as read from then on, on the screens as well."""
    notices_page.mark_read(database(), connection_id(), me(), notice_id)
    return done("It is marked as read.")


@family.post("/notices/read", "Mark all notices as read")
def read_all() -> dict[str, str]:
    """All of the person's on this connection."""
    notices_page.mark_read(database(), connection_id(), me())
    return done("All are marked as read.")


@family.post("/notices/choices", "Choose what is mailed", takes=Choices)
def choose(body: Body) -> dict[str, str]:
    """When each sort of notice comes by mail; it holds for what happens from now on."""
    notices_page.choose(database(), me(), body["choices"])
    return done("Kept. It holds for what happens from now on.")
