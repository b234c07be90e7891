"""What a program does through the API is what a person does on the screens: same rights, same rules, same trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core.tags import Tag
from app.db.models import Event, EventPayload, Reading, StagedRecord
from app.services import item_page
from app.services.unit import work
from tests import records, ruling
from tests.admin.api.conftest import Calls, Program, seen
from tests.admin.scenes import LONG, refused_by_quickbooks, waiting_for_its_vendor, with_a_long_number
from tests.admin.test_list_cost import statements
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


def test_all_items_of_a_call_are_looked_up_at_once_and_one_unknown_stops_it(calls: Calls, stage: Stage) -> None:
    stage.receive(*(records.commitment(f"SC-1{n:02}", 900 + n) for n in range(20)))
    names = [f"SC-1{n:02}" for n in range(20)]
    items = seen(stage, *names)
    with statements(stage) as asked:
        item_page.all_of_kind(stage.database, 1, "commitment", [item["id"] for item in items])
    assert len(asked) == 1
    calls("pat").post("/items/commitment/send", status=404, items=[*items, {"id": 999_999, "version": 1}])
    assert set(stage.states().values()) & {"sent"} == set()


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
    ("/rules/drafts/999/activate", {"version": "nothing", "reason": "So."}, 404, ""),
    ("/rules/check", {"files": {"../commitment.yaml": "kind: commitment"}}, 422, ""),
    ("/rules/versions/999/rollback", {"reason": "So."}, 404, ""),
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


def test_deletions_are_confirmed_as_they_were_seen(calls: Calls, stage: Stage) -> None:
    ike = calls("ike")
    assert ike.get("/connection/deletions") == {"doubts": []}
    with work(stage.database, 1) as unit:
        row = Reading(connection_id=1, kind="company", next_at=unit.at, doubt="11 of 12 are gone.", doubted="7f")
        unit.session.merge(row)
    [found] = ike.get("/connection/deletions")["doubts"]
    assert (found["kind"], found["sentence"], found["seen"]) == ("company", "11 of 12 are gone.", "7f")
    ike.post("/connection/deletions", kind=found["kind"], seen=found["seen"])
    assert ike.get("/connection/deletions") == {"doubts": []}


def test_settings_change_with_who_changed_them(calls: Calls) -> None:
    ike = calls("ike")
    assert ike.post("/settings", values={"every_minutes": "15"})["changed"] == ["every_minutes"]
    [found] = [one for one in ike.get("/settings")["settings"] if one["name"] == "every_minutes"]
    assert (found["value"], found["changed_by"]) == ("15", "Ike")


@pytest.mark.requirement("RUL-05", "RUL-06")
def test_rules_are_proposed_tried_approved_activated_and_taken_back(calls: Calls, stage: Stage) -> None:
    ruling.join(stage)
    stage.receive(records.commitment())
    stage.send()
    ike, uma, before = calls("ike"), calls("uma"), calls("ike").get("/rules")["version"]
    files = {name: ruling.with_limit(stage, "1.00")[name] for name in (ruling.OWN, ruling.OWN_EXAMPLES)}
    assert ike.post("/rules/check", files=files)["rules"] > 100
    kept = ike.post("/rules/drafts", files=files, reason="Board decision")
    path, seen_as = f"/rules/drafts/{kept['draft']}", {"version": kept["version"], "reason": "It is right"}
    assert ike.get(path)["others"] == ["Uma"]
    assert [one["name"] for one in ike.get(f"{path}/preview")["newly_blocked"]["items"]] == ["SC-014"]
    assert ike.post(f"{path}/activate", status=422, **seen_as)["code"] == "rules_examples_fail"
    calls("ana").post(f"{path}/activate", status=403, **seen_as)
    uma.post(f"{path}/approve", **seen_as)
    ike.post(f"{path}/activate", override=True, **seen_as)
    assert ike.get("/rules")["version"] == kept["version"]
    uma.post("/rules/versions/1/rollback", reason="Too many were blocked")
    found = ike.get("/rules")
    assert found["version"] == before
    told = [(one["number"], one["former"], one["actor"]) for one in found["activations"]]
    assert told == [(3, 1, "Uma"), (2, None, "Ike"), (1, None, "tests")]


def test_a_mistake_in_a_rule_file_is_refused_with_its_place(calls: Calls, stage: Stage) -> None:
    files = {ruling.OWN: ruling.limit_rule("1.00").replace("at_most", "at_mots")}
    said = calls("ike").post("/rules/check", status=422, files=files)
    assert said["code"] == "rules_invalid"
    assert f"{ruling.OWN}:5:15" in said["what_to_do"]


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
    error = ike.post("/people", status=422, login="ike", name="Ike", mail="", role="approver")
    assert error["code"] == "own_access"
    assert not stage.person("ike").may("accept", "commitment")
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


@pytest.mark.requirement("ACC-09")
def test_a_program_signs_the_list_it_read(calls: Calls, stage: Stage) -> None:
    ana: Program = calls("ana")
    month = {"month": "2026-03", "part": "prepared"}
    looked_at = ana.get("/reports/month-end", month="2026-03")["digest"]
    stage.receive(records.commitment("SC-020", 320))
    assert ana.post("/reports/month-end/sign", status=409, seen=looked_at, **month)["code"] == "list_changed"
    ana.post("/reports/month-end/sign", seen=ana.get("/reports/month-end", month="2026-03")["digest"], **month)


def test_a_month_is_signed_and_the_signature_undone(calls: Calls) -> None:
    ana: Program = calls("ana")
    ana.post("/reports/month-end/sign", month="2026-03", part="prepared")
    ana.post("/reports/month-end/undo", month="2026-03", part="prepared", reason="Too early.")
    ana.post("/reports/month-end/undo", status=409, month="2026-03", part="prepared", reason="Too early.")
