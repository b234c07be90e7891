"""Facts about one item, and what the rules say of them: plain data shared by all rooms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

DENY, WARN, AUDIT = "deny", "warn", "audit"
#: A denial that a person with the right to do so passed over, with a reason.
OVERRIDDEN = "overridden"
#: The reason of rules that ask for another person: the only ones that may be passed over.
PERMISSION = "permission"


@dataclass(frozen=True)
class Link:
    """Another item that an item's rules look at."""

    kind: str
    item_id: int | None  # None: Procore named it, but we never received it
    label: str
    state: str
    synced: bool  # QuickBooks holds it (a live binding), whatever the state says


@dataclass(frozen=True)
class Facts:
    """Everything the rules may know of one item at one moment.

    ``words`` are flat: text, Decimal, int, bool or a list of texts. ``lines`` are the
    same, one mapping a line. ``links`` name groups of other items. ``settings`` are the
    connection's, ``host`` what QuickBooks last said of itself.
    """

    kind: str
    words: dict[str, Any]
    lines: tuple[dict[str, Any], ...] = ()
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    host: dict[str, Any] = field(default_factory=dict)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)  # sender, approvers, and of each link who accepted


@dataclass(frozen=True)
class Finding:
    """One rule that spoke: the sentence, the way out, and who or what it waits for."""

    rule: str
    file: str
    effect: str
    reason: str
    message: str
    fix: str
    source: str = ""
    line: str = ""
    setting: str = ""
    field: str = ""
    blocking: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Decision:
    """All findings about one move of one item under one rules version."""

    trigger: str
    version: str
    findings: tuple[Finding, ...] = ()

    @property
    def allowed(self) -> bool:
        return not any(finding.effect == DENY for finding in self.findings)

    @property
    def denials(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.effect == DENY)

    @property
    def overridable(self) -> bool:
        """Whether all that stands against it is that another person should do it."""
        return not self.allowed and all(finding.reason == PERMISSION for finding in self.denials)

    def overridden(self) -> Decision:
        """The same with its denials passed over."""
        passed = (replace(one, effect=OVERRIDDEN) if one.effect == DENY else one for one in self.findings)
        return replace(self, findings=tuple(passed))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.effect == WARN)
