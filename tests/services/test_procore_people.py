"""Who is who in Procore: active or not, allowed to push to accounting or not, and when that changed."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.models import ProcorePerson
from app.procore import Run
from app.services import procore_people
from tests.importing import office
from tests.support import Stage


def record(number: int, email: str, **more: Any) -> dict[str, Any]:
    """As the company's list of users shows one."""
    plain = {"id": number, "name": f"Person {number}", "email_address": email, "is_active": True}
    return {**plain, "erp_integrated_accountant": False, **more}


def person(stage: Stage, email: str) -> ProcorePerson:
    with stage.database.reading() as session:
        found = procore_people.person(session, 1, email)
    assert found is not None
    return found


def test_the_directory_tells_who_may_push_to_accounting(empty_stage: Stage) -> None:
    with office(empty_stage) as place:
        procore_people.read(empty_stage.database, 1, Run(place.client))
    with empty_stage.database.reading() as session:
        rows = session.query(ProcorePerson).all()
    assert [row.name for row in rows if row.accountant] == ["Ana Ruiz"]
    assert all(row.active for row in rows)
    assert len(rows) > 1


def test_an_address_is_found_however_it_is_written(empty_stage: Stage) -> None:
    template = {"company_permission_template": {"id": 3, "name": "Accounting"}}
    procore_people.take(empty_stage.database, 1, [record(1, "Ana.Ruiz@Example.com", **template)])
    found = person(empty_stage, " ana.ruiz@example.COM")
    assert (found.procore_id, found.template) == ("1", "Accounting")
    with empty_stage.database.reading() as session:
        assert procore_people.person(session, 1, "nobody@example.com") is None


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([], (False, True)),  # the list shows active people only
        ([record(1, "ana@example.com", is_active=False, erp_integrated_accountant=True)], (False, True)),
        ([record(1, "ana@example.com")], (True, False)),
        ([record(1, "ana@example.com", erp_integrated_accountant=None)], (True, False)),
    ],
    ids=["left out", "inactive", "privilege taken", "privilege unsaid"],
)
def test_what_somebody_loses_is_noticed_and_in_the_trail(
    empty_stage: Stage, later: list[dict[str, Any]], expected: tuple[bool, bool]
) -> None:
    database = empty_stage.database
    ben = record(2, "ben@example.com")
    procore_people.take(database, 1, [record(1, "ana@example.com", erp_integrated_accountant=True), ben])
    assert procore_people.take(database, 1, [*later, ben]) == 1
    found = person(empty_stage, "ana@example.com")
    assert (found.active, found.accountant) == expected
    assert procore_people.take(database, 1, [*later, ben]) == 0, "it is said once"
    assert len(empty_stage.events(Tag.PROCORE_PERSON_CHANGED)) == 2


def test_of_two_with_one_address_the_active_one_counts(empty_stage: Stage) -> None:
    both = [record(1, "ana@example.com", is_active=False), record(2, "ana@example.com")]
    procore_people.take(empty_stage.database, 1, both)
    assert person(empty_stage, "ana@example.com").procore_id == "2"


def test_a_directory_that_shows_nobody_takes_nobody_away(empty_stage: Stage) -> None:
    procore_people.take(empty_stage.database, 1, [record(1, "ana@example.com")])
    with pytest.raises(Refusal, match="shows nobody"):
        procore_people.take(empty_stage.database, 1, [])
    assert person(empty_stage, "ana@example.com").active
