"""Our grammar beside the validator of ../shared/quickbooks: never laxer, and no stricter than the samples."""

from __future__ import annotations

import importlib.util
import random
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.items import registry
from app.qbxml import parse
from app.qbxml.grammar import Grammar
from app.qbxml.render import message_set
from tests.golden.cases import Case, cases

SHARED = Path(__file__).parents[3] / "shared" / "quickbooks"
SAMPLES = sorted((SHARED / "samples").glob("*/*.xml"))

#: Samples that break another rule beside the one they are about.
TWO_FAULTS = {"JobReport_type_enum"}

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the oracle ../shared/quickbooks is absent")

GRAMMAR = Grammar.compile(registry.all_grammars())


@cache
def _validator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("validate", SHARED / "validate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _complaints(text: str, edition: str = "US") -> list[str]:
    _, results = _validator().validate_text(text.encode(), edition)
    return [complaint for _, complaints in results for complaint in complaints]


def _ours(path: Path) -> bool:
    """Whether all requests of a sample are of kinds we send, and none uses a macro: we never do."""
    text = path.read_text(encoding="utf-8")
    names = set(re.findall(r"<(\w+Rq)[ >]", text)) - {"QBXMLMsgsRq"}
    return names <= set(GRAMMAR.requests) and "Macro=" not in text


def _edition(path: Path) -> str:
    return "CA" if path.stem.endswith("@CA") else "US"


@pytest.mark.parametrize("path", [p for p in SAMPLES if p.parent.name == "valid" and _ours(p)], ids=lambda p: p.stem)
def test_every_valid_sample_of_our_requests_passes(path: Path) -> None:
    assert GRAMMAR.set_problems(path.read_bytes(), _edition(path)) == []


@pytest.mark.parametrize("path", [p for p in SAMPLES if p.parent.name == "invalid" and _ours(p)], ids=lambda p: p.stem)
def test_every_invalid_sample_of_our_requests_is_refused_once_for_its_own_reason(path: Path) -> None:
    assert len(GRAMMAR.set_problems(path.read_bytes(), _edition(path))) == (2 if path.stem in TWO_FAULTS else 1)


def test_the_samples_cover_most_of_our_requests() -> None:
    if not SAMPLES:
        pytest.skip("the samples are absent")
    assert sum(_ours(path) for path in SAMPLES) >= 40


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_schema_accepts_every_golden_request(case: Case) -> None:
    request = case.expected.read_text(encoding="ascii").rstrip("\n")
    text = message_set([request], version="13.0", new_id="m1", old_id="m0")
    assert _complaints(text, case.edition) == []


@pytest.mark.parametrize(
    "path", sorted((SHARED / "wire" / "requests").glob("*sendRequestXML.xml")), ids=lambda p: p.stem
)
def test_a_captured_introduction_is_read(path: Path) -> None:
    introduction = etree.parse(path).findtext(".//{*}strHCPResponse") or ""
    if not introduction:
        with pytest.raises(parse.Unreadable):
            parse.host(introduction)
        return
    host = parse.host(introduction)
    assert host.company_name
    assert host.versions[-1] == "5.0"
    assert len(host.file_ids) == 1


def _scrambled(request: str, seed: int) -> str:
    """The request with a few elements moved, doubled, dropped or given another's text."""
    chance = random.Random(seed)
    root = etree.fromstring(request)
    for _ in range(chance.randint(1, 3)):
        elements = [element for element in root.iter() if element.getparent() is not None]
        if not elements:
            break
        victim = chance.choice(elements)
        parent = victim.getparent()
        assert parent is not None
        act = chance.choice(["move", "double", "drop", "text", "graft"])
        if act == "move":
            parent.insert(chance.randrange(len(parent)), victim)
        elif act == "double":
            parent.insert(parent.index(victim), etree.fromstring(etree.tostring(victim)))
        elif act == "drop":
            parent.remove(victim)
        elif act == "text" and len(victim) == 0:
            victim.text = chance.choice(["", "x" * 30, "x" * 50, "1.234567", "12.5", "true", "2026-02-30", "-1", "a:b"])
        elif act == "graft":
            parent.append(etree.fromstring(etree.tostring(chance.choice(elements))))
    return etree.tostring(root, encoding="unicode")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([case for case in cases() if case.edition == "US"]), st.integers(0, 2**32))
def test_what_our_grammar_lets_through_the_schema_lets_through(case: Case, seed: int) -> None:
    request = _scrambled(case.expected.read_text(encoding="ascii"), seed)
    if GRAMMAR.problems(request):
        return
    assert _complaints(message_set([request], version="13.0", new_id=None, old_id=None)) == []
