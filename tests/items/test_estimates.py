"""The refresh of QuickBooks' Estimates: by job, and only where the company file uses them."""

from __future__ import annotations

import pytest

from app.items import registry
from app.items.base import Ask, Done, Situation
from tests.items.stand_ins import Rec, reply

ESTIMATES = registry.refreshes()["estimates"]
USES = "JobsAndEstimatesPreferences/IsUsingEstimates"


@pytest.mark.requirement("ACC-23")
def test_an_estimate_is_staged_under_its_job_with_its_number_and_total() -> None:
    texts = {
        "TxnID": "E1",
        "CustomerRef/ListID": "80-J",
        "RefNumber": "1043",
        "TotalAmount": "12.00",
        "IsActive": "true",
    }
    kept = ESTIMATES.stage(Rec("EstimateRet", texts))
    assert (kept.type, kept.list_id, kept.full_name, kept.active) == ("Estimate", "E1", "80-J", True)
    assert kept.data == {"number": "1043", "total": "12.00"}


def test_an_estimate_that_is_no_longer_active_is_staged_as_such() -> None:
    assert not ESTIMATES.stage(Rec("EstimateRet", {"TxnID": "E1", "IsActive": "false"})).active


@pytest.mark.parametrize(("says", "asks"), [("true", True), ("false", False), (None, True)])
def test_a_company_file_without_estimates_is_not_asked_for_any(says: str | None, asks: bool) -> None:
    host = {} if says is None else {"preferences": {USES: says}}
    assert isinstance(ESTIMATES.next_step(Situation({}, "tie:op", host=host)), Ask if asks else Done)


def test_it_goes_on_until_nothing_remains() -> None:
    pages = [reply("page", "found", iterator_id="{1}", remaining=5)]
    assert ESTIMATES.next_step(Situation({}, "tie:op", pages)).context["iterator_id"] == "{1}"
    pages.append(reply("page", "found", iterator_id="{1}", remaining=0))
    assert isinstance(ESTIMATES.next_step(Situation({}, "tie:op", pages)), Done)
