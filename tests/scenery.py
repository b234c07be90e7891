"""What a stage begins with: a database and a company file, made once and copied for each test."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from argon2 import PasswordHasher

from app import settings as configuration
from app.db.engine import Database
from app.db.migrate import upgrade
from app.services import connections, people, rules_versions
from tests import records
from tests.by_hand import PASSWORD, USER
from tests.support import House, Set, Stage

PEOPLE = {"ana": "approver", "abe": "approver", "pat": "project_manager", "ike": "specialist", "aud": "auditor"}


def build_scenery(house: House, folder: Path) -> Set:
    """A live connection whose lists were read and whose accounts are chosen, and nothing else."""
    upgrade(Database(f"sqlite:///{folder / 'tieout.db'}"))
    stage = Stage(house, folder)
    people._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    rules = rules_versions.store(stage.database, configuration.PACKAGE_ROOT / "rules", "tests")
    added = connections.add(
        stage.database, "Cedar Ridge", "5021", rules_version=rules, actor="tests", user=USER, password=PASSWORD,
        settings={"zone": "America/Los_Angeles", "cost_code_list_id": records.COST_CODE_LIST},
        cut_off=records.CUT_OFF,
    )  # fmt: skip
    for login, role in PEOPLE.items():
        people.add_user(stage.database, login, login.title(), PASSWORD, actor="tests")
        people.give_role(stage.database, login, added.id, role, actor="tests")
    connections.go_live(stage.database, added.id, actor="tests")
    stage.company.add_account("Construction Income", "Income")
    stage.company.add_account("Job Costs", "CostOfGoodsSold")
    stage.company.add_account("Subcontractors", "CostOfGoodsSold")
    assert stage.run().outcome == "done"
    accounts = {"income_account": stage.staged("Construction Income"), "expense_account": stage.staged("Job Costs")}
    connections.change_settings(stage.database, added.id, accounts, actor="tests")
    stage.close()
    return at_rest(Set(folder))


def furnish(house: House, scenery: Set, folder: Path) -> Set:
    """The same with a vendor, a job and two items that were synced."""
    stage = open_stage(house, scenery, folder)
    stage.receive(*records.basics())
    stage.send()
    for outcomes in (stage.accept("Delta Concrete", who="abe"), stage.accept()):  # Ana may accept the first invoice
        assert not outcomes.refused, [str(one.problem) for one in outcomes.refused]
    stage.must_settle()
    stage.close()
    return at_rest(Set(folder))


def set_up_invoices(house: House, furnished: Set, folder: Path) -> Set:
    """The same with a retainage item, and the export of invoices turned on."""
    stage = open_stage(house, furnished, folder)
    liability = stage.company.add_account("Retainage Payable", "OtherCurrentLiability")
    stage.company.add_item("ItemOtherCharge", "Retainage", SalesOrPurchase={"AccountRef": {"ListID": liability}})
    stage.ask_for_lists()
    assert stage.run().outcome == "done"
    chosen = {"retainage_item": stage.staged("Retainage"), "payments_cadence": "Daily"}
    for values in (chosen, {"invoice_export": True}):
        connections.change_settings(stage.database, stage.connection_id, values, actor="tests")
    stage.close()
    return at_rest(Set(folder))


def open_stage(house: House, scenery: Set, folder: Path, database_url: str = "") -> Stage:
    """A stage over a copy of the scenery; what an earlier one left in the folder goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in scenery.folder.iterdir():
        if file.is_file() and (not database_url or not file.name.startswith("tieout.db")):
            shutil.copy(file, folder / file.name)
    return Stage(house, folder, database_url)


def at_rest(scenery: Set) -> Set:
    """All of it in the files themselves, so that copying a file copies the database."""
    for file in (scenery.database, scenery.company):
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return scenery
