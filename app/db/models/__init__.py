"""The tables: every business row belongs to one connection."""

from __future__ import annotations

from app.db.models.base import Base
from app.db.models.connection import Connection, PersonAccess, RulesActivation, RulesVersion, User
from app.db.models.item import Binding, Discrepancy, Document, Finding, Item, ItemNeed, Revision, Transition
from app.db.models.month import MonthSignature
from app.db.models.procore import Errand, IssuedPayment, WriteBack
from app.db.models.quickbooks import (
    Conversation,
    JobCostReport,
    MessageSet,
    Operation,
    RefreshLog,
    Request,
    StagedRecord,
)
from app.db.models.trail import Chain, Event, EventPayload

__all__ = [
    "Base",
    "Binding",
    "Chain",
    "Connection",
    "Conversation",
    "Discrepancy",
    "Document",
    "Errand",
    "Event",
    "EventPayload",
    "Finding",
    "IssuedPayment",
    "Item",
    "ItemNeed",
    "JobCostReport",
    "MessageSet",
    "MonthSignature",
    "Operation",
    "PersonAccess",
    "RefreshLog",
    "Request",
    "Revision",
    "RulesActivation",
    "RulesVersion",
    "StagedRecord",
    "Transition",
    "User",
    "WriteBack",
]
