"""Direct Export: for which kinds sending is enough, and in whose name."""

from __future__ import annotations

from datetime import datetime

from app.db.models import Connection
from app.items import registry

#: The setting of each kind that may skip its approver ("Enable or Disable ERP Direct Exports").
SETTINGS = {name: f"direct_export_{name}" for name, kind in registry.kinds().items() if kind.skips_approver}


def actor(connection: Connection, kind: str) -> str:
    """Who accepts what is sent of a kind: nobody while Direct Export is off."""
    name = SETTINGS.get(kind, "")
    if connection.settings.get(name) is not True:
        return ""
    last = connection.settings_changed.get(name, {"by": "set-up", "at": connection.connected_at.isoformat()})
    return f"direct export (enabled by {last['by']} at {datetime.fromisoformat(last['at']):%Y-%m-%d %H:%M} UTC)"


def enabled_by(connection: Connection, kind: str) -> str:
    """Who turned it on."""
    return str(connection.settings_changed.get(SETTINGS.get(kind, ""), {}).get("by", ""))
