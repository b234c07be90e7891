"""The walk of everything that is a name in a QuickBooks list: add it, and in doubt look before adding again."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import named, registry
from app.items.base import Again, Ask, Done, Hold, Refuse, Situation
from tests import records
from tests.items.stand_ins import Rec, around, read, reply, staged

ADD, FIND = Ask("add", writes=True), Ask("find", writes=False)
COMPANY = registry.kind("company")


def vendor(created: str = "2026-03-02T12:00:05+00:00", **more: str) -> Rec:
    texts = {
        "ListID": "80-V",
        "EditSequence": "3",
        "Name": "Delta Concrete",
        "Phone": "425-555-0110",
        "VendorAddress/Addr2": "1 Quarry Road",
        "VendorAddress/City": "Everett",
        "VendorAddress/State": "WA",
        "VendorAddress/PostalCode": "98201",
        "TimeCreated": created,
        **more,
    }
    return Rec("VendorRet", texts)


def step(*replies: Any) -> Any:
    document = COMPANY.document(read(records.company()), {}, around())
    return COMPANY.next_step(Situation(document, "tie:op", replies))


@pytest.mark.parametrize(
    ("replies", "next_step"),
    [
        ([], ADD),
        ([reply("add", "unrun")], ADD),
        ([reply("add", "unknown")], FIND),
        ([reply("add", "taken")], FIND),
        ([reply("add", "unknown"), reply("find", "unknown")], FIND),
        ([reply("add", "unknown"), reply("find", "empty")], ADD),
        ([reply("add", "unknown"), reply("find", "unrun")], FIND),
        ([reply("add", "retry")], Again("QuickBooks said no.")),
        ([reply("add", "unknown"), reply("find", "retry")], Again("QuickBooks said no.")),
        ([reply("add", "refused")], Refuse("QuickBooks said no.", "Look at it.")),
        ([reply("add", "unknown"), reply("find", "refused")], Refuse("QuickBooks said no.", "Look at it.")),
    ],
    ids=lambda value: " then ".join(f"{r.step} {r.outcome}" for r in value) if isinstance(value, list) else "",
)
def test_each_reply_leads_to_one_next_step(replies: list[Any], next_step: Any) -> None:
    assert step(*replies) == next_step


def test_a_saved_record_is_bound() -> None:
    assert step(reply("add", "saved", vendor())) == Done("Vendor", "80-V", "3", "Delta Concrete")


@pytest.mark.requirement("ACC-10")
def test_a_field_quickbooks_saved_otherwise_is_named() -> None:
    done = step(reply("add", "saved", vendor(**{"VendorAddress/City": "Sparks"})))
    assert isinstance(done, Done)
    assert done.differences == ("VendorAddress/City: QuickBooks saved “Sparks”, approved “Everett”",)


@pytest.mark.requirement("STM-02")
@pytest.mark.parametrize(
    "created",
    [
        "2026-03-02T12:00:05+00:00",
        "2026-03-02T10:00:00+00:00",  # two hours early: clocks differ
        "2026-03-02T07:00:00-05:00",
        "2026-03-02T12:00:05",  # QuickBooks said no zone
    ],
)
def test_after_doubt_a_record_equal_in_all_fields_and_made_since_is_ours(created: str) -> None:
    done = step(reply("add", "unknown"), reply("find", "found", vendor(created)))
    assert isinstance(done, Done)
    assert done.adopted


@pytest.mark.parametrize(
    "other",
    [
        vendor("2026-03-02T09:59:59+00:00"),
        vendor(""),
        vendor(Phone="425-555-0199"),
        Rec("CustomerRet", vendor().texts),
    ],
    ids=["older", "of unknown age", "another phone", "of another list"],
)
def test_after_doubt_any_other_record_of_that_name_is_a_question_for_a_person(other: Rec) -> None:
    held = step(reply("add", "unknown"), reply("find", "found", other))
    assert isinstance(held, Hold)
    assert (held.rule, held.field) == ("company-name-free", "quickbooks_name")


def test_without_doubt_not_even_an_equal_record_is_taken_for_ours() -> None:
    held = step(reply("add", "taken"), reply("find", "found", vendor()))
    assert isinstance(held, Hold)
    assert held.sentence == "QuickBooks already has a vendor named Delta Concrete."


@pytest.mark.requirement("ACC-20")
def test_it_says_who_has_the_name_and_that_it_is_inactive() -> None:
    other = Rec("EmployeeRet", {"Name": "Delta Concrete", "IsActive": "false"})
    held = step(reply("add", "taken"), reply("find", "found", other))
    assert isinstance(held, Hold)
    assert held.sentence.endswith("employee named Delta Concrete (inactive).")


def test_three_adds_that_vanished_are_enough() -> None:
    vanished = [reply("add", "unknown"), reply("find", "empty")]
    assert step(*vanished * 2) == ADD
    refused = step(*vanished * 3)
    assert isinstance(refused, Refuse)
    assert refused.sentence == "QuickBooks lost this company three times without saying why."


def test_names_are_compared_as_quickbooks_does() -> None:
    others = (staged("Account", "Delta Concrete"), staged("Vendor", "DELTA   Concrete"))
    assert named.taken_by("Delta Concrete", others, None) == "vendor DELTA   Concrete"
    assert named.taken_by("Delta", others, None) == ""
