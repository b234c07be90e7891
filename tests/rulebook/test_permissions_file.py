"""permissions.yaml and refusals.yaml are read strictly; a kind brings its rows in its own file."""

from __future__ import annotations

import pytest

from app.rulebook import load
from app.rulebook.access import Access
from tests.rulebook.samples import PERMIT, problems_of, rule

SMALL = """\
profiles:
  usual: {label: Usual}
privileges:
  push: “Push”
rights:
  users: Users
tools:
  permits: {label: Permits, kinds: [permit]}
bundles:
  clerk: {label: clerk, level: standard, privileges: [push]}
rows:
"""
ROW = "  - {row: one, action: Do it, admin: yes, acts: [do]}\n"
FILES = {"permit.yaml": PERMIT + rule("{present: title}")}
OWN = """\
permissions:
  tool: permits
  rows:
    - {row: stamp-permits, action: Stamp a permit, admin: extra, extra: {privilege: push}, acts: [stamp]}
"""


def test_a_kind_brings_its_rows_in_its_own_file() -> None:
    head, rules = PERMIT.split("rules:\n")
    files = {"permit.yaml": head + OWN + "rules:\n" + rules + rule("{present: title}"), "permissions.yaml": SMALL + ROW}
    policy = load.pack(files).policy
    assert policy is not None
    denial = policy.denial(Access("admin"), "stamp", "permit", profile="usual")
    assert denial is not None
    assert (denial.missing, denial.row and denial.row.rule_id) == ("the privilege “Push”", "permit.yaml:stamp-permits")
    assert policy.denial(Access("admin", frozenset({"push"})), "stamp", "permit", profile="usual") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("  - {row: one, action: Do it, admin: maybe, acts: [do]}\n", "'maybe' is not possible in A level."),
        ("  - {row: one, action: Do it, admn: yes}\n", "'admn' is not known in a row."),
        ("  - {row: one, action: Do it, admin: extra, extra: {privilege: pull}}\n", "'pull' is not possible in"),
        ("  - {row: one, action: Do it, admin: extra, extra: {tool: permit, level: admin}}\n", "'permit' is not"),
        ("  - {row: one, action: Do it, admin: extra, extra: {role: boss}}\n", "`extra:` takes"),
        ("  - {row: one, action: Do it, grants: [{of: permit}]}\n", "A grant needs `acts:`."),
        (ROW + ROW, "The row 'one' stands in the permissions twice."),
        ("  - {row: one}\n", "A row needs `action:`."),
    ],
)
def test_a_mistake_is_named_with_its_place(row: str, said: str) -> None:
    [problem] = problems_of({**FILES, "permissions.yaml": SMALL + row})
    assert problem.file == "permissions.yaml"
    assert problem.line > 1 or "twice" in said
    assert said in problem.sentence


REFUSALS = """\
groups: [Records]
refusals:
  - {id: gizmos, group: Records, label: Gizmos, requirement: X-1, sentence: No gizmos., what_to_do: Use none.}
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("group: Records", "group: Recrods", "'Recrods' is not a group."),
        ("sentence: No gizmos.", "sentence: ''", "`sentence:` must be a text."),
        ("label: Gizmos, ", "", "A refusal needs `label:`."),
        ("X-1,", "X-1, open_for: {land: US},", "'land' is not known in `open_for:`."),
    ],
)
def test_a_mistake_in_the_catalogue_is_named_with_its_place(before: str, after: str, said: str) -> None:
    assert load.pack({**FILES, "refusals.yaml": REFUSALS}).refusals is not None
    [problem] = problems_of({**FILES, "refusals.yaml": REFUSALS.replace(before, after)})
    assert (problem.file, problem.line) == ("refusals.yaml", 3)
    assert said in problem.sentence


def test_a_pack_without_the_tables_brings_none() -> None:
    pack = load.pack(FILES)
    assert (pack.policy, pack.refusals) == (None, None)


def test_an_overlay_grants_nothing() -> None:
    overlay = "kind: permit\n" + OWN + "rules:\n" + rule("{present: title}", name="permit-other")
    [problem] = problems_of({**FILES, "permissions.yaml": SMALL + ROW, "overlay/permit.yaml": overlay})
    assert "it cannot declare `permissions:`" in problem.sentence
