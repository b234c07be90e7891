"""What a program does through the API is what a person does on the screens: same rights, same rules, same trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core.tags import Tag
from app.db.models import Event, EventPayload, StagedRecord
from tests import records
from tests.admin.api.conftest import Calls, Program, seen
from tests.admin.scenes import LONG, refused_by_quickbooks, waiting_for_its_vendor, with_a_long_number
from tests.importing import read_lists
from tests.support import Stage


def test_send_accept_take_back_reject(calls: Calls, stage: Stage) -> None:
    stage.receive(records.commitment())
    pat, ana = calls("pat"), calls("ana")
    for program, act, more, state in (
        (pat, "send", {}, "sent"),
        (pat, "retrieve", {}, "draft"),
        (pat, "send", {}, "sent"),
        (ana, "accept", {}, "queued"),
        (ana, "take-back", {"reason": "Too early."}, "sent"),
        (ana, "reject", {"reason": "Wrong vendor."}, "draft"),
    ):
        found = program.post(f"/items/commitment/{act}", items=seen(stage, "SC-014"), **more)
        assert (found["done"], found["refused"]) == (1, 0), act
        [outcome] = found["outcomes"]
        assert (outcome["name"], outcome["state"], outcome["error"]) == ("SC-014", state, None)
        assert stage.item("SC-014").state == state


def test_accept_takes_what_the_approver_fills_in(calls: Calls, stage: Stage) -> None:
    with_a_long_number(stage)
    [item] = seen(stage, LONG)
    calls("ana").post("/items/commitment/accept", items=[{**item, "inputs": {"number": "PO-231"}}])
    assert stage.item(LONG).state == "queued"
    assert stage.item(LONG).inputs["number"] == "PO-231"


def test_what_a_rule_denies_is_refused_in_its_words(calls: Calls, stage: Stage) -> None:
    with_a_long_number(stage)
    error = calls("ana").post("/items/commitment/accept", status=422, items=seen(stage, LONG))
    assert error["rule_id"].startswith("commitment.yaml:")
    assert error["sentence"]
    assert error["what_to_do"]
    assert stage.item(LONG).state == "sent"


def test_of_several_each_says_what_became_of_it(calls: Calls, stage: Stage) -> None:
    stage.receive(records.commitment(), records.commitment(LONG, 815))
    stage.send()
    found = calls("ana").post("/items/commitment/accept", items=seen(stage, "SC-014", LONG))
    assert (found["done"], found["refused"]) == (1, 1)
    told = {one["name"]: one for one in found["outcomes"]}
    assert told["SC-014"]["error"] is None
    assert told[LONG]["error"]["rule_id"].startswith("commitment.yaml:")


# -- a version that changed meanwhile ------------------------------------------------------------------------------


def _failed(stage: Stage) -> str:
    refused_by_quickbooks(stage)
    return "SC-014"


def _written(stage: Stage) -> str:
    stage.approve(records.company("Ironline Steel", 62))
    stage.run()
    return "Ironline Steel"


def _sent(stage: Stage) -> str:
    stage.receive(records.commitment())
    stage.send()
    return "SC-014"


def _draft(stage: Stage) -> str:
    stage.receive(records.commitment())
    return "SC-014"


def _accepted(stage: Stage) -> str:
    waiting_for_its_vendor(stage)
    return "SC-014"


ACTS: dict[str, tuple[str, Callable[[Stage], str], dict[str, Any]]] = {
    "send": ("pat", _draft, {}),
    "retrieve": ("pat", _sent, {}),
    "accept": ("ana", _sent, {}),
    "reject": ("ana", _sent, {"reason": "No."}),
    "take-back": ("ana", _accepted, {"reason": "No."}),
    "retry": ("ana", _failed, {}),
    "unlink": ("ana", _written, {}),
    "clear": ("ana", _written, {"reason": "Fine."}),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_moved_meanwhile_is_left_alone(calls: Calls, stage: Stage, act: str) -> None:
    login, scene, more = ACTS[act]
    name = scene(stage)
    before = stage.item(name)
    [item] = seen(stage, name)
    stale = [{**item, "version": item["version"] + 1}]
    error = calls(login).post(f"/items/{before.kind}/{act}", status=409, items=stale, **more)
    assert error["code"] == "conflict"
    after = stage.item(name)
    assert (after.state, after.version) == (before.state, before.version)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("newer", {}),
        ("by-hand", {"number": "1", "amount": "1.00", "reason": "So."}),
        ("rebook", {"day": "2026-03-31", "reason": "So."}),
    ],
)
def test_so_it_is_for_acts_of_one_item(calls: Calls, stage: Stage, path: str, more: dict[str, str]) -> None:
    name = _sent(stage)
    [item] = seen(stage, name)
    error = calls("ana").post(f"/items/commitment/{item['id']}/{path}", status=409, version=item["version"] + 7, **more)
    assert error["code"] == "conflict"
    assert stage.item(name).version == item["version"]


def test_a_call_sent_twice_does_nothing_twice(calls: Calls, stage: Stage) -> None:
    _sent(stage)
    body = {"items": seen(stage, "SC-014")}
    ana = calls("ana")
    ana.post("/items/commitment/accept", **body)
    version = stage.item("SC-014").version
    ana.post("/items/commitment/accept", status=409, **body)
    assert stage.item("SC-014").version == version


# -- rights --------------------------------------------------------------------------------------------------------


def test_who_may_not_is_refused_and_that_is_on_the_trail(calls: Calls, stage: Stage) -> None:
    _sent(stage)
    pat = calls("pat")
    error = pat.post("/items/commitment/accept", status=403, items=seen(stage, "SC-014"))
    assert error["code"] == "forbidden"
    assert error["rule_id"].startswith("permissions.yaml:")
    pat.post("/connection/pause", status=403, paused=True)
    pat.post("/trail/verify", status=403)
    assert [(what, actor) for what, actor in _refused(stage)][-3:] == [
        ("accept", "Pat"),
        ("connection", "Pat"),
        ("audit", "Pat"),
    ]


def _refused(stage: Stage) -> list[tuple[str, str]]:
    query = (
        select(EventPayload.payload, Event.actor)
        .join(Event, (Event.chain == EventPayload.chain) & (Event.seq == EventPayload.seq))
        .where(Event.tag == Tag.REFUSED.value, Event.chain == f"connection:{stage.connection_id}")
        .order_by(Event.seq)
    )
    with stage.database.reading() as session:
        return [(json.loads(payload)["what"], actor) for payload, actor in session.execute(query)]


# -- what does not fit ---------------------------------------------------------------------------------------------

BAD: list[tuple[str, Any, int, str]] = [
    ("/items/commitment/accept", {}, 422, "items"),
    ("/items/commitment/accept", {"items": []}, 422, "items"),
    ("/items/commitment/accept", {"items": [{"id": 1}]}, 422, "items.0.version"),
    ("/items/commitment/accept", {"items": [{"id": "1", "version": 0}]}, 422, "items.0.id"),
    ("/items/commitment/accept", {"items": [{"id": 2**70, "version": 0}]}, 422, "items.0.id"),
    (
        "/items/commitment/accept",
        {"items": [{"id": 1, "version": 0, "inputs": {"number": 5}}]},
        422,
        "items.0.inputs.number",
    ),
    ("/items/commitment/accept", {"items": [{"id": 1, "version": 0}], "more": 1}, 422, "more"),
    ("/items/commitment/reject", {"items": [{"id": 1, "version": 0}]}, 422, "reason"),
    ("/items/commitment/reject", {"items": [{"id": 1, "version": 0}], "reason": "a\x00b"}, 422, "reason"),
    ("/items/commitment/reject", {"items": [{"id": 1, "version": 0}], "reason": "\ud800"}, 422, "reason"),
    ("/items/commitment/accept", [1], 422, ""),
    ("/items/nothing/accept", {"items": [{"id": 1, "version": 0}]}, 404, ""),
    ("/items/commitment/accept", {"items": [{"id": 999, "version": 0}]}, 404, ""),
    ("/settings", {"values": {"nothing": "x"}}, 422, ""),
    ("/rules/activate", {"version": "nothing", "reason": "So."}, 422, ""),
    ("/reports/month-end/sign", {"month": "2026-13", "part": "prepared"}, 422, "month"),
    ("/connection/pause", {}, 422, "paused"),
    ("/payments/retry", {"payment": "nothing"}, 404, ""),
    ("/setup/nothing", {"answers": {}}, 404, ""),
    ("/what-syncs/nothing", {}, 404, ""),
    ("/tokens/999/revoke", {}, 404, ""),
]


@pytest.mark.parametrize(("path", "body", "status", "field"), BAD)
def test_what_does_not_fit_is_named(calls: Calls, path: str, body: Any, status: int, field: str) -> None:
    who = "ike" if path.startswith(("/settings", "/rules", "/connection", "/setup", "/payments")) else "ana"
    error = calls(who).ask("POST", path, status=status, json=body)
    assert error["field"] == field
    assert error["sentence"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("tab=nowhere", "tab"), ("page=2", "page"), ("sort=sideways", "sort"), ("q=a&q=b", "q"), ("q=%00", "q")],
)
def test_so_it_is_behind_the_question_mark(calls: Calls, query: str, field: str) -> None:
    error = calls("ana").ask("GET", "/items/commitment", status=422, query_string=query)
    assert error["field"] == field


def test_a_body_that_is_no_json_is_refused(calls: Calls) -> None:
    ana = calls("ana")
    path = "/items/commitment/accept"
    for data, mimetype, status in (
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("items=1", "application/x-www-form-urlencoded", 415),
        (" " * 2_000_000, "application/json", 413),
    ):
        error = ana.ask("POST", path, status=status, data=data, content_type=mimetype)
        assert error["code"] == str(status)


def test_a_path_or_method_that_is_not_there_is_told_in_the_same_words(calls: Calls) -> None:
    ana = calls("ana")
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/items/commitment", 405)):
        answer = ana.send(method, path)
        assert answer.status_code == status
        assert set(answer.get_json()) == {"code", "rule_id", "sentence", "what_to_do", "links", "field"}


# -- the other families --------------------------------------------------------------------------------------------


def _staged(stage: Stage, name: str) -> int:
    query = select(StagedRecord.id).where(StagedRecord.name == name, StagedRecord.source == "vendors")
    with stage.database.reading() as session:
        return session.execute(query).scalar_one()


def test_staged_records_are_put_away_and_taken_out(calls: Calls, stage: Stage) -> None:
    stage.company.add_vendor("Aalto Concrete")
    read_lists(stage)
    ike, vendor = calls("ike"), _staged(stage, "Aalto Concrete")
    for act, state in (("archive", "archived"), ("restore", "staged")):
        found = ike.post(f"/to-import/company/{act}", records=[vendor])
        assert [(one["name"], one["state"]) for one in found["results"]] == [("Aalto Concrete", state)]
    listed = ike.get("/to-import/company", q="aalto")
    assert [row["record"]["id"] for row in listed["rows"]] == [vendor]


def test_records_are_linked_with_items(calls: Calls, stage: Stage) -> None:
    stage.company.add_vendor("Aalto Concrete")
    read_lists(stage)
    stage.receive(records.company("Aalto Concrete", 77))
    ike = calls("ike")
    [row] = ike.get("/to-import/company", q="aalto")["rows"]
    assert [one["exact"] for one in row["suggestions"]] == [True]
    pair = {"record": row["record"]["id"], "item": row["suggestions"][0]["item"]["id"]}
    assert ike.post("/to-import/company/link", pairs=[pair])["done"] == 1
    assert stage.item("Aalto Concrete").state == "synced"


def test_lists_are_asked_for_once(calls: Calls) -> None:
    ike = calls("ike")
    assert ike.post("/connection/refresh", names=["vendors"])["asked"] == ["vendors"]
    assert ike.post("/to-import/company/refresh")["asked"] == []


def test_the_connection_is_paused_and_goes_on(calls: Calls) -> None:
    ike = calls("ike")
    for paused in (True, False):
        ike.post("/connection/pause", paused=paused)
        assert ike.get("/connection")["paused"] is paused


def test_settings_change_with_who_changed_them(calls: Calls) -> None:
    ike = calls("ike")
    assert ike.post("/settings", values={"every_minutes": "15"})["changed"] == ["every_minutes"]
    [found] = [one for one in ike.get("/settings")["settings"] if one["name"] == "every_minutes"]
    assert (found["value"], found["changed_by"]) == ("15", "Ike")


def test_rules_go_back_to_a_version_that_was_stored(calls: Calls) -> None:
    ike = calls("ike")
    version = ike.get("/rules")["version"]
    ike.post("/rules/activate", version=version, reason="Back to what we had.")
    assert ike.get("/rules")["activations"][0]["reason"] == "Back to what we had."
    calls("ana").post("/rules/activate", status=403, version=version, reason="So.")


def test_one_person_alone_decides_only_with_the_right_to(calls: Calls, stage: Stage) -> None:
    _sent(stage)
    [item] = seen(stage, "SC-014")
    path = f"/items/commitment/{item['id']}/override"
    calls("ana").post(path, status=403, version=item["version"], reason="Everybody else is away.")
    assert stage.item("SC-014").state == "sent"


def test_people_are_added_by_whoever_may(calls: Calls) -> None:
    new = {"login": "eve", "name": "Eve Olsen", "mail": "", "role": "approver"}
    calls("ana").post("/people", status=403, **new)
    ike = calls("ike")
    assert "/" in ike.post("/people", **new)["address"]
    assert "eve" in {one["login"] for one in ike.get("/permissions")["people"]}
    ike.post("/people/eve/active", active=False)
    ike.post("/people/ike/withdraw", status=422)


def test_nobody_changes_their_own_access(calls: Calls, stage: Stage) -> None:
    ike = calls("ike")
    ike.post("/people/ike/access", status=422, level="admin")
    held = ike.post("/people/pat/access", rights={"audit": True})
    assert "audit" in held["rights"]
    [pat] = [one for one in ike.get("/permissions")["people"] if one["login"] == "pat"]
    assert "audit" in pat["rights"]


def test_the_trail_is_verified(calls: Calls, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    chains = calls("aud").post("/trail/verify")["chains"]
    assert {one["chain"] for one in chains} == {"service", f"connection:{stage.connection_id}"}
    assert all(one["ok"] for one in chains)


def test_what_is_not_supported_is_answered_from_the_catalogue(calls: Calls) -> None:
    ana = calls("ana")
    [entry, *_] = [one for one in ana.get("/what-syncs")["entries"] if not one["open"]]
    error = ana.post(f"/what-syncs/{entry['id']}", status=422)
    assert (error["code"], error["sentence"]) == ("not_supported", entry["sentence"])


def test_a_month_is_signed_and_the_signature_undone(calls: Calls) -> None:
    ana: Program = calls("ana")
    ana.post("/reports/month-end/sign", month="2026-03", part="prepared")
    ana.post("/reports/month-end/undo", month="2026-03", part="prepared", reason="Too early.")
    ana.post("/reports/month-end/undo", status=409, month="2026-03", part="prepared", reason="Too early.")
