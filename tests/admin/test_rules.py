"""The rules by page: a change written, tried, activated by a second person and taken back, by clicks alone."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from app.services import rules_drafts
from tests import records, ruling
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look
from tests.ruling import OWN, OWN_EXAMPLES
from tests.support import Stage

Visit = Callable[[str], Visitor]


@pytest.fixture
def two(stage: Stage) -> Stage:
    """A stage where Ike and Uma may both write and activate rules, and SC-014 waits for a decision."""
    ruling.join(stage)
    stage.receive(records.commitment())
    stage.send()
    return stage


def write(visitor: Visitor, file: str, text: str, do: str = "keep", draft: str = "") -> str:
    """Type a file and press a button."""
    fields = {"file": file, "text": text.replace("\n", "\r\n"), "reason": "Board decision", "do": do, "draft": draft}
    return " ".join(visitor.post("/rules/edit", **fields).get_data(as_text=True).split())


@pytest.mark.requirement("RUL-01")
def test_a_mistake_is_named_beside_the_text_and_the_text_stays(two: Stage, visit: Visit) -> None:
    ike = visit("ike")
    typed = ruling.limit_rule("1000.00").replace("at_most", "at_mots")
    answer = ike.post("/rules/edit", file=OWN, text=typed, reason="Board decision", do="keep", draft="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Line 5, column 15" in page
    assert "Did you mean &#39;at_most&#39;?" in page
    assert "require: {at_mots: {amount: 1000.00}}" in page
    assert 'value="Board decision"' in page
    assert rules_drafts.opened(two.database, 1) == []


def test_what_was_typed_stays_when_the_draft_was_put_away_meanwhile(two: Stage, visit: Visit) -> None:
    ike, uma = visit("ike"), visit("uma")
    draft, _ = ruling.propose(two, ruling.with_limit(two))
    uma.post(f"/rules/drafts/{draft}/drop")
    fields = {"file": OWN, "text": ruling.limit_rule("2000.00"), "reason": "The new board"}
    answer = ike.post("/rules/edit", **fields, do="keep", draft=str(draft))
    page = Page(answer)
    assert answer.status_code == 409
    assert page.find("//textarea")[0].text.strip() == ruling.limit_rule("2000.00").strip()
    assert page.find("//input[@name='reason']/@value") == ["The new board"]
    assert f"Draft {draft} was dropped already." in page.text
    [next_draft] = page.find("//input[@name='draft']/@value")
    ike.post("/rules/edit", **fields, do="keep", draft=str(next_draft))
    [row] = rules_drafts.opened(two.database, 1)
    assert rules_drafts.files(two.database, 1, row.id)[OWN] == ruling.limit_rule("2000.00")


def test_checking_runs_the_examples_and_keeps_nothing(two: Stage, visit: Visit) -> None:
    said = write(visit("ike"), OWN, ruling.limit_rule("1000.00"), do="check")
    assert "No example makes the rule &#39;commitment-large&#39; speak" in said
    assert rules_drafts.opened(two.database, 1) == []


def test_a_file_may_be_uploaded_in_place_of_the_text(two: Stage, visit: Visit) -> None:
    ike = visit("ike")
    upload = (io.BytesIO(ruling.limit_rule("1000.00").encode()), "ours.yaml")
    ike.post("/rules/edit", file=OWN, text="", reason="Board decision", do="keep", draft="", upload=upload)  # type: ignore[arg-type]
    [row] = rules_drafts.opened(two.database, 1)
    assert rules_drafts.files(two.database, 1, row.id)[OWN] == ruling.limit_rule("1000.00")
    broken = (io.BytesIO(b"\xff\xfe"), "ours.yaml")
    answer = ike.post("/rules/edit", file=OWN, text="", reason="", do="keep", draft="", upload=broken)  # type: ignore[arg-type]
    assert "no text in UTF-8" in answer.get_data(as_text=True)


def test_a_file_of_ones_own_begins_with_what_it_needs(two: Stage, visit: Visit) -> None:
    ike = visit("ike")
    rules = look(ike, f"/rules/edit?file={OWN}").find("//textarea")[0].text
    assert "kind: commitment" in rules
    examples = look(ike, f"/rules/edit?file={OWN_EXAMPLES}").find("//textarea")[0].text
    assert "usual:" in examples
    for file, begun in ((OWN, rules), (OWN_EXAMPLES, examples)):
        assert "Nothing was kept yet" in write(ike, file, begun.lstrip("\n"), do="check")


@pytest.mark.requirement("RUL-02", "RUL-05", "RUL-06")
def test_a_change_goes_from_the_editor_to_the_books_and_back(two: Stage, visit: Visit) -> None:
    ike, uma = visit("ike"), visit("uma")
    files = ruling.with_limit(two)
    files[OWN] = files[OWN].replace("1000.00", "750.00")
    files[OWN_EXAMPLES] = files[OWN_EXAMPLES].replace("1000.00", "750.00").replace("1000.01", "750.01")
    assert "No example makes the rule" in write(ike, OWN, files[OWN])
    [row] = rules_drafts.opened(two.database, 1)
    said = write(ike, OWN_EXAMPLES, files[OWN_EXAMPLES], draft=str(row.id))
    assert "examples pass" in said
    assert "another person with the right “Rule activation”" in said
    told = look(uma, f"/rules/drafts/{row.id}/preview").text
    assert "1 newly blocked" in told
    assert "SC-014 is worth 750.25, more than 750.00. Have the board sign it." in told
    [row] = rules_drafts.opened(two.database, 1)
    own = ike.post(f"/rules/drafts/{row.id}/activate", version=row.version, reason="Mine").get_data(as_text=True)
    assert "Uma can approve it." in own
    done = uma.post(f"/rules/drafts/{row.id}/activate", version=row.version, reason="Seen").get_data(as_text=True)
    assert "Version 2 decides now." in done
    assert "more than 750.00" in look(uma, "/items/commitment").text
    back = look(uma, "/rules/versions/1/preview").text
    assert "1 newly allowed" in back
    said = uma.post("/rules/versions/1/rollback", reason="Too many were blocked").get_data(as_text=True)
    assert "Version 3 decides now; it is the content of version 1." in said
    assert "more than 750.00" not in look(uma, "/items/commitment").text
    versions = [
        " ".join(row.text_content().split()) for row in look(uma, "/rules/").find("//*[@id='versions']//tbody/tr")
    ]
    assert [row[:9] for row in versions] == ["Version 3", "Version 2", "Version 1"]


def test_a_draft_is_told_in_the_words_of_the_rules(two: Stage, visit: Visit) -> None:
    files = dict(rules_drafts.files(two.database, 1))
    old = files["commitment.yaml"]
    files["commitment.yaml"] = old.replace("effect: deny", "effect: warn", 1)
    draft, _ = ruling.propose(two, files)
    page = look(visit("ana"), f"/rules/drafts/{draft}")
    changed = " ".join(page.find("//ul[contains(@class, 't-ruled')]")[0].text_content().split())
    assert "Effect deny: stops the move → becomes warn: shows a remark" in changed


def test_whoever_may_not_sees_why_beside_the_button(two: Stage, visit: Visit) -> None:
    draft, _ = ruling.propose(two, ruling.with_limit(two))
    page = look(visit("ana"), f"/rules/drafts/{draft}")
    [button] = [one for one in page.find("//button") if "Activate for" in one.text_content()]
    assert button.get("disabled") is not None
    [why] = page.find(f"//*[@id='{button.get('aria-describedby')}']")
    assert "it needs the right “Rule activation”" in why.text_content()


@pytest.mark.parametrize(
    "path", ["/rules/drafts/99", "/rules/drafts/99/preview", "/rules/versions/99", "/rules/versions/99/preview"]
)
def test_what_is_not_there_is_said_in_words(visit: Visit, path: str) -> None:
    page = look(visit("ike"), path)
    assert page.status == 404
    assert "There is no" in page.text


def test_an_unknown_file_is_refused_in_words(visit: Visit) -> None:
    page = look(visit("ike"), "/rules/edit?file=../secrets")
    assert page.status == 422
    assert "There is no file of rules called" in page.text
