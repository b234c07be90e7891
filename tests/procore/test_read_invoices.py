"""The invoices of the sandbox's month, as their kind reads them: an arithmetic of its own that comes to the same."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from app.items import registry
from app.items.base import Content, Sibling
from app.items.ports import Told
from app.procore import Client, Run
from app.sandbox.procore.month import awkward
from tests.items.stand_ins import around

INVOICE = registry.kind("subcontractor_invoice")
Known = dict[str, dict[str, Content]]


def read_all(client: Client) -> tuple[Known, list[Content]]:
    run = Run(client)
    known: Known = defaultdict(dict)
    for kind in ("commitment", "commitment_change_order"):
        for record in registry.kind(kind).fetch(run):
            known[kind][str(record["id"])] = registry.kind(kind).read(record)
    invoices = [INVOICE.read(record) for record in INVOICE.fetch(run)]
    return known, sorted(invoices, key=lambda one: (one["commitment_id"], INVOICE.place_in_line(one)))


@pytest.fixture
def figures(client: Client) -> dict[str, dict[str, Any]]:
    """Words, lines and document of every invoice, by commitment and number."""
    known, invoices = read_all(client)
    chains: dict[int, list[Sibling]] = defaultdict(list)
    found = {}
    for content in invoices:
        chain = chains[content["commitment_id"]]
        needed: dict[str, list[Content]] = defaultdict(list)
        for need in INVOICE.needs(content):
            if need.kind in known:
                needed[need.name].append(known[need.kind][need.procore_id])
        where = around(needed=needed, earlier=tuple(chain))
        words = INVOICE.words(content, {}, where)
        found[f"{words['commitment']} {content['number']}"] = {
            "words": words,
            "lines": INVOICE.lines_within(content, {}, where),
            "document": INVOICE.document(content, {}, where),
        }
        chain.append(Sibling(content["id"], "", "sent", content, {}, False))
    return found


@pytest.mark.requirement("MAP-77", "ACC-05")
def test_every_invoice_of_the_month_comes_to_what_procore_says_is_due(figures: dict[str, dict[str, Any]]) -> None:
    assert len(figures) >= 16
    assert {name: one["words"]["difference"] for name, one in figures.items() if one["words"]["difference"]} == {}


@pytest.mark.requirement("ACC-01")
def test_lines_billed_in_thirds_are_used_up_exactly(figures: dict[str, dict[str, Any]]) -> None:
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for name, one in figures.items():
        if name.startswith(awkward.BY_A_THIRD):
            for line in one["document"]["lines"]:
                taken[line["order_line"]] += Decimal(line["quantity"])
    assert taken == {"Line 1 of SC-014": 1, "Line 2 of SC-014": 1, "Line 1 of CO 001 of SC-014": 1}


def test_a_release_has_its_line_alone_and_a_negative_line_is_seen(figures: dict[str, dict[str, Any]]) -> None:
    commitment, number = awkward.RELEASING_RETAINAGE
    release = figures[f"{commitment} {number}"]["document"]
    assert (release["lines"], [line["amount"] for line in release["retainage"]]) == ([], ["11894.50"])
    commitment, number = awkward.WITH_A_NEGATIVE_LINE
    negative = [line["work"] for line in figures[f"{commitment} {number}"]["lines"] if line["work"] < 0]
    assert negative == [Decimal("-1250.00")]


def test_one_read_of_the_lists_and_one_more_where_change_orders_are_billed(client: Client, store: Any) -> None:
    before = len(store.requests())
    list(INVOICE.fetch(Run(client)))
    paths = [call.path for call in store.requests()[before:]]
    assert paths.count("/rest/v1.1/requisitions") == 3
    assert all(path.endswith("/change_order_items") for path in paths if path.startswith("/rest/v1.0/requisitions/"))


def test_procore_keeps_the_id_of_the_bill(client: Client, store: Any) -> None:
    record = next(INVOICE.fetch(Run(client)))
    told = Told(record["id"], record["project_id"], INVOICE.read(record), "3A1-1", "ACE-1047", "{}")
    INVOICE.tell(Run(client), told)
    row = store.get("requisitions", record["id"])
    assert (row["origin_id"], row["origin_data"]) == ("3A1-1", "{}")
