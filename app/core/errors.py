"""What can go wrong in words: each error says what happened, who can fix it and how."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Pointer:
    """Where to go from a sentence: a label and the item, setting or page it means."""

    label: str
    kind: str
    id: str = ""


@dataclass
class TieoutError(Exception):
    """Something did not work."""

    sentence: str = ""
    what_to_do: str = ""
    code: str = "error"
    rule_id: str = ""
    links: list[Pointer] = field(default_factory=list)
    status: int = 500

    def __post_init__(self) -> None:
        self.sentence = self.sentence or (type(self).__doc__ or "").split("\n")[0]
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return f"{self.sentence} {self.what_to_do}".strip()

    def plain(self) -> dict[str, Any]:
        """The same as JSON-able data: every refusal has this shape."""
        return {
            "code": self.code,
            "rule_id": self.rule_id,
            "sentence": self.sentence,
            "what_to_do": self.what_to_do,
            "links": [asdict(link) for link in self.links],
        }


@dataclass
class Refusal(TieoutError):
    """This cannot be done."""

    code: str = "refused"
    status: int = 422


@dataclass
class Forbidden(TieoutError):
    """You may not do this."""

    code: str = "forbidden"
    status: int = 403


@dataclass
class NotFound(TieoutError):
    """There is no such thing here."""

    code: str = "not_found"
    status: int = 404


@dataclass
class Conflict(TieoutError):
    """Somebody else was faster; look at the item again."""

    code: str = "conflict"
    status: int = 409


def where(error: BaseException) -> str:
    """The file and line an error came from, for logs: its own words could hold anybody's password."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    return place
