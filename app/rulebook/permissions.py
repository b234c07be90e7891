"""The permission matrix as a policy: which rows allow an act, and what is missing where none does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.rulebook.access import LEVELS, Access, Extra, ToolName

YES, EXTRA = "yes", "extra"
#: Whoever has any access to a connection may look at it.
VIEW = "view"


@dataclass(frozen=True)
class Condition:
    """Under which marks, by level, something is allowed, and what else is asked."""

    marks: Mapping[str, str] = field(default_factory=dict)
    extra: Extra | None = None
    without_level: bool = False

    def missing(self, access: Access, tool: ToolName | None) -> str:
        """What a person lacks, in words; empty when nothing."""
        mark = EXTRA if self.without_level else self.marks.get(access.level)
        if mark is None:
            return f"the level {self.levels()} on ERP Integrations"
        return self.extra.missing(access, tool) if mark == EXTRA and self.extra else ""

    def levels(self) -> str:
        """The levels at which it is allowed, as a person would say them."""
        return " or ".join(LEVELS[level] for level in LEVELS if level in self.marks)


@dataclass(frozen=True)
class Grant:
    """What a row allows: acts, what they are about, and the condition of each profile."""

    acts: tuple[str, ...]
    of: str  # a kind or a list; empty: whatever no other row names
    conditions: Mapping[str, Condition]


@dataclass(frozen=True)
class Row:
    """One row of the matrix."""

    name: str
    file: str
    action: str
    requirement: str
    conditions: Mapping[str, Condition]  # by profile: what the page shows
    grants: tuple[Grant, ...]
    note: str = ""
    refuse: str = ""  # the refusal that answers it, whoever asks
    gate: str = ""  # the refusal that answers it where its gate is closed

    @property
    def rule_id(self) -> str:
        return f"{self.file}:{self.name}"


@dataclass(frozen=True)
class Denial:
    """Why somebody may not: what is missing, and the row that says so, if there is one."""

    missing: str
    row: Row | None = None


@dataclass(frozen=True)
class Bundle:
    """What a person gets at once."""

    name: str
    label: str
    access: Access


@dataclass(frozen=True)
class Policy:
    """All of it."""

    rows: tuple[Row, ...]
    profiles: Mapping[str, str]
    privileges: Mapping[str, str]
    rights: Mapping[str, str]
    tools: Mapping[str, ToolName]
    located: Mapping[str, ToolName]  # kind → the tool where its items are
    bundles: Mapping[str, Bundle]

    def denial(self, access: Access | None, act: str, of: str = "", *, profile: str) -> Denial | None:
        """Why a person may not do this, or None. Of several rows one that allows it is enough."""
        if access is None:
            return Denial("a role on this connection")
        if act == VIEW:
            return None
        if act in self.rights:
            return None if act in access.rights else Denial(f"the right “{self.rights[act]}”")
        found = [
            (row, grant.conditions[profile].missing(access, self.located.get(of)))
            for row, grant in self._asked(act, of)
        ]
        if any(not missing for _, missing in found):
            return None
        if not found:
            return Denial("a row of the permissions that allows it, and there is none")
        return Denial(" or ".join(dict.fromkeys(missing for _, missing in found)), found[0][0])

    def _asked(self, act: str, of: str) -> list[tuple[Row, Grant]]:
        """The rows that name the act for this; where none does, those that name it for anything."""
        every = [(row, grant) for row in self.rows for grant in row.grants if act in grant.acts]
        return [pair for pair in every if of and pair[1].of == of] or [pair for pair in every if not pair[1].of]
