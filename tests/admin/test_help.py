"""Help: nine workflows drawn from what is in force, a how-to for every screen, and what each list says of itself."""

from __future__ import annotations

import re

import pytest
import yaml
from flask import Flask

from app.admin import help as help_page
from app.admin.help_texts import HOW_TO
from app.services import rules_versions, workflows
from app.settings import PACKAGE_ROOT
from state_machines.item import ITEM
from state_machines.table import Table
from tests import records
from tests.admin.conftest import Visit, app_of
from tests.admin.reading import Page, look
from tests.admin.test_every_page import PAGES
from tests.support import Stage

NINE = {
    "cost-codes": ("cost_code", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "projects": ("project", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "vendors": ("company", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "budget": ("budget", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "budget-changes": ("budget", ["Synced", "To decide", "Waiting", "Queued", "Synced"]),
    "commitments": ("commitment", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "change-orders": ("commitment_change_order", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
    "invoices-set-up": (
        "subcontractor_invoice",
        ["Off", "Retainage item chosen", "Payments are read chosen", "On", "Draft", "To decide"],
    ),
    "invoices": ("subcontractor_invoice", ["Draft", "To decide", "Waiting", "Queued", "Synced"]),
}


def sections(page: Page) -> dict[str, list[str]]:
    """The states of the first diagram of each section."""
    return {
        str(one.get("id")): [str(state.text) for state in one.xpath("(.//svg)[1]/text[@class='t-flow-state']")]
        for one in page.find("//details[contains(@class, 't-fold')]")
    }


@pytest.mark.requirement("WFL-12")
def test_each_of_the_nine_workflows_has_a_diagram_with_a_text_beside_it(visit: Visit) -> None:
    page = look(visit("pat"), "/help/")
    assert sections(page) == {name: states for name, (_, states) in NINE.items()}
    for drawing in page.find("//details//svg"):
        assert drawing.get("role") == "img"
        states = [str(one.text) for one in drawing.xpath("text[@class='t-flow-state']")]
        assert [state for state in states if state not in drawing.get("aria-label")] == []
    for name in NINE:
        assert page.find(f"//details[@id='{name}']//ol/li"), name


def test_no_box_of_a_diagram_is_wider_than_the_diagram(visit: Visit) -> None:
    page = look(visit("pat"), "/help/")
    assert {drawing.get("width") for drawing in page.find("//details//svg")} == {"320"}
    assert {(box.get("x"), box.get("width")) for box in page.find("//details//svg/rect")} == {
        ("8", "150"),
        ("8", "304"),
    }


@pytest.mark.requirement("WFL-12")
def test_a_diagram_follows_the_moves_and_the_rules_that_are_in_force(
    visit: Visit, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = rules_versions.in_force(stage.database, stage.connection)
    for trigger in ("accept", "queue"):
        wanted = [rule.name for rule in said.rules("commitment", trigger) if rule.effect == "deny"]
        page = look(visit("pat"), "/help/")
        shown = [str(one) for one in page.find("//details[@id='commitments']//ol/li/ul/li/a/text()")]
        assert wanted
        assert [name for name in wanted if name not in shown] == []
    rows = [row for row in ITEM.rows if row[0] != "queue"]
    monkeypatch.setattr(workflows, "ITEM", Table("item", "draft", [*rows, ("queue", "accepted", "failed")]))
    monkeypatch.setattr(workflows, "EXPORT", ())
    monkeypatch.setattr(
        workflows, "_WORKFLOWS", (("commitments", "Commitments", "commitment", ("send", "accept", "queue")),)
    )
    assert sections(look(visit("pat"), "/help/"))["commitments"] == ["Draft", "To decide", "Waiting", "Failed"]


@pytest.mark.requirement("WFL-12")
def test_what_is_checked_is_said_in_words(visit: Visit) -> None:
    said = look(visit("pat"), "/help/").text
    names = ("(value)", "(limit)", "(count)", "(duplicate)", "(code)", "ListID", "{")
    assert [name for name in names if name in said] == []
    for sentence in (
        "Somebody sent this company and may not accept it as well.",
        "The phone number has too many characters; QuickBooks keeps 21.",
        "This code has too many characters; QuickBooks keeps 31 of an item's name.",
        "This project does not use the cost code list QuickBooks Standard Cost Codes.",
    ):
        assert sentence in said


@pytest.mark.requirement("WFL-12")
def test_what_both_sides_may_begin_is_drawn_from_both(visit: Visit) -> None:
    page = look(visit("pat"), "/help/")
    ways = {
        name: [str(one) for one in page.find(f"//details[@id='{name}']//h4/text()")]
        for name in ("projects", "vendors", "commitments")
    }
    assert ways == {
        "projects": ["From Procore", "From QuickBooks"],
        "vendors": ["From Procore", "From QuickBooks", "From QuickBooks"],
        "commitments": ["From Procore"],
    }


@pytest.mark.requirement("WFL-13")
def test_every_screen_leads_to_its_own_how_to(visit: Visit) -> None:
    ike = visit("ike")
    for path in PAGES:
        if path == "/nowhere" or path.startswith("/help"):
            continue
        page = look(ike, path)
        [link] = page.find("//footer/a[text()='How this page is used']/@href")
        found = look(ike, str(link))
        assert found.status == 200, path
        assert len(found.find("//main//ol/li")) == len(HOW_TO[str(link).rpartition("/")[2]].steps)


@pytest.mark.requirement("WFL-13")
def test_no_part_of_the_screens_is_without_a_how_to(stage: Stage) -> None:
    app: Flask = app_of(stage)
    parts = {
        rule.endpoint.partition(".")[0]
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(("/api", "/qbwc", "/hooks", "/healthz", "/metrics"))
    }
    without = parts - HOW_TO.keys()
    assert without <= {"access", "sign_in", "hooks", "web_connector"}, "only what nobody signed in sees"
    assert help_page.pages.url_prefix == "/help"


# -- what a list says of itself ------------------------------------------------------------------------------------


@pytest.mark.requirement("CFG-01")
def test_each_list_shows_what_does_not_sync_of_its_kind_from_the_one_file(visit: Visit) -> None:
    file = yaml.safe_load((PACKAGE_ROOT / "rules" / "refusals.yaml").read_text(encoding="utf-8"))
    ana = visit("ana")
    for kind in {one for entry in file["refusals"] for one in entry.get("about", ())}:
        page = look(ana, f"/items/{kind}")
        wanted = [one["id"] for one in file["refusals"] if kind in one.get("about", ())]
        assert sorted(page.find("//details[@id='considerations']//li/@id")) == sorted(wanted), kind
        sentences = [" ".join(one["sentence"].split()) for one in file["refusals"] if kind in one.get("about", ())]
        assert [one for one in sentences if one not in page.text and "Open here." not in page.text] == []
        assert page.find("//details[@id='considerations']//a[@href='/what-syncs/']")


BOTH_WORDS = {
    "cost_code": ("Cost code", "item in QuickBooks"),
    "project": ("Project", "job in QuickBooks"),
    "company": ("Compan", "vendor in QuickBooks"),
}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("cost_code", marks=pytest.mark.requirement("WBS-01")),
        pytest.param("project", marks=pytest.mark.requirement("PRJ-01")),
        pytest.param("company", marks=pytest.mark.requirement("CMP-05")),
    ],
)
def test_a_page_that_names_the_record_says_both_words_the_first_time(visit: Visit, stage: Stage, kind: str) -> None:
    ana, (word, both) = visit("ana"), BOTH_WORDS[kind]
    names = {"cost_code": "03-100", "project": "Riverside Tower", "company": "Delta Concrete"}
    item = stage.item(names[kind])
    for path in (f"/items/{kind}", f"/items/{kind}/{item.id}", f"/to-import/{kind}"):
        main = look(ana, path).find("//main")[0]
        text = re.sub(r"\s+", " ", str(main.text_content()))
        first = re.search(rf"{word}\w*.{{0,40}}", text, re.IGNORECASE)
        assert first is not None, path
        assert f"({both})" in first[0], path
    rows = [" ".join(one.text_content().split()) for one in look(ana, "/").find("//tr/td[1][a]")]
    assert [row for row in rows if row.startswith(word) and row.endswith(f"({both})")] != []


@pytest.mark.requirement("MAP-11")
def test_the_list_of_cost_codes_says_where_procore_keeps_them(visit: Visit) -> None:
    text = look(visit("ana"), "/items/cost_code").find("//main")[0].text_content()
    assert "Procore: Admin, Work Breakdown Structure, list QuickBooks Desktop Standard Cost Codes" in text


@pytest.mark.requirement("MAP-52")
def test_the_list_of_change_orders_names_the_places_on_both_sides(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment(), records.change_order("001", 391))
    text = look(visit("ana"), "/items/commitment_change_order").find("//main")[0].text_content()
    assert "Procore: project, Commitments, the commitment's Change Orders" in text
    assert "QuickBooks: additional lines on the original purchase order" in text
