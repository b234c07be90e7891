"""Templates into requests: what a value holds arrives as it was, or nothing leaves."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.items import registry
from app.qbxml.grammar import Grammar
from app.qbxml.render import CannotRender, Renderer, ascii_xml, message_set

TEMPLATES = Path(__file__).parents[2] / "qbxml_templates"
RENDERER = Renderer(TEMPLATES)
GRAMMAR = Grammar.compile(registry.all_grammars())

NOWHERE = dict.fromkeys(("addr1", "addr2", "city", "state", "zip"))


def _vendor(name: str, notes: str | None = None) -> str:
    document = {"name": name, "notes": notes, "address": NOWHERE, "phone": None, "fax": None}
    return RENDERER.request("company", "add", request_id="1", marker="tie:x", document=document)


def _quickbooks_can_store(text: str) -> bool:
    """Written apart from the code under test: Windows-1252, and characters XML has."""
    try:
        data = unicodedata.normalize("NFC", text).encode("cp1252")
    except UnicodeEncodeError:
        return False
    return not set(data) & (set(range(32)) - {9, 10, 13})


texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(codec="cp1252"), max_size=60),
    st.text(alphabet=st.sampled_from(" \t\n\r<>&'\"{}%#:é—\u0301;]"), max_size=20),
)


@pytest.mark.requirement("MAP-24")
@given(texts)
def test_any_text_arrives_as_it_was_or_is_refused(text: str) -> None:
    request = _vendor("Delta", notes=text)
    assert request.isascii()
    if not _quickbooks_can_store(text):
        assert GRAMMAR.problems(request) != []
        return
    assert GRAMMAR.problems(request) == []
    arrived = etree.fromstring(request).findtext("VendorAdd/Notes") or ""
    assert arrived == unicodedata.normalize("NFC", text)


@given(st.text(alphabet=st.characters(codec="cp1252", min_codepoint=32), max_size=60))
def test_a_name_passes_whole_or_not_at_all(name: str) -> None:
    name = unicodedata.normalize("NFC", name)
    request = _vendor(name)
    fits = 0 < len(name) <= 41 and ":" not in name and not name.isspace()
    assert (GRAMMAR.problems(request) == []) == fits
    if fits:
        assert etree.fromstring(request).findtext("VendorAdd/Name") == name


@pytest.mark.requirement("MAP-36", "MAP-47")
@given(st.lists(st.integers(min_value=-(10**14), max_value=10**14), min_size=1, max_size=20))
def test_amounts_keep_their_cents(cents: list[int]) -> None:
    lines = [
        {"cost_code": "1", "description": None, "quantity": "1", "amount": f"{Decimal(c).scaleb(-2):.2f}"}
        for c in cents
    ]
    document = {"number": "SC-1", "date": "2026-03-25", "title": "T", "message": None, "lines": lines}
    refs = {"vendor": "1-1", "customer": "2-2", "items": {"1": "3-3"}}
    request = RENDERER.request("commitment", "add", request_id="1", marker="tie:x", document=document, refs=refs)
    assert GRAMMAR.problems(request) == []
    arrived = [Decimal(e.text or "") for e in etree.fromstring(request).iter("Amount")]
    assert [int(amount * 100) for amount in arrived] == cents


def test_a_carriage_return_survives_the_way() -> None:
    assert ascii_xml("<a>x\r\ny</a>") == "<a>x&#13;\ny</a>"


def test_accents_are_composed_and_written_as_decimal_entities() -> None:
    assert ascii_xml("<a>Cafe\u0301 ™</a>") == "<a>Caf&#233; &#8482;</a>"


# -- templates of our own ------------------------------------------------------------------------------------------


def _render(folder: Path, body: str, **context: Any) -> str:
    (folder / "thing.xml.j2").write_text("{% macro add(document) %}\n" + body + "\n{% endmacro %}\n")
    return Renderer(folder).request("thing", "add", **context)


def test_layout_of_a_template_never_leaves_but_spaces_in_a_line_do(tmp_path: Path) -> None:
    body = "<A>\n  {% if document.b %}\n    <B>no. {{ document.b }} / 7</B>\n  {% endif %}\n</A>\n\n"
    assert _render(tmp_path, body, document={"b": " 1\n 2 "}) == "<A><B>no.  1\n 2  / 7</B></A>"


def test_a_key_that_is_also_a_method_of_dict_means_the_key(tmp_path: Path) -> None:
    assert _render(tmp_path, "{{ document.items.copy }}", document={"items": {"copy": "kept"}}) == "kept"


def test_values_cannot_add_elements(tmp_path: Path) -> None:
    assert _render(tmp_path, "<A>{{ document }}</A>", document="</A><B/>") == "<A>&lt;/A&gt;&lt;B/&gt;</A>"


@pytest.mark.parametrize("value", [None, 1.5, True, ["a"], {"a": 1}])
def test_only_text_and_whole_numbers_are_written(tmp_path: Path, value: object) -> None:
    with pytest.raises(CannotRender, match=r"thing\.xml\.j2, step add: a template cannot write"):
        _render(tmp_path, "<A>{{ document.a }}</A>", document={"a": value})


@pytest.mark.parametrize(
    ("body", "context", "sentence"),
    [
        ("{{ document.b }}", {"document": {"a": "1"}}, "has no attribute 'b'"),
        ("{{ document.b }}", {}, "parameter 'document' was not provided"),
        ("{% if document.b %}x{% endif %}", {"document": {}}, "has no attribute 'b'"),
        ("{% if %}", {}, "Expected an expression"),
    ],
)
def test_a_template_that_lacks_something_says_so(
    tmp_path: Path, body: str, context: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CannotRender, match=sentence):
        _render(tmp_path, body, **context)


@pytest.mark.parametrize(
    ("kind", "step", "sentence"),
    [("company", "delete", "company.xml.j2 has no step delete"), ("invoice", "add", "invoice.xml.j2")],
)
def test_a_step_without_a_macro_is_refused_by_name(kind: str, step: str, sentence: str) -> None:
    with pytest.raises(CannotRender, match=sentence):
        RENDERER.request(kind, step)


# -- the message set -----------------------------------------------------------------------------------------------


def test_a_message_set_carries_its_ids_and_the_version_it_was_given() -> None:
    text = message_set(["<A/>", "<B/>"], version="CA13.0", new_id="n1", old_id="o1")
    assert text == (
        '<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="CA13.0"?>\n'
        '<QBXML><QBXMLMsgsRq newMessageSetID="n1" oldMessageSetID="o1" onError="continueOnError">\n'
        "<A/>\n<B/>\n</QBXMLMsgsRq></QBXML>"
    )


def test_a_set_that_only_reads_carries_no_ids() -> None:
    assert "MessageSetID" not in message_set(["<A/>"], version="13.0", new_id=None, old_id=None)
