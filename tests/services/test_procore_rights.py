"""What Procore says of a person counts here: inactive there is out here, and a privilege lost there is lost here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import settings as configuration
from app.core import clock
from app.core.errors import Forbidden
from app.core.tags import Tag
from app.db.models import ProcorePerson, User
from app.services import procore_people, rights_again, second_look
from app.services.unit import work
from tests import records
from tests.support import Stage

MAIL = "ana@example.com"


def directory(stage: Stage, **more: Any) -> None:
    """Procore's directory as read just now: Ana, who may push to accounting unless more is said."""
    plain = {"id": 1, "name": "Ana", "email_address": MAIL, "is_active": True, "erp_integrated_accountant": True}
    procore_people.take(stage.database, 1, [{**plain, **more}])


@pytest.fixture
def known(stage: Stage) -> Stage:
    """Ana is in Procore's directory; a commitment waits for a decision."""
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "ana").values(mail=MAIL))
    directory(stage)
    stage.receive(records.commitment())
    stage.send()
    return stage


@contextmanager
def later(**much: float) -> Iterator[None]:
    """The clock goes on by so much."""
    now = clock.now()
    with clock.running(lambda: now + timedelta(**much)):
        yield


@pytest.mark.requirement("ACC-17")
def test_who_is_deactivated_in_procore_is_refused_at_accept_and_that_is_on_the_trail(known: Stage) -> None:
    directory(known, is_active=False)
    with pytest.raises(Forbidden) as caught:
        known.accept("SC-014")
    assert caught.value.sentence.startswith("Ana is not active in Procore any more, as read at ")
    assert caught.value.code == "inactive_in_procore"
    [event] = known.events(Tag.REFUSED)
    assert (event["what"], event["code"]) == ("accept", "inactive_in_procore")
    assert known.item("SC-014").state == "sent"
    assert not known.person("ana").may("view"), "not even a look is left"


@pytest.mark.requirement("ACC-17")
def test_a_privilege_lost_in_procore_is_lost_here_in_words(known: Stage) -> None:
    directory(known, erp_integrated_accountant=False)
    with pytest.raises(Forbidden) as caught:
        known.accept("SC-014")
    said = "Ana may not accept commitments: Procore does not grant “Can Push to Accounting” any more, as read at "
    assert caught.value.sentence.startswith(said)
    assert caught.value.what_to_do.startswith("Have it granted in Procore's Directory")
    assert known.person("ana").may("view"), "looking needs no privilege"
    directory(known)
    assert known.accept("SC-014").done


def test_whom_procore_never_showed_holds_what_was_given_here(known: Stage) -> None:
    assert known.accept("SC-014", who="abe").done


@pytest.mark.requirement("ACC-17")
def test_an_approval_does_not_outlive_the_privilege_in_procore(known: Stage) -> None:
    item = known.accept("SC-014").done[0].item_id
    for said, back in (({}, 0), ({"erp_integrated_accountant": False}, 1), ({"is_active": False}, 1)):
        directory(known, **said)
        with work(known.database, 1) as unit:
            one = known.item("SC-014")
            assert len(second_look.second_looks(unit.session, unit.connection, [one], unit.at)) == back, said
    with later(days=3), work(known.database, 1) as unit:
        directory_row = unit.session.get_one(ProcorePerson, (1, "1"))
        directory_row.active = directory_row.accountant = True
        unit.session.flush()
        looks = second_look.second_looks(unit.session, unit.connection, [known.item("SC-014")], unit.at)
        assert not looks, "that Procore was not reached lately takes no approval back"
    assert item


@pytest.mark.parametrize(("hours", "may"), [(23, True), (25, False)])
def test_procores_last_word_counts_for_a_day_unless_set_otherwise(known: Stage, hours: int, may: bool) -> None:
    with later(hours=hours):
        person = known.person("ana")
        assert person.may("accept", "commitment") is may
        found = person.refusal("accept", "commitment")
        assert found is None or "is older than 24 hours, and Procore was not reached since." in found.sentence


def test_while_procore_cannot_be_reached_its_last_word_is_used_and_said(known: Stage) -> None:
    nowhere = replace(
        configuration.load({"TIEOUT_SECRET_KEY": "not a secret"}, data_dir=known.folder),
        procore_api_url="http://127.0.0.1:9",
        procore_login_url="http://127.0.0.1:9",
        procore_client_id="us",
        procore_client_secret="secret",
    )
    ana = known.person("ana").id
    assert not rights_again.read_again(known.database, nowhere, 1, ana), "it was read just now"
    with later(hours=3):
        said = rights_again.read_again(known.database, nowhere, 1, ana)
        assert "could not be reached to read the rights of Ana again" in said
        assert "3 hours ago, is used, for at most 24 hours." in said
        assert not rights_again.read_again(known.database, nowhere, 1, known.person("abe").id), "Procore has no say"
