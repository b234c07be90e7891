"""Making and mending what Procore holds of our webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Refusal
from app.db.models import EventPayload, HookNotice, ProcoreHook
from app.procore import ProcoreError
from app.services import hook_repair, hooks
from app.services.hook_repair import Shown
from app.services.procore_stores import cipher
from tests.hooks.conftest import Office

URL = "https://tieout.example.com"
#: What the kinds read, by Procore's names. Source: Procore's page "Webhooks" and its list of resources.
RESOURCES = {
    "Budget Line Items", "Change Order Packages", "Company Vendors", "Contract Payments", "Projects",
    "Purchase Order Contracts", "Requisitions", "Work Order Contracts",
}  # fmt: skip
EVERY = {(name, event) for name in RESOURCES for event in ("CREATE", "UPDATE", "DELETE")}


def repair(office: Office, url: str = "", **more: bool) -> list[str]:
    return hook_repair.repair(office.database, office.settings, 1, office.procore, url=url, actor="tests", **more)


def show(office: Office) -> Shown:
    return hook_repair.show(office.database, office.settings, 1, office.procore)


def row(office: Office) -> ProcoreHook | None:
    with office.database.reading() as session:
        return session.get(ProcoreHook, 1)


def secret(office: Office) -> str:
    (hook,) = office.held("hooks")
    found: str = hook["destination_headers"]["Authorization"]
    return found


def triggers(office: Office) -> list[tuple[str, str]]:
    return [(one["resource_name"], one["event_type"]) for one in office.held("triggers")]


def test_it_makes_one_hook_with_triggers_for_exactly_what_the_kinds_read(office: Office) -> None:
    assert not show(office).right
    said = repair(office, URL + "/")
    (hook,) = office.held("hooks")
    kept = row(office)
    assert kept is not None
    assert hook["destination_url"] == f"{URL}/hooks/procore/{kept.key}"
    assert hook["namespace"].removeprefix("tieout-") == kept.key
    assert (len(triggers(office)), set(triggers(office))) == (len(EVERY), EVERY)
    assert len(said) == 3
    assert show(office).right


def test_done_again_it_does_nothing(office: Office) -> None:
    repair(office, URL)
    before = (office.held("hooks"), office.held("triggers"))
    assert repair(office) == []
    assert repair(office, URL) == []
    assert (office.held("hooks"), office.held("triggers")) == before


def test_a_dry_run_changes_nothing_here_or_there(office: Office) -> None:
    assert len(repair(office, URL, dry_run=True)) == 3
    assert (office.held("hooks"), row(office)) == ([], None)
    repair(office, URL)
    before = secret(office)
    assert len(repair(office, rotate=True, dry_run=True)) == 2
    assert secret(office) == before
    kept = row(office)
    assert kept is not None
    assert not kept.old_secret


def test_it_mends_whatever_was_changed_in_procore(office: Office) -> None:
    repair(office, URL)
    hook = office.held("hooks")[0]
    namespace, before = hook["namespace"], secret(office)
    office.store.patch("webhooks_hooks", hook["id"], {"destination_headers": {"Authorization": "Bearer other"}})
    office.store.put("webhooks_hooks", {**hook, "id": 990, "destination_url": "https://old.example.com"})
    stranger = {**hook, "id": 991, "namespace": "somebody-else"}
    office.store.put("webhooks_hooks", stranger)
    office.store.put("webhooks_hooks", {**hook, "id": 992, "namespace": "tieout-anotherinstall"})
    gone = office.held("triggers")[0]
    office.store.remove("webhooks_triggers", gone["id"])
    extra = {**gone, "id": 993, "resource_name": "RFIs"}
    office.store.put("webhooks_triggers", extra)
    twice = {**office.held("triggers")[0], "id": 994}
    office.store.put("webhooks_triggers", twice)
    shown = show(office)
    assert (shown.right, len(shown.found.surplus), len(shown.found.missing)) == (False, 2, 1)
    assert [one["id"] for one in shown.found.others] == [992]
    assert len(repair(office)) == 5
    assert sorted(one["id"] for one in office.held("hooks")) == sorted([hook["id"], 991, 992])
    mended = next(one for one in office.held("hooks") if one["namespace"] == namespace)
    assert mended["destination_headers"]["Authorization"] == before
    assert sorted(triggers(office)) == sorted(EVERY)
    assert repair(office) == []


def test_a_service_that_moved_is_found_at_its_new_address(office: Office) -> None:
    repair(office, URL)
    repair(office, "https://new.example.com/tieout")
    assert office.held("hooks")[0]["destination_url"].startswith("https://new.example.com/tieout/hooks/procore/")
    assert repair(office) == []


def test_a_rotation_lets_nothing_be_lost(office: Office) -> None:
    repair(office, URL)
    before, http = secret(office), office.app.test_client()
    kept = row(office)
    assert kept is not None
    repair(office, rotate=True)
    after = secret(office)
    assert before != after

    def call(header: str, event: str) -> int:
        told = {"ulid": event, "resource_name": "Projects"}
        return http.post(f"/hooks/procore/{kept.key}", json=told, headers={"Authorization": header}).status_code

    assert [call(before, "a"), call(after, "b")] == [200, 200]
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    with clock.running(lambda: tomorrow):
        assert [call(before, "c"), call(after, "d")] == [401, 200]


def test_a_rotation_procore_did_not_hear_of_is_finished_by_the_next_repair(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    repair(office, URL)
    before = secret(office)

    def lost(*_: Any) -> None:
        raise ProcoreError(503, "Procore is busy.")

    with monkeypatch.context() as broken:
        broken.setattr(office.procore, "patch", lost)
        with pytest.raises(ProcoreError):
            repair(office, rotate=True)
    assert secret(office) == before
    kept = row(office)
    assert kept is not None
    assert before in list(hooks.accepted(kept, cipher(office.settings.secret_key)))
    repair(office)
    assert secret(office) != before
    assert show(office).right


def test_a_hook_whose_making_was_not_answered_is_not_made_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.procore.post

    def lost(path: str, body: dict[str, Any]) -> Any:
        made(path, body)
        raise ProcoreError(0, "No answer came.")

    with monkeypatch.context() as broken:
        broken.setattr(office.procore, "post", lost)
        with pytest.raises(ProcoreError):
            repair(office, URL)
    repair(office)
    assert len(office.held("hooks")) == 1
    assert sorted(triggers(office)) == sorted(EVERY)


def test_a_resource_procore_does_not_know_is_named_and_the_others_stand(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = office.procore.get

    def get(path: str, **params: Any) -> Any:
        rows = whole(path, **params)
        if path.endswith("/resources"):
            rows = [one for one in rows if one["name"] != "Contract Payments"]
            next(one for one in rows if one["name"] == "Projects")["except"] = ["delete"]
        return rows

    monkeypatch.setattr(office.procore, "get", get)
    repair(office, URL)
    unwanted = {("Contract Payments", event) for event in ("CREATE", "UPDATE", "DELETE")}
    assert set(triggers(office)) == EVERY - unwanted - {("Projects", "DELETE")}
    assert show(office).found.unknown == ["Contract Payments"]
    assert show(office).right


def test_a_list_without_names_leaves_the_answer_to_procore(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_repair, "_offered", lambda procore: {})
    monkeypatch.setattr(hook_repair, "resources", lambda: ["Projects", "Nothing Of The Kind"])
    said = repair(office, URL)
    assert [name for name, _ in triggers(office)] == ["Projects"] * 3
    assert sum("did not take the trigger Nothing Of The Kind" in line for line in said) == 3


@pytest.mark.parametrize(
    "url", ["http://tieout.example.com", "tieout.example.com", "https://", "https://a:b@c.example", "https://c/?x=1"]
)
def test_an_address_procore_cannot_use_is_refused_before_anything_is_done(office: Office, url: str) -> None:
    with pytest.raises(Refusal, match="address"):
        repair(office, url)
    assert (office.held("hooks"), row(office)) == ([], None)


def test_without_an_address_it_says_what_is_needed(office: Office) -> None:
    with pytest.raises(Refusal, match="--url"):
        repair(office)


def test_deliveries_that_failed_are_shown(office: Office) -> None:
    repair(office, URL)
    with office.database.writing() as session:
        held = session.get_one(ProcoreHook, 1)
        kept, held.secret = held.secret, ""
    office.store.patch("vendors", office.store.all("vendors")[0]["id"], {"name": "Renamed"})
    assert office.sandbox.test_client().post("/_sandbox/webhooks").get_json() == {"tried": 1}
    (failure,) = show(office).failures
    assert (failure.event.startswith("Company Vendors update"), failure.why, failure.given_up) == (
        True, "the answer was 401", False,
    )  # fmt: skip
    with office.database.writing() as session:
        session.get_one(ProcoreHook, 1).secret = kept
    office.sandbox.test_client().post("/_sandbox/clock", json={"forward_seconds": 60})
    office.sandbox.test_client().post("/_sandbox/webhooks")
    with office.database.reading() as session:
        assert session.query(HookNotice).count() == 1


@pytest.mark.requirement("SEC-01")
def test_the_trail_says_what_was_done_and_holds_no_secret(office: Office) -> None:
    repair(office, URL)
    before = secret(office)
    repair(office, rotate=True)
    with office.database.reading() as session:
        said = " ".join(one.payload for one in session.query(EventPayload))
    assert "Made the hook to https://tieout.example.com" in said
    assert "the old one is good for a day" in said
    kept = row(office)
    assert kept is not None
    for one in (before, secret(office)):
        bare = one.removeprefix("Bearer ")
        assert len(bare) > 40
        assert bare not in said + kept.secret + kept.old_secret
        assert bare not in repr(show(office))
