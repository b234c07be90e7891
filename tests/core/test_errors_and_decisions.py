"""Errors speak to people, and a decision is allowed unless something denies it."""

from __future__ import annotations

import pytest

from app.core.decision import AUDIT, DENY, WARN, Decision, Finding
from app.core.errors import Conflict, Forbidden, NotFound, Refusal, TieoutError
from app.core.tags import Tag


def finding(effect: str) -> Finding:
    return Finding("some-rule", "company.yaml", effect, "data", "Something is so.", "Do something.")


@pytest.mark.parametrize(
    ("error", "status"), [(Refusal, 422), (Forbidden, 403), (NotFound, 404), (Conflict, 409), (TieoutError, 500)]
)
def test_an_error_carries_the_status_of_its_kind(error: type[TieoutError], status: int) -> None:
    assert error("No.").status == status


def test_an_error_without_words_borrows_those_of_its_kind() -> None:
    assert str(Forbidden()) == "You may not do this."


def test_an_error_says_what_happened_and_what_to_do() -> None:
    assert str(Refusal("The number is too long.", "Type a shorter one.")) == (
        "The number is too long. Type a shorter one."
    )


@pytest.mark.requirement("STM-06")
def test_one_denial_among_many_findings_is_enough() -> None:
    decision = Decision("accept", "v1", (finding(AUDIT), finding(WARN), finding(DENY), finding(WARN)))
    assert not decision.allowed
    assert [one.effect for one in decision.denials] == [DENY]
    assert [one.effect for one in decision.warnings] == [WARN, WARN]


def test_warnings_and_notes_do_not_stop_anything() -> None:
    assert Decision("accept", "v1", (finding(AUDIT), finding(WARN))).allowed
    assert Decision("accept", "v1").allowed


@pytest.mark.requirement("AUD-01")
def test_every_tag_says_from_where_about_what_and_what() -> None:
    assert len({tag.value for tag in Tag}) == len(Tag.__members__)  # an alias would hide a tag
    for tag in Tag:
        assert [part for part in tag.value.split(":") if part.replace("_", "").isalpha()] == tag.value.split(":")
        assert tag.value.count(":") == 2
