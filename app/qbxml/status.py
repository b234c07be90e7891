"""What a status of QuickBooks means for us: the class of outcome, and the words for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from app.qbxml.parse import Answer

OUTCOMES: Final = frozenset(
    {"saved", "found", "empty", "retry", "stale", "taken", "missing", "refused", "unrun", "unclear"}
)
_Code = TypeVar("_Code", int, str)
_WORDS: Final = ("outcome", "sentence", "who", "what_to_do")


class PolicyError(ValueError):
    """rules/quickbooks_status.yaml cannot be used; the sentence names the entry."""


@dataclass(frozen=True)
class Verdict:
    """What one answer means: what happened, who can fix it, what to do."""

    outcome: str
    sentence: str = ""
    who: str = ""
    what_to_do: str = ""


@dataclass(frozen=True)
class Policy:
    """The table of rules/quickbooks_status.yaml, ready to judge."""

    statuses: dict[int, Verdict]
    hresults: dict[str, Verdict]
    doubtful: frozenset[int]  # saved, and yet not all as asked
    transient_codes: frozenset[int]
    transient_texts: tuple[str, ...]
    transient: Verdict
    unknown: Verdict
    silent: Verdict  # QuickBooks says it wrote, and shows nothing

    @classmethod
    def load(cls, path: Path) -> Policy:
        """Read the table. Raises PolicyError with a sentence."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(table, dict):
            raise PolicyError(f"{path.name} must hold sections, such as statuses:")
        try:
            transient = table["transient"]
            return cls(
                statuses=_by_code(table["statuses"], int),
                hresults=_by_code(table["hresults"], str),
                doubtful=frozenset(table["doubtful_even_with_record"]),
                transient_codes=frozenset(transient["codes"]),
                transient_texts=tuple(text.lower() for text in transient["texts"]),
                transient=_verdict(transient, "transient"),
                unknown=_verdict(table["unknown"], "unknown"),
                silent=_verdict(table["silent"], "silent"),
            )
        except KeyError as error:
            raise PolicyError(f"{path.name} lacks {error.args[0]}.") from error

    def judge(self, answer: Answer, write: bool | None = None) -> Verdict:
        """What an answer means; ``write`` is read off the request's name unless given."""
        if write is None:
            write = not answer.name.endswith("QueryRs")
        known = self.statuses.get(answer.status_code)
        if answer.severity != "Error" and answer.records:
            if write and known and answer.status_code in self.doubtful:
                return _saying(known, answer.message)
            warning = answer.message.strip() if answer.status_code else ""
            return Verdict("saved" if write else "found", f"QuickBooks remarks: “{warning}”" if warning else "")
        if answer.status_code == 0 or (known and known.outcome == "empty"):
            return _saying(self.silent, answer.message) if write else Verdict("empty")
        if answer.status_code in self.transient_codes and self._passes(answer.message):
            return _saying(self.transient, answer.message)
        verdict = _saying(known or self.unknown, answer.message, answer.status_code)
        return verdict if write or verdict.outcome != "unclear" else replace(verdict, outcome="retry")

    def message_set(self, code: int) -> Verdict:
        """What messageSetStatusCode means (recovery); 0 is "the answers are those of this set"."""
        return Verdict("found") if code == 0 else _saying(self.statuses.get(code, self.unknown), "", code)

    def hresult(self, code: str, message: str = "") -> Verdict:
        """What QuickBooks' refusal of a whole set, or of a session, means: ``0x80040400``."""
        bare = code.strip().lower().removeprefix("0x").upper()
        return _saying(self.hresults.get(bare, self.unknown), message, code.strip())

    def _passes(self, message: str) -> bool:
        lowered = message.lower()
        return any(text in lowered for text in self.transient_texts)


def web_connector_codes(path: Path) -> dict[str, Verdict]:
    """The Web Connector's own codes (``1012``), of the same table; they are for people, no answer carries one."""
    return _by_code(yaml.safe_load(path.read_text(encoding="utf-8"))["web_connector"], str)


def _saying(verdict: Verdict, message: str, code: int | str = "") -> Verdict:
    """The verdict with QuickBooks' own words behind it, and the code where the sentence wants it."""
    sentence = verdict.sentence.replace("{code}", str(code))
    if message.strip():
        sentence = f"{sentence} QuickBooks says: “{message.strip()}”"
    return replace(verdict, sentence=sentence)


def _by_code(entries: list[dict[str, Any]], code_type: type[_Code]) -> dict[_Code, Verdict]:
    table: dict[_Code, Verdict] = {}
    for entry in entries:
        codes = entry.get("codes") or []
        verdict = _verdict(entry, f"the entry of {', '.join(map(str, codes)) or 'no code'}")
        for code in codes:
            if not isinstance(code, code_type):
                raise PolicyError(f"Code {code!r} must be {'a number' if code_type is int else 'text in quotes'}.")
            if code in table:
                raise PolicyError(f"Code {code} stands twice.")
            table[code] = verdict
    return table


def _verdict(entry: dict[str, Any], where: str) -> Verdict:
    for word in _WORDS:
        if not isinstance(entry.get(word), str) or not entry[word].strip():
            raise PolicyError(f"In {where}, “{word}” must say something.")
    if entry["outcome"] not in OUTCOMES:
        raise PolicyError(f"In {where}, outcome “{entry['outcome']}” is not one of {', '.join(sorted(OUTCOMES))}.")
    return Verdict(*(" ".join(entry[word].split()) for word in _WORDS))
