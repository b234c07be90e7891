"""Who may be the same as whom: exact first, then likely, each with its reason in words."""

from __future__ import annotations

import pytest

from app.items.alike import LEAST, MOST, Crowd, core_of
from app.items.offered import Features

PROCORE = {
    1: Features("Delta Concrete", {"phone": "4255550110"}),
    2: Features("Delta Concrete Pumping"),
    3: Features("Brightwater Electric, Inc.", {"phone": "2065550153"}),
    4: Features("Keystone Drywall & Paint"),
    5: Features("Delta Electric"),
}


def told(name: str, **marks: str) -> list[tuple[int, bool, str]]:
    return [(one.id, one.exact, one.reason) for one in Crowd(PROCORE).like(Features(name, marks))]


@pytest.mark.parametrize(
    ("name", "marks", "expected"),
    [
        ("DELTA  concrete", {}, [(1, True, "same name")]),
        ("Brightwater Electric", {}, [(3, False, "100 % alike")]),
        ("Brightwater Electrics LLC", {"phone": "2065550153"}, [(3, False, "same phone, 98 % alike")]),
        ("Keystone Drywall and Paint", {}, [(4, False, "100 % alike")]),
        ("Somebody Else", {"phone": "4255550110"}, [(1, False, "same phone")]),
        ("Somebody Else", {}, []),
        ("Concrete", {}, []),
    ],
)
def test_it_says_who_and_why(name: str, marks: dict[str, str], expected: list[tuple[int, bool, str]]) -> None:
    assert told(name, **marks) == expected


def test_the_exact_one_stands_first_and_there_are_not_many() -> None:
    crowd = Crowd({at: Features(f"Delta Concrete {at}") for at in range(10)} | {99: Features("Delta Concrete 5x")})
    found = crowd.like(Features("delta concrete 7"))
    assert (found[0].id, found[0].exact) == (7, True)
    assert len(found) == MOST
    assert not any(one.exact for one in found[1:])


@pytest.mark.parametrize("name", ["The Company, Inc.", "Co", "&"])
def test_a_name_of_nothing_but_forms_is_still_a_name_or_like_nobody(name: str) -> None:
    assert Crowd({1: Features("Delta Concrete")}).like(Features(name)) == ()


def test_a_core_has_no_case_no_punctuation_and_no_legal_form() -> None:
    assert core_of("  Béton-Laurier,  INC. ") == core_of("Béton Laurier")
    assert core_of("Smith & Sons Co.") == "smith and sons"
    assert 50 < LEAST < 100
