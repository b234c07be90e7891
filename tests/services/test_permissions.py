"""Who may do what, as the services enforce it: by kind, for each item, and never for oneself."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import Conflict, Forbidden, NotFound, Refusal
from app.core.tags import Tag
from app.db.models import Operation, User
from app.items import registry
from app.items.base import IMPORT
from app.rulebook.access import Access
from app.services import connections, lifecycle, people, permissions
from app.services.permissions import Change
from app.services.unit import service_work
from tests import budgets, records, ruling
from tests.invoices import billed, invoice
from tests.support import Stage

PUSH = frozenset({"push"})


def hold(stage: Stage, login: str, access: Access) -> None:
    """From now on somebody holds exactly this."""
    with service_work(stage.database) as (session, _):
        people.keep(session, people.named(session, login).id, 1, access, [], "tests")


def change(stage: Stage, login: str = "pat", who: str = "ike", **what: Any) -> Access:
    """Ike changes what somebody holds."""
    return permissions.change_access(stage.database, 1, stage.person(who), login, Change(**what))


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """A company and a commitment wait for a decision."""
    stage.receive(records.company("Ironline Steel", 62), records.commitment())
    stage.send()
    return stage


@pytest.mark.requirement("PRM-05", "PRM-14", "CFG-20")
@pytest.mark.parametrize(
    ("access", "missing"),
    [
        (Access("none", PUSH), "the level Standard or Admin on ERP Integrations"),
        (Access("read_only", PUSH), "the level Standard or Admin on ERP Integrations"),
        (Access("standard"), "the privilege “Can Push to Accounting”"),
        (Access("admin"), "the privilege “Can Push to Accounting”"),
    ],
)
@pytest.mark.parametrize("act", ["accept", "reject"])
def test_an_accept_is_refused_by_what_is_missing_and_nothing_is_queued(
    sent: Stage, access: Access, missing: str, act: str
) -> None:
    hold(sent, "abe", access)
    with pytest.raises(Forbidden) as caught:
        sent.accept("SC-014", who="abe") if act == "accept" else sent.act(act, "SC-014", who="abe", reason="No")
    error = caught.value.plain()
    assert error["sentence"] == f"Abe may not {act} commitments: it needs {missing}."
    assert error["what_to_do"].startswith("The role accounting approver has it.")
    assert (error["code"], error["rule_id"]) == ("forbidden", "permissions.yaml:accept-commitments")
    assert [(link["label"], link["id"]) for link in error["links"]] == [
        ("Permissions", "/permissions/#accept-commitments")
    ]
    assert caught.value.status == 403
    [event] = sent.events(Tag.REFUSED)
    assert (event["what"], event["code"], event["sentence"]) == (act, "forbidden", error["sentence"])
    assert sent.item("SC-014").state == "sent"
    assert not sent.rows(Operation, item_id=sent.item("SC-014").id)


def test_of_many_only_the_kinds_one_may_are_done_and_the_others_say_why(sent: Stage) -> None:
    hold(sent, "abe", Access("none", tools={"commitments": "admin"}))
    outcomes = sent.act("retrieve", "SC-014", "Ironline Steel", who="abe")
    assert {one.name: one.state for one in outcomes.each} == {"SC-014": "draft", "Ironline Steel": "sent"}
    [refused] = outcomes.refused
    assert refused.problem is not None
    assert refused.problem.sentence == "Abe may not retrieve companies: it needs Admin on the Directory tool."
    assert [event["sentence"] for event in sent.events(Tag.REFUSED)] == [refused.problem.sentence]


@pytest.mark.requirement("PRM-33")
def test_somebody_without_a_level_sends_from_the_tool_they_administer(stage: Stage) -> None:
    stage.receive(records.commitment())
    hold(stage, "abe", Access("none", tools={"commitments": "standard"}))
    with pytest.raises(Forbidden, match="Admin on the Commitments tool"):
        lifecycle.send(stage.database, 1, stage.person("abe"), stage.ids(("SC-014",)))
    hold(stage, "abe", Access("none", tools={"commitments": "admin"}))
    assert lifecycle.send(stage.database, 1, stage.person("abe"), stage.ids(("SC-014",))).done


@pytest.mark.requirement("PRM-09")
def test_under_the_strict_profile_only_an_admin_with_the_privilege_accepts(sent: Stage) -> None:
    connections.change_settings(sent.database, 1, {"permission_profile": "matrix"}, actor="tests")
    with pytest.raises(Forbidden, match="the level Admin on ERP Integrations"):
        sent.accept("Ironline Steel")
    hold(sent, "ana", Access("admin", PUSH))
    assert sent.accept("Ironline Steel").done


@pytest.mark.requirement("CFG-20")
def test_without_an_approver_nothing_that_was_sent_is_ever_asked_of_quickbooks(sent: Stage) -> None:
    before = len([one for one in sent.sets() if one.writes])
    rules = sent.connection.rules_version
    sent.act("retry", "SC-014", "Ironline Steel")
    sent.ask_for_lists()
    for reason in ("again", "and again"):
        ruling.decide_by(sent, rules, reason)
        connections.change_settings(sent.database, 1, {"second_look_days": len(reason)}, actor="Ike")
        sent.run()
    assert {sent.item(name).state for name in ("SC-014", "Ironline Steel")} == {"sent"}
    assert len([one for one in sent.sets() if one.writes]) == before


@pytest.mark.requirement("CFG-20")
def test_of_no_kind_that_is_exported_is_anything_asked_before_an_approver_decided(billing: Stage) -> None:
    billing.receive(
        records.company("Ironline Steel", 62), records.project("School", 87), records.cost_code("05-120", 33),
        budgets.budget(), records.commitment(), records.change_order(), invoice(1, billed("100.00")),
    )  # fmt: skip
    assert not billing.send().refused
    waiting = [name for name, state in billing.states().items() if state == "sent"]
    assert sorted(billing.item(name).kind for name in waiting) == sorted(
        kind.kind for kind in registry.kinds().values() if kind.direction != IMPORT and not kind.read_with
    ), "all but what is behind a switch that is off"
    before = len([one for one in billing.sets() if one.writes])
    billing.act("retry", *waiting)
    billing.ask_for_lists()
    ruling.decide_by(billing, billing.connection.rules_version, "again")
    billing.run()
    assert {billing.item(name).state for name in waiting} == {"sent"}
    assert not [one for name in waiting for one in billing.rows(Operation, item_id=billing.item(name).id)]
    assert len([one for one in billing.sets() if one.writes]) == before


# -- giving and taking ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACC-17")
def test_only_the_right_of_user_administration_gives_and_takes(stage: Stage) -> None:
    hold(stage, "ana", Access("admin", PUSH))
    with pytest.raises(Forbidden, match="the right “User administration”"):
        change(stage, who="ana", level="admin")
    assert change(stage, level="read_only").level == "read_only"


@pytest.mark.requirement("ACC-17")
def test_nobody_changes_their_own_access(stage: Stage) -> None:
    with pytest.raises(Refusal, match="cannot change Ike's own access"):
        change(stage, "ike", privileges={"push": True})
    assert "push" not in (stage.person("ike").access or Access()).privileges


def test_what_is_not_said_stays_and_the_trail_has_before_and_after(stage: Stage) -> None:
    after = change(stage, privileges={"push": True}, tools={"budget": "none"}, rights={"audit": True})
    assert (after.level, after.privileges, after.rights) == ("standard", PUSH, frozenset({"audit"}))
    assert (after.tools["budget"], after.tools["commitments"]) == ("none", "admin")
    [event] = stage.events(Tag.ACCESS_CHANGED)
    assert (event["login"], event["before"]["privileges"], event["after"]["privileges"]) == ("pat", [], ["push"])
    assert stage.person("pat").access == after
    assert not change(stage, privileges={"push": False}).privileges


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"level": "boss"}, "There is no level boss."),
        ({"tools": {"hammer": "admin"}}, "There is no tool hammer."),
        ({"tools": {"budget": "boss"}}, "There is no level boss."),
        ({"privileges": {"pull": True}}, "There is no privilege pull."),
        ({"rights": {"fly": True}}, "There is no right fly."),
    ],
)
def test_what_does_not_exist_is_not_given(stage: Stage, what: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        change(stage, **what)
    assert not stage.events(Tag.ACCESS_CHANGED)


def test_the_same_again_is_no_event(stage: Stage) -> None:
    with pytest.raises(Conflict):
        change(stage, level="standard")
    with pytest.raises(NotFound):
        change(stage, "nobody", level="standard")


def test_two_roles_are_both_held(stage: Stage) -> None:
    people.give_role(stage.database, "aud", 1, "approver", actor="tests")
    aud = stage.person("aud")
    assert aud.may("accept", "company")
    assert aud.may("audit")
    [row] = [held[0] for user, held in people.everybody(stage.database) if user.login == "aud"]
    assert row.roles == ["approver", "auditor"]


def test_whoever_was_made_inactive_or_holds_nothing_is_nobody_here(stage: Stage) -> None:
    people.add_user(stage.database, "new", "New", "long words", actor="tests")
    assert not stage.person("new").may("view")
    with stage.database.writing() as session:
        session.get_one(User, stage.person("ana").id).active = False
    assert people.person(stage.database, 1, login="ana") is None


# -- what went out and came back, word for word --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "of_all", "of_commitments"),
    [
        (Access(), False, False),
        (Access("admin"), True, True),
        (Access(rights=frozenset({"audit"})), True, True),
        (Access(rights=frozenset({"rules"})), True, True),
        (Access("standard", PUSH), False, True),
    ],
)
def test_whoever_reads_bodies_reads_them_everywhere(
    stage: Stage, access: Access, of_all: bool, of_commitments: bool
) -> None:
    hold(stage, "pat", access)
    pat = stage.person("pat")
    found = (permissions.may_read_bodies(pat), permissions.may_read_bodies(pat, "commitment"))
    assert found == (of_all, of_commitments)


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_other_profile_names_who_gains_and_who_loses_accept(stage: Stage) -> None:
    hold(stage, "ike", Access("admin", PUSH))
    found = permissions.matrix(stage.database, 1, stage.person("ana"))
    assert found.profile == "tutorial"
    [other] = found.differences
    assert (other.profile, other.gains, other.loses) == ("matrix", (), ("Abe", "Ana"))
    assert other.sentence.endswith(": Abe and Ana lose Accept.")


def test_the_page_says_of_every_row_what_one_lacks(stage: Stage) -> None:
    rows = {one.row.name: one for one in permissions.matrix(stage.database, 1, stage.person("pat")).rows}
    assert rows["send-items"].missing == ""
    assert rows["accept-commitments"].missing == "the privilege “Can Push to Accounting”"
    assert rows["accept-owner-invoices"].not_available.startswith("Owner invoices")
    ana = {one.row.name: one for one in permissions.matrix(stage.database, 1, stage.person("ana")).rows}
    assert ana["send-items"].missing == "Admin on the tool where the item is located"
    assert ana["accept-commitments"].missing == ""
