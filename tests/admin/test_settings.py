"""The page Settings: what is set, changed by whoever may, and kept as typed where it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from app.core.tags import Tag
from app.db.models import StagedRecord
from app.services import settings
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look
from tests.support import Stage

Visit = Callable[[str], Visitor]


def kept(stage: Stage) -> dict[str, Any]:
    """The settings as they are."""
    found: dict[str, Any] = stage.connection.settings
    return found


def fields(page: Page, *, open_only: bool = True) -> dict[str, str]:
    """The form as a browser would send it."""
    found = {}
    for field in page.find("//form[@action='/settings/']//input[@name!='csrf'] | //form[@action='/settings/']//select"):
        if open_only and field.get("disabled") is not None:
            continue
        chosen = field.xpath("./option[@selected]/@value") or field.xpath("./option[1]/@value")
        found[field.get("name")] = str(chosen[0]) if field.tag == "select" else field.get("value") or ""
    return found


def test_every_setting_is_there_with_its_value_and_its_help(visit: Visit, stage: Stage) -> None:
    page = look(visit("ike"), "/settings/")
    shown = fields(page)
    assert set(shown) == {*settings.BY_NAME, "reason"}
    assert (shown["customers_are_jobs"], shown["second_look_days"]) == ("yes", "30")
    assert shown["income_account"] == stage.staged("Construction Income")
    assert all(one.help in page.text for one in settings.ALL)


def test_keeping_the_form_as_it_stands_changes_nothing(visit: Visit, stage: Stage) -> None:
    before, ike = kept(stage), visit("ike")
    events = len(stage.events(Tag.CONNECTION_SETTING))
    assert Page(ike.post("/settings/", **fields(look(ike, "/settings/")))).told == ["Nothing was changed."]
    assert kept(stage) == before
    assert len(stage.events(Tag.CONNECTION_SETTING)) == events


def shown_of(page: Page, name: str) -> tuple[str, str]:
    """What the field of a setting shows as chosen, and what stands beside it."""
    [chosen] = page.find(f"//select[@name='{name}']/option[@selected]")
    [beside] = page.find(f"//*[@id='help-{name}']")
    return chosen.text_content(), " ".join(beside.text_content().split())


def test_a_record_of_quickbooks_is_shown_by_its_full_name_and_never_lost_by_keeping_the_form(
    visit: Visit, stage: Stage
) -> None:
    ike, account = visit("ike"), stage.staged("Construction Income")
    assert shown_of(look(ike, "/settings/"), "income_account")[0] == "Construction Income"
    stage.company.make_inactive(account)
    stage.ask_for_lists()
    stage.run()
    name, beside = shown_of(look(ike, "/settings/"), "income_account")
    assert name == "Construction Income (not usable)"
    assert beside.startswith("Construction Income is inactive in QuickBooks. Make it active there and press Refresh")
    assert Page(ike.post("/settings/", **fields(look(ike, "/settings/")))).told == ["Nothing was changed."]
    assert kept(stage)["income_account"] == account


def test_a_record_that_was_deleted_keeps_the_name_it_was_chosen_by(visit: Visit, stage: Stage) -> None:
    ike, item = visit("ike"), stage.staged("Job Costs")
    ike.post("/settings/", expense_account="", reason="So.")
    ike.post("/settings/", expense_account=item)
    with stage.database.writing() as session:
        session.execute(delete(StagedRecord).where(StagedRecord.list_id == item))
    name, beside = shown_of(look(ike, "/settings/"), "expense_account")
    assert name == "Job Costs (not usable)"
    assert beside.startswith("Job Costs is not in QuickBooks any more, as last read. Choose another.")
    assert item not in look(ike, "/settings/").text
    assert stage.events(Tag.CONNECTION_SETTING)[-1]["record"] == "Job Costs"


@pytest.mark.requirement("PRM-24")
def test_a_change_is_kept_told_and_signed(visit: Visit, stage: Stage) -> None:
    ike = visit("ike")
    typed = fields(look(ike, "/settings/")) | {"books_closed_through": "2026-03-31", "vendor_auto_update": "yes"}
    page = Page(ike.post("/settings/", **typed))
    assert page.told == ["Changed: Vendor auto-update, Books closed through."]
    assert (kept(stage)["vendor_auto_update"], kept(stage)["books_closed_through"]) == (True, "2026-03-31")
    assert page.text.count("Changed by Ike") == 2


def test_what_does_not_fit_is_refused_and_all_that_was_typed_stays(visit: Visit, stage: Stage) -> None:
    ike, before = visit("ike"), kept(stage)
    typed = fields(look(ike, "/settings/")) | {"second_look_days": "900", "default_tax_code": "H"}
    page = Page(ike.post("/settings/", **typed))
    assert page.status == 422
    assert "“Second look after days” was not changed: it is a whole number from 1 to 365." in page.told[0]
    assert fields(page) == typed
    assert kept(stage) == before


def test_another_profile_names_who_loses_accept(visit: Visit, stage: Stage) -> None:
    page = Page(visit("ike").post("/settings/", permission_profile="matrix"))
    assert page.told[-1].endswith(": Abe and Ana lose Accept.")
    assert not stage.person("ana").may("accept", "company")


def test_whoever_may_not_sees_all_of_it_disabled_with_the_sentence(visit: Visit, stage: Stage) -> None:
    ana = visit("ana")
    page = look(ana, "/settings/")
    assert fields(page) == {}
    assert set(fields(page, open_only=False)) == set(settings.BY_NAME)
    sentence = "Ana may not change the connection or its settings: it needs the level Admin on ERP Integrations."
    assert sentence in page.text
    refused = Page(ana.post("/settings/", second_look_days="45"))
    assert refused.status == 403
    assert sentence in refused.text
    assert kept(stage)["second_look_days"] == 30
    assert [event["sentence"] for event in stage.events(Tag.REFUSED)] == [sentence]


@pytest.mark.requirement("SEC-03")
def test_a_form_from_elsewhere_changes_no_setting(visit: Visit, stage: Stage) -> None:
    assert visit("ike").post("/settings/", token="another", second_look_days="45").status_code == 403
    assert kept(stage)["second_look_days"] == 30
