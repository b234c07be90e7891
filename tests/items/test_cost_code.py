"""A cost code becomes a two-sided service item, or is linked with the one that is there."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, Done, Refuse, Situation
from tests import records
from tests.items.stand_ins import Rec, around, read, reply, staged

CODE = registry.kind("cost_code")
INCOME = staged("Account", "Construction Income", "80-I", data={"account_type": "Income"})
COSTS = staged("Account", "Job Costs", "80-E", data={"account_type": "CostOfGoodsSold"})
PAYABLE = staged("Account", "Accounts Payable", "80-P", data={"account_type": "AccountsPayable"}, active=False)
SETTINGS = {"income_account": "80-I", "expense_account": "80-E"}


def content(**more: Any) -> dict[str, Any]:
    return read(records.cost_code(**more))


def words(*items: Any, inputs: dict[str, Any] | None = None) -> dict[str, Any]:
    return CODE.words(content(), inputs or {}, around(INCOME, COSTS, PAYABLE, *items, settings=SETTINGS))


def document(*items: Any, inputs: dict[str, Any] | None = None) -> dict[str, Any]:
    return CODE.document(content(), inputs or {}, around(INCOME, COSTS, *items, settings=SETTINGS))


@pytest.mark.requirement("MAP-12", "MAP-13", "MAP-14")
def test_code_and_description_go_to_the_item() -> None:
    assert (document()["name"], document()["description"]) == ("03-100", "Concrete Forming")


@pytest.mark.requirement("MAP-15", "WBS-08")
def test_the_accounts_are_those_of_the_setting_unless_others_were_chosen() -> None:
    assert document()["income_account"] == {"list_id": "80-I", "name": "Construction Income"}
    assert document()["expense_account"] == {"list_id": "80-E", "name": "Job Costs"}
    other = staged("Account", "Subcontractors", "80-S", data={"account_type": "CostOfGoodsSold"})
    chosen = document(other, inputs={"expense_account": "80-S"})
    assert chosen["expense_account"] == {"list_id": "80-S", "name": "Subcontractors"}


@pytest.mark.requirement("ACC-04", "WBS-08")
def test_the_rules_see_name_type_and_state_of_an_account() -> None:
    found = words(inputs={"expense_account": "80-P"})
    told = (found["expense_account"], found["expense_account_type"], found["expense_account_active"])
    assert told == ("Accounts Payable", "Accounts Payable", False)
    assert (found["income_account"], found["income_account_active"]) == ("Construction Income", True)


@pytest.mark.parametrize("chosen", ["80-GONE", "80-V"])
def test_what_is_no_account_is_no_account(chosen: str) -> None:
    found = words(staged("Vendor", "Delta Concrete", "80-V"), inputs={"income_account": chosen})
    assert (found["income_account"], found["income_account_type"]) == ("", "")


@pytest.mark.requirement("WBS-04")
def test_the_one_active_service_item_of_the_very_same_name_is_linked_by_itself() -> None:
    there = staged("ItemService", "03-100", "80-X")
    assert document(there)["link"] == "80-X"
    assert (words(there)["choice"], words(there)["link_name"], words(there)["similar"]) == ("link", "03-100", [])


@pytest.mark.requirement("WBS-05")
def test_without_such_an_item_a_new_one_is_made() -> None:
    assert document()["link"] is None
    assert (words()["choice"], words()["similar"]) == ("", [])


@pytest.mark.requirement("ACC-21")
@pytest.mark.parametrize(
    ("name", "full_name", "active"),
    [
        ("03-100", "03 Concrete:03-100", True),
        ("03-100 Forming", "03-100 Forming", True),
        ("03-100", "03-100", False),
    ],
)
def test_an_item_that_is_only_like_it_is_a_question_for_a_person(name: str, full_name: str, active: bool) -> None:
    like = staged("ItemService", name, "80-X", full_name=full_name, active=active)
    assert document(like)["link"] is None
    assert words(like)["similar"] == [full_name]


@pytest.mark.requirement("ACC-21")
def test_a_person_may_choose_to_link_or_to_create() -> None:
    like = staged("ItemService", "03-100", "80-X", full_name="03 Concrete:03-100")
    assert document(like, inputs={"choice": "link"})["link"] == "80-X"
    assert document(like, inputs={"link": "80-X"})["link"] == "80-X"
    assert document(staged("ItemService", "03-100", "80-X"), inputs={"choice": "create"})["link"] is None


@pytest.mark.requirement("WBS-11", "WBS-12")
@pytest.mark.parametrize(("type_", "says"), [("ItemInventory", "Inventory Part"), ("ItemOtherCharge", "Other Charge")])
def test_an_item_of_another_type_is_named_and_never_linked(type_: str, says: str) -> None:
    other = staged(type_, "03-100", "80-X")
    assert words(other)["other_type"] == says
    assert document(other)["link"] is None


@pytest.mark.requirement("ACC-04")
def test_a_one_sided_item_says_where_it_posts() -> None:
    there = staged("ItemService", "03-100", "80-X", data={"one_sided_account": "Subcontractors"})
    assert words(there)["link_problem"] == "one-sided: posts to Subcontractors only"


@pytest.mark.requirement("WBS-13", "WBS-17")
def test_the_rules_see_codes_of_one_project_and_custom_segments() -> None:
    found = CODE.words(content(project_id=86, custom_segment="Phase"), {}, around())
    assert (found["project_specific"], found["custom_segment"]) == (True, "Phase")


def test_accounts_and_the_item_to_link_are_looked_up() -> None:
    assert CODE.list_ids({"link": "80-X", "income_account": "80-J"}, SETTINGS) == {"80-J", "80-E", "80-X"}


# -- linking -------------------------------------------------------------------------------------------------------

ITEM = Rec("ItemServiceRet", {"ListID": "80-X", "EditSequence": "5", "FullName": "03 Concrete:03-100"})


def step(*replies: Any) -> Any:
    linked = document(staged("ItemService", "03-100", "80-X"))
    return CODE.next_step(Situation(linked, "tie:x", replies))


@pytest.mark.requirement("WBS-04")
def test_a_link_only_looks_and_writes_nothing() -> None:
    assert CODE.begins_with_read(document(staged("ItemService", "03-100", "80-X")))
    assert step() == Ask("link", writes=False)
    assert step(reply("link", "found", ITEM)) == Done("ItemService", "80-X", "5", "03 Concrete:03-100")


def test_a_look_that_was_lost_is_asked_again() -> None:
    assert step(reply("link", "unknown")) == Ask("link", writes=False)
    assert isinstance(step(reply("link", "retry")), Again)


def test_a_link_to_an_item_that_is_gone_is_refused_in_words() -> None:
    refused = step(reply("link", "empty"))
    assert isinstance(refused, Refuse)
    assert refused.sentence == "The QuickBooks item chosen for 03-100 is no longer there."


@pytest.mark.requirement("MAP-10", "WBS-02")
def test_a_new_item_is_added_and_bound_as_a_service_item() -> None:
    added = CODE.next_step(Situation(document(), "tie:x"))
    assert added == Ask("add", writes=True)
    sides = {"SalesDesc": "Concrete Forming", "PurchaseDesc": "Concrete Forming"}
    sides |= {"IncomeAccountRef/ListID": "80-I", "ExpenseAccountRef/ListID": "80-OTHER"}
    texts = {"ListID": "80-X", "Name": "03-100"} | {f"SalesAndPurchase/{path}": text for path, text in sides.items()}
    done = CODE.next_step(Situation(document(), "tie:x", [reply("add", "saved", Rec("ItemServiceRet", texts))]))
    assert isinstance(done, Done)
    assert (done.record, done.quickbooks_id) == ("ItemService", "80-X")
    assert done.differences == (
        "SalesAndPurchase/ExpenseAccountRef/ListID: QuickBooks saved “80-OTHER”, approved “80-E”",
    )


DIVISION = staged("ItemService", "03 Concrete", "80-D")


@pytest.mark.requirement("ACC-21")
def test_a_new_item_is_flat_or_stands_below_the_one_chosen() -> None:
    assert (document()["parent"], document()["parent_name"]) == (None, None)
    below = document(DIVISION, inputs={"parent": "80-D", "choice": "create"})
    assert (below["parent"], below["parent_name"]) == ("80-D", "03 Concrete")
    assert ("Subitem of", "03 Concrete") in CODE.preview(below)
    linked = document(DIVISION, inputs={"parent": "80-D", "link": "80-D", "choice": "link"})
    assert (linked["link"], linked["parent"]) == ("80-D", None)


@pytest.mark.requirement("ACC-21")
@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (DIVISION, ""),
        (staged("ItemService", "03 Concrete", "80-D", active=False), "03 Concrete is inactive in QuickBooks"),
        (staged("ItemInventory", "Bolts", "80-D"), "the item chosen is no service item of QuickBooks"),
        (staged("ItemService", "Gone", "80-GONE"), "the item chosen is no service item of QuickBooks"),
    ],
)
def test_the_rules_see_whether_the_item_above_can_be_used(item: Any, problem: str) -> None:
    assert words(item, inputs={"parent": "80-D"})["parent_problem"] == problem
