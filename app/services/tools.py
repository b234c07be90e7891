"""What the services need of qbXML, made once per process: renderer, grammar and status policy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.items import registry
from app.qbxml.grammar import Grammar
from app.qbxml.render import Renderer
from app.qbxml.status import Policy


@dataclass(frozen=True)
class Tools:
    """Bytes in, bytes out."""

    templates: Path
    status_file: Path

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(self.templates)

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar.compile(registry.all_grammars())

    @cached_property
    def policy(self) -> Policy:
        return Policy.load(self.status_file)
