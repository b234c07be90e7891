"""What comes back after a rejection: what changed since, in the words of its kind, and the reason beside it."""

from __future__ import annotations

import pytest

from app.items import registry
from app.services import changes, explain, listing
from app.services.listing import Wanted
from app.services.rejections import Rejected
from tests import invoices, records
from tests.support import Stage

REASON = "Please split the hoisting off"


@pytest.fixture
def rejected(stage: Stage) -> Stage:
    """SC-014 was sent and sent back."""
    stage.receive(*records.basics(), records.commitment())
    stage.send()
    stage.act("reject", "SC-014", reason=REASON)
    return stage


def row(stage: Stage, tab: str) -> Rejected | None:
    """What the list tells of the rejection."""
    [found] = listing.page(stage.database, stage.connection_id, Wanted("commitment", tab), "Ana").rows
    return found.rejected


def fixed() -> records.Taken:
    """One line costs less, a line came, and the title says more."""
    lines = [
        records.line("400.25"),
        records.line("250.25", 32, 2),
        records.line("99.75", 32, 3, description="Hoisting"),
    ]
    return records.commitment(lines=lines, title="Foundations and hoisting")


CHANGED = [
    "Title: Foundations → Foundations and hoisting",
    "Line 1 (code 31), Contract Amount or Subtotal: 500.00 → 400.25",
    "Line 3 (code 32): nothing → code 32 · Hoisting · 0.00 · 0.00 · 99.75",
]


@pytest.mark.requirement("UI-01")
def test_the_fix_shows_what_changed_since_the_rejection_as_draft_and_sent_again(rejected: Stage) -> None:
    rejected.receive(fixed())
    for tab in ("draft", "sent"):
        found = row(rejected, tab)
        assert found is not None
        assert (found.actor, found.reason) == ("Ana", REASON)
        assert [str(one) for one in found.changes] == CHANGED
        rejected.send()
    assert rejected.item("SC-014").problem == ""


def test_what_is_sent_again_as_it_was_says_so_everywhere(rejected: Stage) -> None:
    rejected.send()
    found = row(rejected, "sent")
    assert found is not None
    assert found.changes == ()
    told = explain.explain(rejected.database, rejected.connection_id, rejected.item("SC-014").id)
    assert f"Rejected by Ana: “{REASON}”. Nothing was changed since." in told.notes


def test_only_what_was_sent_counts_not_what_came_after(rejected: Stage) -> None:
    rejected.send()
    rejected.receive(fixed())
    found = row(rejected, "sent")
    assert found is not None
    assert found.changes == ()


def test_the_last_rejection_counts(rejected: Stage) -> None:
    rejected.receive(fixed())
    rejected.send()
    rejected.act("reject", "SC-014", reason="And the number, please")
    rejected.receive(records.commitment("SC-14", lines=fixed()[1]["line_items"], title="Foundations and hoisting"))
    rejected.send()
    found = row(rejected, "sent")
    assert found is not None
    assert (found.reason, [str(one) for one in found.changes]) == (
        "And the number, please",
        ["Commitment #: SC-014 → SC-14"],
    )


def test_an_acceptance_ends_it(rejected: Stage) -> None:
    rejected.send()
    rejected.accept("SC-014")
    rejected.act("take_back", "SC-014", reason="Too early")
    assert row(rejected, "sent") is None


def test_nobody_sees_one_where_nothing_was_rejected(stage: Stage) -> None:
    stage.receive(*records.basics(), records.commitment())
    assert row(stage, "draft") is None


# -- the words of a change -----------------------------------------------------------------------------------------


def said(kind: str, before: records.Taken, after: records.Taken) -> list[str]:
    chosen = registry.kind(kind)
    return [str(one) for one in changes.between(chosen, chosen.read(before[1]), chosen.read(after[1]))]


def test_a_line_that_went_is_named_by_what_it_said() -> None:
    both, one = [records.line(), records.line("250.25", 32, 2)], [records.line("250.25", 32, 2)]
    assert said("commitment", records.commitment(lines=both), records.commitment(lines=one)) == [
        "Line 1 (code 31): code 31 · Form footings · 0.00 · 0.00 · 500.00 → nothing"
    ]


def test_another_code_and_another_company_are_names_not_ids() -> None:
    before = records.commitment(lines=[records.line()])
    after = records.commitment(lines=[records.line(code=32)], vendor={"id": 62, "company": "Ironline Steel"})
    assert said("commitment", before, after) == [
        "Contract Company: Delta Concrete → Ironline Steel",
        "Line 1 (code 32), Cost Code: code 31 → code 32",
    ]


def test_where_nothing_but_an_id_changed_the_id_is_shown() -> None:
    after = records.commitment(vendor={"id": 62, "company": "Delta Concrete"})
    assert said("commitment", records.commitment(), after) == ["Id: 61 → 62"]


def test_what_no_word_names_is_said_in_its_own() -> None:
    assert said("commitment", records.commitment(), records.commitment(status="Draft")) == ["Status: Approved → Draft"]


def test_two_lines_that_change_alike_are_both_told() -> None:
    before, after = ([records.line(amount), records.line(amount, 32, 2)] for amount in ("500.00", "600.00"))
    assert said("commitment", records.commitment(lines=before), records.commitment(lines=after)) == [
        "Line 1 (code 31), Contract Amount or Subtotal: 500.00 → 600.00",
        "Line 2 (code 32), Contract Amount or Subtotal: 500.00 → 600.00",
    ]


def test_the_same_money_written_otherwise_is_no_change() -> None:
    before, after = (records.commitment(lines=[records.line(amount)]) for amount in ("500.0", "500.00"))
    assert said("commitment", before, after) == []


def test_an_invoice_tells_this_period_and_never_the_sum_to_date_under_its_name() -> None:
    before, after = (invoices.invoice(2, invoices.billed(work, done="100.00")) for work in ("50.00", "75.00"))
    found = said("subcontractor_invoice", before, after)
    assert "Line 1 (code 31), Work completed this period: 50.00 → 75.00" in found
    assert not [one for one in found if "This Period" in one]
