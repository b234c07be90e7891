"""An item and a record QuickBooks has shown become one pair; neither of the two is changed."""

from __future__ import annotations

from app.core.errors import Conflict
from app.db.models import Binding, Item, StagedRecord
from app.items.offered import Bar, Offered
from app.services import moves
from app.services.lifecycle import undoing
from app.services.unit import Work
from state_machines.item import ITEM
from state_machines.staging import STAGED


def there_already(kind: Offered, name: str) -> Bar:
    """Why nothing is added to Procore that it has under the very same name: two would be one too many."""
    if kind.never_links:
        return Bar(refusal=kind.never_links)
    return Bar(f"Procore has the {kind.label.lower()} {name} already.", "Link the two instead of adding a second one.")


def pair(unit: Work, item: Item, record: StagedRecord, trigger: str, actor: str, reason: str) -> None:
    """Bind the two; ``trigger`` says whether Procore had the item before (link) or was given it (add)."""
    if not ITEM.allows("link", item.state):
        raise Conflict(
            f"{item.name} cannot be linked: it is {item.state} now.",
            "Link drafts, and what waits for a decision. Take an accepted one back first.",
            code="moved_meanwhile",
        )
    STAGED.move(record, trigger)
    unit.session.add(
        Binding(
            item_id=item.id,
            connection_id=item.connection_id,
            record=record.type,
            quickbooks_id=record.list_id,
            full_name=record.full_name,
            lines=[],
            linked_by=actor,
            bound_at=unit.at,
        )
    )
    unit.session.flush()
    moves.move(unit, item, "link", actor, reason=f"{reason} {record.full_name} ({record.list_id})")
    item.sent_revision_id = item.written_revision_id = item.sent_revision_id or item.seen_revision_id
    item.document_id = item.written_document_id = None  # nothing of it was written by us
    item.problem = item.remedy = item.difference = ""
    undoing.forget(unit, item)
