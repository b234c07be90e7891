"""The error catalogue: every known code in words, whatever asks for it."""

from __future__ import annotations

import pytest

from app.qbxml import catalogue
from app.settings import PACKAGE_ROOT

CATALOGUE = catalogue.load(PACKAGE_ROOT / "rules" / "quickbooks_status.yaml")

#: The Web Connector's guide, appendix A.
QBWC = [
    *range(1000, 1021), *range(1022, 1047), 1048,
]  # fmt: skip
#: The request processor's list.
HRESULTS = [
    "80040400",
    "80040401",
    "80040402",
    "80040408",
    "8004040A",
    "8004040D",
    "80040410",
    "80040414",
    "80040416",
    "80040418",
    "8004041A",
    "8004041B",
    "8004041C",
    "8004041D",
    "8004041E",
    "8004041F",
    "80040420",
    "80040422",
    "80040423",
    "80040424",
    "80040427",
    "8004042A",
    "8004042C",
    "80010105",
    "80040154",
]
#: The list of status codes; 0 says that all is well.
STATUSES = [
    1, 500, 501, 510, 530, 531, 550, 560, 570, 600, 1000, 1010, 1030, 1060, 3000, 3010, 3020, 3030, 3031, 3035, 3070,
    3090, 3100, 3120, 3130, 3140, 3150, 3151, 3153, 3160, 3170, 3171, 3175, 3176, 3177, 3180, 3185, 3190, 3200, 3210,
    3220, 3231, 3250, 3260, 3261, 3262, 3264, 9001, 9002, 9003, 9004, 9005,
]  # fmt: skip


@pytest.mark.requirement("UI-04")
def test_every_known_code_is_there_and_no_other() -> None:
    wanted = {f"QBWC{code}" for code in QBWC} | {f"0x{code}" for code in HRESULTS} | {str(code) for code in STATUSES}
    assert {entry.code for entry in CATALOGUE.entries} == wanted
    assert len(CATALOGUE.entries) == len(wanted)


@pytest.mark.requirement("UI-04")
def test_each_says_what_happened_who_can_fix_it_how_and_whether_it_is_tried_again() -> None:
    for entry in CATALOGUE.entries:
        assert entry.sentence.endswith("."), entry.code
        assert entry.sentence != CATALOGUE.unknown(entry.code).sentence
        assert entry.who
        assert all(step.endswith((".", "”")) for step in entry.steps), entry.steps
        assert "try again" in entry.again or "tried again" in entry.again or "tries again" in entry.again
        assert "{" not in entry.sentence + entry.what_to_do, entry.code
        assert "!" not in entry.sentence + entry.what_to_do, entry.code


@pytest.mark.requirement("CFG-08")
@pytest.mark.parametrize("code", ["0x8004041A", "0x80040420", "0x80040418"])
def test_no_access_leads_to_admin_and_single_user_mode(code: str) -> None:
    entry = CATALOGUE.find(code)
    assert entry is not None
    assert entry.who == "the QuickBooks administrator"
    assert entry.steps[0] == "Log in to QuickBooks as Admin, with the company file in Single User mode."


@pytest.mark.parametrize(
    ("asked", "code"),
    [("3170", "3170"), ("0x8004041a", "0x8004041A"), ("8004041A", "0x8004041A"), ("qbwc1012", "QBWC1012"),
     ("1012", "QBWC1012"), (" 3170 ", "3170")],
)  # fmt: skip
def test_a_code_is_found_however_it_is_written(asked: str, code: str) -> None:
    found = CATALOGUE.find(asked)
    assert found is not None
    assert found.code == code


def test_an_unknown_code_is_not_found_and_says_its_own_name() -> None:
    assert CATALOGUE.find("4711") is None
    assert "4711" in CATALOGUE.unknown("4711").sentence


def test_a_search_wants_every_word() -> None:
    assert [entry.code for entry in CATALOGUE.search("dialog stands open machine")] == ["0x80040414"]
    assert CATALOGUE.search("no such words anywhere") == []


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("QuickBooks could not be started. (0x80040408 Could not start)", ["0x80040408"]),
        ("QBWC1012: Authentication failed", ["QBWC1012"]),
        ("It could not be saved (status 3180).", ["3180"]),
        ("The connection was paused.", []),
    ],
)
def test_the_codes_of_a_sentence_are_told_apart(sentence: str, codes: list[str]) -> None:
    assert catalogue.codes_in(sentence) == codes
