"""Record as entered by hand: what cannot be carried is in QuickBooks all the same, and is counted there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.core import money, text
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Document, Item
from app.items import registry
from app.services import moves
from app.services.lifecycle import undoing
from app.services.lifecycle.walk import Outcomes, each, must_allow, one_by_one, reason_given
from app.services.people import Person
from app.services.unit import Work

#: The record of a binding that no request of ours made, and that we cannot look for.
BY_HAND = "By hand"


def record_by_hand(
    database: Database,
    connection_id: int,
    who: Person,
    item_id: int,
    number: str,
    amount: str | Decimal,
    reason: str,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Note that somebody typed the item into QuickBooks: under which number, and for how much.

    It is never exported afterwards, whoever needs it goes on, and the reports show it beside Procore's amount.
    """
    reason = reason_given(reason, "Recording by hand needs a reason.", "Say why it could not be exported.")
    if not text.squeeze(number):
        raise Refusal("Which number has it in QuickBooks?", "Type it as QuickBooks shows it.", code="number_missing")

    try:
        typed = money.money(str(amount).replace(",", ""))
    except money.NotMoney as problem:
        raise Refusal(
            f"“{amount}” is no amount of money.", "Type it as QuickBooks shows it, to the cent.", code="amount_missing"
        ) from problem

    def one(unit: Work, item: Item, person: Person) -> None:
        _record(unit, item, person, text.squeeze(number), typed, reason)

    return each(database, connection_id, who, "accept", [item_id], one_by_one(one), expected)


def _record(unit: Work, item: Item, who: Person, number: str, amount: Decimal, reason: str) -> None:
    kind = registry.kind(item.kind)
    if not kind.by_hand:
        raise Refusal(
            f"A {kind.label.lower()} cannot be recorded as entered by hand.",
            "Link it to the record in QuickBooks instead, or send it.",
            code="not_by_hand",
        )
    must_allow(item, "link", "recorded as entered by hand")
    body = text.canonical({"kind": item.kind, "fields": {"by_hand": True, "number": number, "amount": str(amount)}})
    revision = item.sent_revision_id or item.seen_revision_id
    document = Document(
        item_id=item.id,
        revision_id=revision,
        body=body,
        hash=text.digest(body),
        built_by=who.name,
        built_at=unit.at,
    )
    unit.session.add(document)
    unit.session.add(
        Binding(
            item_id=item.id,
            connection_id=item.connection_id,
            record=BY_HAND,
            quickbooks_id="",
            full_name=number,
            lines=[],
            bound_at=unit.at,
        )
    )
    unit.session.flush()
    moves.move(unit, item, "link", who.name, reason=reason)
    item.sent_revision_id = item.written_revision_id = revision
    item.document_id = item.written_document_id = document.id
    item.problem = item.remedy = ""
    unit.trail.add(Tag.ITEM_BY_HAND, who.name, item.id, number=number, amount=money.plain(amount), reason=reason)
    undoing.forget(unit, item)
