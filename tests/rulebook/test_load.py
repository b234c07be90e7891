"""A folder of rule files becomes one pack with one version, or nothing."""

from __future__ import annotations

import pytest

from app.rulebook import load
from app.rulebook.problems import RuleErrors
from tests.rulebook.samples import PERMIT, RULES, problems_of, rule, small_pack

OVERLAY = "kind: permit\nrules:\n"


@pytest.mark.requirement("RUL-04")
def test_the_version_is_the_content_and_nothing_else() -> None:
    text = PERMIT + rule("{present: title}")
    one = load.pack({"permit.yaml": text})
    assert load.pack({"permit.yaml": text.replace("\n", "\r\n")}).version == one.version
    assert load.pack({"permit.yaml": text + "# a remark\n"}).version != one.version
    assert load.pack({"other.yaml": text}).version != one.version


def test_a_folder_and_its_files_are_the_same_pack() -> None:
    shipped = load.pack(RULES)
    assert load.pack(dict(shipped.files)).version == shipped.version
    assert "tests/commitment.yaml" in shipped.files


def test_two_rules_cannot_have_one_name() -> None:
    (problem,) = problems_of({"permit.yaml": PERMIT + rule("{present: title}") + rule("{positive: days}")})
    assert (
        problem.sentence == f"The name 'permit-rule' is taken by the rule at permit.yaml:{PERMIT.count(chr(10)) + 1}:5."
    )


def test_one_kind_cannot_have_two_files() -> None:
    text = PERMIT + rule("{present: title}")
    problems = problems_of({"a.yaml": text, "b.yaml": text.replace("permit-rule", "permit-other")})
    assert "The kind 'permit' has a file already." in [problem.sentence for problem in problems]


@pytest.mark.requirement("ACC-16")
def test_an_overlay_replaces_a_shipped_rule_and_adds_its_own() -> None:
    overlay = OVERLAY + rule("{present: title}", effect="warn") + rule("{approvals: 2}", name="permit-two-approvals")
    pack = load.pack({"permit.yaml": PERMIT + rule("{present: title}"), "overlay/permit.yaml": overlay})
    assert [(found.name, found.effect) for found in pack.all_rules] == [
        ("permit-rule", "warn"),
        ("permit-two-approvals", "deny"),
    ]


def test_an_overlay_declares_no_words() -> None:
    files = {"permit.yaml": PERMIT + rule("{present: title}"), "overlay/permit.yaml": PERMIT + rule("{present: tags}")}
    assert "it cannot declare `words:`" in problems_of(files)[0].sentence


def test_a_table_of_another_room_is_only_read_strictly() -> None:
    files = {"permit.yaml": PERMIT + rule("{present: title}"), "web_connector.yaml": "levels: [None, Read Only]\n"}
    assert "web_connector.yaml" in load.pack(files).files
    (problem,) = problems_of({**files, "web_connector.yaml": "a: 1\na: 2\n"})
    assert str(problem) == "web_connector.yaml:2:1: `a` stands here twice; it was given on line 1."


def test_a_file_that_is_neither_rules_nor_a_known_table_is_not_passed_over() -> None:
    files = {"permit.yaml": PERMIT + rule("{present: title}"), "permisions.yaml": "levels: []\n"}
    assert problems_of(files)[0].file == "permisions.yaml"


def test_an_empty_folder_is_refused() -> None:
    with pytest.raises(RuleErrors, match="The rules have 1 problem"):
        load.pack({})


@pytest.mark.requirement("RUL-01")
def test_kinds_that_wait_for_each_other_are_refused() -> None:
    head = "kind: {kind}\nlinks: {{other: {other}}}\nrules:\n"
    nested = "{all_of: [{synced: other}, {present: label}]}"
    files = {
        f"{kind}.yaml": head.format(kind=kind, other=other) + rule(nested, name=f"{kind}-waits", before="queue")
        for kind, other in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    (problem,) = problems_of(files)
    assert problem.sentence == "c waits for a, which waits for b, which waits for c: none of them could ever leave."


def test_errors_read_as_one_message_with_a_line_for_each_problem() -> None:
    with pytest.raises(RuleErrors) as caught:
        small_pack(rule("{present: titel}"))
    assert str(caught.value).splitlines()[1].startswith("permit.yaml:")
    assert caught.value.status == 422
