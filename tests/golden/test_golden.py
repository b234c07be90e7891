"""The templates write what they wrote, and nothing a rule of the house forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from app.items import registry
from app.qbxml.grammar import Grammar
from app.qbxml.render import Renderer
from tests.golden.cases import TEMPLATES, Case, cases

CASES = cases()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar.compile(registry.all_grammars())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_template_writes_exactly_the_golden_request(case: Case, renderer: Renderer) -> None:
    assert case.render(renderer) + "\n" == case.expected.read_text(encoding="ascii")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_own_grammar_accepts_the_golden_request(case: Case, grammar: Grammar) -> None:
    assert grammar.problems(case.expected.read_text(encoding="ascii"), case.edition) == []


@pytest.mark.requirement("WBS-15")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_request_holds_a_class_or_a_rate(case: Case) -> None:
    names = {element.tag for element in etree.fromstring(case.expected.read_bytes()).iter()}
    assert names.isdisjoint({"ClassRef", "Rate"})


def test_every_step_of_every_template_has_a_golden_case() -> None:
    written = {
        (path.name.removesuffix(".xml.j2"), step) for path in TEMPLATES.glob("[!_]*.j2") for step in _steps(path)
    }
    assert written == {(case.kind, case.given["step"]) for case in CASES}


@pytest.mark.requirement("MAP-41", "MAP-46")
def test_an_order_begins_with_its_title_alone_and_names_the_job_on_every_other_line() -> None:
    title, *others = _golden("commitment/add_lump_sum").findall("PurchaseOrderAdd/PurchaseOrderLineAdd")
    assert [(part.tag, part.text) for part in title] == [("Desc", "Footings and slab on grade")]
    assert [line.findtext("CustomerRef/ListID") for line in others] == ["80000202-1700000202"] * 2


@pytest.mark.requirement("MAP-51", "CCO-01")
def test_a_change_order_names_every_old_line_alone_before_it_adds_its_own() -> None:
    lines = _golden("commitment_change_order/mod").findall("PurchaseOrderMod/PurchaseOrderLineMod")
    old, new = lines[:3], lines[3:]
    assert [[(part.tag, part.text) for part in line] for line in old] == [
        [("TxnLineID", "2F1C-1714600000")],
        [("TxnLineID", "2F1D-1714600000")],
        [("TxnLineID", "2F1E-1714600000")],
    ]
    assert [line.findtext("TxnLineID") for line in new] == ["-1", "-1", "-1"]
    assert {line.findtext("Other1") for line in new} == {"tie:q3zt5k7w2mxa6bnc"}
    assert [part.tag for part in new[0]] == ["TxnLineID", "Desc", "Other1"]


def _golden(name: str) -> etree._Element:
    return etree.fromstring(next(case for case in CASES if case.name == name).expected.read_bytes())


def _steps(path: Path) -> list[str]:
    return re.findall(r"{% macro (\w+)", path.read_text(encoding="utf-8"))
