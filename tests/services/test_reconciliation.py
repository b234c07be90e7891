"""Sent = synced + failed + rejected + retrieved + unlinked + waiting, whatever happened, in count and in money."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from app.services import reconciliation, unlinking
from app.services.reconciliation import OUTCOMES, Line
from tests import budgets, records
from tests.support import Stage


def lines(stage: Stage) -> dict[str, Line]:
    return {line.kind.kind if line.kind else "": line for line in reconciliation.report(stage.database, 1)}


def outcomes(stage: Stage, kind: str = "commitment") -> dict[str, tuple[int, str]]:
    """What became of what was sent, without the noughts."""
    found = lines(stage)[kind].outcomes
    return {name: (one.many, str(one.amount)) for name, one in found.items() if one.many}


def commitment(number: int, amount: str, **more: Any) -> records.Taken:
    return records.commitment(f"SC-{number}", number, lines=[records.line(amount)], **more)


@pytest.mark.requirement("ACC-09", "AUD-04")
def test_each_outcome_is_counted_with_its_money(stage: Stage) -> None:
    stage.receive(*(commitment(500 + n, f"{n}00.00") for n in range(1, 6)))
    stage.send()
    stage.act("reject", "SC-501", reason="too dear")
    stage.act("retrieve", "SC-502", who="pat")
    stage.accept("SC-503", "SC-504")
    stage.run()
    stage.company.delete(stage.orders()["SC-504"]["TxnID"])
    unlinking.unlink(stage.database, 1, stage.person("ana"), stage.ids(("SC-504",)))
    stage.kill_connector()
    stage.run()
    assert outcomes(stage) == {
        "synced": (1, "300.00"),
        "rejected": (1, "100.00"),
        "retrieved": (1, "200.00"),
        "unlinked": (1, "400.00"),
        "waiting": (1, "500.00"),
    }
    found = lines(stage)["commitment"]
    assert (found.sent.many, str(found.sent.amount), found.ties) == (5, "1500.00", True)


@pytest.mark.requirement("ACC-09", "AUD-04")
def test_what_was_sent_twice_counts_twice_with_the_amount_it_had_then(stage: Stage) -> None:
    stage.receive(commitment(501, "100.00"))
    stage.send()
    stage.act("reject", "SC-501", reason="too dear")
    stage.receive(commitment(501, "80.00"))
    stage.approve()
    stage.run()
    assert outcomes(stage) == {"rejected": (1, "100.00"), "synced": (1, "80.00")}


@pytest.mark.requirement("AUD-04")
def test_a_change_that_is_dropped_leaves_what_quickbooks_holds(stage: Stage) -> None:
    stage.approve(budgets.budget())
    stage.must_settle()
    stage.receive(budgets.budget(budgets.line("1200.00"), budgets.line("500.50", 32, 568)))
    stage.send("Budget of Riverside Tower")
    assert outcomes(stage, "budget") == {"synced": (1, "1500.50"), "waiting": (1, "1700.50")}
    stage.act("reject", "Budget of Riverside Tower", reason="not agreed")
    assert outcomes(stage, "budget") == {"synced": (1, "1500.50"), "rejected": (1, "1700.50")}


@pytest.mark.requirement("AUD-04")
@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_nothing_is_lost(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    numbers = range(501, 509)
    stage.receive(*(commitment(n, "100.00") for n in numbers))
    for step in range(30):
        name = f"SC-{chance.choice(numbers)}"
        act = chance.choice(("send", "accept", "reject", "retrieve", "take_back", "change", "run"))
        if act == "send":
            stage.send(name)
        elif act == "accept":
            stage.accept(name)
        elif act == "change":
            stage.receive(commitment(int(name[3:]), f"{100 + step}.33"))
        elif act == "run":
            stage.kill_connector()
            stage.run()
        else:
            stage.act(act, name, who="pat" if act == "retrieve" else "ana", reason="so")
        found = lines(stage)
        for line in found.values():
            assert line.sent.many == sum(line.outcomes[one].many for one in OUTCOMES), (step, name, act)
            assert line.sent.amount == sum((line.outcomes[one].amount for one in OUTCOMES), Decimal(0))
            assert line.ties
    states = stage.states()
    now = found["commitment"].outcomes["synced"].many
    assert now == sum(states[f"SC-{n}"] == "synced" for n in numbers)
