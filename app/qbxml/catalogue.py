"""Every code QuickBooks and its Web Connector are known to tell, with what it means and who can do what about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.qbxml.status import Policy, Verdict, web_connector_codes

STATUS, HRESULT, WEB_CONNECTOR = "QuickBooks status", "QuickBooks connection", "Web Connector"
#: Outcomes after which Tieout itself tries again, or looks first and then does.
BY_ITSELF = frozenset({"retry", "stale", "unrun", "unclear", "empty"})
#: A sentence ends where another begins; a step of what to do is one sentence.
_STEP = re.compile(r"(?<=[.])\s+(?=[A-Z“])")
_IN_TEXT = re.compile(r"\bQBWC(\d{4})\b|\b0x([0-9A-Fa-f]{8})\b|\bstatus (\d{1,4})\b")


@dataclass(frozen=True)
class Entry:
    """One code in words."""

    code: str  # as it is shown: 3170, 0x80040414, QBWC1012
    source: str
    sentence: str
    who: str
    what_to_do: str
    outcome: str

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, one step after the other."""
        return tuple(_STEP.split(self.what_to_do))

    @property
    def again(self) -> str:
        """Whether it is tried again, and by whom."""
        if self.outcome in BY_ITSELF:
            return "Tieout tries again by itself."
        return "It is not tried again until somebody has seen to it; then press Retry or Update Selected."

    @property
    def text(self) -> str:
        """All that a search looks through."""
        return f"{self.code} {self.source} {self.sentence} {self.who} {self.what_to_do}".casefold()


class Catalogue:
    """All codes."""

    def __init__(self, policy: Policy, web_connector: dict[str, Verdict]) -> None:
        found = [
            *(_entry(f"QBWC{code}", WEB_CONNECTOR, verdict) for code, verdict in web_connector.items()),
            *(_entry(f"0x{code}", HRESULT, verdict) for code, verdict in policy.hresults.items()),
            *(_entry(str(code), STATUS, verdict) for code, verdict in policy.statuses.items()),
        ]
        self.entries = tuple(sorted(found, key=lambda entry: (entry.source, entry.code.zfill(10))))
        self._by_code = {entry.code.casefold(): entry for entry in self.entries}
        self._unknown = policy.unknown

    def find(self, code: str) -> Entry | None:
        """One code, in whatever way somebody writes it; None where nobody knows it."""
        plain = code.strip().casefold()
        return next(
            (self._by_code[form] for form in (plain, f"0x{plain}", f"qbwc{plain}") if form in self._by_code), None
        )

    def unknown(self, code: str) -> Entry:
        """What is said of a code that stands nowhere."""
        return _entry(code, "Unknown", self._unknown)

    def search(self, words: str) -> list[Entry]:
        """Entries that hold every word."""
        wanted = words.casefold().split()
        return [entry for entry in self.entries if all(word in entry.text for word in wanted)]


def codes_in(text: str) -> list[str]:
    """The codes a sentence holds, such as the last error of a session."""
    found = _IN_TEXT.findall(text)
    return list(dict.fromkeys(f"QBWC{qbwc}" if qbwc else f"0x{hresult.upper()}" if hresult else status
                              for qbwc, hresult, status in found))  # fmt: skip


def _entry(code: str, source: str, verdict: Verdict) -> Entry:
    return Entry(
        code, source, verdict.sentence.replace("{code}", code), verdict.who, verdict.what_to_do, verdict.outcome
    )


@lru_cache(maxsize=4)
def load(path: Path) -> Catalogue:
    """The catalogue of a status file, read once."""
    return Catalogue(Policy.load(path), web_connector_codes(path))


def sources() -> Iterable[str]:
    """The kinds of codes, as the page groups them."""
    return (WEB_CONNECTOR, HRESULT, STATUS)
