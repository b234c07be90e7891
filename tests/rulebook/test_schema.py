"""A rule file with a mistake is refused with the place, a sentence and what was probably meant."""

from __future__ import annotations

import pytest

from app.rulebook.problems import Problem
from tests.rulebook.samples import PERMIT, problems_of, rule, small_pack

FIRST_RULE = PERMIT.count("\n") + 1


def only_problem(*rules: str) -> Problem:
    (problem,) = problems_of({"permit.yaml": PERMIT + "".join(rules)})
    return problem


@pytest.mark.requirement("RUL-01")
@pytest.mark.parametrize(
    ("text", "line", "column", "sentence", "suggestion"),
    [
        (rule("{present: titel}"), 2, 24, "'titel' is not a word of permit.", "Did you mean 'title'?"),
        (rule("{presnt: title}"), 2, 15, "'presnt' is not a word of the vocabulary.", "Did you mean 'present'?"),
        (rule("{present: title, positive: days}"), 2, 14, "here are 2", "all_of"),
        (rule("{max_length: {titel: 3}}"), 2, 28, "'titel' is not a word", "Did you mean 'title'?"),
        (rule("{max_length: {title: 0}}"), 2, 35, "must be a whole number above zero", ""),
        (rule("{max_length: {amount: 3}}"), 2, 28, "'amount' is of type money; this check needs text", ""),
        (rule("{synced: ownr}"), 2, 23, "'ownr' is not a link of permit.", "Did you mean 'owner'?"),
        (rule("{equals: {urgent: 1}}"), 2, 32, "it can never equal this value", ""),
        (rule("{one_of: {title: []}}"), 2, 31, "nothing could ever pass", ""),
        (rule("{setting: {customer_are_jobs: true}}"), 2, 25, "is not a setting", "'customers_are_jobs'"),
        (rule("{edition: {land: [US]}}"), 2, 25, "'land' is not known of an edition", ""),
        (rule("{approvals: 0}"), 2, 26, "whole number above zero", ""),
        (rule("{different_person: [sender, approver]}"), 2, 42, "not a part somebody plays", "'approvers'"),
        (rule("{not_before: {title: someday}}"), 2, 35, "'someday' is not a word of permit", ""),
        (rule("{unique: {of: [title]}}"), 2, 23, "needs `of: [words]` and `found: word`", ""),
        (rule("{matches: {title: '('}}"), 2, 32, "The pattern cannot be read", ""),
        (rule("{matches: {title: '(a+)+b'}}"), 2, 32, "can take for ever", ""),
        (rule("{all_of: []}"), 2, 23, "has no check in it", ""),
        (rule("{present: title}", message="{titel} is bad"), 5, 14, "names '{titel}'", "Did you mean 'title'?"),
        (rule("{present: title}", message="{title is bad"), 5, 14, "a brace without its partner", ""),
        (rule("{present: title}", message="{line} is bad"), 5, 14, "names '{line}'", ""),
        (rule("{present: title}", before="confirm"), 1, 13, "'confirm' is not possible in `before:`", "accept"),
        (rule("{present: title}", before="[]"), 1, 13, "would never be asked", ""),
        (rule("{present: title}", effect="stop"), 4, 13, "'stop' is not possible in `effect:`", "deny"),
        (rule("{present: title}", name="Permit_1"), 0, 11, "is not a rule name", ""),
        (rule("{present: title}", extra="    on: send\n"), 9, 5, "`on:` is not used in rules.", "`before:`"),
        (rule("{present: title}", extra="    fixx: Do\n"), 9, 5, "'fixx' is not known in a rule.", "'fix'"),
        (rule("{present: title}", extra="    each: words\n"), 9, 11, "'words' is not possible in `each:`", "lines"),
    ],
)
def test_it_points_at_a_mistake(text: str, line: int, column: int, sentence: str, suggestion: str) -> None:
    problem = only_problem(text)
    assert sentence in problem.sentence
    assert suggestion in problem.suggestion
    assert (problem.file, problem.line - FIRST_RULE, problem.column) == ("permit.yaml", line, column)


def test_it_says_which_parts_of_a_rule_are_missing() -> None:
    problem = only_problem("  - name: permit-rule\n    before: send\n    require: {present: title}\n")
    assert problem.sentence == "A rule needs `reason:`, `effect:`, `message:`, `fix:`, `source:`, `since:`."


def test_it_refuses_a_day_that_is_none() -> None:
    problem = only_problem(rule("{present: title}").replace("2025-01-01", "2025-13-01"))
    assert problem.sentence == "'2025-13-01' is not a day."


def test_it_tells_all_mistakes_at_once_in_the_order_of_the_file() -> None:
    text = PERMIT + rule("{present: titel}", name="one") + rule("{positiv: days}", name="two")
    assert [problem.line - FIRST_RULE for problem in problems_of({"permit.yaml": text})] == [2, 11]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("  title: text\n", "  title: texts\n", "'texts' is not a type of words."),
        ("  title: text\n", "  label: text\n", "'label' is already a word of every kind."),
        ("  title: text\n", "  The Title: text\n", "'The Title' cannot be a word"),
        ("  owner: permit\n", "  owner: permits\n", "'permits' is not a kind."),
        ("kind: permit\n", "knd: permit\n", "'knd' is not known in a rule file."),
        ("words:\n", "word:\n", "'word' is not known in a rule file."),
    ],
)
def test_it_refuses_a_file_head_with_a_mistake(before: str, after: str, sentence: str) -> None:
    text = (PERMIT + rule("{present: tags}")).replace(before, after, 1)
    assert sentence in problems_of({"permit.yaml": text})[0].sentence


def test_a_rule_can_guard_several_moves() -> None:
    pack = small_pack(rule("{present: title}", before="[send, queue]"))
    assert [len(pack.rules("permit", move)) for move in ("send", "accept", "queue")] == [1, 0, 1]
