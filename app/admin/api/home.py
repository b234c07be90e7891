"""Home: what waits, what to do first, what happened; and one's own tokens."""

from __future__ import annotations

from typing import Any

from app.admin.access import connection_id, me
from app.admin.api.items import ItemShape
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Money, Shape, counts, done, many, moment, number, one, text
from app.services import overview, tokens
from app.services.overview import Home

family = Family("home", "What waits, what to do first, and how the day went; and one's own tokens.")


class KindRowShape(Shape):
    """One kind."""

    kind = text("The kind.", "kind.kind")
    counts = counts("How many items rest in which state.")
    waiting = Money("The money that waits for a decision; null where its kind has none.", nullable=True)


class FirstShape(Shape):
    """An item whose decision, or repair, lets others go."""

    item = one(ItemShape)
    unblocks = number("How many wait for it.")
    amount = Money("What those are worth.")
    why = text("Why it cannot be accepted as it stands, or must be looked at first; empty where nothing is said.")


class MovedShape(Shape):
    """One move that people may want to know of."""

    item = one(ItemShape)
    move = text("The move.")
    actor = text("Who.")
    at = moment("When.", nullable=False)


class HomeShape(Shape):
    """What the home page shows."""

    kinds = many(KindRowShape, "Kind by kind.")
    checking = number("How many items QuickBooks is being asked about, because an answer never came.")
    first = many(FirstShape, "What to do first.")
    moves = many(MovedShape, "What happened last.")
    next_session = moment("When the Web Connector is expected next.")


class TokenShape(Shape):
    """One token, without its secret."""

    id = number("Its number.")
    name = text("What it is for.")
    made_at = moment("When it was made.", nullable=False)
    used_at = moment("When it was last used, to a few minutes.")
    expires_at = moment("When it ends.", nullable=False)


class TokensShape(Shape):
    """One's own tokens."""

    tokens = many(TokenShape, "The newest first.")


@family.get("/home", "Home", gives=HomeShape)
def page() -> Home:
    """What waits, what to do first, what happened, and when the next session comes."""
    return overview.home(database(), connection_id(), me().name)


@family.get("/tokens", "Your tokens", gives=TokensShape)
def mine() -> Any:
    """The tokens of the person who asks. A new one is made on the page “Your tokens” alone: no token makes another."""
    return {"tokens": tokens.of(database(), connection_id(), me())}


@family.post("/tokens/<int(max=9223372036854775807):token_id>/revoke", "Revoke a token")
def revoke(token_id: int) -> dict[str, str]:
    """From then on it opens nothing; it may be the one that asks."""
    found = tokens.revoke(database(), connection_id(), me(), token_id)
    return done(f"“{found.name}” opens nothing any more.")
