"""A connection on its first day: added, not live, nothing answered, no session seen."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher

from app import settings as configuration
from app.db.migrate import upgrade
from app.services import connections, people, rules_versions, setup
from tests import records
from tests.by_hand import PASSWORD, USER
from tests.scenery import PEOPLE
from tests.support import House, Stage

#: What a person answers, step by step, where nothing else is needed.
UNTIL_THE_FILE = (
    ("edition", {"country": "US", "product": "desktop"}),
    ("machine", {"machine": "workstation"}),
    ("user", {"own_user": "yes"}),
)


def first_day(house: House, folder: Path) -> Stage:
    """`tieout connection add`, and people."""
    stage = Stage(house, folder, f"sqlite:///{folder / 'first-day.db'}")
    upgrade(stage.database)
    people._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    rules = rules_versions.store(stage.database, configuration.PACKAGE_ROOT / "rules", "tests")
    added = connections.add(
        stage.database, "Cedar Ridge", "5021", rules_version=rules, actor="tests", user=USER, password=PASSWORD,
        settings={"cost_code_list_id": records.COST_CODE_LIST}, cut_off=records.CUT_OFF,
    )  # fmt: skip
    for login, role in PEOPLE.items():
        people.add_user(stage.database, login, login.title(), PASSWORD, actor="tests")
        people.give_role(stage.database, login, added.id, role, actor="tests")
    for name, kind in (("Construction Income", "Income"), ("Job Costs", "CostOfGoodsSold")):
        stage.company.add_account(name, kind)
    return stage


def tell(stage: Stage, step: str, **form: str) -> None:
    """Ike answers one step."""
    setup.answer(stage.database, stage.connection_id, stage.person("ike"), step, form)


def look(stage: Stage, step: str = "") -> setup.Page:
    """What Ike sees of a step."""
    return setup.page(stage.database, stage.connection_id, stage.person("ike"), step)


def until_the_file(stage: Stage) -> None:
    """All that comes before the .qwc file."""
    for step, form in UNTIL_THE_FILE:
        tell(stage, step, **form)


def until_the_first_session(stage: Stage) -> None:
    """… and the first session, with the password the stage knows."""
    until_the_file(stage)
    tell(stage, "authorise", admin="yes", single_user="yes")
    assert stage.run().outcome == "done"


def until_go_live(stage: Stage) -> None:
    """Everything but the last step; a project waits as the test job."""
    until_the_first_session(stage)
    database, ike = stage.database, stage.person("ike")
    setup.new_password(database, stage.connection_id, ike)
    setup.file_taken(database, stage.connection_id, ike)
    tell(stage, "readiness")
    tell(stage, "projects", cut_off="2025-12-01", zone="America/Los_Angeles", customers_are_jobs="yes")
    tell(
        stage, "accounts", income_account=stage.staged("Construction Income"),
        expense_account=stage.staged("Job Costs"), no_retainage="yes",
    )  # fmt: skip
    tell(stage, "match", matched="yes")
    stage.approve(records.project())
    tell(stage, "backup", backup="yes")
