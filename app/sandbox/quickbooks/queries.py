"""What every query shares: the records of named ids, status 1 and 500, MaxReturned, iterators and counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from app.core import ids
from app.sandbox.quickbooks.books import Books, Iteration
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

NOTHING_FOUND = "A query request did not find a matching object in QuickBooks"
Shower = Callable[[Record], tuple[str, Body]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query matches; ``missing`` is the first named thing that was not there."""

    records: Sequence[Record]
    missing: str | None = None


def named(wanted: Sequence[str], find: Callable[[str], Sequence[Record]]) -> Selection:
    """The records a query names one by one."""
    found = {name: find(name) for name in wanted}
    records = [record for name in found for record in found[name]]
    return Selection(records, next((name for name in wanted if not found[name]), None))


def texts(request: etree._Element, tag: str) -> list[str]:
    """The values of a repeated element."""
    return [child.text or "" for child in request.iterfind(tag)]


def matcher(criterion: str, wanted: str) -> Callable[[str], bool]:
    """The test of a NameFilter or RefNumberFilter; QuickBooks does not look at case."""
    folded = wanted.casefold()
    return {
        "StartsWith": lambda text: text.startswith(folded),
        "EndsWith": lambda text: text.endswith(folded),
        "Contains": lambda text: folded in text,
    }[criterion]


def answer(books: Books, request: etree._Element, select: Callable[[], Selection], show: Shower) -> Answer:
    """The answer to a query: the whole selection, its first part, or the next part of an iterator."""
    step = request.get("iterator")
    if step == "Stop":
        books.iterators.pop(str(request.get("iteratorID")), None)
        return Answer()
    selection, rest = _continued(books, request) if step == "Continue" else _begun(request, select())
    shown = selection.records
    attributes = _iterator_attributes(books, request, rest)
    if request.get("metaData") == "MetaDataOnly":
        return Answer(attributes={"retCount": str(len(shown) + len(rest))})
    if request.get("metaData") == "MetaDataAndResponseData":
        attributes["retCount"] = str(len(shown))
    if not shown:
        return Answer(code=1, message=NOTHING_FOUND, attributes=attributes)
    records = [_trimmed(show(record), texts(request, "IncludeRetElement")) for record in shown]
    if selection.missing is None:
        return Answer(records, attributes=attributes)
    message = (
        "The query request has not been fully completed. There was a required element "
        f'("{selection.missing}") that could not be found in QuickBooks.'
    )
    return Answer(records, 500, message, "Warn", attributes)


def _begun(request: etree._Element, selection: Selection) -> tuple[Selection, list[str]]:
    limit = _limit(request) or len(selection.records)
    rest = [record.id for record in selection.records[limit:]]
    return Selection(selection.records[:limit], selection.missing), rest


def _continued(books: Books, request: etree._Element) -> tuple[Selection, list[str]]:
    """The next page; what was deleted since the iterator began is simply not in it."""
    iteration = books.iterators.get(str(request.get("iteratorID")))
    if iteration is None:
        raise StatusError(
            3000, f'The given object ID "{request.get("iteratorID")}" in the field "iteratorID" is invalid.'
        )
    if iteration.criteria != _criteria(request):
        raise StatusError(3153, "The criteria of a continued iterator must be those it was started with.")
    limit = _limit(request) or len(iteration.waiting)
    found = [books.storage.by_id(record_id) for record_id in iteration.waiting[:limit]]
    return Selection([record for record in found if record is not None]), iteration.waiting[limit:]


def _limit(request: etree._Element) -> int:
    return int(request.findtext("MaxReturned") or 0)


def _iterator_attributes(books: Books, request: etree._Element, rest: list[str]) -> dict[str, str]:
    step = request.get("iterator")
    if step is None:
        return {}
    iterator_id = request.get("iteratorID") or ids.guid()
    if rest:
        books.iterators[iterator_id] = Iteration(_criteria(request), rest)
    else:
        books.iterators.pop(iterator_id, None)
    return {"iteratorRemainingCount": str(len(rest)), "iteratorID": iterator_id}


def _criteria(request: etree._Element) -> str:
    parts = [etree.tostring(child, encoding="unicode", with_tail=False) for child in request]
    return str(request.tag) + "".join(part for part in parts if not part.startswith("<MaxReturned"))


def _trimmed(shown: tuple[str, Body], wanted: Sequence[str]) -> tuple[str, Body]:
    tag, body = shown
    return (tag, {name: value for name, value in body.items() if name in wanted}) if wanted else shown
