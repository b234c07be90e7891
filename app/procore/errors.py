"""Procore's error bodies, all seven forms of them, turned into one sentence and a way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.errors import TieoutError

_ADMINISTRATOR = "A Procore administrator"
_ADDRESS = "An administrator should check Procore's addresses (TIEOUT_PROCORE_ENVIRONMENT, _API_URL, _LOGIN_URL)."
_WHAT_TO_DO = {
    0: "Nothing is lost; Tieout asks again. If this lasts, check the internet connection and status.procore.com.",
    301: _ADDRESS,
    302: _ADDRESS,
    303: _ADDRESS,
    307: _ADDRESS,
    308: _ADDRESS,
    400: "This is a fault in Tieout or in the connection's settings: send this message to support.",
    401: "An administrator should check Procore's client ID and secret (TIEOUT_PROCORE_CLIENT_ID, _SECRET).",
    403: f"{_ADMINISTRATOR} should check that the app is installed for this company, that the project is permitted "
    "for it, and that its permissions cover this tool.",
    404: f"{_ADMINISTRATOR} should check that the record still exists and that the app may see it.",
    405: "Procore no longer takes this change here; send this message to support.",
    409: "Somebody changed the record in Procore at the same time; look at it there, then try again.",
    422: "Procore's own rules refuse this change: look at the record in Procore, then try again.",
    429: "Tieout has used up the calls Procore allows for now; it goes on when Procore's window opens again.",
}
_LATER = "Procore has trouble of its own; nothing is lost and Tieout asks again."
_CONNECT_AGAIN = (
    "A person who may see this company in Procore must connect it again (`tieout procore connect`). "
    "Nothing is lost; until then nothing is read from Procore or written to it."
)


class ProcoreError(TieoutError):
    """Procore did not do what was asked.

    ``procore_status`` is Procore's own HTTP status, 0 when no answer came; ``status``, the answer
    our own API gives for it, is always 502. ``retry_at`` is the Unix second to wait for, 0 if none.
    """

    def __init__(self, procore_status: int, sentence: str, *, retry_at: int = 0, what_to_do: str = "") -> None:
        what_to_do = what_to_do or _WHAT_TO_DO.get(procore_status, _LATER)
        super().__init__(sentence=sentence, what_to_do=what_to_do, code="procore", status=502)
        self.procore_status = procore_status
        self.retry_at = retry_at


class NoAnswer(ProcoreError):
    """No answer came; ``arrived`` says whether Procore may have received the call, and carried it out."""

    def __init__(self, sentence: str, *, arrived: bool) -> None:
        super().__init__(0, sentence)
        self.arrived = arrived


class ConnectAgain(ProcoreError):
    """Procore takes no sign-in of ours any more: asking again is of no use until a person connects again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(401, sentence, what_to_do=_CONNECT_AGAIN)


def reason(body: Any) -> str:
    """What an error body says, in whichever of Procore's forms it comes; empty when it says nothing."""
    if not isinstance(body, Mapping):
        return body.strip()[:300] if isinstance(body, str) else ""
    said: list[str] = []
    for name in ("message", "error_description", "error", "reason", "errors", "base", "fields", "details"):
        said += [text for text in _texts(body.get(name)) if text not in said]
    return "; ".join(said)


def _texts(value: Any, field: str = "") -> Iterable[str]:
    """The sentences inside a part of a body, each behind the name of the field it is about."""
    if isinstance(value, Mapping):
        if "message" in value:
            yield from _texts(value["message"], field)
            yield from _texts(value.get("details"), field)
            return
        for name, inner in value.items():
            yield from _texts(inner, "" if name in ("base", "code") else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, field)
    elif value not in (None, ""):
        yield f"{field}: {value}" if field else str(value)
