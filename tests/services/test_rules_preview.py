"""The preview of other rules: its numbers are those of asking every item by itself, and it leaves no trace."""

from __future__ import annotations

import sqlite3
from collections import Counter

import pytest
from sqlalchemy import select

from app.db.models import Connection, Item
from app.rulebook import decide, load
from app.services import rules_drafts, rules_preview, rules_versions
from app.services.gather import gather
from app.services.rules_preview import Preview
from tests import records, ruling
from tests.support import Stage

#: Amounts of commitments, and where each rests.
SMALL, LARGE = ("500.00", "999.99", "1000.00"), ("1000.01", "4200.00")


@pytest.fixture
def open_items(stage: Stage) -> Stage:
    """Commitments of different worth: some drafts, some sent, one accepted, and one queued."""
    for n, amount in enumerate((*SMALL, *LARGE), 20):
        stage.receive(records.commitment(f"SC-{n:03}", id=900 + n, lines=[records.line(amount)]))
    stage.send("SC-020", "SC-021", "SC-023", "SC-024")
    stage.accept("SC-020", "SC-024")
    return stage


def previewed(stage: Stage, files: dict[str, str]) -> Preview:
    return rules_preview.preview(stage.database, stage.connection_id, load.pack(files))


@pytest.mark.requirement("RUL-02")
def test_it_counts_and_lists_what_is_newly_blocked_with_the_sentence_of_the_rule(open_items: Stage) -> None:
    found = previewed(open_items, ruling.with_limit(open_items))
    assert [(row.name, row.sentence) for row in found.newly_blocked.rows] == [
        ("SC-023", "SC-023 is worth 1,000.01, more than 1,000.00."),
    ]
    assert found.newly_blocked.by_kind == {"commitment": 1}
    assert found.newly_blocked.cents == 1000_01
    assert found.newly_allowed.count == 0
    assert (found.newly_blocked.rows[0].rule, found.newly_blocked.rows[0].fix) == (
        "overlay/commitment.yaml:commitment-large",
        "Have the board sign it.",
    )


@pytest.mark.requirement("RUL-02")
def test_it_lists_what_the_rules_in_force_hold_and_the_others_would_let_go(open_items: Stage) -> None:
    shipped = dict(rules_drafts.files(open_items.database, 1))
    _, version = ruling.propose(open_items, ruling.with_limit(open_items))
    ruling.decide_by(open_items, version)
    found = previewed(open_items, shipped)
    assert [row.name for row in found.newly_allowed.rows] == ["SC-023"]
    assert found.newly_allowed.rows[0].sentence == "SC-023 is worth 1,000.01, more than 1,000.00."
    assert found.newly_blocked.count == 0


def test_a_rule_that_only_warns_blocks_nothing_and_is_seen_all_the_same(open_items: Stage) -> None:
    found = previewed(open_items, ruling.with_limit(open_items, effect="warn"))
    assert (found.newly_blocked.count, found.newly_allowed.count) == (0, 0)
    assert [row.name for row in found.otherwise.rows] == ["SC-023"]
    assert found.unchanged == found.looked_at


@pytest.mark.requirement("RUL-02")
def test_nothing_is_written(open_items: Stage) -> None:
    def all_of_it() -> list[str]:
        with sqlite3.connect(open_items.folder / "tieout.db") as connection:
            return list(connection.iterdump())

    before = all_of_it()
    assert previewed(open_items, ruling.with_limit(open_items)).newly_blocked.count == 1
    assert all_of_it() == before


CHANGES = {
    "accept": {},
    "queue": {"before: accept": "before: queue"},
    "both": {"before: accept": "before: [accept, queue]"},
    "send": {"before: accept": "before: send"},
    "one that denies everything": {"1000.00": "1.00", "before: accept": "before: [send, accept, queue]"},
}


@pytest.mark.requirement("RUL-02")
@pytest.mark.parametrize("change", CHANGES)
def test_its_numbers_are_those_of_asking_each_open_item_by_itself(open_items: Stage, change: str) -> None:
    files = ruling.with_limit(open_items)
    for old, new in CHANGES[change].items():
        files[ruling.OWN] = files[ruling.OWN].replace(old, new)
    found = previewed(open_items, files)
    counted = Counter(one_by_one(open_items, files))
    assert counted == {
        key: count
        for key, count in (
            ("blocked", found.newly_blocked.count),
            ("allowed", found.newly_allowed.count),
            ("unchanged", found.unchanged),
        )
        if count
    }
    assert sum(found.unchanged_by_kind.values()) == found.unchanged
    queued = found.newly_blocked.by_kind.total() if change == "queue" else None
    assert queued is None or found.in_line == queued


def one_by_one(stage: Stage, files: dict[str, str]) -> list[str]:
    """What becomes of each open item, each asked alone."""
    said, after = [], load.pack(files)
    moves = {"draft": "send", "sent": "accept", "accepted": "queue", "queued": "queue", "failed": "queue"}
    with stage.database.reading() as session:
        connection = session.get_one(Connection, 1)
        before = rules_versions.pack(session, connection)
        for item in session.execute(select(Item).where(Item.state.in_(moves))).scalars():
            approver = "" if item.state == "sent" else item.accepted_by
            facts = gather(session, connection, [item])[item.id].facts(connection, approver)
            old, new = (decide.decide(pack, facts, moves[item.state]).allowed for pack in (before, after))
            said.append("unchanged" if old == new else "allowed" if new else "blocked")
    return said


def test_of_long_lists_the_first_are_shown_and_all_are_counted(
    open_items: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules_preview, "SHOWN", 2)
    monkeypatch.setattr(rules_preview, "BATCH", 1)
    files = ruling.with_limit(open_items)
    files[ruling.OWN] = files[ruling.OWN].replace("1000.00", "1.00").replace("accept", "[send, accept, queue]")
    found = previewed(open_items, files)
    assert (found.newly_blocked.count, len(found.newly_blocked.rows), found.newly_blocked.left_out) == (5, 2, 3)
