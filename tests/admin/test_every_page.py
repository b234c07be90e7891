"""What holds on every page: headers, no foreign address, nothing inline, and the same frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from app.items import registry
from app.services import rules_versions
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import look
from tests.admin.scenes import refused_by_quickbooks, waiting_for_its_vendor, with_a_long_number
from tests.support import Stage

Visit = Callable[[str], Visitor]

PAGES = (
    "/",
    "/items/project",
    "/items/company",
    "/items/cost_code?tab=synced",
    "/items/commitment",
    "/items/commitment?tab=accepted",
    "/items/commitment?tab=failed",
    "/items/commitment_change_order",
    "/items/budget",
    "/items/subcontractor_invoice",
    "/items/payment",
    "/to-import/company",
    "/exceptions/",
    "/notices/",
    "/reports/",
    "/connection/",
    "/connection/self-test",
    "/errors/",
    "/errors/3170",
    "/errors/4711",
    "/rules/",
    "/rules/edit",
    "/rules/versions/1",
    "/rules/versions/1/preview",
    "/audit/",
    "/permissions/",
    "/settings/",
    "/what-syncs/",
    "/about/",
    "/help/",
    "/help/items",
    "/nowhere",
)
_ADDRESS = re.compile(r"^(?:[a-z]+:)?//", re.IGNORECASE)


@pytest.mark.requirement("UI-03", "SEC-03")
def test_it_loads_nothing_from_elsewhere_and_runs_nothing_inline(visit: Visit, stage: Stage) -> None:
    with_a_long_number(stage)
    ana = visit("ana")
    for path in PAGES:
        page = look(ana, path)
        addresses = [str(found) for found in page.find("//@href | //@src | //@action | //@formaction")]
        assert addresses, path
        assert not [one for one in addresses if _ADDRESS.match(one) or one.startswith("javascript:")], path
        assert page.find("//style | //@style | //script[not(@src)]") == [], path
        assert not [name for element in page.tree.iter() for name in element.attrib if str(name).startswith("on")], path


@pytest.mark.requirement("SEC-03")
def test_it_is_dressed_in_strict_headers(visit: Visit) -> None:
    ana = visit("ana")
    for path in (*PAGES, "/log-in", "/items/company.csv"):
        headers = look(ana, path).answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["default-src"] in {"'self'", "'none'"}
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


def test_a_page_is_never_kept_by_a_cache(visit: Visit) -> None:
    assert visit("ana").get("/items/company").headers["Cache-Control"] == "no-store"


def test_each_field_has_a_name_for_those_who_cannot_see(visit: Visit, stage: Stage) -> None:
    with_a_long_number(stage)
    ana = visit("ana")
    for path in PAGES:
        page = look(ana, path)
        for field in page.find("//input[not(@type='hidden')] | //select | //textarea"):
            assert field.get("aria-label") or field.xpath("ancestor::label"), (path, field.get("name"))
        ids = [str(one) for one in page.find("//@id")]
        assert len(ids) == len(set(ids)), path


def test_each_table_says_what_it_lists_and_each_heading_follows_the_one_above(visit: Visit, stage: Stage) -> None:
    with_a_long_number(stage)
    ana = visit("ana")
    for path in PAGES:
        page = look(ana, path)
        assert page.find("//table[not(caption)]") == [], path
        assert page.find("//thead//th[not(@scope)]") == [], path
        levels = [int(heading.tag[1]) for heading in page.find("//h1 | //h2 | //h3 | //h4")]
        assert levels[0] == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_every_form_that_changes_something_carries_the_token(visit: Visit) -> None:
    ana = visit("ana")
    for path in PAGES:
        forms = look(ana, path).find("//form[@method='post']")
        assert forms, path
        assert all(form.xpath(".//input[@name='csrf']/@value") for form in forms), path


def test_nothing_written_by_people_becomes_markup(visit: Visit, stage: Stage) -> None:
    bad = "<script>alert(1)</script>"
    stage.receive(records.commitment(title=bad))
    stage.send()
    stage.act("reject", "SC-014", reason=bad)
    item_id = stage.item("SC-014").id
    ana = visit("ana")
    for path in ("/items/commitment?tab=draft", f"/items/commitment/{item_id}", "/"):
        found = look(ana, path)
        assert found.find("//script[not(@src)]") == []
        assert bad not in found.source


def test_each_list_of_the_registry_has_its_place_in_the_menu(visit: Visit) -> None:
    menu = look(visit("ana"), "/").find("//nav[@aria-label='Pages']//a/@href")
    assert {f"/items/{kind}" for kind in registry.kinds()} <= {str(one) for one in menu}


def test_the_menu_is_in_groups(visit: Visit) -> None:
    groups: dict[str, list[str]] = {"": []}
    for entry in look(visit("ike"), "/").find(
        "//nav[@aria-label='Pages']//*[self::a or self::p][not(ancestor::*[contains(@class, 't-links')])]"
    ):
        if entry.tag == "p":
            groups[str(entry.text)] = []
        else:
            groups[[*groups][-1]].append(" ".join(str(entry.text).split()))
    kinds = [kind.plural for kind in registry.kinds().values()]
    assert groups == {
        "": ["Tieout", "Home", "Notices"],
        "Work": kinds,
        "QuickBooks": ["To import", "Exceptions", "Connection", "Set-up", "Error catalogue"],
        "Reports": ["Job costs", "Tie-out", "Month-end", "All reports"],
        "Administration": ["Settings", "Permissions", "People", "Rules", "What syncs", "Audit trail", "Help", "About"],
    }


@pytest.mark.parametrize("login", ["ana", "pat", "ike", "aud"])
def test_every_role_can_look_at_every_page(visit: Visit, stage: Stage, login: str) -> None:
    waiting_for_its_vendor(stage)
    somebody = visit(login)
    for path in PAGES[:-1]:
        assert look(somebody, path).status == 200


def test_a_page_that_is_not_there_says_so_in_words(visit: Visit) -> None:
    found = look(visit("ana"), "/nowhere")
    assert found.status == 404
    assert "There is no such page." in found.text


def test_a_fault_of_ours_shows_a_number_and_no_trace(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the password")

    monkeypatch.setattr(rules_versions, "history", broken)
    found = look(visit("ana"), "/rules/")
    assert found.status == 500
    [number] = re.findall(r"looks after Tieout: ([a-z2-7]{16})", found.text)
    assert number in caplog.text
    for told in (found.source, caplog.text):
        assert "the password" not in told
        assert "Traceback" not in told


def test_a_failed_item_shows_what_went_out_and_came_back(visit: Visit, stage: Stage) -> None:
    item_id = refused_by_quickbooks(stage)
    found = look(visit("ana"), f"/items/commitment/{item_id}")
    raw = " ".join(found.find("//details//pre/text()"))
    assert "<PurchaseOrderAddRq" in raw
    assert "<PurchaseOrderAddRs" in raw
