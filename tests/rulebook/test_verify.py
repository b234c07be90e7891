"""Examples prove the rules: a wrong one, a missing one and a misspelt one are all told."""

from __future__ import annotations

import pytest

from app.rulebook import load
from app.rulebook.verify import Report, verify
from tests.rulebook.samples import PERMIT, RULES, rule

RULE = PERMIT + rule("{present: title}")
SPEAKS = "  - name: no title\n    trigger: accept\n    given: {words: {title: ''}}\n    expect: {deny: [permit-rule]}\n"
SILENT = "  - name: a title\n    trigger: accept\n    given: {words: {title: T}}\n    expect: {}\n"


def report(examples: str, rules: str = RULE) -> Report:
    return verify(load.pack({"permit.yaml": rules, "tests/permit.yaml": f"kind: permit\nexamples:\n{examples}"}))


@pytest.mark.requirement("RUL-03")
def test_the_shipped_rules_pass_all_their_examples() -> None:
    shipped = verify(load.pack(RULES))
    assert shipped.failures == ()
    assert shipped.total > 100


def test_examples_that_come_out_as_written_pass() -> None:
    assert report(SPEAKS + SILENT) == Report(2, ())


def test_a_rule_no_example_makes_speak_is_an_error() -> None:
    (failure,) = report(SILENT).failures
    assert failure.sentence == "No example makes the rule 'permit-rule' speak."
    assert (failure.file, failure.line) == ("permit.yaml", PERMIT.count("\n") + 1)


def test_a_rule_no_example_lets_pass_is_an_error() -> None:
    (failure,) = report(SPEAKS).failures
    assert failure.sentence == "No example lets the rule 'permit-rule' stay silent."


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("{deny: [permit-rule]}", "{}", "'no title': the rule 'permit-rule' should not deny, but did."),
        (
            "{deny: [permit-rule]}",
            "{warn: [permit-rule]}",
            "'no title': the rule 'permit-rule' should warn, but did not.",
        ),
        ("title: T", "title: ' '", "'a title': the rule 'permit-rule' should not deny, but did."),
        ("[permit-rule]", "[permit-rul]", "'permit-rul' is not a rule."),
        ("title: T", "titel: T", "'titel' is not a word."),
        ("title: T", "amount: T", "This must be of type money."),
        ("title: T", "title: 12", "This must be of type text."),
        ("trigger: accept", "trigger: acept", "'acept' is not a move rules guard."),
        ("name: a title", "name: no title", "There are two examples called 'no title'."),
        ("{words: {title: T}}", "{links: {owner: {A: sinced}}}", "'sinced' is not a state."),
        ("{words: {title: T}}", "{people: {approver: [A]}}", "'approver' is not a part somebody plays."),
        ("{words: {title: T}}", "{word: {title: T}}", "'word' is not known in what is given."),
    ],
)
def test_a_wrong_example_is_told_with_its_place(before: str, after: str, sentence: str) -> None:
    failures = report((SPEAKS + SILENT).replace(before, after)).failures
    assert sentence in [failure.sentence for failure in failures]
    assert {failure.file for failure in failures} <= {"tests/permit.yaml", "permit.yaml"}


def test_an_example_where_a_rule_cannot_be_evaluated_does_not_count_as_speaking() -> None:
    rules = PERMIT + rule("{expr: amount > 5}")
    case = "  - {name: none, trigger: accept, expect: {deny: [permit-rule]}}\n"
    sentences = [failure.sentence for failure in report(case, rules).failures]
    assert any("could not be checked" in sentence for sentence in sentences)
    assert "No example makes the rule 'permit-rule' speak." in sentences


@pytest.mark.requirement("ACC-16")
def test_an_overlay_brings_its_own_examples() -> None:
    overlay_case = SPEAKS.replace("deny: [permit-rule]", "warn: [permit-rule]")
    files = {
        "permit.yaml": RULE,
        "tests/permit.yaml": f"kind: permit\nexamples:\n{SPEAKS}{SILENT}",
        "overlay/permit.yaml": "kind: permit\nrules:\n" + rule("{present: title}", effect="warn"),
    }
    assert not verify(load.pack(files)).passed
    files["overlay/tests/permit.yaml"] = f"kind: permit\nexamples:\n{overlay_case}"
    assert verify(load.pack(files)).passed


def test_what_is_usual_lies_under_every_example() -> None:
    text = (
        "kind: permit\nusual: {words: {title: T}}\nexamples:\n"
        + SPEAKS
        + "  - {name: u, trigger: accept, expect: {}}\n"
    )
    assert verify(load.pack({"permit.yaml": RULE, "tests/permit.yaml": text})).passed
