"""The month as people live it while Procore misbehaves, and what must stand in Procore at the end of it.

What must stand there is derived from the seeded records, from what people do here, and from ``../month/us/left.txt``,
which was written by hand: nothing of it comes from the connector.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.cli.demo import REJECTED
from app.db.models import Item, Revision, StagedRecord
from app.services import lifecycle, payments, refreshes, staged
from tests.e2e import ledger
from tests.e2e.faults.reduced import MONTH
from tests.e2e.faults.world import World
from tests.e2e.month.test_united_states import INVOICE, TYPED

LEFT = Path(__file__).parents[1] / "month" / "us" / "left.txt"
#: Which of Procore's records carry the mark of which kind, and of what QuickBooks keeps for them.
MARKED = {
    "vendors": "company",
    "projects": "project",
    "standard_cost_codes": "cost_code",
    "work_order_contracts": "commitment",
    "purchase_order_contracts": "commitment",
    "change_order_packages": "commitment_change_order",
    "requisitions": INVOICE,
}
WITHOUT_CODE = ("standard_cost_codes", "requisitions")
#: QuickBooks has these, and Procore is given them.
ADDED_COMPANIES = ("Harbor Crane Rental", "Tri-County Testing", "Whidbey Signs")
ADDED_PROJECT = "Fairview Library"
#: Bills that are paid, in parts: money to the cent.
PAID = {
    "ACE-1047": ("100000.00", "46767.61"),
    "ACE-1062": ("157792.80",),
    "DC-3301": ("0.01", "60273.75"),
}
PAID_ON = "2026-05-20"
MISTYPED, RIGHT = "1042", "1043"
#: Cheques without a bill: by project, code and amount. Procore is told the sum of each code.
SPENT = (
    ("Riverside Tower", "03-100", "60.00"),
    ("Riverside Tower", "03-100", "15.25"),
    ("Riverside Tower", "31-230", "1204.17"),
    ("Harbor School", "03-300", "7.99"),
)
FOREIGN = "SAGE-300-"
CHANGED = ("origin_id", "origin_code", "origin_data", "updated_at", "synced_to_erp")


def read(world: World) -> dict[str, str]:
    """Everything is read, and what Pat changes meanwhile. Returns the titles Pat gave, by number."""
    world.set_up_webhooks()
    world.work()
    titles = {}
    for number in world.chance.sample(("SC-001", "SC-002", "SC-014", "PO-201", "PO-204"), 3):
        resource, record = _commitment(world, number)
        titles[number] = f"{record['title']}, as agreed"
        world.store.patch(resource, record["id"], {"title": titles[number]})
    world.time.pass_(3600.0)  # every kind is due again: no webhook may have told of it
    world.work()
    return titles


def approve(world: World) -> None:
    """Pat sends, Ana and Abe accept what the rules let pass, and one session carries it to QuickBooks.

    QuickBooks has vendors and a customer that Procore lacks; Ike asks to have them added.
    """
    stage = world.stage
    for name in ADDED_COMPANIES:
        stage.company.add_vendor(name)
    stage.company.add_customer(ADDED_PROJECT)
    items = world.items()
    typed = {item.id: TYPED[item.name] for item in items if item.name in TYPED}
    drafts = [item.id for item in items if item.state == "draft" and item.name != REJECTED[0]]
    lifecycle.send(stage.database, 1, stage.person("pat"), drafts)
    for who, invoices in (("ana", False), ("abe", True)):
        sent = [item.id for item in world.items() if item.state == "sent" and (item.kind == INVOICE) == invoices]
        lifecycle.accept(stage.database, 1, stage.person(who), sent, typed, warned_seen=True)
    refreshes.ask(stage.database, 1, stage.person("ike"))
    world.session()
    for kind, names in (("company", ADDED_COMPANIES), ("project", (ADDED_PROJECT,))):
        query = select(StagedRecord.id).where(StagedRecord.full_name.in_(names))
        with stage.database.reading() as session:
            found = list(session.execute(query).scalars())
        refused = staged.add(stage.database, 1, kind, stage.person("ike"), found).refused
        assert not refused, [str(one.problem) for one in refused]


def known(world: World) -> dict[tuple[str, str], tuple[str, int]]:
    """Every item: the hash of what Procore said of it last, and how many revisions there are of it."""
    counted = select(Revision.item_id, func.count().label("all")).group_by(Revision.item_id).subquery()
    query = (
        select(Item.kind, Item.procore_id, Revision.hash, counted.c.all)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .join(counted, counted.c.item_id == Item.id)
    )
    with world.stage.database.reading() as session:
        return {(row.kind, row.procore_id): (row.hash, row.all) for row in session.execute(query)}


@dataclass
class Telling:
    """What QuickBooks holds is told to Procore: marks, what was added, payments, job costs."""

    world: World
    titles: dict[str, str]
    foreign: dict[tuple[str, int], str] = field(default_factory=dict)
    told_with: int = 0

    def live(self) -> None:
        """All of it, in the order people do it."""
        self._others_mark_theirs()
        self._tell()
        self._pay_and_spend()

    def _others_mark_theirs(self) -> None:
        """Another integration marks two records after Tieout read them, and before it tells of them."""
        resource, record = _commitment(self.world, self.world.chance.choice(("SC-003", "SC-006", "SC-011")))
        vendor = next(one for one in self.world.store.all("vendors") if one["name"] == "Keystone Drywall & Paint")
        for number, (name, one) in enumerate(((resource, record), ("vendors", vendor))):
            self.foreign[name, one["id"]] = f"{FOREIGN}{number}"
            self.world.store.patch(name, one["id"], {"origin_id": f"{FOREIGN}{number}"})

    def _tell(self) -> None:
        """First the marks alone, so that their calls can be counted."""
        before = self.world.line.calls.total()
        self.world.work(only="write_back")
        self.told_with = self.world.line.calls.total() - before
        self.world.work()

    def _pay_and_spend(self) -> None:
        stage = self.world.stage
        company = stage.company
        bank = next(one["ListID"] for one in company.records("Account") if one["Name"] == "Operating Bank")
        bills = {bill["RefNumber"]: bill["TxnID"] for bill in company.records("Bill")}
        checks = [
            company.pay_bill(bills[number], amount, bank=bank, day=PAID_ON, number=MISTYPED)
            for number, parts in PAID.items()
            for amount in parts
        ]
        items = {one["FullName"]: one["ListID"] for one in company.records("ItemService")}
        jobs = {one["Name"]: one["ListID"] for one in company.records("Customer")}
        payee = next(one["ListID"] for one in company.records("Vendor") if one["Name"] == "Delta Concrete")
        for project, code, amount in SPENT:
            job, item = {"ListID": jobs[project]}, {"ListID": items[code]}
            company.enter_check(payee, {"ItemRef": item, "Amount": amount, "CustomerRef": job}, bank=bank)
        refreshes.ask(stage.database, 1, stage.person("ike"), ["payments", "job_costs"])
        self.world.session()
        self._put_right(checks)
        self.world.work()

    def _put_right(self, checks: list[str]) -> None:
        """The answer to the first payment is lost, and somebody puts its number right before it is asked for again."""
        if self.world.seed is not None:
            self.world.procore.faults.add("drop_after", method="POST", path="/contract_payments")
        self.world.work(only="payments")
        for check in checks:
            self.world.stage.company.edit(check, RefNumber=RIGHT)
        refreshes.ask(self.world.stage.database, 1, self.world.stage.person("ike"), ["payments"])
        self.world.session()

    # -- what must be so -------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Procore holds exactly what it must, each once, and nothing of anybody else's was touched."""
        self._check_marks()
        self._check_new()
        self.world.stage.must_be_sound()

    def _check_marks(self) -> None:
        """Every record of the month is as it was, but for its mark, which is QuickBooks' own id of it."""
        marks = dict(expected_marks(self.world, self.foreign))
        for resource, records in MONTH.records.items():
            held = {one["id"]: one for one in self.world.store.all(resource)}
            for record in records:
                now = held.pop(record["id"])
                wanted = {**record, **({"title": self.titles[record["number"]]} if _retitled(self, record) else {})}
                assert _plain(now) == _plain(wanted), (resource, record["id"])
                if resource in MARKED:
                    _check_mark(now, marks.get((resource, record["id"])), resource)
            assert resource in ("vendors", "projects", "cost_codes") or not held, (resource, held)

    def _check_new(self) -> None:
        """What was made: each once."""
        store, company = self.world.store, self.world.stage.company
        lists = {one["Name"]: one["ListID"] for family in ("Vendor", "Customer") for one in company.records(family)}
        old = {
            resource: {one["id"] for one in MONTH.records[resource]}
            for resource in ("vendors", "projects", "cost_codes")
        }
        new = {
            resource: [one for one in store.all(resource) if one["id"] not in known] for resource, known in old.items()
        }
        assert sorted((one["name"], one["origin_id"]) for one in new["vendors"]) == [
            (name, lists[name]) for name in ADDED_COMPANIES
        ]
        [project] = new["projects"]
        assert (project["name"], project["origin_id"]) == (ADDED_PROJECT, lists[ADDED_PROJECT])
        assert Counter(one["project_id"] for one in new["cost_codes"]) == {
            project["id"]: len(MONTH.records["standard_cost_codes"])
        }
        paid = sorted(
            (one["invoice_number"], Decimal(one["amount"]), one["date"])
            for one in _live(store.all("contract_payments"))
        )
        assert paid == sorted((number, Decimal(part), PAID_ON) for number, parts in PAID.items() for part in parts)
        self._check_numbers()
        assert len(_live(store.all("direct_costs"))) == len(spent())
        assert _told_costs(self.world) == spent()
        hooks = [one["namespace"] for one in store.all("webhooks_hooks")]
        triggers = Counter((one["resource_name"], one["event_type"]) for one in store.all("webhooks_triggers"))
        assert len(hooks) == 1
        assert set(triggers.values()) == {1}

    def _check_numbers(self) -> None:
        """Of whatever payment Procore holds with the mistyped number, somebody is told."""
        said = {line.row.key: line.exception for line in payments.page(self.world.stage.database, 1).lines}
        for one in _live(self.world.store.all("contract_payments")):
            wrong = f"number {RIGHT} instead of {MISTYPED}" if one["check_number"] == MISTYPED else ""
            assert one["check_number"] in (RIGHT, MISTYPED)
            assert wrong in said[one["origin_id"]], (one["origin_id"], said)
            assert bool(wrong) == bool(said[one["origin_id"]]), (one["origin_id"], said)

    def check_another_day(self) -> None:
        """Everything is read once more, whole: no content changed, so nothing is sent, asked or written again."""
        before = self._state()
        writes = len(self.world.line.written)
        self.world.time.pass_(timedelta(days=1, hours=1).total_seconds())
        self.world.work()
        assert not [one for one in self.world.session() if ledger.writes(one)]
        self.world.work()
        again = [path for path in self.world.line.written[writes:] if "/direct_costs/" not in path]
        assert again == [], "only the day's job costs are written anew"
        assert self._state() == before

    def _state(self) -> dict[str, Any]:
        with self.world.stage.database.reading() as session:
            revisions = session.execute(select(func.count()).select_from(Revision)).scalar_one()
            items = {item.id: (item.state, item.difference) for item in session.execute(select(Item)).scalars()}
        return {"revisions": revisions, "items": items}


def spent() -> dict[tuple[str, str], Decimal]:
    """What was spent without a bill, by project and code."""
    found: dict[tuple[str, str], Decimal] = {}
    for project, code, amount in SPENT:
        found[project, code] = found.get((project, code), Decimal(0)) + Decimal(amount)
    return found


def expected_marks(world: World, foreign: dict[tuple[str, int], str]) -> Iterator[tuple[tuple[str, int], Any]]:
    """The origin of every record that was written to QuickBooks: its id there, looked up by what people call it."""
    left = {(kind, name) for kind, name, _, _ in ledger.listed(LEFT)}
    company = world.stage.company
    ids = {
        "company": {one["Name"]: one["ListID"] for one in company.records("Vendor")},
        "project": {one["Name"]: one["ListID"] for one in company.records("Customer")},
        "cost_code": {one["Name"]: one["ListID"] for one in company.records("ItemService")},
        "commitment": {one["RefNumber"]: one["TxnID"] for one in company.records("PurchaseOrder")},
        INVOICE: {one["RefNumber"]: one["TxnID"] for one in company.records("Bill")},
    }
    records = MONTH.records
    contracts = {one["id"]: one for one in records["work_order_contracts"] + records["purchase_order_contracts"]}
    for resource, kind in MARKED.items():
        for record in records[resource]:
            key, called = (resource, record["id"]), _called(kind, record, contracts)
            if key in foreign:
                yield key, foreign[key]
            elif (kind, called) in left:
                continue
            elif kind == "commitment_change_order":
                yield key, _first_line(company, contracts[record["contract_id"]]["number"], record["title"])
            else:
                yield key, ids[kind][record["invoice_number"] if kind == INVOICE else _in_quickbooks(called)]


def _called(kind: str, record: dict[str, Any], contracts: dict[int, dict[str, Any]]) -> str:
    """As left.txt names it."""
    if kind == INVOICE:
        return f"{contracts[record['contract_id']]['number']} {record['number']}"
    return str(record.get("full_code") or record.get("name") or record.get("number"))


def _in_quickbooks(name: str) -> str:
    typed = TYPED.get(name, {})
    return typed.get("quickbooks_name") or typed.get("number") or name


def _first_line(company: Any, number: str, title: str) -> str:
    """A change order shares the order's TxnID; the line that bears its title, which it added first, tells it apart."""
    [order] = [one for one in company.records("PurchaseOrder") if one["RefNumber"] == number]
    [line] = [one for one in order["PurchaseOrderLineRet"] if one.get("Desc") == title and "ItemRef" not in one]
    return f"{order['TxnID']}|{line['TxnLineID']}"


def _check_mark(now: dict[str, Any], wanted: str | None, resource: str) -> None:
    assert now["origin_id"] == wanted, (resource, now["id"], now["origin_id"], wanted)
    if wanted is None or wanted.startswith(FOREIGN):
        assert not now.get("origin_data"), (resource, now["id"])
    else:
        assert list(json.loads(now["origin_data"])) == ["edit_sequence"]


def _retitled(story: Telling, record: dict[str, Any]) -> bool:
    return record.get("number") in story.titles and "executed" in record and "contract_id" not in record


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in CHANGED}


def _live(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if not row.get("deleted_at")]


def _commitment(world: World, number: str) -> tuple[str, dict[str, Any]]:
    for resource in ("work_order_contracts", "purchase_order_contracts"):
        for record in world.store.all(resource):
            if record["number"] == number:
                return resource, record
    raise KeyError(number)


def _told_costs(world: World) -> dict[tuple[str, str], Decimal]:
    """The direct costs in Procore; two of one code fail."""
    found: dict[tuple[str, str], Decimal] = {}
    for line in _live(world.store.all("direct_cost_line_items")):
        key = (line["project"]["name"], line["cost_code"]["full_code"])
        assert key not in found, key
        found[key] = Decimal(line["amount"])
    return found
