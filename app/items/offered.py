"""What a kind says about the QuickBooks records that may become its items: added to Procore, linked, recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.items.base import Content, ItemType, Staged


@dataclass(frozen=True)
class Bar:
    """Why something cannot be done with a record, in words or as an entry of the catalogue of refusals."""

    sentence: str = ""
    what_to_do: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class NewRecord:
    """A record as Procore is asked to make it."""

    path: str  # the list it belongs to
    part: str  # its name in a body
    fields: Content
    look: Mapping[str, str] = field(default_factory=dict)  # without these filters the list does not show it


@dataclass(frozen=True)
class Features:
    """By what people recognise that two records are the same: the name, and whatever else is telling."""

    name: str
    marks: Mapping[str, str] = field(default_factory=dict)  # such as "phone": its digits


@dataclass(frozen=True)
class Difference:
    """A field that QuickBooks and Procore hold differently."""

    label: str
    field: str  # Procore's name of it
    quickbooks: str
    procore: str
    is_name: bool = False


class Offered(ItemType):
    """A kind whose counterparts QuickBooks may have had first."""

    source: ClassVar[str]  # the list of QuickBooks they are in
    types: ClassVar[tuple[str, ...]]  # the types of record that may be counterparts
    adds: ClassVar[bool] = False  # whether Procore can be given new ones
    staged_as: ClassVar[str] = ""  # what Procore's ERP tool calls it among the records to import
    never_links: ClassVar[str] = ""  # the refusal of linking, where that is not supported at all
    tiered: ClassVar[bool] = False  # at which tier of its list a record stands tells whether it may be one
    archived_report: ClassVar[str] = ""  # what the permissions call the list of archived ones, where they name it
    follows: ClassVar[str] = ""  # the setting under which later changes in QuickBooks update Procore

    def why_not_add(self, staged: Staged, settings: Mapping[str, Any]) -> Bar | None:
        """Why this record cannot be added to Procore."""
        return None

    def why_not_link(self, staged: Staged) -> Bar | None:
        """Why this record cannot be linked with what Procore has."""
        return None

    def new_record(self, staged: Staged, settings: Mapping[str, Any]) -> NewRecord:
        """How Procore is asked to make it, without its origin."""
        raise NotImplementedError

    def features(self, content: Content) -> Features:
        """By what the Procore side is recognised."""
        return Features(self.name(content))

    def features_of(self, staged: Staged) -> Features:
        """By what the QuickBooks side is recognised."""
        return Features(staged.name)

    def differences(self, staged: Staged, content: Content) -> Sequence[Difference]:
        """What QuickBooks says otherwise than Procore, of what Procore may be told."""
        return ()
