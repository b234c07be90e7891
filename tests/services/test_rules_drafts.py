"""A change of the rules by people: proposed, tried, approved by a second person, activated, taken back."""

from __future__ import annotations

import pytest

from app.core.errors import Conflict, Forbidden, NotFound, Refusal
from app.core.tags import Tag
from app.rulebook.problems import RuleErrors
from app.services import connections, rules_activation, rules_drafts, rules_history, rules_versions, tallies
from app.services.rules_versions import MOST_COMPILED
from tests import records, ruling
from tests.ruling import OWN, OWN_EXAMPLES, activate, propose, with_limit
from tests.support import Stage


@pytest.fixture
def two(stage: Stage) -> Stage:
    """A stage where Ike and Uma may both write and activate rules."""
    ruling.join(stage)
    return stage


def numbers(stage: Stage) -> list[tuple[int, int | None, str]]:
    """The versions: number, the one whose content it is again, who activated it."""
    found = rules_versions.history(stage.database, 1)
    return [(row.number, row.former, row.actor) for row in reversed(found)]


def broken(files: dict[str, str]) -> dict[str, str]:
    """The same with an example that expects what does not happen."""
    return {**files, OWN_EXAMPLES: files[OWN_EXAMPLES].replace("expect: {}", "expect: {deny: [commitment-large]}")}


def refusals(stage: Stage) -> list[str]:
    return [event["code"] for event in stage.events(Tag.REFUSED)]


@pytest.mark.requirement("RUL-01")
def test_a_broken_file_is_named_with_its_place_and_nothing_is_kept(two: Stage) -> None:
    before = two.connection.rules_version
    files = {**with_limit(two), OWN: ruling.limit_rule("1000.00").replace("at_most", "at_mots")}
    with pytest.raises(RuleErrors) as found:
        propose(two, files)
    [problem] = found.value.problems
    assert (problem.file, problem.line, problem.column) == (OWN, 5, 15)
    assert "at_most" in problem.suggestion
    assert rules_drafts.opened(two.database, 1) == []
    assert two.connection.rules_version == before


def test_a_draft_decides_nothing_until_it_is_activated(two: Stage) -> None:
    before = two.connection.rules_version
    draft, version = propose(two, with_limit(two))
    assert two.connection.rules_version == before
    assert activate(two, (draft, version)) == 2
    assert two.connection.rules_version == version
    assert rules_drafts.opened(two.database, 1) == []
    assert numbers(two) == [(1, None, "tests"), (2, None, "Uma")]
    [event] = two.events(Tag.RULES_ACTIVATED)
    said = {name: event[name] for name in ("number", "author", "reason", "before", "after")}
    assert said == {"number": 2, "author": "Ike", "reason": "It is right", "before": before, "after": version}


@pytest.mark.requirement("RUL-06")
def test_whoever_wrote_it_cannot_be_the_only_one_to_approve_it(two: Stage) -> None:
    draft = propose(two, with_limit(two))
    with pytest.raises(Refusal, match="Ike wrote draft") as found:
        activate(two, draft, "ike")
    assert "Uma can approve it." in found.value.what_to_do
    with pytest.raises(Refusal, match="cannot be the one to approve it"):
        rules_drafts.approve(two.database, 1, two.person("ike"), *draft, "I agree with myself")
    assert refusals(two) == ["second_person", "own_draft"]
    assert len(numbers(two)) == 1
    rules_drafts.approve(two.database, 1, two.person("uma"), *draft, "Seen")
    activate(two, draft, "ike")
    [row, _] = rules_versions.history(two.database, 1)
    assert (row.author, row.approved_by, row.actor) == ("Ike", "Uma", "Ike")


@pytest.mark.requirement("RUL-06")
def test_the_second_person_is_a_setting_whoever_is_alone_may_turn_off(stage: Stage) -> None:
    draft = propose(stage, with_limit(stage))
    with pytest.raises(Refusal, match="cannot be the only one") as found:
        activate(stage, draft, "ike")
    assert "Nobody else has the right “Rule activation”" in found.value.what_to_do
    connections.change_settings(stage.database, 1, {"rules_second_person": False}, actor="Ike")
    assert not rules_drafts.one(stage.database, 1, draft[0]).waits_for_another
    assert activate(stage, draft, "ike") == 2


@pytest.mark.requirement("RUL-06")
def test_turning_the_setting_off_does_not_help_its_author_while_somebody_else_can_approve(two: Stage) -> None:
    draft = propose(two, with_limit(two))
    connections.change_settings(two.database, 1, {"rules_second_person": False}, actor="Ike")
    assert rules_drafts.one(two.database, 1, draft[0]).waits_for_another
    with pytest.raises(Refusal, match="cannot be the only one") as found:
        activate(two, draft, "ike")
    assert "Uma can approve it." in found.value.what_to_do
    assert len(numbers(two)) == 1


@pytest.mark.requirement("RUL-06")
def test_a_setting_that_somebody_else_turned_off_lets_an_author_alone(two: Stage) -> None:
    draft = propose(two, with_limit(two))
    connections.change_settings(two.database, 1, {"rules_second_person": False}, actor="Uma")
    assert not rules_drafts.one(two.database, 1, draft[0]).waits_for_another
    assert activate(two, draft, "ike") == 2


def test_a_draft_that_stands_on_former_rules_is_not_the_same(two: Stage) -> None:
    files = with_limit(two)
    old, version = propose(two, files)
    assert rules_drafts.same(two.database, 1, two.person("uma"), version) == old
    activate(two, propose(two, with_limit(two, "2000.00")))
    assert rules_drafts.same(two.database, 1, two.person("uma"), version) == 0
    new, _ = propose(two, files, "uma")
    assert rules_drafts.same(two.database, 1, two.person("uma"), version) == new


def test_as_many_versions_stay_compiled_as_promised_and_those_in_use_longest() -> None:
    made: dict[str, int] = {}
    for number in range(MOST_COMPILED):
        rules_versions._kept(made, str(number), lambda: 0)
    assert len(made) == MOST_COMPILED
    assert rules_versions._kept(made, "0", lambda: 1) == 0, "not made again"
    rules_versions._kept(made, "another", lambda: 0)
    assert len(made) == MOST_COMPILED
    assert "0" in made, "it was asked for last"
    assert "1" not in made


def test_an_approval_is_of_what_was_looked_at(two: Stage) -> None:
    draft, version = propose(two, with_limit(two))
    rules_drafts.approve(two.database, 1, two.person("uma"), draft, version, "Seen")
    _, other = propose(two, with_limit(two, "2000.00"), draft=draft)
    with pytest.raises(Conflict, match="changed draft"):
        activate(two, (draft, version))
    with pytest.raises(Refusal, match="only one to approve"):
        activate(two, (draft, other), "ike")


def test_only_its_author_changes_a_draft(two: Stage) -> None:
    draft, _ = propose(two, with_limit(two))
    with pytest.raises(Refusal, match="Ike's"):
        propose(two, with_limit(two, "2000.00"), "uma", draft)


def test_a_draft_begun_on_other_rules_would_undo_them_and_is_refused(two: Stage) -> None:
    old = propose(two, with_limit(two))
    activate(two, propose(two, with_limit(two, "2000.00")))
    with pytest.raises(Conflict, match="would be undone"):
        activate(two, old)
    again = propose(two, with_limit(two))
    assert again[0] == old[0], "proposed anew, it stands on the rules of now"
    assert activate(two, again) == 3


@pytest.mark.requirement("RUL-03")
def test_examples_that_fail_stop_it_unless_two_people_pass_over_them(two: Stage) -> None:
    draft = propose(two, broken(with_limit(two)))
    with pytest.raises(Refusal, match="must be mended") as found:
        activate(two, draft)
    assert found.value.code == "rules_examples_fail"
    with pytest.raises(Refusal, match="approval of a second person"):
        activate(two, draft, override=True)
    ruling.join(two, "ann")
    rules_drafts.approve(two.database, 1, two.person("ann"), *draft, "The example is outdated")
    with pytest.raises(Refusal, match="approval of a second person"):
        activate(two, draft, "ann", override=True)
    assert len(numbers(two)) == 1
    activate(two, draft, override=True)
    [row, _] = rules_versions.history(two.database, 1)
    assert (row.failures, row.approved_by, row.actor) == (1, "Ann", "Uma")
    assert refusals(two) == ["rules_examples_fail", "second_person", "second_person"]


@pytest.mark.requirement("RUL-05")
def test_rolling_back_makes_the_former_content_a_version_of_its_own(two: Stage) -> None:
    shipped = two.connection.rules_version
    activate(two, propose(two, with_limit(two)))
    uma = two.person("uma")
    assert rules_activation.roll_back(two.database, 1, uma, 1, "Too many were blocked") == 3
    assert two.connection.rules_version == shipped
    assert numbers(two) == [(1, None, "tests"), (2, None, "Uma"), (3, 1, "Uma")]
    assert rules_versions.history(two.database, 1)[0].reason == "Too many were blocked"
    with pytest.raises(Refusal, match="decides already"):
        rules_activation.roll_back(two.database, 1, uma, 1, "Again")
    with pytest.raises(NotFound):
        rules_activation.roll_back(two.database, 1, uma, 7, "Further")


@pytest.mark.requirement("ACC-17")
def test_activating_is_a_right_of_its_own(two: Stage) -> None:
    draft = propose(two, with_limit(two))
    for act in (
        lambda who: activate(two, draft, who),
        lambda who: rules_drafts.approve(two.database, 1, two.person(who), *draft, "Why not"),
        lambda who: rules_activation.roll_back(two.database, 1, two.person(who), 1, "Why not"),
        lambda who: propose(two, with_limit(two, "2000.00"), who),
        lambda who: rules_drafts.drop(two.database, 1, two.person(who), draft[0]),
    ):
        with pytest.raises(Forbidden, match="it needs the right “Rule"):
            act("ana")
    assert refusals(two) == ["forbidden"] * 5
    assert len(rules_drafts.opened(two.database, 1)) == 1


@pytest.mark.parametrize("act", ["keep", "approve", "activate", "roll_back"])
def test_each_act_needs_a_reason(two: Stage, act: str) -> None:
    draft = propose(two, with_limit(two))
    uma = two.person("uma")
    with pytest.raises(Refusal) as found:
        {
            "keep": lambda: rules_drafts.keep(two.database, 1, uma, with_limit(two, "2000.00"), " "),
            "approve": lambda: rules_drafts.approve(two.database, 1, uma, *draft, " "),
            "activate": lambda: rules_activation.activate(two.database, 1, uma, *draft, " "),
            "roll_back": lambda: rules_activation.roll_back(two.database, 1, uma, 1, " "),
        }[act]()
    assert found.value.code == "reason_missing"


def test_what_the_rules_held_goes_at_once_when_they_let_it(two: Stage) -> None:
    two.approve(records.commitment())
    files = {**with_limit(two), OWN: ruling.limit_rule("1.00", before="queue")}
    ruling.decide_by(two, propose(two, files)[1])
    two.run()
    assert two.states()["SC-014"] == "accepted"
    rules_activation.roll_back(two.database, 1, two.person("uma"), 1, "A mistake")
    assert two.states()["SC-014"] == "queued"
    assert tallies.wrong(two.database, 1) == []


def test_a_version_tells_what_it_brought_and_what_going_back_would_change(two: Stage) -> None:
    activate(two, propose(two, with_limit(two)))
    [first, second] = (rules_history.one(two.database, 1, number) for number in (1, 2))
    assert second.brought is not None
    assert [rule.name for rule in second.brought.added] == ["commitment-large"]
    assert first.brought is None
    assert [rule.name for rule in first.back.removed] == ["commitment-large"]
    assert second.back.files == ()


def test_a_draft_that_was_put_away_can_not_be_activated(two: Stage) -> None:
    draft = propose(two, with_limit(two))
    rules_drafts.drop(two.database, 1, two.person("ike"), draft[0])
    with pytest.raises(Conflict, match="was dropped"):
        activate(two, draft)


def test_files_as_they_are_in_force_are_no_draft(two: Stage) -> None:
    with pytest.raises(Refusal, match="Nothing differs"):
        propose(two, dict(rules_drafts.files(two.database, 1)))
