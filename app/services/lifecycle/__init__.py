"""What people do with items, one module an act."""

from app.services.lifecycle.accepting import accept
from app.services.lifecycle.by_hand import record_by_hand
from app.services.lifecycle.clearing import clear
from app.services.lifecycle.documents import settings_read
from app.services.lifecycle.rebooking import rebook
from app.services.lifecycle.retrying import retry
from app.services.lifecycle.sending import retrieve, send, take_newer
from app.services.lifecycle.undoing import reject, take_back
from app.services.lifecycle.walk import Outcome, Outcomes

__all__ = [
    "Outcome",
    "Outcomes",
    "accept",
    "clear",
    "rebook",
    "record_by_hand",
    "reject",
    "retrieve",
    "retry",
    "send",
    "settings_read",
    "take_back",
    "take_newer",
]
