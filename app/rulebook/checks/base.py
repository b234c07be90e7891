"""The register of the vocabulary: one function a word, whose docstring is its page in the manual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.rulebook.problems import Fault, suggest
from app.rulebook.scope import Scope, Test
from app.rulebook.yaml_strict import Node

Compile = Callable[[Node, Scope], Test]

VOCABULARY: dict[str, Compile] = {}


def word(name: str) -> Callable[[Compile], Compile]:
    """Enter a function under the name that rule files use."""

    def enter(function: Compile) -> Compile:
        VOCABULARY[name] = function
        return function

    return enter


def compile_check(node: Node, scope: Scope) -> Test:
    """The test that a ``require:`` or ``when:`` stands for: exactly one word of the vocabulary."""
    entries = node.mapping("A check")
    if len(entries) != 1:
        hint = "Put several checks under all_of or any_of, each with a dash."
        raise Fault(node.place, f"A check is one word of the vocabulary; here are {len(entries)}.", hint)
    ((name, argument),) = entries.items()
    if name not in VOCABULARY:
        raise Fault(node.at(name), f"'{name}' is not a word of the vocabulary.", suggest(name, VOCABULARY))
    return VOCABULARY[name](argument, scope)


def same(value: Any) -> Any:
    """The form in which two texts count as equal: capitals, spaces, hyphens and underscores do not matter."""
    if isinstance(value, str):
        return value.casefold().replace(" ", "").replace("-", "").replace("_", "")
    return value
