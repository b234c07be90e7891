"""Whom a record may be is found without reading every item: by name, by the beginnings of words, by a mark."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.items.offered import Features
from app.services import likeness
from tests import records
from tests.support import Stage


def like(stage: Stage, *wanted: Features) -> Sequence[str]:
    with stage.database.reading() as session:
        return [item.name for item, _ in likeness.like(session, stage.connection_id, "company", wanted)]


@pytest.fixture
def crowd(any_stage: Stage) -> Stage:
    any_stage.receive(
        records.company("Crest Roofing", 700, business_phone="503 555 0142"),
        records.company("Acme Paving", 701),
        records.company("-", 702),
        *(records.company(f"Works {n}", 710 + n) for n in range(4)),
    )
    return any_stage


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Features("crest  ROOFING"), ["Crest Roofing"]),
        (Features("Acmee Pavers"), ["Acme Paving"]),
        (Features("Nobody's Name", {"phone": "5035550142"}), ["Crest Roofing"]),
        (Features("Nobody's Name", {"phone": "5035550143"}), []),
        (Features("Works 3"), ["Works 3"]),
        (Features("Works 9"), []),
        (Features("-"), ["-"]),
        (Features("."), []),
    ],
)
def test_only_what_may_be_it_is_read(
    crowd: Stage, monkeypatch: pytest.MonkeyPatch, wanted: Features, found: list[str]
) -> None:
    monkeypatch.setattr(likeness, "COMMON", 3)
    assert like(crowd, wanted) == found


def test_what_was_decided_is_offered_to_nobody(crowd: Stage) -> None:
    crowd.send("Acme Paving")
    assert like(crowd, Features("Acme Paving")) == ["Acme Paving"]
    crowd.accept("Acme Paving")
    assert like(crowd, Features("Acme Paving")) == []
