"""The decision about one move of one item: every rule that guards it is asked, every finding is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.core.decision import Decision, Facts, Finding
from app.rulebook.rule import Pack, Rule
from app.rulebook.scope import Line, Miss
from app.rulebook.sentence import label_of_line

ERROR = "error"
_NO_LINE: dict[str, Any] = {}


def decide(pack: Pack, facts: Facts, trigger: str) -> Decision:
    """What the rules say of a move. Never raises: a rule that cannot be evaluated leaves an error finding."""
    findings: list[Finding] = []
    for rule in pack.rules(facts.kind, trigger):
        if rule.each_line:
            findings.extend(_each_line(rule, facts))
        else:
            finding = _asked(rule, facts, _NO_LINE, "")
            if finding is not None:
                findings.append(finding)
    return Decision(trigger, pack.version, tuple(findings))


def _each_line(rule: Rule, facts: Facts) -> Iterator[Finding]:
    try:
        lines = [(line, label_of_line(line, index)) for index, line in enumerate(facts.lines)]
    except Exception as error:  # noqa: BLE001  # a rule that cannot be evaluated denies, whatever broke it
        yield _error(rule, error, "")
        return
    for line, label in lines:
        finding = _asked(rule, facts, line, label)
        if finding is not None:
            yield finding


def _asked(rule: Rule, facts: Facts, line: Line, label: str) -> Finding | None:
    """One rule and one item or line. Whatever goes wrong inside is itself a finding: a rule must not be skipped."""
    try:
        if rule.when is not None and rule.when(facts, line) is not None:
            return None
        miss = rule.require(facts, line)
        return None if miss is None else _finding(rule, facts, line, label, miss)
    except Exception as error:  # noqa: BLE001  # a rule that cannot be evaluated denies, whatever broke it
        return _error(rule, error, label)


def _finding(rule: Rule, facts: Facts, line: Line, label: str, miss: Miss) -> Finding:
    return Finding(
        rule=rule.name,
        file=rule.file,
        effect=rule.effect,
        reason=rule.reason,
        message=rule.message.filled(facts, line, miss, label, rule.vocabulary),
        fix=rule.fix.filled(facts, line, miss, label, rule.vocabulary),
        source=rule.source,
        line=label,
        setting=rule.setting or miss.setting,
        field=rule.field,
        blocking=miss.blocking,
    )


def _error(rule: Rule, error: Exception, label: str) -> Finding:
    about = f"{label}: " if label else ""
    what = " ".join(str(error).split())[:200] or type(error).__name__
    return Finding(
        rule=rule.name,
        file=rule.file,
        effect=rule.effect,
        reason=ERROR,
        message=f"{about}The rule '{rule.name}' could not be checked: {what}.",
        fix=f"Ask whoever keeps the rules to look at '{rule.name}' in {rule.file}; nothing was changed.",
        source=rule.source,
        line=label,
        setting=rule.setting,
        field=rule.field,
    )
