"""Finds the golden cases and renders them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from app.qbxml.render import Renderer

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "qbxml_templates"


@dataclass(frozen=True)
class Case:
    """One request: its kind, the input file, and the edition of QuickBooks it is meant for."""

    source: Path

    @property
    def kind(self) -> str:
        return self.source.parent.name

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.source.stem}"

    @property
    def expected(self) -> Path:
        return self.source.with_suffix(".xml")

    @cached_property
    def given(self) -> dict[str, Any]:
        given: dict[str, Any] = json.loads(self.source.read_text(encoding="utf-8"))
        return given

    @property
    def edition(self) -> str:
        return str(self.given.get("edition", "US"))

    def render(self, renderer: Renderer) -> str:
        context: dict[str, Any] = {name: self.given[name] for name in ("document", "refs") if name in self.given}
        given = {"request_id": "q3zt5k7w2mxa6bnc.1", "marker": "tie:q3zt5k7w2mxa6bnc", **context}
        return renderer.request(self.kind, self.given["step"], **given, **self.given.get("context", {}))


def cases() -> list[Case]:
    """All cases, in a steady order."""
    return [Case(path) for path in sorted(HERE.glob("*/*.json"))]
