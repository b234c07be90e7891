"""Writes answers in the form QuickBooks writes them: one element a line, everything beyond ASCII as an entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

Value = str | dict[str, "Value"] | list["Value"]
Body = dict[str, Value]

NOT_PROCESSED = "The request has not been processed."
_ATTRIBUTE_ENTITIES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What QuickBooks says to one request: a status and the records that go with it."""

    records: Sequence[tuple[str, Value]] = ()
    code: int = 0
    message: str = "Status OK"
    severity: str = "Info"
    attributes: Mapping[str, str] = field(default_factory=dict)


def response(answers: Iterable[tuple[str, str | None, Answer]], attributes: Mapping[str, str]) -> str:
    """The whole text of an answer; each entry is a request's name, its requestID and what is said to it."""
    lines = ['<?xml version="1.0" ?>', "<QBXML>", f"<QBXMLMsgsRs{_attributes(attributes)}>"]
    for name, request_id, answer in answers:
        _write_answer(lines, name.removesuffix("Rq") + "Rs", request_id, answer)
    lines += ["</QBXMLMsgsRs>", "</QBXML>", ""]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _write_answer(lines: list[str], tag: str, request_id: str | None, answer: Answer) -> None:
    attributes = {} if request_id is None else {"requestID": request_id}
    attributes |= {
        "statusCode": str(answer.code),
        "statusSeverity": answer.severity,
        "statusMessage": answer.message,
        **answer.attributes,
    }
    if not answer.records:
        lines.append(f"<{tag}{_attributes(attributes)} />")
        return
    lines.append(f"<{tag}{_attributes(attributes)}>")
    for name, body in answer.records:
        _write(lines, name, body)
    lines.append(f"</{tag}>")


def _write(lines: list[str], tag: str, value: Value) -> None:
    """An element; its field "@x" is an attribute x, and without a name its fields stand by themselves."""
    if isinstance(value, list):
        for entry in value:
            _write(lines, tag, entry)
    elif isinstance(value, dict):
        attributes = _attributes({name[1:]: str(each) for name, each in value.items() if name.startswith("@")})
        inside = {name: each for name, each in value.items() if not name.startswith("@")}
        if tag and not inside:
            lines.append(f"<{tag}{attributes} />")
            return
        if tag:
            lines.append(f"<{tag}{attributes}>")
        for name, inner in inside.items():
            _write(lines, name, inner)
        if tag:
            lines.append(f"</{tag}>")
    else:
        lines.append(f"<{tag}>{escape(value)}</{tag}>")


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value, _ATTRIBUTE_ENTITIES)}"' for name, value in attributes.items())
