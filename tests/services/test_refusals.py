"""Everything that is not supported is answered in the seed's words: 422, one event, nothing queued, no item."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.models import Connection, Item, Operation
from app.items import registry
from app.rulebook import load
from app.services import connections, refusals
from tests.rulebook.samples import RULES
from tests.support import Stage

#: What is tried, the row it proves, and words its sentence must hold.
TRIED = [
    ("prime-contracts", "CFG-12", "Prime contracts do not sync"),
    ("prime-change-orders", "CFG-12", "Prime contract change orders (PCCOs) do not sync"),
    ("owner-invoices", "CFG-13", "do not sync with QuickBooks Desktop"),
    ("owner-payments", "CFG-13", "Payments on a prime contract do not sync"),
    ("timecards", "CFG-14", "Timecards and timesheets do not sync"),
    ("expenses", "EXP-01", "does not track expenses of any type"),
    ("budget-import", "BUD-06", "Budgets are export only. Existing QuickBooks Desktop Estimates cannot be imported"),
    ("purchase-order-import", "CMT-03", "Commitments are export only. QuickBooks Desktop Purchase Orders cannot be"),
    ("customers-from-companies", "CMP-09", "cannot be exported to QuickBooks Desktop as customers"),
    ("link-existing-project", "PRJ-09", "cannot be linked to an existing QuickBooks Desktop job or customer"),
    ("cost-types", "PRM-23", "Cost types are not supported with QuickBooks Desktop; they always show as “Other”"),
    ("sub-jobs", "WBS-16", "Sub jobs are not supported"),
    ("payments-outside-us", "PAY-02", "only from US editions"),
    ("payment-export", "PAY-03", "only by companies that license Procore Pay"),
    (
        "quickbooks-online",
        "ENV-16",
        "QuickBooks Online is not supported; this connector is for QuickBooks Desktop only",
    ),
    ("quickbooks-mac", "ENV-15", "cannot run the Web Connector"),
    ("second-company-file", "CFG-10", "A separate company file for each project is not supported"),
    ("second-web-connector", "CFG-11", "only one Web Connector can be configured"),
]
#: The rows of the matrix that are refused, and what answers each.
ROWS = {
    "PRM-10": "owner-invoices", "PRM-16": "prime-change-orders", "PRM-18": "sub-jobs", "PRM-23": "cost-types",
    "PRM-27": "budget-import", "PRM-28": "prime-contracts", "PRM-29": "sub-jobs", "PRM-38": "owner-invoices",
    "PRM-39": "prime-change-orders", "PRM-42": "sub-jobs",
}  # fmt: skip
#: Not an attempt somebody makes at a route, so that only the sentence is proved here.
ELSEWHERE = {"ENV-15", "ENV-16", "CFG-11", "PAY-02", "PAY-03", "CMP-09", "PRJ-09"}


def attempt(stage: Stage, what: str, who: str = "Pat") -> Refusal:
    """Somebody tries it."""
    with pytest.raises(Refusal) as caught:
        refusals.refuse(stage.database, 1, who, what)
    return caught.value


def in_canada(stage: Stage) -> None:
    """QuickBooks said that it is Canadian."""
    with stage.database.writing() as session:
        session.execute(update(Connection).values(host={"country": "CA", "supported": True}))


@pytest.mark.parametrize(
    ("what", "requirement", "words"),
    [
        pytest.param(*one, id=one[0], marks=() if one[1] in ELSEWHERE else pytest.mark.requirement(one[1]))
        for one in TRIED
    ],
)
def test_it_is_answered_and_noted_and_nothing_is_queued(stage: Stage, what: str, requirement: str, words: str) -> None:
    in_canada(stage)
    before = len(stage.rows(Operation))
    error = attempt(stage, what)
    told = error.plain()
    assert (error.status, told["code"], told["rule_id"]) == (422, "not_supported", f"refusals.yaml:{what}")
    assert words in told["sentence"]
    assert told["what_to_do"]
    assert told["links"] == [{"label": "What syncs and what does not", "kind": "page", "id": f"/what-syncs/#{what}"}]
    [event] = stage.events(Tag.REFUSED)
    assert (event["what"], event["sentence"]) == (what, told["sentence"])
    assert len(stage.rows(Operation)) == before


@pytest.mark.requirement("PRM-07")
@pytest.mark.parametrize(
    ("requirement", "what"),
    [pytest.param(*one, id=one[0], marks=pytest.mark.requirement(one[0])) for one in ROWS.items()],
)
def test_a_row_of_the_matrix_that_cannot_be_had_is_refused(requirement: str, what: str) -> None:
    policy = load.pack(RULES).policy
    assert policy is not None
    [row] = [row for row in policy.rows if row.requirement == requirement]
    assert (row.refuse, row.grants) == (what, ())


@pytest.mark.parametrize("name", [
    pytest.param("prime_contract", marks=pytest.mark.requirement("CFG-12")),
    pytest.param("prime_contract_change_order", marks=pytest.mark.requirement("CFG-12")),
    pytest.param("owner_invoice", marks=pytest.mark.requirement("CFG-13")),
    pytest.param("contract_payment", marks=pytest.mark.requirement("CFG-13")),
    pytest.param("timecard_entry", marks=pytest.mark.requirement("CFG-14")),
    pytest.param("expense", marks=pytest.mark.requirement("EXP-01")),
    pytest.param("sub_job", marks=pytest.mark.requirement("WBS-16")),
])  # fmt: skip
def test_such_a_record_of_procore_becomes_no_item_and_sending_it_is_refused(stage: Stage, name: str) -> None:
    before = len(stage.rows(Item))
    stage.receive((name, {"id": 1, "name": "One", "number": "1"}))
    assert len(stage.rows(Item)) == before
    assert attempt(stage, name).code == "not_supported"


def test_no_kind_that_syncs_is_in_the_catalogue() -> None:
    catalogue = load.pack(RULES).refusals
    assert catalogue is not None
    assert not {name for one in catalogue.values() for name in one.arrives_as} & set(registry.kinds())


@pytest.mark.requirement("CFG-14")
def test_timesheets_are_led_to_the_way_by_hand(stage: Stage) -> None:
    [entry] = [one.refused for group in refusals.listed(stage.database, 1).values() for one in group
               if one.refused.id == "timecards"]  # fmt: skip
    assert len(entry.steps) >= 3
    assert "import" in " ".join(entry.steps)


def test_a_gate_is_open_where_what_it_asks_for_is_so(stage: Stage) -> None:
    with stage.database.writing() as session:
        session.execute(update(Connection).values(host={"country": "US", "supported": True}))
    refusals.refuse(stage.database, 1, "Pat", "payments-outside-us")
    assert attempt(stage, "payment-export").code == "not_supported"
    connections.change_settings(stage.database, 1, {"procore_pay": True}, actor="tests")
    refusals.refuse(stage.database, 1, "Pat", "payment-export")
    assert len(stage.events(Tag.REFUSED)) == 1


def test_what_the_catalogue_does_not_know_is_not_there(stage: Stage) -> None:
    with pytest.raises(NotFound):
        refusals.refuse(stage.database, 1, "Pat", "gizmos")


@pytest.mark.requirement("CFG-10")
def test_a_procore_company_is_connected_with_one_company_file_only(stage: Stage) -> None:
    mine = connections.get(stage.database, 1).procore_company_id
    with pytest.raises(Refusal, match="One Procore company goes with one QuickBooks company file"):
        connections.add(stage.database, "Second", mine, rules_version=None, actor="tests")
    with stage.database.reading() as session:
        assert len(list(session.execute(select(Connection)).scalars())) == 1
