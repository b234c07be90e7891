"""User administration: only by the right, never for oneself, and never beyond the connections one administers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.models import PersonAccess, User
from app.rulebook.access import Access
from app.services import connections, people, signing_in, user_admin
from app.services.people import Person
from app.services.unit import service_work
from tests.by_hand import PASSWORD
from tests.support import Stage

ACTS: dict[str, Callable[[Stage, Person], object]] = {
    "list": lambda stage, who: user_admin.listed(stage.database, 1, who),
    "add": lambda stage, who: user_admin.add(stage.database, 1, who, "new", "Nell New", "", "auditor"),
    "add oneself": lambda stage, who: user_admin.add(stage.database, 1, who, f" {who.login} ", "", "", "approver"),
    "role": lambda stage, who: user_admin.give_role(stage.database, 1, who, "pat", "approver"),
    "withdraw": lambda stage, who: user_admin.withdraw(stage.database, 1, who, "pat"),
    "deactivate": lambda stage, who: user_admin.set_active(stage.database, 1, who, "pat", active=False),
    "link": lambda stage, who: user_admin.reset(stage.database, 1, who, "pat"),
}


@pytest.mark.requirement("ACC-17")
@pytest.mark.parametrize("act", [act for act in ACTS if act != "add oneself"])
def test_an_erp_admin_without_the_right_administers_nobody(stage: Stage, act: str) -> None:
    with service_work(stage.database) as (session, _):
        people.keep(session, people.named(session, "ana").id, 1, Access("admin", frozenset({"push"})), [], "tests")
    with pytest.raises(Forbidden) as caught:
        ACTS[act](stage, stage.person("ana"))
    assert "the right “User administration”" in caught.value.sentence
    assert [event["what"] for event in stage.events(Tag.REFUSED)] == ["users"]
    ACTS[act](stage, stage.person("ike"))


@pytest.mark.parametrize("act", ["role", "withdraw", "deactivate", "link", "add oneself"])
def test_nobody_does_any_of_it_to_themselves(stage: Stage, act: str) -> None:
    with service_work(stage.database) as (session, _):
        people.keep(session, people.named(session, "pat").id, 1, Access(rights=frozenset({"users"})), [], "tests")
    with pytest.raises(Refusal, match="cannot change Pat's own access"):
        ACTS[act](stage, stage.person("pat"))
    assert not stage.person("pat").may("accept", "commitment")


def test_a_new_person_gets_a_role_and_a_link_and_no_password(stage: Stage) -> None:
    secret = user_admin.add(
        stage.database, 1, stage.person("ike"), " nell ", "Nell  New", "nell@example.com", "approver"
    )
    assert signing_in.sign_in(stage.database, "nell", "") is None
    signing_in.use_link(stage.database, secret, "four words put together")
    nell = stage.person("nell")
    assert (nell.name, nell.may("accept", "commitment"), nell.may("users")) == ("Nell New", True, False)
    found = user_admin.one(stage.database, 1, stage.person("ike"), "nell")
    assert (found.user.mail, found.roles, found.row.changed_by if found.row else "") == (
        "nell@example.com",
        "accounting approver",
        "Ike",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("nell new", "Nell", "", "approver"), "no space"),
        (("nell/new", "Nell", "", "approver"), "no slash"),
        (("nell", " ", "", "approver"), "has no name"),
        (("nell", "ANA", "", "approver"), "already somebody called ANA"),
        (("nell", "Nell", "", "boss"), "There is no role boss"),
    ],
)
def test_what_makes_no_sense_adds_nobody(stage: Stage, given: tuple[str, str, str, str], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        user_admin.add(stage.database, 1, stage.person("ike"), *given)
    assert len(stage.rows(User)) == 5


def test_a_deactivated_person_is_out_and_may_be_let_in_again(stage: Stage) -> None:
    before = stage.person("pat").round
    user_admin.set_active(stage.database, 1, stage.person("ike"), "pat", active=False)
    assert signing_in.sign_in(stage.database, "pat", PASSWORD) is None
    assert people.person(stage.database, 1, login="pat") is None
    user_admin.set_active(stage.database, 1, stage.person("ike"), "pat", active=True)
    assert stage.person("pat").round > before, "whoever was signed in stays out"


def test_whoever_is_withdrawn_everywhere_signs_in_no_more_until_a_new_link_is_used(stage: Stage) -> None:
    earlier, ike = user_admin.reset(stage.database, 1, stage.person("ike"), "pat"), stage.person("ike")
    people.set_password(stage.database, "pat", PASSWORD, actor="tests")
    old, before = user_admin.reset(stage.database, 1, ike, "ana"), stage.person("pat").round
    for login in ("pat", "ana"):
        user_admin.withdraw(stage.database, 1, ike, login)
    assert signing_in.sign_in(stage.database, "pat", PASSWORD) is None
    for login in ("pat", "ana"):
        user_admin.give_role(stage.database, 1, ike, login, "auditor")
    assert stage.person("pat").round > before, "whoever was signed in is out"
    assert signing_in.sign_in(stage.database, "pat", PASSWORD) is None
    for ended in (earlier, old):
        with pytest.raises(Forbidden, match="used already, or it is too old"):
            signing_in.use_link(stage.database, ended, "four words put together")
    new = user_admin.reset(stage.database, 1, ike, "pat")
    signing_in.use_link(stage.database, new, "four words put together")
    assert signing_in.sign_in(stage.database, "pat", "four words put together") is not None


def test_whoever_is_withdrawn_here_and_works_elsewhere_keeps_their_password(stage: Stage) -> None:
    rules = connections.get(stage.database, 1).rules_version
    other = connections.add(
        stage.database, "Other", "6000", rules_version=str(rules), actor="tests", user="o", password="p"
    )
    people.give_role(stage.database, "pat", other.id, "auditor", actor="tests")
    people.set_password(stage.database, "pat", PASSWORD, actor="tests")
    ACTS["withdraw"](stage, stage.person("ike"))
    assert signing_in.sign_in(stage.database, "pat", PASSWORD) is not None


def test_an_account_of_another_connection_too_is_not_in_ones_hand(stage: Stage) -> None:
    rules = connections.get(stage.database, 1).rules_version
    other = connections.add(
        stage.database, "Other", "6000", rules_version=str(rules), actor="tests", user="o", password="p"
    )
    people.give_role(stage.database, "pat", other.id, "auditor", actor="tests")
    for act in ("deactivate", "link"):
        with pytest.raises(Forbidden, match="pat works on Other too"):
            ACTS[act](stage, stage.person("ike"))
    ACTS["withdraw"](stage, stage.person("ike"))
    assert [row.connection_id for row in stage.rows(PersonAccess) if row.user_id == stage.person("pat").id] == [
        other.id
    ]
    people.give_role(stage.database, "pat", 1, "auditor", actor="tests")
    people.give_role(stage.database, "ike", other.id, "specialist", actor="tests")
    assert ACTS["link"](stage, stage.person("ike"))
