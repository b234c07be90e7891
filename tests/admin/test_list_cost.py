"""Every page costs as much with many rows as with few: counted in statements, the whole page with all around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.admin.reports import PAGES
from app.core import clock, text
from app.db.models import (
    ApiToken,
    Binding,
    Discrepancy,
    IssuedPayment,
    Item,
    JobCostReport,
    Notice,
    ProcorePerson,
    StagedRecord,
    User,
)
from app.items import registry
from app.rulebook.access import Access
from app.services import people
from tests import records
from tests.admin.conftest import Visitor, app_of
from tests.admin.reading import look
from tests.admin.scenes import IRONLINE
from tests.admin.test_refused_acts import path_of
from tests.invoices import billed, invoice
from tests.records import Taken
from tests.support import Stage

Visit = Callable[[str], Visitor]

MOST_STATEMENTS = 15
#: Of each kind; more than two pages.
FEW, MANY = 20, 120
#: The lists, by the endpoint that shows them: each is asked for in the ways that cost most.
LISTS = {
    "items.page": [f"/items/{kind}?tab={tab}" for kind in registry.kinds() for tab in ("sent", "draft", "accepted")]
    + ["/items/subcontractor_invoice?sort=project&q=10", "/items/commitment?sort=project&q=sc&project=86"],
    "offers.page": [f"/to-import/{kind}?tab={tab}" for kind in registry.offered() for tab in ("staged", "linked")],
    "payments.page": ["/items/payment"],
    "exceptions.page": ["/exceptions/"],
    "trail.page": ["/audit/"],
}
#: What is no page, or none that is shown here; and why.
NO_PAGE = {
    "access.static": "a file",
    "connection.message_set": "the bytes of one set",
    "connection.qwc": "a file",
    "connection.session": "one session",
    "hooks.figures": "for machines",
    "help.topic": "a text of the release",
    "hooks.healthz": "for machines",
    "items.as_csv": "a file, read in pieces",
    "items.together": "as long as what was ticked",
    "job_costs.as_csv": "a file",
    "job_costs.details": "it is refused",
    "payments.as_csv": "a file",
    "reports.as_csv": "a file",
    "notices.mailbox": "only where mails go into a folder",
    "rules.draft": "there is none here",
    "rules.preview": "there is none here",
    "rules.preview_version": "every open item is decided, in batches",
    "sign_in.password": "for whoever has a link",
    "sign_in.procore": "leads to Procore",
    "sign_in.procore_back": "comes from Procore",
    "trail.export": "a file, read in pieces",
    "web_connector.support": "for machines",
    "web_connector.welcome": "for machines",
}
#: Something that is there, in each place of an address.
PLACES = {"login": "pat", "project_id": "30100", "code": "3170", "step": "edition", "number": "1"}


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """Every SELECT that runs inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(stage.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(stage.database.engine, "before_cursor_execute", note)


def fill(stage: Stage, first: int, end: int) -> None:
    """Records of every kind a list is long of, some decided, some offered by QuickBooks, paid, or otherwise there."""
    numbers = range(first, end)
    taken: list[Taken] = []
    for n in numbers:
        taken += [
            records.commitment(f"SC-{n}", id=10_000 + n, vendor=IRONLINE),
            records.company(f"Vendor {n}", 20_000 + n),
            records.project(f"Project {n}", 30_000 + n),
            records.cost_code(f"05-{n}", 40_000 + n),
            records.change_order(f"CO {n}", id=50_000 + n),
            invoice(n, billed("10.00"), id=60_000 + n),
        ]
    stage.receive(*taken)
    names = [record.get("number") or record.get("name") for kind, record in taken if kind == "commitment"]
    stage.send(*(name for number, name in enumerate(names) if number % 2))
    with stage.database.writing() as session:
        for n in numbers:
            session.add_all([offered(n), paid(stage, n), found(stage, n), *costing(session, n)])
            session.add_all([told(stage, n), kept(stage, n)])
            work_here(session, n)


def offered(n: int) -> StagedRecord:
    key = text.same_name(f"Offered {n}")
    return StagedRecord(
        connection_id=1, source="vendors", type="Vendor", list_id=f"8000{n}-1", name=key, full_name=key, leaf_key=key,
        full_key=key, code_key="offered", active=True, sublevel=0, data={}, seen_at=clock.now(), seen_by=0,
    )  # fmt: skip


def paid(stage: Stage, n: int) -> IssuedPayment:
    facts = {"amount": "1.00", "date": "2026-04-20", "due": "", "method": "check", "number": str(n), "memo": "",
             "discount": "0.00", "credit": "0.00", "payment": f"P{n}", "bill": f"B{n}"}  # fmt: skip
    return IssuedPayment(
        connection_id=1, key=f"P{n}|B{n}", invoice_id=stage.item("SC-014").id, found=facts, next_try_at=clock.now()
    )


def found(stage: Stage, n: int) -> Discrepancy:
    return Discrepancy(
        connection_id=1, item_id=stage.item("SC-014").id, source="write", sentence=f"It differs {n}.",
        found_at=clock.now(),
    )  # fmt: skip


def costing(session: Session, n: int) -> list[Binding | JobCostReport]:
    """A project that QuickBooks has, with what its job has cost."""
    project = session.execute(select(Item.id).where(Item.kind == "project", Item.procore_id == str(30_000 + n)))
    job = {"record": "Customer", "quickbooks_id": f"8001{n}-1", "full_name": f"Job {n}", "lines": []}
    cost = {"item": "05-1", "cost_code": str(40_000 + n), "is_retainage": False} | dict.fromkeys(
        ("estimated", "actual", "invoiced"), "10.00"
    )
    now = clock.now()
    return [
        Binding(item_id=project.scalar_one(), connection_id=1, bound_at=now, **job),
        JobCostReport(
            connection_id=1, project_id=str(30_000 + n), as_of=now, basis="Accrual", rows=[cost], next_try_at=now
        ),
    ]


def told(stage: Stage, n: int) -> Notice:
    return Notice(
        connection_id=1, user_id=stage.person("ana").id, sort="rejected", page="/", title=f"Notice {n}", sentence="So.",
        at=clock.now(), mails="never",
    )  # fmt: skip


def kept(stage: Stage, n: int) -> ApiToken:
    now, ana = clock.now(), stage.person("ana")
    return ApiToken(
        user_id=ana.id, connection_id=1, name=f"{n}", hash=f"{n}", round=ana.round, made_at=now, expires_at=now
    )


def work_here(session: Session, n: int) -> None:
    """Somebody whom Procore's directory shows."""
    mail = f"user-{n}@example.com"
    user = User(login=f"user-{n}", name=f"User {n}", password="", mail=mail)
    session.add(user)
    session.flush()
    session.add(ProcorePerson(
        connection_id=1, procore_id=f"{n}", email=mail, name=user.name, active=True, accountant=True,
        seen_at=clock.now(),
    ))  # fmt: skip
    people.keep(session, user.id, 1, Access("admin", frozenset({"push"})), ["approver"], "tests")


def all_rights(stage: Stage) -> None:
    """Ana may look at everything."""
    policy, ana = stage.person("ana").policy, stage.person("ana").id
    everything = Access(
        "admin", frozenset(policy.privileges), dict.fromkeys(policy.tools, "admin"), frozenset(policy.rights)
    )
    with stage.database.writing() as session:
        people.keep(session, ana, 1, everything, [], "tests")


def pages(stage: Stage) -> list[str]:
    """Every page of the URL map that is no list."""
    item = stage.item("SC-014").id
    found = []
    for rule in app_of(stage).url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in {*LISTS, *NO_PAGE} and "api." not in rule.endpoint:
            if rule.endpoint == "reports.page":
                found += [f"/reports/{name}" for name in PAGES]
            else:
                found.append(path_of(rule.rule, PLACES | {"kind": "commitment", "item_id": str(item)}))
    return sorted(found)


def test_every_list_of_the_url_map_is_counted(stage: Stage) -> None:
    lists = {
        rule.endpoint
        for rule in app_of(stage).url_map.iter_rules()
        if rule.endpoint.endswith(".page") and rule.arguments == {"kind"}
    }
    assert lists <= set(LISTS)


def test_a_whole_page_costs_the_same_for_few_rows_and_for_many(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    all_rights(stage)
    ana, lists = visit("ana"), [path for some in LISTS.values() for path in some]
    paths = [*lists, *pages(stage)]
    costs = []
    for first, end in ((100, 100 + FEW), (200, 200 + MANY)):
        fill(stage, first, end)
        cost = {}
        for path in paths:
            with statements(stage) as seen:
                status = ana.get(path, follow_redirects=True).status_code
            cost[path] = len(seen) if status == 200 else -status
        costs.append(cost)
    for path in ("/job-costs/", "/people/"):
        assert len(look(ana, path).find("//tbody/tr")) >= FEW + MANY, "what was filled in is shown"
    assert look(ana, "/").find("//caption[.='What each project has cost']"), "what was filled in is shown"
    few, many = costs
    assert {path: -cost for path, cost in many.items() if cost < 0} == {}, "every page opens"
    assert {path: (few[path], cost) for path, cost in many.items() if cost != few[path]} == {}
    assert {path: many[path] for path in lists if many[path] > MOST_STATEMENTS} == {}
