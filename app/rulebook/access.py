"""What a person holds on one connection, and what a row of the permissions may ask for: plain data, asked in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Levels of a tool, the lowest first, as people call them.
LEVELS = {"none": "None", "read_only": "Read Only", "standard": "Standard", "admin": "Admin"}
#: An Accounting Approver has one of these levels, and this privilege.
APPROVER_LEVELS, PUSH = ("standard", "admin"), "push"


@dataclass(frozen=True)
class Access:
    """A person's level of the ERP Integrations tool, privileges, levels of other tools, and rights of their own."""

    level: str = "none"
    privileges: frozenset[str] = frozenset()
    tools: Mapping[str, str] = field(default_factory=dict)
    rights: frozenset[str] = frozenset()

    @property
    def is_accounting_approver(self) -> bool:
        """Standard or Admin on ERP Integrations, and granted "Can Push to Accounting"."""
        return self.level in APPROVER_LEVELS and PUSH in self.privileges

    def with_more(self, other: Access) -> Access:
        """Everything of both; of two levels the higher."""
        tools = {name: _higher(self.tools.get(name), other.tools.get(name)) for name in {*self.tools, *other.tools}}
        return Access(
            _higher(self.level, other.level), self.privileges | other.privileges, tools, self.rights | other.rights
        )


def reaches(level: str | None, needed: str) -> bool:
    """Whether a level is at least the one needed."""
    return _rank(level) >= _rank(needed)


def _higher(one: str | None, other: str | None) -> str:
    return max(one or "none", other or "none", key=_rank)


def _rank(level: str | None) -> int:
    return list(LEVELS).index(level or "none")


# -- what a row may ask for beside the level ------------------------------------------------------------------------


@dataclass(frozen=True)
class Privilege:
    """A privilege granted to the person."""

    name: str
    label: str

    def missing(self, access: Access, tool: ToolName | None) -> str:
        return "" if self.name in access.privileges else f"the privilege {self.label}"


@dataclass(frozen=True)
class ToolName:
    """One of Procore's tools."""

    name: str
    label: str


@dataclass(frozen=True)
class ToolLevel:
    """A level of one of Procore's tools; without a tool it is the tool where the item is located."""

    level: str
    tool: ToolName | None = None

    def missing(self, access: Access, tool: ToolName | None) -> str:
        asked = self.tool or tool
        if asked is None:
            return f"{LEVELS[self.level]} on the tool where the item is located"
        enough = reaches(access.tools.get(asked.name), self.level)
        above = " or above" if self.level in {"read_only", "standard"} else ""
        return "" if enough else f"{LEVELS[self.level]}{above} on the {asked.label} tool"


@dataclass(frozen=True)
class AllOf:
    """Every part of it."""

    parts: tuple[Extra, ...]

    def missing(self, access: Access, tool: ToolName | None) -> str:
        return " and ".join(filter(None, (part.missing(access, tool) for part in self.parts)))


@dataclass(frozen=True)
class AnyOf:
    """One part of it."""

    parts: tuple[Extra, ...]

    def missing(self, access: Access, tool: ToolName | None) -> str:
        gaps = [part.missing(access, tool) for part in self.parts]
        return "" if "" in gaps else " or ".join(gaps)


Extra = Privilege | ToolLevel | AllOf | AnyOf
