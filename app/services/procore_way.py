"""The way a connection takes into Procore, and what people then do over there instead of here."""

from __future__ import annotations

from app.core.errors import Pointer, Refusal
from app.db.models import Connection

SETTING, PUBLIC, ERP_PLATFORM = "procore_mode", "public", "erp_platform"


def chosen(connection: Connection) -> str:
    """The way a connection takes."""
    return str(connection.settings.get(SETTING) or PUBLIC)


def elsewhere(connection: Connection) -> dict[str, Refusal]:
    """The acts whose place is Procore's own tool, each with what to do there."""
    if chosen(connection) != ERP_PLATFORM:
        return {}
    sent_there = Refusal(
        "This connection works with Procore's ERP Integrations tool, so items are sent there.",
        "Press Send to ERP on the item in Procore.",
        code="erp_platform",
        rule_id=f"setting:{SETTING}",
        links=[Pointer("Settings", "setting", SETTING)],
    )
    return {"send": sent_there}
