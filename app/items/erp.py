"""What a kind says of Procore's ERP Integrations tool: the events that name its items, and the marks it gets back.

Source: Procore's ERP events dictionary and its page on external data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.items.ports import Content

#: What an event asks for.
EXPORT = "export"  # somebody accepted these for export
UNLINK = "unlink"  # take them and their QuickBooks records apart, if QuickBooks no longer has those
LINK = "link"  # somebody joined or added what QuickBooks has, in Procore's tool
REFRESH = "refresh"  # read a list of QuickBooks and stage what is new
UPKEEP = "upkeep"  # something changed over there: read the kind again soon
REFUSE = "refuse"  # nothing can be done, and the event says why


@dataclass(frozen=True)
class Event:
    """One event about items of a kind, and where its body names them."""

    name: str
    act: str = EXPORT
    at: str = ""  # the part of the body that is the record, or the list of them; empty: the body itself
    id: str = "id"  # which field of it is Procore's id of the item
    detail_by: str = ""  # … and which one its request detail is found by, where the body does not name the detail
    project: str = ""  # the field that names the item's project; needed where the body is not the whole record
    within: tuple[str, str] = ("", "")  # or the kind and the field of the item whose project it is
    refresh: str = ""
    why: str = ""


@dataclass(frozen=True)
class Mention:
    """One item as an event names it."""

    procore_id: str
    detail_id: str  # of the request detail to close; empty where the body names none
    detail_by: str
    record: Content


@dataclass(frozen=True)
class Mark:
    """One row of Procore's external data."""

    item_type: str
    item_id: int
    origin: Mapping[str, Any]

    @property
    def row(self) -> Content:
        """As the sync action takes it."""
        return {"item_type": self.item_type, "item_id": self.item_id, **self.origin}


def mentions(event: Event, request: Content) -> Iterator[Mention]:
    """The items an event names, in its order. A detail is named beside the item, in the body, or beside the body."""
    body = request.get("request_data", request)
    found = body.get(event.at) if event.at and isinstance(body, Mapping) else body
    for record in found if isinstance(found, list) else [found]:
        if isinstance(record, Mapping) and record.get(event.id) is not None:
            by = str(record.get(event.detail_by) or record[event.id])
            yield Mention(str(record[event.id]), detail(record, request), by, dict(record))


def detail(record: Mapping[str, Any], request: Content) -> str:
    """The request detail to close; empty where none is named."""
    body = request.get("request_data")
    for part in (record, body, request):
        if isinstance(part, Mapping) and part.get("request_detail_id") is not None:
            return str(part["request_detail_id"])
    return ""


def details(value: Any) -> Iterator[str]:
    """Every request detail named anywhere in a request."""
    if isinstance(value, Mapping):
        if value.get("request_detail_id") is not None:
            yield str(value["request_detail_id"])
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from details(inner)
