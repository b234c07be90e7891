"""Every kind is whole: its module, its template, its rules, its golden files and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.items import registry
from app.items.base import IMPORT
from app.rulebook import load
from app.rulebook.words import COMMON, TYPES
from tests import budgets, invoices, records
from tests.items.stand_ins import around, read, staged

ROOT = Path(__file__).parents[2]
KINDS = registry.kinds()
PACK = load.pack(ROOT / "rules")
SAMPLES: dict[str, records.Taken] = {
    "company": records.company(),
    "project": records.project(),
    "cost_code": records.cost_code(),
    "budget": budgets.budget(),
    "commitment": records.commitment(),
    "commitment_change_order": records.change_order(),
    "subcontractor_invoice": invoices.invoice(1, invoices.billed("100.00", retained="10.00")),
    "payment": (
        "payment",
        {"id": 9001, "contract_id": 310, "project_id": 86, "requisition_id": 801, "amount": "900.00", "notes": None},
    ),
    "procore_pay_payment": (
        "procore_pay_payment",
        {
            "id": 9002,
            "contract_id": 310,
            "project_id": 86,
            "requisition_id": 801,
            "vendor_id": 61,
            "external_payment_id": "pay-1",
            "amount": "900.00",
            "date": "2026-04-20",
            "payment_number": 3,
        },
    ),
}
#: What is written to QuickBooks: a kind that only comes from there has no template of its own.
WRITTEN = {name for name, kind in KINDS.items() if kind.direction != IMPORT}
EACH_KIND = pytest.mark.parametrize("kind", sorted(KINDS))


def words(kind: str) -> dict[str, Any]:
    accounts = tuple(
        staged("Account", name, name, data={"account_type": "Income"}) for name in ("income_account", "expense_account")
    )
    settings = {"income_account": "income_account", "expense_account": "expense_account"}
    return KINDS[kind].words(read(SAMPLES[kind]), {}, around(*accounts, settings=settings))


def test_the_kinds_are_those_a_person_would_list() -> None:
    assert list(KINDS) == [
        "project",
        "company",
        "cost_code",
        "budget",
        "commitment",
        "commitment_change_order",
        "subcontractor_invoice",
        "payment",
        "procore_pay_payment",
    ]
    assert set(registry.refreshes()) >= {
        "accounts", "customers", "estimates", "items", "vendors", "payments", "job_costs",
    }  # fmt: skip


@EACH_KIND
@pytest.mark.parametrize("file", ["qbxml_templates/{}.xml.j2", "rules/{}.yaml", "rules/tests/{}.yaml"])
def test_a_kind_has_its_template_its_rules_and_their_examples(kind: str, file: str) -> None:
    assert (ROOT / file.format(kind)).is_file() or (file.startswith("qbxml") and kind not in WRITTEN)


@pytest.mark.parametrize("name", sorted([*WRITTEN, *registry.refreshes(), *registry.checks()]))
def test_everything_that_speaks_to_quickbooks_has_golden_files(name: str) -> None:
    assert list((ROOT / "tests" / "golden" / name).glob("*.xml"))


def test_no_template_and_no_golden_folder_is_left_without_a_kind() -> None:
    known = {*WRITTEN, *registry.refreshes(), *registry.checks()}
    assert {path.name.split(".")[0] for path in (ROOT / "qbxml_templates").glob("[!_]*.j2")} == known
    assert {path.parent.name for path in (ROOT / "tests" / "golden").glob("*/*.xml")} == known
    assert set(PACK.vocabularies) == set(KINDS)


@EACH_KIND
def test_a_kind_is_in_the_data_mapping(kind: str) -> None:
    page = (ROOT / "docs" / "reference" / "data-mapping.md").read_text(encoding="utf-8")
    assert f"## {KINDS[kind].label} (`{kind}`)" in page


@EACH_KIND
def test_a_kind_gives_the_rules_exactly_the_words_their_file_declares(kind: str) -> None:
    assert set(words(kind)) - set(COMMON) == set(PACK.vocabularies[kind].words)


@EACH_KIND
def test_a_word_has_the_type_its_file_declares(kind: str) -> None:
    declared = PACK.vocabularies[kind].of_item()
    given = {name: value for name, value in words(kind).items() if value is not None}
    assert [name for name, value in given.items() if not isinstance(value, TYPES[declared[name]])] == []


@EACH_KIND
def test_the_lines_of_a_kind_have_the_words_their_file_declares(kind: str) -> None:
    declared = PACK.vocabularies[kind].lines
    found = KINDS[kind].lines(read(SAMPLES[kind]))
    assert bool(found) == bool(declared)
    for line in found:
        assert set(line) == set(declared)
        assert [name for name, value in line.items() if not isinstance(value, TYPES[declared[name]])] == []


@EACH_KIND
def test_what_a_kind_needs_are_links_its_file_declares(kind: str) -> None:
    links = PACK.vocabularies[kind].links
    needs = {need.name: need.kind for need in KINDS[kind].needs(read(SAMPLES[kind]))}
    assert needs.items() <= links.items()


@pytest.mark.requirement("MAP-17", "MAP-23", "MAP-37")
@EACH_KIND
def test_a_kind_says_where_to_find_it_on_both_sides(kind: str) -> None:
    procore, quickbooks = KINDS[kind].places.split(" · ")
    assert procore.startswith("Procore: ")
    assert quickbooks.startswith("QuickBooks: ")


@pytest.mark.requirement("MAP-01", "MAP-02", "MAP-03")
@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        ("cost_code", "export"),
        ("budget", "export"),
        ("project", "both"),
        ("company", "both"),
        ("commitment", "export"),
        ("commitment_change_order", "export"),
        ("subcontractor_invoice", "export"),
        ("procore_pay_payment", "export"),
    ],
)
def test_a_kind_travels_in_the_direction_the_data_mapping_says(kind: str, direction: str) -> None:
    assert KINDS[kind].direction == direction


@pytest.mark.requirement("WBS-15")
@pytest.mark.parametrize("template", sorted((ROOT / "qbxml_templates").glob("*.j2")), ids=lambda path: path.name)
def test_no_template_writes_a_class(template: Path) -> None:
    assert "Class" not in template.read_text(encoding="utf-8")


def test_an_unknown_kind_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        registry.kind("sub_job")
