"""The description of the API: whole, and true of every route; and nothing a screen does is missing in it."""

from __future__ import annotations

import re
import warnings

import pytest
from flask import Flask

from app.admin.api.document import document
from app.admin.api.routes import PREFIX, ROUTES, File, Route, pages
from tests.admin.conftest import Visitor, app_of
from tests.admin.reading import look
from tests.support import Stage

#: Each form of a screen, and the calls that do the same.
FORMS: dict[str, tuple[str, ...]] = {
    "connection.bundle": ("connection_bundle",),
    "connection.confirm_deletions": ("connection_confirm_deletions",),
    "connection.end": ("connection_end",),
    "connection.password": ("connection_password",),
    "connection.pause": ("connection_pause",),
    "connection.refresh": ("connection_refresh",),
    "connection.run_self_test": ("connection_test_itself",),
    "exceptions.clear": ("acts_clear",),
    "home.accept_first": ("acts_accept",),
    "items.accept_together": ("items_accept_too", "acts_accept"),
    "items.act": (
        "acts_send",
        "acts_retrieve",
        "acts_accept",
        "acts_reject",
        "acts_take_back",
        "acts_retry",
        "acts_unlink",
    ),
    "items.by_hand": ("acts_by_hand",),
    "items.newer": ("acts_newer",),
    "items.override": ("acts_override",),
    "items.rebook": ("acts_rebook",),
    "job_costs.refresh": ("reports_ask_for_costs",),
    "job_costs.write_beside": ("reports_write_beside",),
    "notices.choose": ("notices_choose",),
    "notices.read": ("notices_read", "notices_read_all"),
    "offers.act": (
        "staged_add",
        "staged_archive",
        "staged_restore",
        "staged_update",
        "staged_link",
        "staged_link_all",
    ),
    "offers.refresh": ("staged_refresh",),
    "payments.act": ("standing_remove", "standing_retry"),
    "payments.refresh": ("standing_refresh",),
    "people.active": ("people_active",),
    "people.add": ("people_add",),
    "people.change": ("office_change_access",),
    "people.link": ("people_link",),
    "people.role": ("people_role",),
    "people.withdraw": ("people_withdraw",),
    "reports.read_again": ("reports_read_again",),
    "reports.sign": ("reports_sign",),
    "reports.undo": ("reports_undo",),
    "rules.activate": ("rules_activate",),
    "rules.approve": ("rules_approve",),
    "rules.drop": ("rules_drop",),
    "rules.roll_back": ("rules_roll_back",),
    "rules.write": ("rules_check", "rules_keep"),
    "settings.change": ("office_change_settings",),
    "setup.answer": ("setup_answer",),
    "setup.go_live": ("setup_go_live",),
    "setup.password": ("setup_first_password",),
    "setup.read_again": ("setup_read_again",),
    "tokens.revoke": ("home_revoke",),
    "trail.package": ("trail_package",),
    "trail.verify": ("trail_verify",),
    "what_syncs.attempt": ("office_attempt",),
}
#: What a program has no use for, and why.
FOR_PEOPLE_ALONE = {
    "access.signing_in": "a program has a token",
    "access.log_out": "a program has a token",
    "access.switch": "a token is for one connection",
    "access.theme": "a program sees no colours",
    "people.everywhere": "a program has a token, and revokes it",
    "people.own_password": "a program has a token",
    "preferences.keep_columns": "a program sees no columns",
    "preferences.keep_keys": "a program presses no keys",
    "sign_in.set_password": "a program has a token",
    "tokens.make": "no token makes another",
}
#: The doors of other machines.
OTHER_DOORS = ("web_connector.", "hooks.", "api.")


@pytest.fixture
def app(stage: Stage) -> Flask:
    return app_of(stage)


def test_whatever_a_form_of_a_screen_does_the_api_does(app: Flask) -> None:
    posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith(OTHER_DOORS)
    }
    assert posts == FORMS.keys() | FOR_PEOPLE_ALONE.keys()
    assert {name for names in FORMS.values() for name in names} <= {route.name for route in ROUTES}


def test_no_two_shapes_share_a_name() -> None:
    document.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert document()["components"]["schemas"]


def test_every_button_of_a_list_is_a_call() -> None:
    from app.admin import acts, offers

    for family, buttons in (("acts", acts.ACTS), ("staged", offers.ACTS)):
        assert set(buttons) <= {route.name.removeprefix(f"{family}_") for route in ROUTES if route.family == family}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_says_what_it_is_takes_and_gives(route: Route) -> None:
    assert route.summary
    assert route.about
    path = PREFIX + re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", route.path)
    said = document()["paths"][path][route.method.lower()]
    assert (said["summary"], said["description"]) == (route.summary, route.about)
    [content] = said["responses"]["200"]["content"].items()
    if isinstance(route.gives, File):
        assert content[0] == route.gives.mimetype
        return
    assert content[0] == "application/json"
    _described(content[1]["schema"]["$ref"])
    if route.takes:
        _described(said["requestBody"]["content"]["application/json"]["schema"]["$ref"])
    if route.asks:
        assert {one["name"] for one in said["parameters"]} == set(route.asks().fields)
        assert all(one["description"] for one in said["parameters"])


def _described(reference: str) -> None:
    """Every field of a shape says what it is, or is a shape of its own."""
    schema = document()["components"]["schemas"][reference.rpartition("/")[2]]
    for name, field in schema["properties"].items():
        inside = [field, *field.get("anyOf", []), *field.get("allOf", [])]
        assert "description" in field or any("$ref" in one for one in inside), (reference, name)


def test_nothing_is_served_that_is_not_described(app: Flask) -> None:
    described = {f"api.{route.name}" for route in ROUTES} | {"api.openapi", "api.docs", "api.static"}
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert served <= described
    assert pages.url_prefix == PREFIX


def test_it_is_openapi_and_open_to_everybody(anybody: Visitor) -> None:
    found = anybody.get("/api/v1/openapi.json").get_json()
    assert found["openapi"] == "3.1.0"
    assert found["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert len(found["paths"]) >= 60


def test_the_page_to_read_names_every_call_and_loads_nothing_from_elsewhere(anybody: Visitor) -> None:
    page = look(anybody, "/api/v1/docs")
    assert page.status == 200
    for path in document()["paths"]:
        assert path in page.text
    assert not [one for one in page.find("//@href | //@src") if str(one).startswith(("http", "//"))]
    assert page.find("//style | //@style | //script") == []
