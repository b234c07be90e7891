"""Tokens: made and revoked by the person, told once, kept as a hash, worth exactly what the person is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli.user import user
from app.core import clock
from app.core.errors import NotFound, Refusal
from app.db.models import ApiToken, User
from app.services import signing_in, tokens, user_admin
from tests.admin.api.conftest import Calls, Program
from tests.admin.conftest import Visit, app_of, tags
from tests.admin.reading import look, push
from tests.support import PASSWORD, Stage


def _kept(stage: Stage) -> list[ApiToken]:
    with stage.database.reading() as session:
        return list(session.execute(select(ApiToken).order_by(ApiToken.id)).scalars())


def test_a_person_makes_one_sees_it_once_and_revokes_it(visit: Visit, stage: Stage) -> None:
    ana = visit("ana")
    made = push(ana, "/tokens/", name="The month-end script", days="30")
    [secret] = [str(one) for one in made.find("//p[contains(@class, 't-secret')]/code/text()")]
    program = Program(app_of(stage), secret)
    assert program.get("/me")["login"] == "ana"
    listed = look(ana, "/tokens/")
    assert "The month-end script" in listed.text
    assert secret not in listed.source
    [row] = _kept(stage)
    assert secret not in f"{row.hash} {row.name}"
    assert row.expires_at - row.made_at == timedelta(days=30)
    told = push(ana, "/tokens/revoke", id=str(row.id))
    assert "“The month-end script” opens nothing any more." in told.told
    program.get("/me", status=401)
    assert {"person:token:made", "person:token:revoked"} <= tags(stage)


def test_the_list_says_when_each_was_last_used(visit: Visit, calls: Calls, stage: Stage) -> None:
    ana, program = visit("ana"), calls("ana")
    assert "never" in look(ana, "/tokens/").text
    program.get("/me")
    assert _kept(stage)[0].used_at is not None
    assert "never" not in look(ana, "/tokens/").find("//tbody")[0].text_content()


def test_a_token_ends(calls: Calls, stage: Stage) -> None:
    program = calls("ana")
    late = clock.now() + timedelta(days=tokens.DAYS)
    with clock.running(lambda: late - timedelta(minutes=1)):
        program.get("/me")
    with clock.running(lambda: late):
        assert program.get("/me", status=401)["code"] == "token_ended"


ENDS: dict[str, Callable[[Stage, int], object]] = {
    "another password": lambda stage, ana: signing_in.change_password(stage.database, ana, PASSWORD, "four words more"),
    "a link": lambda stage, ana: user_admin.reset(stage.database, 1, stage.person("ike"), "ana"),
    "out everywhere": lambda stage, ana: signing_in.sign_out_everywhere(stage.database, ana, actor="Ana"),
}


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize("act", ENDS)
def test_what_ends_the_sessions_of_a_person_ends_the_tokens(calls: Calls, stage: Stage, act: str) -> None:
    program, others = calls("ana"), calls("abe")
    program.get("/me")
    ENDS[act](stage, stage.person("ana").id)
    error = program.get("/me", status=401)
    assert error["code"] == "token_ended"
    assert error["sentence"] == "This token ended when Ana changed the password or signed out everywhere."
    others.get("/me")
    calls("ana").get("/me")


def test_the_page_says_what_ends_a_token_and_which_did(visit: Visit, stage: Stage) -> None:
    tokens.make(stage.database, 1, stage.person("ana"), "The month-end script")
    shown = look(visit("ana"), "/tokens/")
    assert "All your tokens end when your password is changed" in shown.text
    assert "ended: you changed the password" in shown.find("//tbody")[0].text_content()


def test_without_a_good_token_nothing_is_told(calls: Calls) -> None:
    program = calls("ana")
    for header in ("", "Bearer", "Bearer nonsense", f"Basic {program.secret}", f"Bearer {program.secret}x", "Bearer é"):
        answer = program.send("GET", "/me", headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_opens_nothing(visit: Visit) -> None:
    ana = visit("ana")
    assert ana.get("/api/v1/me").status_code == 401
    assert ana.post("/api/v1/connection/end").status_code == 401


def test_whoever_may_not_sign_in_any_more_is_not_let_in(calls: Calls, stage: Stage) -> None:
    program = calls("ana")
    with stage.database.writing() as session:
        session.execute(select(User).where(User.login == "ana")).scalar_one().active = False
    assert program.get("/me", status=401)["code"] == "person_inactive"


def test_nobody_revokes_the_token_of_another(calls: Calls, stage: Stage) -> None:
    ana, pat = calls("ana"), calls("pat")
    [one] = ana.get("/tokens")["tokens"]
    pat.post(f"/tokens/{one['id']}/revoke", status=404)
    ana.get("/me")
    ana.post(f"/tokens/{one['id']}/revoke")
    ana.get("/me", status=401)


@pytest.mark.parametrize(("name", "days"), [("", 5), ("x" * 81, 5), ("fine", 0), ("fine", 367)])
def test_what_makes_no_sense_is_refused(stage: Stage, name: str, days: int) -> None:
    with pytest.raises(Refusal):
        tokens.make(stage.database, stage.connection_id, stage.person("ana"), name, days)
    assert _kept(stage) == []


def test_there_are_never_too_many(stage: Stage) -> None:
    ana = stage.person("ana")
    for number in range(tokens.MOST):
        tokens.make(stage.database, stage.connection_id, ana, f"{number}")
    with pytest.raises(Refusal):
        tokens.make(stage.database, stage.connection_id, ana, "one more")
    tokens.revoke(stage.database, stage.connection_id, ana, _kept(stage)[0].id)
    tokens.make(stage.database, stage.connection_id, ana, "one more")
    with pytest.raises(NotFound):
        tokens.revoke(stage.database, stage.connection_id, stage.person("pat"), _kept(stage)[1].id)


def test_the_command_line_makes_lists_and_revokes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SECRET_KEY", "not a secret")
    assert _run(stage, "add", "ana", "--name", "Nightly").startswith(tokens.BEGINS)
    [row] = _kept(stage)
    assert "Nightly" in _run(stage, "list", "ana")
    _run(stage, "revoke", "ana", str(row.id))
    assert _run(stage, "list", "ana") == ""


def _run(stage: Stage, *words: str) -> str:
    found = CliRunner().invoke(user, ["token", *words, "--data-dir", str(stage.folder)])
    assert found.exit_code == 0, found.output
    return found.output.strip()
