"""How alike two records are, and the reason in words: the same name, a telling mark, or nearly the same letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from app.core import text
from app.items.offered import Features

#: Less alike than this is no suggestion.
LEAST = 85
#: So many are offered beside one record.
MOST = 3
#: What companies call themselves beside their name tells nothing.
_FORMS = re.compile(r"\b(inc|incorporated|llc|ltd|limited|co|company|corp|corporation|lp|llp|the)\b")
_OTHERS = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Suggestion:
    """A record that may be the same, and why."""

    id: int
    exact: bool
    reason: str


def core_of(name: str) -> str:
    """A name without case, punctuation and legal form; ``&`` is and."""
    plain = _OTHERS.sub(" ", text.same_name(name).replace("&", " and "))
    return text.squeeze(_FORMS.sub(" ", plain)) or text.squeeze(plain)


class Crowd:
    """Records among which others are looked for."""

    def __init__(self, members: Mapping[int, Features]) -> None:
        self._cores = {id: core_of(features.name) for id, features in members.items()}
        self._names: dict[str, list[int]] = {}
        self._marks: dict[tuple[str, str], list[int]] = {}
        for id, features in members.items():
            self._names.setdefault(text.same_name(features.name), []).append(id)
            for mark in features.marks.items():
                self._marks.setdefault(mark, []).append(id)

    def same_name(self, name: str) -> list[int]:
        """Those of exactly this name; case and surrounding space do not count."""
        return self._names.get(text.same_name(name), [])

    def like(self, wanted: Features) -> tuple[Suggestion, ...]:
        """Who may be the same, exact ones first, then the likely ones with their reason."""
        found = {id: Suggestion(id, True, "same name") for id in self.same_name(wanted.name)}
        likely = {id: round(score) for id, score in self._spelled_like(wanted.name)}
        marked: dict[int, list[str]] = {}
        for mark in wanted.marks.items():
            for id in self._marks.get(mark, ()):
                marked.setdefault(id, []).append(f"same {mark[0]}")
        for id in sorted(
            {*likely, *marked} - set(found), key=lambda id: (-len(marked.get(id, ())), -likely.get(id, 0))
        ):
            score = [f"{likely[id]} % alike"] if id in likely else []
            found[id] = Suggestion(id, False, ", ".join([*marked.get(id, ()), *score]))
        return tuple(found.values())[:MOST]

    def _spelled_like(self, name: str) -> Iterable[tuple[int, float]]:
        hits = process.extract(core_of(name), self._cores, scorer=fuzz.token_sort_ratio, score_cutoff=LEAST, limit=MOST)
        return [(id, score) for _, score, id in hits]
