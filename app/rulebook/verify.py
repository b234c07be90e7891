"""Running the examples: each must come out as written, and each rule must be seen both speaking and silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.decision import AUDIT, DENY, WARN, Decision
from app.rulebook import examples
from app.rulebook.decide import ERROR, decide
from app.rulebook.examples import Example
from app.rulebook.load import OVERLAY, is_example
from app.rulebook.problems import Fault, Problem
from app.rulebook.rule import Pack, Rule
from app.rulebook.yaml_strict import parse


@dataclass(frozen=True)
class Report:
    """What the examples say of a pack."""

    total: int
    failures: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def verify(pack: Pack) -> Report:
    """Run every example of a pack."""
    failures: list[Problem] = []
    cases = _examples(pack, failures)
    spoke: set[str] = set()
    silent: set[str] = set()
    for example in cases:
        decision = decide(pack, example.facts, example.trigger)
        failures.extend(_differences(example, decision))
        here = {finding.rule for finding in decision.findings if finding.reason != ERROR}
        spoke |= here
        silent |= {rule.name for rule in pack.rules(example.facts.kind, example.trigger)} - here
    for rule in pack.all_rules:
        failures.extend(_untested(rule, spoke, silent))
    return Report(len(cases), tuple(failures))


def _examples(pack: Pack, failures: list[Problem]) -> list[Example]:
    """All examples; one of an overlay replaces the shipped one of the same kind and name."""
    found: dict[tuple[str, str], Example] = {}
    for name in sorted(pack.files, key=lambda name: (name.startswith(OVERLAY), name)):
        if not is_example(name):
            continue
        try:
            root = parse(pack.files[name], name)
        except Fault as fault:
            failures.append(fault.problem)
            continue
        for example in examples.read(root, pack, failures):
            key = (example.facts.kind, example.name)
            if key in found and found[key].node.place.file == name:
                failures.append(Problem(example.node.place, f"There are two examples called '{example.name}'."))
            found[key] = example
    return list(found.values())


def _differences(example: Example, decision: Decision) -> Iterator[Problem]:
    """Where the decision is not what the example expects, effect by effect."""
    for finding in decision.findings:
        if finding.reason == ERROR:
            yield Problem(example.node.place, f"'{example.name}': {finding.message}")
    for effect in (DENY, WARN, AUDIT):
        expected = set(example.expect.get(effect, ()))
        actual = {finding.rule for finding in decision.findings if finding.effect == effect}
        for name in sorted(expected - actual):
            yield Problem(example.node.place, f"'{example.name}': the rule '{name}' should {effect}, but did not.")
        for name in sorted(actual - expected):
            yield Problem(example.node.place, f"'{example.name}': the rule '{name}' should not {effect}, but did.")


def _untested(rule: Rule, spoke: set[str], silent: set[str]) -> Iterator[Problem]:
    place = rule.place
    if rule.name not in spoke:
        yield Problem(place, f"No example makes the rule '{rule.name}' speak.", "Add one that expects it.")
    if rule.name not in silent:
        yield Problem(place, f"No example lets the rule '{rule.name}' stay silent.", "Add one that passes.")
