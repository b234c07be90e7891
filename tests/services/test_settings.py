"""Settings of a connection: checked, changed by whoever may, and each change on the trail."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.items import registry
from app.rulebook import load
from app.services import connections, freshness, settings
from tests.rulebook.samples import RULES
from tests.support import Stage


def change(stage: Stage, who: str = "ike", **values: Any) -> dict[str, Any]:
    """Somebody changes settings."""
    return connections.change_settings_as(stage.database, 1, stage.person(who), values)


def values(stage: Stage) -> dict[str, Any]:
    """All settings as they are."""
    found: dict[str, Any] = stage.connection.settings
    return found


def test_a_new_connection_has_every_setting_and_nothing_is_open(stage: Stage) -> None:
    added = connections.add(stage.database, "New", "77", rules_version=None, actor="tests")
    found = connections.get(stage.database, added.id).settings
    assert set(found) == set(settings.BY_NAME)
    off = ("vendor_auto_update", "invoice_export", "procore_pay", "direct_export_commitment",
           "direct_export_commitment_change_order", "direct_export_subcontractor_invoice")  # fmt: skip
    assert {name: found[name] for name in off} == dict.fromkeys(off, False)
    assert (found["permission_profile"], found["second_look_days"], found["payment_date"]) == (
        "tutorial",
        30,
        "payment",
    )
    assert (found["payments_cadence"], found["retainage_item"], found["books_closed_through"]) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("vendor_auto_update", "on", True),
        ("vendor_auto_update", "No", False),
        ("second_look_days", "45", 45),
        ("books_closed_through", "2026-03-31", "2026-03-31"),
        ("books_closed_through", "", None),
        ("zone", "America/Toronto", "America/Toronto"),
        ("payments_cadence", "every 2 hours", "Every 2 hours"),
        ("payment_date", "The due date of the bill", "due"),
        ("default_tax_code", " H ", "H"),
    ],
)
def test_a_value_is_kept_as_it_is_meant(name: str, given: object, kept: object) -> None:
    assert settings.read(settings.find(name), given) == kept


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("vendor_auto_update", "perhaps", "it is on or off"),
        ("second_look_days", "0", "a whole number from 1 to 365"),
        ("second_look_days", "a month", "a whole number from 1 to 365"),
        ("second_look_days", "", "it cannot be empty"),
        ("second_look_days", True, "a whole number"),
        ("books_closed_through", "31 March", "a day such as 2026-03-31"),
        ("zone", "Mars/Olympus", "a time zone such as America/Chicago"),
        ("zone", "../../etc", "a time zone such as America/Chicago"),
        ("payments_cadence", "Weekly", "Never, Hourly, Every 2 hours, Every 4 hours, Daily"),
        ("payment_date", "tomorrow", "payment, due"),
        ("permission_profile", "anybody", "tutorial, matrix"),
        ("default_tax_code", "HST13", "at most 3 characters"),
    ],
)
def test_a_bad_value_is_refused_in_words_and_nothing_changes(stage: Stage, name: str, given: object, why: str) -> None:
    before = values(stage)
    with pytest.raises(Refusal) as caught:
        change(stage, **{"vendor_auto_update": True, name: given})
    assert why in caught.value.sentence
    assert settings.find(name).label in caught.value.sentence
    assert values(stage) == before


def test_an_unknown_setting_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal, match="There is no setting colour"):
        change(stage, colour="blue")


def test_each_change_is_one_event_with_before_and_after(stage: Stage) -> None:
    start = len(stage.events(Tag.CONNECTION_SETTING))
    assert change(stage, second_look_days="45", vendor_auto_update="no", payment_date="due") == {
        "second_look_days": 45,
        "payment_date": "due",
    }
    found = [(e["setting"], e["before"], e["after"]) for e in stage.events(Tag.CONNECTION_SETTING)[start:]]
    assert found == [("second_look_days", 30, 45), ("payment_date", "payment", "due")]
    assert change(stage, second_look_days=45) == {}
    shown = {one.setting.name: one for group in connections.settings_page(stage.database, 1).values() for one in group}
    assert shown["second_look_days"].changed_by == "Ike"
    assert shown["vendor_auto_update"].changed_by == ""


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        pytest.param("second_look_days", 45, "Admin on ERP", marks=pytest.mark.requirement("PRM-24")),
        pytest.param("payments_cadence", "Daily", "Admin on ERP", marks=pytest.mark.requirement("PRM-25")),
        pytest.param("direct_export_commitment", True, "Admin on ERP", marks=pytest.mark.requirement("PRM-26")),
        ("permission_profile", "matrix", "the right “User administration”"),
    ],
)
def test_whoever_may_not_change_it_is_told_what_is_missing(
    stage: Stage, name: str, value: object, missing: str
) -> None:
    for login in ("ana", "pat", "aud"):
        with pytest.raises(Forbidden, match=missing):
            change(stage, login, **{name: value})
    assert len(stage.events(Tag.REFUSED)) == 3
    assert change(stage, "ike", **{name: value})


def test_what_stays_as_it_is_needs_no_right(stage: Stage) -> None:
    assert change(stage, "pat", **{name: value for name, value in values(stage).items() if value is not None}) == {}


def test_an_account_is_one_quickbooks_has_and_of_a_fitting_type(stage: Stage) -> None:
    with pytest.raises(Refusal, match="QuickBooks has shown no active record"):
        change(stage, income_account="80000-1")
    with pytest.raises(Refusal, match="Job Costs is of the type CostOfGoodsSold, and needed is Income or OtherIncome"):
        change(stage, income_account=stage.staged("Job Costs"))
    assert change(stage, expense_account=stage.staged("Subcontractors"))


@pytest.mark.requirement("WFL-07")
def test_exporting_invoices_is_turned_on_only_when_it_is_set_up(stage: Stage) -> None:
    with pytest.raises(Refusal, match="first choose “Retainage item” and “Payments are read”"):
        change(stage, invoice_export=True)
    assert values(stage)["invoice_export"] is False


@pytest.mark.requirement("CFG-17")
def test_how_often_payments_are_read_is_one_of_the_schedules() -> None:
    offered = [value for value, _ in settings.find("payments_cadence").choices]
    assert offered == ["Never", "Hourly", "Every 2 hours", "Every 4 hours", "Daily"] == list(freshness.CADENCES)


def test_every_setting_a_rule_or_a_kind_names_can_be_made() -> None:
    pack = load.pack(RULES)
    named = {name for words in pack.vocabularies.values() for name in words.of_settings()}
    named |= {name for kind in registry.kinds().values() for name in kind.settings}
    named |= {one.cadence for one in registry.refreshes().values() if one.cadence}
    assert named <= set(settings.BY_NAME), "declare it in app/services/settings.py"


@pytest.mark.requirement("PRJ-03")
def test_the_tier_mode_is_chosen_once_and_changed_only_with_a_reason(empty_stage: Stage) -> None:
    stage = empty_stage
    assert change(stage, customers_are_jobs=False) == {"customers_are_jobs": False}
    with pytest.raises(Refusal, match="say why it changes"):
        change(stage, customers_are_jobs=True)
    with pytest.raises(Forbidden):
        change(stage, who="ana", customers_are_jobs=True)
    person = stage.person("ike")
    connections.change_settings_as(stage.database, 1, person, {"customers_are_jobs": True}, reason="chosen by mistake")
    assert values(stage)["customers_are_jobs"] is True
    assert stage.events(Tag.CONNECTION_SETTING)[-1]["reason"] == "chosen by mistake"


@pytest.mark.requirement("PRJ-03")
def test_the_tier_mode_stays_while_a_project_is_in_quickbooks(stage: Stage) -> None:
    person = stage.person("ike")
    with pytest.raises(Refusal, match="QuickBooks holds 1 item made under it, so it stays"):
        connections.change_settings_as(stage.database, 1, person, {"customers_are_jobs": False}, reason="any")
    assert values(stage)["customers_are_jobs"] is True
