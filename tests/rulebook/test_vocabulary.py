"""Each word of the vocabulary does what its own page says, and what a reader would expect at the edges."""

from __future__ import annotations

import inspect
import re
from decimal import Decimal
from typing import Any

import pytest

from app.core.decision import Facts
from app.rulebook import examples, load
from app.rulebook.checks import VOCABULARY, compile_check
from app.rulebook.decide import decide
from app.rulebook.scope import Scope
from app.rulebook.words import Vocabulary
from app.rulebook.yaml_strict import parse
from tests.rulebook.samples import RULES, facts, link, rule, small_pack

SHIPPED = load.pack(RULES)
PROMISED = {
    *("synced", "at_most", "matches", "max_length", "one_of", "positive", "present", "equals", "unique"),
    *("not_before", "approvals", "different_person", "setting", "edition", "expr", "all_of", "any_of", "not"),
}


def test_the_vocabulary_is_the_promised_one() -> None:
    assert set(VOCABULARY) == PROMISED


@pytest.mark.requirement("RUL-03")
@pytest.mark.parametrize("word", sorted(VOCABULARY))
def test_the_example_on_the_page_of_a_word_comes_out_as_written(word: str) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", inspect.cleandoc(VOCABULARY[word].__doc__ or ""), re.DOTALL)
    root = parse(block, f"{word}.yaml")
    parts = root.mapping("The example")
    plain = root.plain()
    vocabulary = (
        SHIPPED.vocabularies[plain["kind"]]
        if "kind" in plain
        else Vocabulary("example", words=plain["words"], settings=plain["settings"])
    )
    assert word in plain["require"], "the example shows another word"
    test = compile_check(parts["require"], Scope(vocabulary))
    assert test(examples.facts(vocabulary, parts["passes"]), {}) is None
    assert test(examples.facts(vocabulary, parts["fails"]), {}) is not None


def allowed(require: str, given: Facts | None = None, **words: Any) -> bool:
    return decide(small_pack(rule(require)), given or facts(**words), "accept").allowed


@pytest.mark.parametrize(
    ("require", "passes"),
    [
        ("{present: title}", False),
        ("{max_length: {title: 1}}", True),
        ("{matches: {title: '[A-Z]*'}}", True),
        ("{matches: {title: '[A-Z]+'}}", False),
        ("{one_of: {title: [A]}}", False),
        ("{positive: amount}", False),
        ("{at_most: {amount: 0}}", True),
        ("{at_most: {tags: 0}}", True),
        ("{at_most: {lines: 0}}", True),
        ("{equals: {urgent: false}}", True),
        ("{equals: {urgent: true}}", False),
        ("{equals: {amount: 0}}", True),
        ("{not_before: {title: 2026-01-01}}", False),
        ("{synced: owner}", True),
        ("{setting: customers_are_jobs}", False),
        ("{setting: {customers_are_jobs: false}}", True),
        ("{edition: supported}", True),
        ("{edition: {country: [US]}}", True),
        ("{different_person: [sender, approvers]}", True),
        ("{approvals: 1}", False),
    ],
)
def test_an_absent_word_counts_as_the_manual_says(require: str, passes: bool) -> None:
    assert allowed(require) is passes
    assert allowed(require, title="", tags=[]) is passes


@pytest.mark.parametrize(
    ("written", "same"), [("CostOfGoodsSold", True), ("cost of goods-sold", True), ("Cost", False)]
)
def test_a_choice_does_not_look_at_capitals_and_spaces(written: str, same: bool) -> None:
    assert allowed("{one_of: {title: [Cost of Goods Sold]}}", title=written) is same


def test_zero_and_false_are_values() -> None:
    assert allowed("{present: amount}", amount=Decimal(0))
    assert allowed("{present: urgent}", urgent=False)
    assert not allowed("{present: title}", title="   ")


def test_a_number_is_compared_exactly() -> None:
    assert allowed("{at_most: {amount: 0.10}}", amount=Decimal("0.10"))
    assert not allowed("{at_most: {amount: 0.10}}", amount=Decimal("0.1000000000000000001"))


def test_a_pattern_must_fit_the_whole_text() -> None:
    assert not allowed("{matches: {title: '[a-z]+'}}", title="abc\n")


def test_synced_means_that_quickbooks_holds_it_whatever_the_state_says() -> None:
    held = Facts("permit", {}, links={"owner": (link("A", synced=True),)})
    failed_later = Facts("permit", {}, links={"owner": (type(link("A"))("permit", 1, "A", "failed", synced=True),)})
    assert allowed("{synced: owner}", held)
    assert allowed("{synced: owner}", failed_later)


def test_approvals_count_people_and_not_clicks() -> None:
    assert not allowed("{approvals: 2}", Facts("permit", {}, people={"approvers": ("Ana", "ana")}))
    assert allowed("{approvals: 2}", Facts("permit", {}, people={"approvers": ("Ana", "Ben")}))


def test_not_inside_any_of_inside_all_of() -> None:
    require = "{all_of: [{any_of: [{present: title}, {not: {positive: amount}}]}, {equals: {urgent: true}}]}"
    assert allowed(require, urgent=True, amount=Decimal(0))
    assert not allowed(require, urgent=True, amount=Decimal(1))
    assert not allowed(require, urgent=False, title="T")


def test_edition_looks_at_every_part_that_is_known() -> None:
    def on(**host: Any) -> bool:
        return allowed("{edition: {country: [US], year: [2023, 2024]}}", Facts("permit", {}, host=host))

    assert on(country="US", year=2024)
    assert not on(country="US", year=2021)
    assert not on(country="CA", year=2024)
    assert on(year=2024)
