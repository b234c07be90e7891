"""Procore, as a kind reads its records there and tells what became of them; the worker brings the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.core.errors import TieoutError

Content = dict[str, Any]


class Procore(Protocol):
    """One Procore company during one run of reading or writing."""

    @property
    def company_id(self) -> int: ...

    def get(self, path: str, **params: Any) -> Any:
        """One record, or whatever else the path answers."""

    def pages(self, path: str, **params: Any) -> Iterator[Content]:
        """Every record of a list, page after page."""

    def pages_where_offered(self, path: str, **params: Any) -> Iterator[Content]:
        """The same of a list that Procore does not have for every project; none where it has not."""

    def patch(self, path: str, body: Content) -> Any:
        """Change something; the answer is the record as it is now."""

    def sync(self, path: str, parents: Content, rows: Sequence[Content]) -> Mapping[int, TieoutError]:
        """Change many records of a list, each named by its id; those that were not changed, and why."""

    def post(self, path: str, body: Content) -> Any:
        """Make something; not to be repeated without looking whether it is there."""

    def delete(self, path: str, **params: Any) -> None:
        """Take something away."""

    @property
    def changed(self) -> Content:
        """The filter of a list by when its records changed; empty where everything is wanted."""

    def projects(self) -> Iterator[Content]:
        """Every project, active or not, as the list shows it; read once a run."""

    def changed_projects(self) -> Iterator[Content]:
        """Those that changed, where only changes are wanted."""

    def project(self, project_id: int) -> Content:
        """One project in full; read once a run."""

    def cost_codes(self, project_id: int) -> Mapping[int, Content]:
        """A project's own copies of the cost codes, by id; read once a run."""


@dataclass(frozen=True)
class Many:
    """Where many records show their marks at once."""

    path: str  # of their list
    query: Content  # what the call must name, and without which it does not show the marks
    by_id: str = ""  # the filter of the list by ids; without one it is read until all are found
    syncs: bool = False  # whether Procore documents, beneath it, a sync action whose rows take an id and the whole mark


@dataclass(frozen=True)
class Place:
    """Where a record keeps its mark in Procore."""

    path: str  # of the record
    parents: Content  # what every call about it must name
    part: str  # its name in a body
    view: Content = field(default_factory=dict)  # without this a look does not show the mark
    has_code: bool = True  # whether people see a code there
    many: Many | None = None  # None: each is looked at by itself


@dataclass(frozen=True)
class Told:
    """What Procore should hold of one item; with ``origin_id`` None the mark is taken away."""

    procore_id: int
    project_id: int | None
    content: Content  # what Procore said of it
    origin_id: str | None
    origin_code: str | None = None
    origin_data: str | None = None
    lines: tuple[str, ...] = ()  # QuickBooks' ids of its lines, in their order there

    @property
    def origin(self) -> Content:
        """The origin fields of a body: only what is known, or all of them empty to take the mark away."""
        fields: Content = {
            "origin_id": self.origin_id,
            "origin_code": self.origin_code,
            "origin_data": self.origin_data,
        }
        if self.origin_id is None:
            return fields
        return {name: value for name, value in fields.items() if value is not None}
