"""What QuickBooks' codes mean, each told apart from what a write or a query makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.qbxml import parse
from app.qbxml.status import OUTCOMES, Policy, PolicyError, Verdict

PATH = Path(__file__).parents[2] / "rules" / "quickbooks_status.yaml"
POLICY = Policy.load(PATH)


def _judge(code: int, *, severity: str = "Error", message: str = "", ret: bool = False, write: bool = True) -> Verdict:
    name = "VendorAddRs" if write else "VendorQueryRs"
    head = f'requestID="1" statusCode="{code}" statusSeverity="{severity}" statusMessage="{message}"'
    record = "<VendorRet><ListID>1-1</ListID></VendorRet>" if ret else ""
    text = f"<QBXML><QBXMLMsgsRs><{name} {head}>{record}</{name}></QBXMLMsgsRs></QBXML>"
    return POLICY.judge(parse.message_set(text).answers[0])


@pytest.mark.parametrize(
    ("code", "severity", "ret", "write", "outcome"),
    [
        (0, "Info", True, True, "saved"),
        (0, "Info", True, False, "found"),
        (0, "Info", False, False, "empty"),
        (0, "Info", False, True, "unclear"),
        (1, "Info", False, False, "empty"),
        (500, "Warn", False, False, "empty"),
        (500, "Warn", True, False, "found"),
        (530, "Warn", True, True, "saved"),
        (530, "Warn", False, True, "unclear"),
        (570, "Warn", True, True, "unclear"),
        (1000, "Error", False, True, "unclear"),
        (1000, "Error", False, False, "retry"),
        (3210, "Info", False, True, "refused"),
        (3100, "Error", True, True, "taken"),
    ],
)
def test_the_record_and_the_severity_count_before_the_code(
    code: int, severity: str, ret: bool, write: bool, outcome: str
) -> None:
    assert _judge(code, severity=severity, ret=ret, write=write).outcome == outcome


@pytest.mark.requirement("UI-04")
@pytest.mark.parametrize(
    ("outcome", "codes"),
    [
        ("retry", [1010]),
        ("taken", [3100]),
        ("stale", [3200]),
        ("unrun", [3231]),
        ("missing", [3000, 3120, 3130, 3140]),
        ("unclear", [501, 510, 530, 531, 550, 560, 570, 600, 1000, 9001, 9002, 9003, 9005]),
        ("refused", [1030, 1060, 3010, 3020, 3030, 3031, 3035, 3070, 3090, 3150, 3151, 3153, 3160, 3170, 3171, 3175, 3176,
                     3177, 3180, 3185, 3190, 3210, 3220, 3250, 3260, 3261, 3262, 3264, 9004]),
    ],
)  # fmt: skip
def test_every_known_code_says_what_happened_who_can_fix_it_and_how(outcome: str, codes: list[int]) -> None:
    for code in codes:
        verdict = _judge(code)
        assert verdict.outcome == outcome, code
        assert "not in Tieout's list" not in verdict.sentence, code
        assert all((verdict.sentence, verdict.who, verdict.what_to_do)), code


@pytest.mark.parametrize(
    "text",
    [
        "The list has been modified by another user.",
        "Internals could not be locked",
        "failed to acquire the lock",
        "the list element is in use",
    ],
)
@pytest.mark.parametrize("code", [3170, 3175, 3176, 3180])
def test_a_lock_held_by_somebody_passes_by_itself(code: int, text: str) -> None:
    assert _judge(code, message=f"There was an error. {text} again").outcome == "retry"


def test_the_words_of_a_lock_under_another_code_mean_nothing() -> None:
    assert _judge(3140, message="list element is in use").outcome == "missing"


def test_quickbooks_own_words_stand_behind_the_sentence() -> None:
    sentence = _judge(3100, message="The name X is already in use. ").sentence
    assert (
        sentence == "QuickBooks already has a record with this name. QuickBooks says: “The name X is already in use.”"
    )


@pytest.mark.requirement("UI-04")
def test_an_unknown_code_is_refused_and_shown_as_it_came() -> None:
    verdict = _judge(3999, message="Something {odd}.")
    assert verdict.outcome == "refused"
    assert "3999" in verdict.sentence
    assert "“Something {odd}.”" in verdict.sentence


def test_a_warning_of_a_saved_record_is_kept() -> None:
    assert _judge(530, severity="Warn", message="Rate ignored.", ret=True).sentence == (
        "QuickBooks remarks: “Rate ignored.”"
    )


def test_status_ok_needs_no_words() -> None:
    assert _judge(0, severity="Info", message="Status OK", ret=True) == Verdict("saved")


@pytest.mark.parametrize(("code", "outcome"), [(0, "found"), (9001, "unclear"), (9004, "refused"), (9999, "refused")])
def test_the_status_of_a_set_speaks_of_recovery(code: int, outcome: str) -> None:
    assert POLICY.message_set(code).outcome == outcome


@pytest.mark.requirement("UI-04")
@pytest.mark.parametrize(
    ("outcome", "codes"),
    [
        ("retry", "80040401 80040408 8004040D 80040410 80040414 80040422 80040424"),
        ("unclear", "80040402"),
        ("refused", "80040400 8004040A 80040416 80040418 8004041A 8004041B 8004041C 8004041D 8004041E 8004042C "
                    "8004041F 80040420 80040423 80040427 8004042A 80010105 80040154"),
    ],
)  # fmt: skip
def test_every_known_hresult_is_told_in_words(outcome: str, codes: str) -> None:
    for code in codes.split():
        verdict = POLICY.hresult(code)
        assert verdict.outcome == outcome, code
        assert "not in Tieout's list" not in verdict.sentence, code


@pytest.mark.parametrize("written", ["0x8004041a", "8004041A", " 0X8004041A "])
def test_an_hresult_counts_however_it_is_written(written: str) -> None:
    assert POLICY.hresult(written, "No.").sentence == (
        "The company file does not give Tieout access. QuickBooks says: “No.”"
    )


def test_an_unknown_hresult_is_shown_as_it_came() -> None:
    assert "0x8004FFFF" in POLICY.hresult("0x8004FFFF").sentence


# -- the file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("codes: [3100]", "codes: [3100, 3200]"), "Code 3200 stands twice"),
        (("codes: [3100]", 'codes: ["3100"]'), "Code '3100' must be a number"),
        (('codes: ["8004040A"]', "codes: [80040409]"), "Code 80040409 must be text in quotes"),
        (("outcome: taken", "outcome: took"), "outcome “took” is not one of"),
        (("outcome: taken", "outcome:"), "In the entry of 3100, “outcome” must say something"),
        (("unknown:", "unheard:"), "lacks unknown"),
        (("silent:", "silence:"), "lacks silent"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    path = tmp_path / "quickbooks_status.yaml"
    path.write_text(PATH.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(PolicyError, match=sentence):
        Policy.load(path)


def test_a_file_without_sections_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("")
    with pytest.raises(PolicyError, match="must hold sections"):
        Policy.load(path)


def test_every_outcome_but_those_without_words_is_in_the_table() -> None:
    used = {verdict.outcome for verdict in (*POLICY.statuses.values(), *POLICY.hresults.values(), POLICY.transient)}
    assert used == OUTCOMES - {"saved", "found"}
