"""What differs between two packs, in the words of the rules and then line by line; and the files one may open."""

from __future__ import annotations

import pytest

from app.core.errors import Refusal
from app.rulebook import compare, load, overlay
from app.rulebook.rule import Pack
from app.settings import PACKAGE_ROOT
from tests.ruling import OWN, OWN_EXAMPLES, limit_rule

SHIPPED = load.pack(PACKAGE_ROOT / "rules")


def changed(old: str, new: str, file: str = "commitment.yaml") -> Pack:
    """The shipped pack with one place worded otherwise."""
    assert old in SHIPPED.files[file]
    return load.pack({**SHIPPED.files, file: SHIPPED.files[file].replace(old, new, 1)})


def test_a_rule_that_is_new_or_gone_is_named() -> None:
    more = load.pack({**SHIPPED.files, OWN: limit_rule("1000.00")})
    for before, after, added, removed in (
        (SHIPPED, more, ["commitment-large"], []),
        (more, SHIPPED, [], ["commitment-large"]),
    ):
        found = compare.compare(before, after)
        assert ([rule.name for rule in found.added], [rule.name for rule in found.removed]) == (added, removed)
        assert found.changed == ()
        assert [file.name for file in found.files] == [OWN]


def test_a_rule_worded_otherwise_is_told_part_by_part() -> None:
    found = compare.compare(SHIPPED, changed("status: [Approved, Complete]", "status: [Complete]"))
    [one] = found.changed
    assert one.rule.name == "commitment-approved"
    [part] = one.parts
    assert part.label == "Asks for"
    assert "Approved, Complete" in part.before
    assert "Approved" not in part.after
    [file] = found.files
    assert [line.strip() for sign, line in file.lines if sign == "+"] == [
        line.strip() for line in changed("[Approved, Complete]", "[Complete]").files["commitment.yaml"].splitlines()
        if "status: [Complete]" in line
    ]  # fmt: skip


def test_a_table_beside_the_rules_is_named() -> None:
    found = compare.compare(SHIPPED, changed("Rule editing", "Rule writing", "permissions.yaml"))
    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert found.tables == ("permissions.yaml",)


def test_of_one_and_the_same_nothing_differs() -> None:
    found = compare.compare(SHIPPED, SHIPPED)
    assert (found.files, found.changed, found.added, found.removed) == ((), (), (), ())


def test_an_overlay_replaces_a_shipped_rule_and_that_is_told_as_a_change() -> None:
    rule = next(rule for rule in SHIPPED.all_rules if rule.name == "commitment-approved")
    own = limit_rule("1000.00").replace("commitment-large", rule.name)
    found = compare.compare(SHIPPED, load.pack({**SHIPPED.files, OWN: own}))
    assert [(one.rule.name, one.rule.file) for one in found.changed] == [(rule.name, OWN)]


# -- the files -----------------------------------------------------------------------------------------------------


def test_every_file_stands_in_one_group_and_ones_own_may_be_new() -> None:
    groups = overlay.groups(SHIPPED.files, ["commitment"])
    names = [name for names in groups.values() for name in names]
    assert sorted(names) == sorted([*SHIPPED.files, OWN, OWN_EXAMPLES])
    assert groups[overlay.OWN] == [OWN, OWN_EXAMPLES]
    assert "tests/commitment.yaml" in groups[overlay.TESTED]
    assert "permissions.yaml" in groups[overlay.BESIDE]


def test_a_new_file_of_ones_own_can_be_kept_as_it_begins() -> None:
    begun = {name: overlay.text(SHIPPED.files, name) for name in (OWN, OWN_EXAMPLES)}
    found = load.pack({**SHIPPED.files, **begun})
    assert [rule.name for rule in found.all_rules] == [rule.name for rule in SHIPPED.all_rules]


def test_a_file_without_a_word_is_left_out() -> None:
    assert OWN not in overlay.laid_over({**SHIPPED.files, OWN: limit_rule("1.00")}, {OWN: " \n"})


@pytest.mark.parametrize("name", ["../commitment.yaml", "commitment.txt", "/etc/passwd.yaml", "tests/overlay/x.yaml"])
def test_no_other_names_are_taken(name: str) -> None:
    with pytest.raises(Refusal, match="no file of rules"):
        overlay.laid_over(SHIPPED.files, {name: "kind: commitment"})


def test_a_file_too_large_for_anybody_is_refused() -> None:
    with pytest.raises(Refusal, match="too large"):
        overlay.laid_over(SHIPPED.files, {OWN: "#" * (overlay.MOST_CHARACTERS + 1)})
