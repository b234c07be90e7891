"""Job costs on their way to Procore: one direct cost for each cost code, written anew with each report.

Procore knows by itself what commitments were invoiced; only what a job has cost beside them is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from app.core import clock, money
from app.core.errors import Refusal
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Item, JobCostReport
from app.items.base import Content
from app.items.ports import Procore
from app.procore.erp import Erp
from app.services import job_costs, procore_mode, projects, retries
from app.services.outbox import Outbox, as_tried
from app.services.tasks import Stop, never
from app.services.unit import Work, work

BATCH = 50
DESCRIPTION = "Job costs of QuickBooks: summary of a cost code"


@dataclass(frozen=True)
class _Due:
    """The report of one project as it was read; what it says is what Procore is told."""

    row: JobCostReport
    day: str
    job: str  # QuickBooks' id of it

    @property
    def project_id(self) -> int:
        """Procore's id of it."""
        return int(self.row.project_id)

    @cached_property
    def amounts(self) -> Mapping[str, Decimal]:
        """The direct costs, by Procore's id of the standard cost code."""
        return amounts(self.row.rows)


def run(database: Database, connection_id: int, procore: Procore, stop: Stop = never) -> int:
    """Tell Procore the newest report of every project; a failure waits longer each time. Returns how many it took.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """
    write = _write_to_tool if procore_mode.is_erp(database, connection_id) else _write

    def act(due: _Due) -> int:
        others = write(procore, due)
        with work(database, connection_id) as unit:
            if others:
                _kept_back(unit, due, others)
            else:
                _written(unit, due)
        return int(not others)

    box = Outbox(act, _rows, retries.failed_or_rests, _tell)
    return box.run(database, connection_id, _due(database, connection_id), stop)


def waits(database: Database, connection_id: int) -> bool:
    """Whether anything is due."""
    with database.reading() as session:
        return bool(session.execute(select(_waiting(connection_id).exists())).scalar_one())


def _waiting(connection_id: int) -> Select[JobCostReport]:
    """On another basis bills may be missing: such a report is shown alone."""
    row = JobCostReport
    return select(row).where(
        row.connection_id == connection_id,
        row.written < row.counter,
        row.next_try_at <= clock.now(),
        row.basis == job_costs.ACCRUAL,
    )


def _due(database: Database, connection_id: int) -> list[_Due]:
    with database.reading() as session:
        zone = ZoneInfo(session.get_one(Connection, connection_id).zone)
        first = _waiting(connection_id).order_by(JobCostReport.project_id).limit(BATCH)
        rows = list(session.execute(first).scalars())
        bound = select(Item.procore_id, Binding.quickbooks_id).join(Binding, Binding.item_id == Item.id)
        mine = (Item.connection_id == connection_id, Item.kind == projects.PROJECT)
        of_these = bound.where(*mine, Item.procore_id.in_([row.project_id for row in rows]))
        jobs = {found.procore_id: found.quickbooks_id for found in session.execute(of_these)}
        return [
            _Due(row=row, day=row.as_of.astimezone(zone).date().isoformat(), job=jobs.get(row.project_id, ""))
            for row in rows
        ]


def amounts(rows: Sequence[Content]) -> dict[str, Decimal]:
    """What each cost code has cost beside the bills of commitments; the retainage item is none."""
    found: dict[str, Decimal] = {}
    for row in rows:
        if row["cost_code"] and not row["is_retainage"]:
            direct = money.money(row["actual"]) - money.money(row["invoiced"])
            found[row["cost_code"]] = found.get(row["cost_code"], Decimal(0)) + direct
    return found


def _write(procore: Procore, due: _Due) -> int:
    """Write them all, in calls that may be repeated; where others keyed their own, nothing but how many."""
    held = {row["id"]: row for row in procore.pages(f"/rest/v1.1/projects/{due.project_id}/direct_costs")}
    others = [row for row in held.values() if not _is_ours(row, due) and not row.get("deleted_at")]
    if others and not due.row.beside_them:
        return len(others)
    known = {row["origin_id"]: row["id"] for row in held.values() if _is_ours(row, due)}
    wanted = {_origin(due, code): code for code, amount in due.amounts.items() if amount or _origin(due, code) in known}
    for origin in known.keys() - wanted.keys():  # the code no longer has any cost
        wanted[origin] = origin.rpartition("|")[2]
    if wanted:
        ids = _write_heads(procore, due, wanted, known)
        _write_lines(procore, due, wanted, ids)
    return 0


def _write_to_tool(procore: Procore, due: _Due) -> int:
    """What the report says of each code, in the columns of Procore's ERP tool that it fills; nobody keys those."""
    cost_type = _cost_type(procore)
    spent, invoiced = (_by_code(due.row.rows, column) for column in ("actual", "invoiced"))
    rows = [
        {
            "cost_code_id": _own_code(procore, due.project_id, code),
            "line_item_type_id": cost_type,
            "job_to_date_cost": money.plain(spent[code]),
            "commitment_invoiced": money.plain(invoiced[code]),
        }
        for code in spent
    ]
    if rows:
        Erp(procore).job_costs(due.job, rows)
    return 0


def _by_code(rows: Sequence[Content], column: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        if row["cost_code"] and not row["is_retainage"]:
            found[row["cost_code"]] = found.get(row["cost_code"], Decimal(0)) + money.money(row[column])
    return found


def _origin(due: _Due, code: str) -> str:
    return f"{job_costs.JOB_COSTS}|{due.project_id}|{code}"


def _is_ours(row: Content, due: _Due) -> bool:
    return str(row.get("origin_id") or "").startswith(_origin(due, ""))


def _write_heads(procore: Procore, due: _Due, wanted: Mapping[str, str], known: Mapping[str, int]) -> dict[str, int]:
    """One direct cost each, found by its origin; its type can only be said of a new one."""
    fields = {"direct_cost_date": due.day, "status": "approved", "description": DESCRIPTION}
    updates = [
        {"origin_id": origin, **fields, **({} if origin in known else {"direct_cost_type": "expense"})}
        for origin in wanted
    ]
    answer = procore.patch(f"/rest/v1.0/projects/{due.project_id}/direct_costs/sync", {"updates": updates})
    return {row["origin_id"]: row["id"] for row in answer["entities"]}


def _write_lines(procore: Procore, due: _Due, wanted: Mapping[str, str], ids: Mapping[str, int]) -> None:
    """One line each. A new line names its direct cost, which the sync action has no place for."""
    path = f"/rest/v1.0/projects/{due.project_id}/direct_costs"
    there = {row.get("origin_id") for row in procore.pages(f"{path}/line_items")}
    worth = {origin: money.plain(due.amounts.get(code, Decimal(0))) for origin, code in wanted.items()}
    if updates := [{"origin_id": origin, "amount": amount} for origin, amount in worth.items() if origin in there]:
        procore.patch(f"{path}/line_items/sync", {"updates": updates})
    new = [origin for origin in wanted if origin not in there]
    cost_type = _cost_type(procore) if new else 0
    for origin in new:
        line = {
            "origin_id": origin,
            "cost_code_id": _own_code(procore, due.project_id, wanted[origin]),
            "line_item_type_id": cost_type,
            "amount": worth[origin],
            "extended_type": "manual",
        }
        procore.post(f"{path}/{ids[origin]}/line_items", {"line_item": line})


def _own_code(procore: Procore, project_id: int, code: str) -> int:
    """The project's own copy of a standard cost code."""
    for own_id, own in procore.cost_codes(project_id).items():
        if str(own.get("standard_cost_code_id")) == code:
            return own_id
    raise Refusal(
        f"The project no longer has the cost code {code} that QuickBooks' job costs are coded to.",
        "Add the code to the project in Procore.",
    )


def _cost_type(procore: Procore) -> int:
    """Cost types are always “Other” with QuickBooks Desktop."""
    types = list(procore.pages("/rest/v1.0/line_item_types", company_id=procore.company_id))
    other = next((one for one in types if one["base_type"] == "other"), None)
    if other is None:
        raise Refusal("Procore has no cost type “Other”.", "Add it under the company's Work Breakdown Structure.")
    return int(other["id"])


# -- how it went ---------------------------------------------------------------------------------------------------


def _written(unit: Work, due: _Due) -> None:
    row = unit.session.get_one(JobCostReport, (unit.connection.id, due.row.project_id))
    row.written, row.written_at, row.tries, row.problem = due.row.counter, unit.at, 0, ""
    row.keyed_by_hand = row.keyed_by_hand if due.row.beside_them else 0
    unit.trail.add(
        Tag.JOB_COSTS_WRITTEN,
        PROCORE,
        project=row.project_id,
        as_of=due.row.as_of.isoformat(),
        amounts={code: money.plain(amount) for code, amount in due.amounts.items()},
    )


def _kept_back(unit: Work, due: _Due, others: int) -> None:
    """What others keyed by hand is no failure: a person decides, or deletes it there."""
    for row in _rows(unit, due):
        retries.later(row, unit.at)
        row.problem = ""
        if others != row.keyed_by_hand:
            row.keyed_by_hand = others
            said = job_costs.keyed_by_hand(others)
            unit.trail.add(Tag.JOB_COSTS_FAILED, PROCORE, project=row.project_id, sentence=said)


def _rows(unit: Work, due: _Due) -> list[JobCostReport]:
    row = unit.session.get(JobCostReport, (unit.connection.id, due.row.project_id))
    return as_tried(row, due.row, "counter", "beside_them")


def _tell(unit: Work, due: _Due, row: JobCostReport) -> None:
    unit.trail.add(Tag.JOB_COSTS_FAILED, PROCORE, project=row.project_id, sentence=row.problem, tries=row.tries)
