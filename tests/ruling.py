"""Other rules on a stage: written, kept as a draft, or straight in force."""

from __future__ import annotations

from app.services import people, rules_activation, rules_drafts, rules_versions
from app.services.unit import work
from tests.by_hand import PASSWORD
from tests.support import Stage

#: A rule of one's own on commitments worth more than a limit, and the examples it needs.
OWN, OWN_EXAMPLES = "overlay/commitment.yaml", "overlay/tests/commitment.yaml"


def limit_rule(limit: str, effect: str = "deny", before: str = "accept") -> str:
    """The overlay's file with one rule: a commitment over the limit may not, or should not, go on."""
    return f"""kind: commitment
rules:
  - name: commitment-large
    before: {before}
    require: {{at_most: {{amount: {limit}}}}}
    reason: data
    effect: {effect}
    message: "{{label}} is worth {{value}}, more than {{limit}}."
    fix: "Have the board sign it."
    source: "Board decision of 3 March"
    since: 2026-03-03
"""


def examples(limit: str, above: str, effect: str = "deny") -> str:
    """Examples of that rule: at the limit it is silent, above it speaks."""
    return f"""examples:
  - {{name: own at the limit, trigger: accept, given: {{words: {{amount: {limit}}}}}, expect: {{}}}}
  - {{name: own above it, trigger: accept, given: {{words: {{amount: {above}}}}}, expect: {{{effect}: [commitment-large]}}}}
"""


def with_limit(stage: Stage, limit: str = "1000.00", effect: str = "deny") -> dict[str, str]:
    """All files with that rule and its examples."""
    above = limit.partition(".")[0] + ".01"
    files = rules_drafts.files(stage.database, stage.connection_id)
    usual = files["tests/commitment.yaml"].partition("\nexamples:")[0]  # what all examples of the kind have in common
    return {
        **files,
        OWN: limit_rule(limit, effect),
        OWN_EXAMPLES: f"{usual}\n{examples(limit, above, effect)}",
    }


def join(stage: Stage, login: str = "uma") -> None:
    """A second person who may write rules and let them decide."""
    people.add_user(stage.database, login, login.title(), PASSWORD, actor="tests")
    people.give_role(stage.database, login, stage.connection_id, "specialist", actor="tests")


def propose(stage: Stage, files: dict[str, str], who: str = "ike", draft: int = 0) -> tuple[int, str]:
    """Somebody keeps a draft: its number and its version."""
    place = (stage.database, stage.connection_id)
    kept = rules_drafts.keep(*place, stage.person(who), files, "Board decision", draft)
    return kept, rules_drafts.one(*place, kept).row.version


def activate(stage: Stage, draft: tuple[int, str], who: str = "uma", *, override: bool = False) -> int:
    """Somebody activates it."""
    place = (stage.database, stage.connection_id)
    return rules_activation.activate(*place, stage.person(who), *draft, "It is right", override=override)


def decide_by(stage: Stage, version: str, reason: str = "because") -> None:
    """A stored version decides from now on, whoever may."""
    with work(stage.database, stage.connection_id) as unit:
        rules_versions.activate_in(unit, version, "Ike", reason)
