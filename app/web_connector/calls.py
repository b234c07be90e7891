"""The eight calls of the Web Connector: their parameters, what they ask, and what is said when asking fails."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.core import ids
from app.web_connector.port import Conversation
from app.web_connector.troubles import Troubles

NAMESPACE = "http://developer.intuit.com/"

Answer = str | int | list[str]
Returns = Literal["string", "int", "ArrayOfString"]

_log = logging.getLogger(__name__)
#: Digits are few on purpose: a number like 1e999999 would take seconds to read.
_VERSION_PART = re.compile(r"([0-9]{1,4})(?:\.[0-9]{0,9})?")
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True)
class Call:
    """One call: its name, its parameters with their XSD types, and how the conversation answers it."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: Returns
    ask: Callable[[Conversation, Sequence[str], str], object]
    otherwise: Answer = ""  # what keeps the Web Connector calm when the conversation fails


def _strings(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "string") for name in names)


CALLS = (
    Call("serverVersion", (), "string", lambda talk, _, __: talk.server_version()),
    Call(
        "clientVersion",
        _strings("strVersion"),
        "string",
        lambda talk, given, remote: talk.client_version(given[0], remote),
    ),
    Call(
        "authenticate",
        _strings("strUserName", "strPassword"),
        "ArrayOfString",
        lambda talk, given, remote: talk.authenticate(given[0], given[1], remote),
        otherwise=["", "busy"],  # "nvu" would accuse the password
    ),
    Call(
        "sendRequestXML",
        (
            *_strings("ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry"),
            ("qbXMLMajorVers", "int"),
            ("qbXMLMinorVers", "int"),
        ),
        "string",
        lambda talk, given, _: talk.send_request_xml(
            given[0], given[1], given[2], given[3], whole(given[4]), whole(given[5])
        ),
    ),
    Call(
        "receiveResponseXML",
        _strings("ticket", "response", "hresult", "message"),
        "int",
        lambda talk, given, _: talk.receive_response_xml(given[0], given[1], given[2], given[3]),
        otherwise=-1,
    ),
    Call(
        "connectionError",
        _strings("ticket", "hresult", "message"),
        "string",
        lambda talk, given, _: talk.connection_error(given[0], given[1], given[2]),
        otherwise="done",
    ),
    Call(
        "getLastError",
        _strings("ticket"),
        "string",
        lambda talk, given, _: talk.get_last_error(given[0]),
        otherwise="Tieout could not look up what went wrong. Its log knows more.",
    ),
    Call(
        "closeConnection",
        _strings("ticket"),
        "string",
        lambda talk, given, _: talk.close_connection(given[0]),
        otherwise="Session closed; Tieout could not write its summary.",
    ),
)
BY_NAME = {call.name: call for call in CALLS}
_TELLS_LATER = frozenset({"sendRequestXML", "receiveResponseXML"})


def whole(text: str) -> int:
    """A version part as a whole number: ``13``, ``13.0``; 0 when it is absent or no number."""
    number = _VERSION_PART.fullmatch(text.strip())
    return int(number[1]) if number else 0


def answer(
    call: Call, given: Sequence[str], conversation_for: Callable[[], Conversation], remote: str, troubles: Troubles
) -> Answer:
    """What the conversation says to a call, or what keeps the session orderly when it fails."""
    if call.name == "getLastError" and (sentence := troubles.take(given[0])):
        return sentence
    try:
        return _promised(call, call.ask(conversation_for(), given, remote))
    except Exception as error:  # noqa: BLE001  # nothing may escape to the Web Connector
        event = log_failure(call.name, error)
        if call.name in _TELLS_LATER:
            troubles.note(
                given[0],
                f"Tieout could not finish this step; the next run goes on from here. If it happens again, "
                f"tell whoever looks after Tieout this number: {event}.",
            )
        return call.otherwise


def log_failure(what: str, error: BaseException) -> str:
    """Log the kind and place of an error under an event id; never its text, which may quote a message."""
    event = ids.short()
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    _log.error("Web Connector: %s failed with %s at %s (event %s)", what, type(error).__name__, place, event)
    return event


def _promised(call: Call, said: object) -> Answer:
    """The answer in the form the call promises; anything else is a failure of the conversation."""
    match call.returns, said:
        case "int", int() if not isinstance(said, bool):
            return said
        case "string", str():
            return _text(call, said)
        case "ArrayOfString", list() if 2 <= len(said) <= 4 and all(isinstance(part, str) for part in said):
            return [_text(call, part) for part in said]
    raise TypeError(f"{call.name} was answered with {type(said).__name__}")


def _text(call: Call, text: str) -> str:
    if not _NOT_XML.search(text):
        return text
    if call.name == "sendRequestXML":  # never send QuickBooks anything but what was approved
        raise ValueError("the request holds a character XML does not allow")
    return _NOT_XML.sub("?", text)
