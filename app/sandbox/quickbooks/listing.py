"""What all list elements share: unique names, parents, and the list query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import NO_SUCH_RECORD, Books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Handler, Show
from app.sandbox.quickbooks.queries import Selection, answer, matcher, named, texts
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

LIST_QUERY = (
    "( ListID=id+ | FullName=s+ | MaxReturned=count? ActiveStatus=ActiveOnly|InactiveOnly|All? FromModifiedDate=when? "
    "ToModifiedDate=when? ( NameFilter | NameRangeFilter )? {more} ) IncludeRetElement=s50* {owner}"
)
LIST_SHAPES = """
NameFilter MatchCriterion=StartsWith|Contains|EndsWith Name=s
NameRangeFilter FromName=s? ToName=s?
"""


def query_shape(request: str, more: str = "", owner: str = "OwnerID=guid*") -> str:
    """The shape of a list's query."""
    return f"{request} {LIST_QUERY.format(more=more, owner=owner)}"


def show_with(*order: str) -> Show:
    """The common look of a list element: what QuickBooks stamps on it, then its fields in order."""
    tags = " ".join(order)

    def show(books: Books, record: Record) -> Body:
        body: Body = {
            "ListID": record.id,
            "TimeCreated": books.local_time(record.created),
            "TimeModified": books.local_time(record.modified),
            "EditSequence": record.edit_sequence,
        }
        stored: Body = {**record.body, "IsActive": "true" if record.active else "false"}
        return body | arrange(stored, tags)

    return show


def list_query(shows: Mapping[str, Show]) -> Handler:
    """The handler of a query over one list or several."""

    def handle(books: Books, request: etree._Element) -> Answer:
        def show(record: Record) -> tuple[str, Body]:
            return f"{record.family}Ret", shows[record.family](books, record)

        return answer(books, request, lambda: _select(books, request, tuple(shows)), show)

    return handle


def add_element(
    books: Books, family: str, body: Body, *, space: str, plural: str, parents: Sequence[str] = (), tiers: bool = False
) -> Record:
    """Put a new element on a list, under its parent if it names one."""
    name = str(body.get("Name") or "").strip()
    if not name:
        raise StatusError(3150, 'There is a missing element: "Name".')
    if ":" in name:
        raise StatusError(
            3090,
            f'There was an error when storing "{name}" in the "{plural.lower()} name" field.QuickBooks error message: '
            "Names in this list cannot contain a colon (:).",
        )
    parent = _parent(books, body, plural, parents)
    if parent:
        space = f"{family}:{parent.id}" if space == "names" else f"{space}:{parent.id}"
        body["ParentRef"] = {"ListID": parent.id, "FullName": parent.body["FullName"]}
    if books.storage.by_space(space, name):
        raise StatusError(3100, f'The name "{name}" of the list element is already in use.')
    body["Name"] = name
    if tiers:
        body["FullName"] = f"{parent.body['FullName']}:{name}" if parent else name
        body["Sublevel"] = str(int(str(parent.body["Sublevel"])) + 1 if parent else 0)
    active = body.pop("IsActive", "true") != "false"
    full_name = str(body.get("FullName", name))
    return books.add(Record(books.list_id(), family, name, full_name, body, space=space, active=active))


def _parent(books: Books, body: Body, plural: str, parents: Sequence[str]) -> Record | None:
    ref = body.pop("ParentRef", None)
    if not isinstance(ref, dict) or not any(ref.values()):
        return None
    parent = books.look_up(ref, parents)
    if parent is None:
        wanted = ref.get("ListID") or ref.get("FullName")
        raise StatusError(
            3130, f'There is an invalid reference to a parent "{wanted}" in the {plural} list. {NO_SUCH_RECORD}'
        )
    if parent.opened:
        raise StatusError(
            3180,
            f'There was an error when saving a {plural} list, element "{body.get("Name")}".  '
            "QuickBooks error message: The list element is in use.",
        )
    return parent


def _select(books: Books, request: etree._Element, families: Sequence[str]) -> Selection:
    if wanted := texts(request, "ListID"):
        return named(wanted, lambda list_id: _of(books.storage.by_id(list_id), families))
    if wanted := texts(request, "FullName"):
        return named(wanted, lambda name: _of(books.storage.by_full_name(families, name), families))
    conditions = _conditions(books, request)
    where = " AND ".join(condition for condition, _ in conditions)
    records = books.storage.select(families, where, [value for _, values in conditions for value in values])
    keep = _kept(request)
    return Selection([record for record in records if keep(record)])


def _of(record: Record | None, families: Sequence[str]) -> list[Record]:
    return [record] if record and record.family in families else []


def _conditions(books: Books, request: etree._Element) -> list[tuple[str, list[object]]]:
    status = request.findtext("ActiveStatus") or "ActiveOnly"
    conditions: list[tuple[str, list[object]]] = []
    if status != "All":
        conditions.append(("active = ?", [status == "ActiveOnly"]))
    if since := request.findtext("FromModifiedDate"):
        conditions.append(("modified >= ?", [books.moment(since)]))
    if until := request.findtext("ToModifiedDate"):
        conditions.append(("modified <= ?", [books.moment(until, end_of_day=True)]))
    if low := request.findtext("NameRangeFilter/FromName"):
        conditions.append(("name >= ?", [low.casefold()]))
    if high := request.findtext("NameRangeFilter/ToName"):
        conditions.append(("name <= ?", [high.casefold()]))
    return conditions


def _kept(request: etree._Element) -> Callable[[Record], bool]:
    types = texts(request, "AccountType")
    name = request.find("NameFilter")
    if name is None:
        return lambda record: not types or record.body["AccountType"] in types
    matches = matcher(name.findtext("MatchCriterion") or "", name.findtext("Name") or "")
    return lambda record: matches(record.name) and (not types or record.body["AccountType"] in types)
