"""Text means the same on both sides, or somebody is told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import text

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def turned_round(value: Any) -> Any:
    """The same content with every mapping written in the opposite order."""
    if isinstance(value, dict):
        return {key: turned_round(value[key]) for key in reversed(list(value))}
    return [turned_round(part) for part in value] if isinstance(value, list) else value


@given(PLAIN)
def test_one_content_has_one_canonical_text_in_whatever_order_it_was_written(value: Any) -> None:
    assert text.canonical(turned_round(value)) == text.canonical(value)
    assert json.loads(text.canonical(value)) == value


def test_canonical_text_keeps_decimals_as_they_stand_and_umlauts_readable() -> None:
    assert text.canonical({"b": Decimal("500.00"), "a": "Köln"}) == '{"a":"Köln","b":"500.00"}'


def test_what_has_no_exact_text_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no canonical text"):
        text.canonical({"a": object()})


def test_a_digest_is_sha_256_of_the_utf_8_text() -> None:
    # NIST's example for SHA-256: "abc".
    assert text.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("  Delta \t Concrete\n", "Delta Concrete"), ("", ""), (None, ""), ("a\u00a0b", "a b")],
)
def test_squeezing_leaves_single_spaces(said: str | None, kept: str) -> None:
    assert text.squeeze(said) == kept


@pytest.mark.requirement("ACC-20")
@pytest.mark.parametrize(
    ("one", "other"),
    [("Delta Concrete", " delta  CONCRETE "), ("Caf\u00e9", "Cafe\u0301"), ("Straße", "STRASSE")],
)
def test_names_quickbooks_takes_for_one_are_one(one: str, other: str) -> None:
    assert text.same_name(one) == text.same_name(other)


@pytest.mark.parametrize(("one", "other"), [("Delta Concrete", "Delta-Concrete"), ("Café", "Cafe")])
def test_names_that_look_alike_may_still_be_two(one: str, other: str) -> None:
    assert text.same_name(one) != text.same_name(other)


@pytest.mark.parametrize("fine", ["Åse & Søn – “½ price” €5…", "tab\tand\nline", "Cafe\u0301", "", None])
def test_characters_of_windows_1252_pass(fine: str | None) -> None:
    assert text.not_in_quickbooks(fine) == ""


@pytest.mark.parametrize(
    ("said", "named"),
    [("Łódź", "Łź"), ("大成建設", "大成建設"), ("Rocket 🚀🚀", "🚀"), ("bell\x07", "\x07"), ("a\ud800b", "\ud800")],
)
def test_what_quickbooks_cannot_store_is_named_once_each_and_in_order(said: str, named: str) -> None:
    assert text.not_in_quickbooks(said) == named


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Decimal("12400"), "12,400.00"),
        (Decimal("0.333"), "0.333"),
        (["03-300", Decimal("5.5")], "03-300, 5.50"),
        (None, ""),
        (7, "7"),
    ],
)
def test_a_sentence_shows_values_as_people_write_them(value: object, sentence: str) -> None:
    assert text.shown(value) == sentence
