"""What is not supported, as refusals.yaml says it: one sentence for each thing, wherever it is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rulebook.keys import check_keys
from app.rulebook.problems import Fault
from app.rulebook.yaml_strict import Node

FILE = "refusals.yaml"

_NEEDS = ("id", "group", "label", "requirement", "sentence", "what_to_do")
_MAY = ("about", "arrives_as", "steps", "open_for")


@dataclass(frozen=True)
class Refused:
    """One thing that is refused: always, or while its gate is closed."""

    id: str
    group: str
    label: str
    requirement: str
    sentence: str
    what_to_do: str
    about: tuple[str, ...] = ()  # the kinds on whose lists it stands
    arrives_as: tuple[str, ...] = ()  # what Procore calls records of this sort
    steps: tuple[str, ...] = ()  # how it is done by hand
    country: str = ""  # open where QuickBooks is of this country
    setting: str = ""  # open where this setting is on

    @property
    def rule_id(self) -> str:
        return f"{FILE}:{self.id}"

    @property
    def gated(self) -> bool:
        """Whether it can ever be open."""
        return bool(self.country or self.setting)

    def is_open(self, host: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
        """Whether the gate is open: everything it asks for is so."""
        fits = not self.country or host.get("country") == self.country
        return self.gated and fits and (not self.setting or settings.get(self.setting) is True)


def catalogue(root: Node) -> dict[str, Refused]:
    """Every refusal by its id."""
    check_keys(root, ("groups", "refusals"), ("groups", "refusals"), "refusals.yaml")
    parts = root.mapping("refusals.yaml")
    groups = [part.text("A group") for part in parts["groups"].sequence("`groups:`")]
    found: dict[str, Refused] = {}
    for node in parts["refusals"].sequence("`refusals:`"):
        one = _refused(node, groups)
        if one.id in found:
            raise Fault(node.at("id"), f"The refusal '{one.id}' stands here twice.")
        found[one.id] = one
    return dict(sorted(found.items(), key=lambda pair: groups.index(pair[1].group)))


def _refused(node: Node, groups: list[str]) -> Refused:
    check_keys(node, (*_NEEDS, *_MAY), _NEEDS, "a refusal")
    parts = node.mapping("A refusal")
    texts = {key: " ".join(parts[key].text(f"`{key}:`").split()) for key in _NEEDS}
    if texts["group"] not in groups:
        raise Fault(parts["group"].place, f"'{texts['group']}' is not a group.", f"Possible: {', '.join(groups)}.")
    gate = parts["open_for"].mapping("`open_for:`") if "open_for" in parts else {}
    if "open_for" in parts:
        check_keys(parts["open_for"], ("country", "setting"), (), "`open_for:`")
    return Refused(
        **texts,
        about=_texts(parts.get("about")),
        arrives_as=_texts(parts.get("arrives_as")),
        steps=_texts(parts.get("steps")),
        **{key: value.text(f"`{key}:`") for key, value in gate.items()},
    )


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(part.text("A part") for part in node.sequence("This")) if node else ()
