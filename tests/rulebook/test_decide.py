"""Every rule that guards a move is asked, every finding is told, and nothing is ever skipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.decision import Facts, Link
from app.rulebook import load
from app.rulebook.decide import decide
from tests.rulebook.samples import PERMIT, RULES, facts, link, rule, small_pack

SHIPPED = load.pack(RULES)


@pytest.mark.requirement("STM-06")
def test_all_findings_are_told_and_the_version_is_kept() -> None:
    pack = small_pack(
        rule("{present: title}", name="one"),
        rule("{positive: amount}", name="two", effect="warn"),
        rule("{positive: days}", name="three", effect="audit"),
        rule("{present: title}", name="four", before="queue"),
    )
    decision = decide(pack, facts(), "accept")
    assert [(finding.rule, finding.effect) for finding in decision.findings] == [
        ("one", "deny"),
        ("two", "warn"),
        ("three", "audit"),
    ]
    assert decision.version == pack.version
    assert not decision.allowed


def test_a_warning_does_not_stop_a_move() -> None:
    assert decide(small_pack(rule("{present: title}", effect="warn")), facts(), "accept").allowed


def test_a_move_no_rule_guards_is_allowed() -> None:
    assert decide(small_pack(rule("{present: title}")), facts(), "retrieve").findings == ()


@pytest.mark.parametrize("effect", ["deny", "warn", "audit"])
def test_a_rule_that_cannot_be_evaluated_leaves_an_error_with_its_own_effect(effect: str) -> None:
    pack = small_pack(rule("{max_length: {title: 3}}", effect=effect))
    (finding,) = decide(pack, facts(title=12), "accept").findings
    assert (finding.reason, finding.effect) == ("error", effect)
    assert finding.message == "The rule 'permit-rule' could not be checked: the word 'title' holds int, not str."


def test_a_condition_that_cannot_be_evaluated_does_not_let_an_item_pass() -> None:
    pack = small_pack(rule("{present: title}", extra="    when: {positive: amount}\n"))
    assert not decide(pack, facts(title="T", amount="much"), "accept").allowed


def test_a_condition_says_for_which_items() -> None:
    pack = small_pack(rule("{approvals: 2}", extra="    when: {expr: amount > 250000}\n"))
    assert decide(pack, facts(amount=Decimal(250000)), "accept").allowed
    assert not decide(pack, facts(amount=Decimal("250000.01")), "accept").allowed


@pytest.mark.requirement("ACC-16")
def test_each_line_is_tested_and_named() -> None:
    pack = small_pack(
        rule("{max_length: {cost_code: 6}}", message="{line}: {cost_code} of {label}", extra="    each: lines\n")
    )
    lines = ({"position": 3, "cost_code": "03-300"}, {"position": 9, "cost_code": "03-3000"}, {"cost_code": "a" * 7})
    findings = decide(pack, Facts("permit", {"label": "Permit 1"}, lines), "accept").findings
    assert [finding.line for finding in findings] == ["Line 9 (03-3000)", "Line 3 (aaaaaaa)"]
    assert findings[0].message == "Line 9 (03-3000): 03-3000 of Permit 1"


def test_every_missing_item_is_named_and_linked() -> None:
    both = '\n      one: "{owner} is missing."\n      many: "{owner} are missing."'
    text = rule("{synced: owner}", before="queue").replace('message: "No."', f"message:{both}")
    pack = small_pack(text)
    links = (link("A"), link("B", synced=True), link("C", state="failed"))
    (finding,) = decide(pack, Facts("permit", {}, links={"owner": links}), "queue").findings
    assert finding.message == "A, C (failed) are missing."
    assert [blocking.label for blocking in finding.blocking] == ["A", "C"]
    (finding,) = decide(pack, Facts("permit", {}, links={"owner": links[:2]}), "queue").findings
    assert finding.message == "A is missing."


def test_a_message_shows_money_and_lists_as_people_write_them() -> None:
    pack = small_pack(rule("{at_most: {amount: 0}}", message="{amount} over {limit}: {tags}, {urgent}"))
    (finding,) = decide(pack, facts(amount=Decimal("12400.00"), tags=["a", "b"], urgent=True), "accept").findings
    assert finding.message == "12,400.00 over 0: a, b, yes"


def test_braces_in_the_data_are_left_alone() -> None:
    pack = small_pack(rule("{max_length: {title: 3}}", message="{title} is long"))
    (finding,) = decide(pack, facts(title="{label} {0.__class__}"), "accept").findings
    assert finding.message == "{label} {0.__class__} is long"


def test_a_finding_carries_the_setting_and_the_field() -> None:
    pack = small_pack(rule("{setting: income_account}", extra="    field: title\n"))
    (finding,) = decide(pack, facts(), "accept").findings
    assert (finding.setting, finding.field, finding.file) == ("income_account", "title", "permit.yaml")


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.binary(max_size=3),
)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    vocabulary = SHIPPED.vocabularies[draw(st.sampled_from(sorted(SHIPPED.vocabularies)))]
    words = draw(st.dictionaries(st.sampled_from(sorted(vocabulary.of_item())), anything))
    line_words = sorted(vocabulary.lines) or ["position"]
    lines: Any = draw(st.lists(st.one_of(st.dictionaries(st.sampled_from(line_words), anything), anything), max_size=2))
    one_link = st.builds(Link, st.just("x"), st.none(), anything, anything, anything)
    groups: Any = st.dictionaries(
        st.sampled_from(sorted(vocabulary.links) or ["x"]),
        st.one_of(st.lists(one_link, max_size=2).map(tuple), anything),
    )
    people: Any = st.dictionaries(st.sampled_from(["sender", "approvers"]), anything)
    host: Any = st.dictionaries(st.sampled_from(["country", "supported", "sentence"]), anything)
    return Facts(vocabulary.kind, words, tuple(lines), draw(groups), {}, draw(host), draw(people))


@pytest.mark.requirement("STM-01")
@settings(max_examples=150, deadline=None)
@given(any_facts(), st.sampled_from(["send", "accept", "queue", "nonsense"]))
def test_it_never_raises_whatever_the_words_hold(given_facts: Facts, trigger: str) -> None:
    decision = decide(SHIPPED, given_facts, trigger)
    names = {found.name for found in SHIPPED.rules(given_facts.kind, trigger)}
    assert {finding.rule for finding in decision.findings} <= names
    assert all(finding.message and finding.fix for finding in decision.findings)


def test_words_the_head_declares_are_the_only_ones_a_pack_knows() -> None:
    assert "title: text" in PERMIT
    assert set(small_pack(rule("{present: title}")).vocabularies["permit"].words) == {
        "title",
        "amount",
        "days",
        "urgent",
        "tags",
    }
