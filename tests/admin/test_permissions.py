"""The page Permissions, and controls one may not use: shown, disabled, with the sentence that would refuse them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.tags import Tag
from app.items import registry
from app.rulebook import load
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look, press
from tests.rulebook.samples import RULES
from tests.support import Stage

Visit = Callable[[str], Visitor]


@pytest.mark.requirement("PRM-01", "PRM-03")
@pytest.mark.parametrize("login", ["ana", "pat", "ike", "aud"])
def test_everybody_sees_every_row_in_six_columns_and_marked_web(visit: Visit, login: str) -> None:
    page = look(visit(login), "/permissions/")
    policy = load.pack(RULES).policy
    assert policy is not None
    shown = page.find("//table[contains(@class, 't-matrix')]/tbody/tr[@id]/th/text()[1]")
    assert sorted(" ".join(str(one).split()) for one in shown) == sorted(row.action for row in policy.rows)
    head = [str(one.text_content()) for one in page.find("//table[contains(@class, 't-matrix')]/thead//th")]
    assert head == ["Action", "None", "Read Only", "Standard", "Admin", "Notes", "You"]
    webs = page.find("//table[contains(@class, 't-matrix')]/tbody/tr[@id]/th/span")
    assert {str(one.text_content()) for one in webs} == {"Web"}
    assert len(webs) == len(policy.rows) >= 38


@pytest.mark.requirement("PRM-07")
def test_what_quickbooks_desktop_cannot_is_greyed_and_says_why(visit: Visit) -> None:
    page = look(visit("ike"), "/permissions/")
    greyed = page.find("//tr[contains(@class, 't-off')]")
    assert len(greyed) == 10
    for row in greyed:
        assert "Not available with QuickBooks Desktop." in row.text_content()
        assert row.xpath(".//button[@disabled]")
    [sub_jobs] = page.find("//tr[@id='view-sub-jobs']")
    assert "Sub jobs are not supported with QuickBooks Desktop." in sub_jobs.text_content()


def test_it_says_what_the_other_profile_would_change_and_who_holds_what(visit: Visit) -> None:
    page = look(visit("aud"), "/permissions/")
    assert "With “Only Admin with Can Push to Accounting accepts”: Abe and Ana lose Accept." in page.text
    [ana] = [row for row in page.find("//table[not(contains(@class, 't-matrix'))]//tr")
             if row.text_content().strip().startswith("Ana")]  # fmt: skip
    assert "accounting approver" in ana.text_content()
    assert "Standard" in ana.text_content()


@pytest.mark.parametrize(
    ("login", "path", "act", "what"),
    [
        ("pat", "/items/commitment?tab=sent", "accept", "accept commitments"),
        ("pat", "/items/commitment?tab=sent", "reject", "reject commitments"),
        ("ana", "/items/company?tab=draft", "send", "send companies"),
        ("ana", "/connection/", "connection", "change the connection or its settings"),
        ("ana", "/connection/", "refresh", "refresh lists of QuickBooks"),
        ("ana", "/audit/", "audit", "export the audit trail"),
    ],
)
def test_a_control_one_may_not_use_is_there_disabled_and_described(
    visit: Visit, stage: Stage, login: str, path: str, act: str, what: str
) -> None:
    stage.receive(records.commitment(), records.company("Ironline Steel", 62))
    stage.send("SC-014")
    page = look(visit(login), path)
    described = page.find(f"//button[@disabled and @aria-describedby='why-{act}']")
    assert described
    [why] = page.find(f"//*[@id='why-{act}']")
    assert why.text_content().startswith(f"{login.title()} may not {what}: it needs ")


def test_pressed_all_the_same_it_is_refused_with_that_very_sentence(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    pat = visit("pat")
    [why] = look(pat, "/items/commitment").find("//*[@id='why-accept']/text()")
    refused = press(pat, "commitment", f"accept:{stage.item('SC-014').id}")
    assert refused.status == 403
    assert str(why).strip() in refused.text
    assert refused.find("//a[@href='/permissions/#accept-commitments']")
    assert [event["sentence"] for event in stage.events(Tag.REFUSED)] == [str(why).strip()]


def test_a_refusal_is_json_for_whoever_asks_for_it(visit: Visit, stage: Stage) -> None:
    answer = visit("pat").get("/connection/tieout.qwc", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert set(answer.get_json()) == {"code", "rule_id", "sentence", "what_to_do", "links"}
    assert answer.get_json()["rule_id"] == "permissions.yaml:configure-settings"


@pytest.mark.requirement("PRM-07", "CFG-13")
@pytest.mark.parametrize("login", ["ana", "pat", "ike", "aud"])
def test_whoever_tries_what_is_not_supported_is_answered_422_and_noted(visit: Visit, stage: Stage, login: str) -> None:
    found = Page(visit(login).post("/what-syncs/owner-invoices"))
    assert found.status == 422
    sentence = "Owner invoices (invoices on a prime contract) do not sync with QuickBooks Desktop."
    assert sentence in found.text
    assert found.find("//a[@href='/what-syncs/#owner-invoices']")
    assert [event["sentence"] for event in stage.events(Tag.REFUSED)] == [sentence]


def test_the_page_of_what_syncs_has_every_kind_and_every_refusal(visit: Visit) -> None:
    page = look(visit("pat"), "/what-syncs/")
    catalogue = load.pack(RULES).refusals
    assert catalogue is not None
    assert {str(one) for one in page.find("//tr/@id")} == set(catalogue)
    assert all(one.sentence in page.text for one in catalogue.values())
    rows = [[str(cell.text_content()) for cell in row.xpath("./td")][:3] for row in page.find("//tbody/tr[not(@id)]")]
    assert ["Companies", "Vendor", "both ways"] in rows
    assert ["Commitments", "Purchase Order", "Procore to QuickBooks"] in rows
    assert [row[0] for row in rows] == [*(kind.plural for kind in registry.kinds().values()), "Job costs"]


def test_what_nobody_knows_is_not_found(visit: Visit) -> None:
    assert Page(visit("pat").post("/what-syncs/gizmos")).status == 404
