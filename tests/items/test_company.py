"""A company becomes a vendor: what is read, what rules see, what will be written."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from app.items import registry
from tests import records
from tests.items.stand_ins import around, read, staged

COMPANY = registry.kind("company")
LONG = "Delta Concrete Pumping and Structural Works LLC"


def content(**more: Any) -> dict[str, Any]:
    return read(records.company(**more))


@pytest.mark.requirement("MAP-22", "MAP-24", "MAP-25")
def test_name_and_address_go_to_the_vendor() -> None:
    document = COMPANY.document(content(), {}, around())
    assert document["name"] == "Delta Concrete"
    assert document["address"] == {
        "addr1": "Delta Concrete",
        "addr2": "1 Quarry Road",
        "city": "Everett",
        "state": "WA",
        "zip": "98201",
    }


@pytest.mark.requirement("MAP-26", "MAP-27")
def test_phone_and_fax_go_to_the_vendor() -> None:
    document = COMPANY.document(content(fax_number="425-555-0111"), {}, around())
    assert (document["phone"], document["fax"]) == ("425-555-0110", "425-555-0111")


def test_what_procore_does_not_know_is_left_out_of_the_document() -> None:
    bare = COMPANY.read({"id": 61, "name": "Delta Concrete"})
    document = COMPANY.document(bare, {}, around())
    assert (document["phone"], document["fax"], document["notes"]) == (None, None, None)
    assert [document["address"][key] for key in ("addr2", "city", "state", "zip")] == [None] * 4


@pytest.mark.requirement("ACC-20")
def test_a_typed_name_stands_before_the_legal_one_which_goes_to_the_notes() -> None:
    document = COMPANY.document(content(name=LONG), {"quickbooks_name": " Delta  Concrete "}, around())
    assert (document["name"], document["notes"]) == ("Delta Concrete", LONG)


def test_spaces_too_many_are_taken_out_of_a_name() -> None:
    assert COMPANY.name(content(name="  Delta   Concrete ")) == "Delta Concrete"


@pytest.mark.parametrize("missing", ["id", "name"])
def test_it_takes_no_record_without_id_or_name(missing: str) -> None:
    _, record = records.company()
    del record[missing]
    with pytest.raises(ValidationError, match=missing):
        COMPANY.read(record)


def test_fields_procore_adds_tomorrow_are_not_kept() -> None:
    assert "loyalty_points" not in content(loyalty_points=3)


@pytest.mark.requirement("CMP-10")
def test_a_vendor_of_the_same_name_is_shown_to_the_rules() -> None:
    words = COMPANY.words(content(), {}, around(staged("Vendor", "DELTA concrete")))
    assert (words["vendor_match"], words["name_taken_by"]) == ("DELTA concrete", "")


def test_its_own_vendor_is_no_match() -> None:
    words = COMPANY.words(content(), {}, around(staged("Vendor", "Delta Concrete", bound_to=7)))
    assert words["vendor_match"] == ""


@pytest.mark.requirement("ACC-20")
@pytest.mark.parametrize(
    ("type_", "active", "says"),
    [
        ("Customer", True, "customer Delta Concrete"),
        ("Customer", False, "customer Delta Concrete (inactive)"),
        ("Employee", True, "employee Delta Concrete"),
        ("OtherName", True, "other name Delta Concrete"),
    ],
)
def test_it_says_who_has_the_name_already(type_: str, active: bool, says: str) -> None:
    words = COMPANY.words(content(), {}, around(staged(type_, "Delta Concrete", active=active)))
    assert words["name_taken_by"] == says


def test_a_job_of_that_name_takes_no_name_from_a_vendor() -> None:
    words = COMPANY.words(content(), {}, around(staged("Customer", "Delta Concrete", sublevel=1)))
    assert words["name_taken_by"] == ""


def test_the_typed_name_is_the_one_looked_up() -> None:
    assert COMPANY.keys(content(), {"quickbooks_name": "Delta Conc"}) == {"delta conc"}


def test_characters_quickbooks_cannot_store_are_named() -> None:
    words = COMPANY.words(content(city="Łódź"), {}, around())
    assert words["not_in_quickbooks"] == "Łź"


def test_a_preview_speaks_quickbooks_words() -> None:
    preview = dict(COMPANY.preview(COMPANY.document(content(), {}, around())))
    assert preview["Vendor Name"] == "Delta Concrete"
    assert preview["Billed From"] == "Delta Concrete, 1 Quarry Road, Everett WA, 98201"
    assert preview["Main Phone"] == "425-555-0110"
