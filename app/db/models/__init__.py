"""The tables: every business row belongs to one connection."""

from __future__ import annotations

from app.db.models.base import Base
from app.db.models.connection import (
    ApiToken,
    Connection,
    PersonAccess,
    RulesActivation,
    RulesDraft,
    RulesVersion,
    User,
)
from app.db.models.hooks import HookNotice, HookRefusal, ProcoreHook
from app.db.models.item import (
    Binding,
    Discrepancy,
    Document,
    Finding,
    Item,
    ItemNeed,
    Rejection,
    Revision,
    Transition,
)
from app.db.models.listing import ItemWord, Preference, Tally
from app.db.models.month import MonthSignature
from app.db.models.notice import DigestDay, Mail, Notice
from app.db.models.procore import ErpDetail, ErpRequest, Errand, IssuedPayment, WriteBack
from app.db.models.procore_access import ProcoreAccess, ProcoreGate
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
from app.db.models.working import ProcorePerson, Reading, Task

__all__ = [
    "ApiToken",
    "Base",
    "Binding",
    "Chain",
    "Connection",
    "Conversation",
    "DigestDay",
    "Discrepancy",
    "Document",
    "ErpDetail",
    "ErpRequest",
    "Errand",
    "Event",
    "EventPayload",
    "Finding",
    "HookNotice",
    "HookRefusal",
    "IssuedPayment",
    "Item",
    "ItemNeed",
    "ItemWord",
    "JobCostReport",
    "Mail",
    "MessageSet",
    "MonthSignature",
    "Notice",
    "Operation",
    "PersonAccess",
    "Preference",
    "ProcoreAccess",
    "ProcoreGate",
    "ProcoreHook",
    "ProcorePerson",
    "Reading",
    "RefreshLog",
    "Rejection",
    "Request",
    "Revision",
    "RulesActivation",
    "RulesDraft",
    "RulesVersion",
    "StagedRecord",
    "Tally",
    "Task",
    "Transition",
    "User",
    "WriteBack",
]
