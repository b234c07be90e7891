"""Why an item does not move: one explanation for the screens and the command line."""

from __future__ import annotations

import pytest

from app.core.errors import NotFound
from app.services import connections, listing
from app.services.explain import CHECKING, Explanation, explain
from app.services.listing import Wanted
from tests import records
from tests.admin.scenes import refused_by_quickbooks, waiting_for_its_vendor, without_an_answer
from tests.support import Stage


def told(stage: Stage, name: str, approver: str = "Ana") -> Explanation:
    return explain(stage.database, stage.connection_id, stage.item(name).id, approver)


@pytest.mark.requirement("CMT-02", "UI-01")
def test_it_names_what_an_accepted_item_waits_for(stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    [reason] = told(stage, "SC-014").reasons
    assert reason.sentence == "Ironline Steel is not in QuickBooks yet."
    assert "Accept Ironline Steel under Companies" in reason.fix
    assert reason.rule == "commitment.yaml:commitment-company-synced"
    [link] = reason.blocking
    assert (link.item_id, link.state) == (stage.item("Ironline Steel").id, "sent")


def test_its_lines_hold_the_same_words(stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    said = told(stage, "SC-014")
    text = "\n".join(said.lines())
    [reason] = said.reasons
    for part in (said.state, reason.sentence, reason.fix, reason.rule, "waits for Ironline Steel (sent)"):
        assert part in text


def test_the_list_gives_the_very_same_reasons(stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    shown = listing.page(stage.database, stage.connection_id, Wanted("commitment", "accepted"), "Ana")
    assert shown.rows[0].reasons == told(stage, "SC-014").reasons


def test_it_names_the_line_a_rule_speaks_of(stage: Stage) -> None:
    code = {"id": 14099, "full_code": "", "standard_cost_code_id": 31}
    stage.receive(records.commitment(lines=[records.line(), records.line("1.00", position=2, cost_code=code)]))
    lines = {reason.line for reason in told(stage, "SC-014").reasons if "cost code" in reason.sentence}
    assert lines == {"Line 2"}


def test_it_says_the_place_in_line(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62), records.company("Summit Roofing", 63))
    assert "Place 2 of 2 in the line for QuickBooks." in told(stage, "Summit Roofing").notes


def test_it_says_that_a_paused_connection_holds_the_line(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), True)
    assert "The connection is paused." in told(stage, "Ironline Steel").notes


@pytest.mark.requirement("STM-02")
def test_it_says_checking_while_an_answer_is_missing(stage: Stage) -> None:
    without_an_answer(stage)
    assert told(stage, "Ironline Steel").state == CHECKING


def test_a_change_order_names_those_ahead_of_it(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.receive(records.change_order("001", 391), records.change_order("002", 392))
    stage.send()
    assert not stage.accept("CO 001", "CO 002").refused
    ahead = {link.label for reason in told(stage, "CO 002").reasons for link in reason.blocking}
    assert ahead == {"SC-014", "CO 001"}


def test_it_tells_why_quickbooks_refused_and_what_to_do(stage: Stage) -> None:
    refused_by_quickbooks(stage)
    [note] = told(stage, "SC-014").notes
    assert "names a vendor, job, item or account that is not in QuickBooks" in note
    assert "link it again and retry" in note


def test_it_says_that_procore_was_not_told_yet(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    stage.run()
    notes = told(stage, "Ironline Steel").notes
    assert any(note.startswith("In QuickBooks: Vendor Ironline Steel") for note in notes)
    assert "Procore has not been told yet." in notes


def test_it_says_that_procore_changed_what_was_sent(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    stage.receive(records.commitment(title="Foundations and piles"))
    assert any("take the newer version" in note for note in told(stage, "SC-014").notes)


def test_it_adds_the_history_on_request(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    stage.act("reject", "SC-014", reason="Line 3 has no code")
    lines = told(stage, "SC-014").lines(history=True)
    assert any("reject" in line and "Ana" in line and "Line 3 has no code" in line for line in lines)
    assert not any("sent → draft" in line for line in told(stage, "SC-014").lines())


def test_it_knows_no_item_of_another_connection(stage: Stage) -> None:
    other = connections.add(stage.database, "Other", "9", rules_version=None, actor="tests")
    with pytest.raises(NotFound):
        explain(stage.database, other.id, stage.item("Delta Concrete").id)
