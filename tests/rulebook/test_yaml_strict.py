"""The strict reader takes YAML as its writers mean it and points at every trap."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.rulebook.problems import Fault
from app.rulebook.yaml_strict import parse


def fault(text: str) -> tuple[int, int, str]:
    with pytest.raises(Fault) as caught:
        parse(text, "a.yaml")
    problem = caught.value.problem
    return problem.line, problem.column, problem.sentence


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("True", "True"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("2025-01-01", "2025-01-01"),
        ("12:30:00", "12:30:00"),
        (".inf", ".inf"),
        ('"true"', "true"),
        ("'12'", "12"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("500.10", Decimal("500.10")),
    ],
)
def test_it_reads_a_value_as_its_writer_means_it(written: str, meant: object) -> None:
    value = parse(f"a: {written}", "a.yaml").plain()["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_it_keeps_the_name_on_as_a_text() -> None:
    assert parse("on: queue\nno: 1", "a.yaml").plain() == {"on": "queue", "no": 1}


def test_it_knows_where_every_value_and_every_key_stands() -> None:
    root = parse("kind: a\nrules:\n  - name: b\n    before: c\n", "a.yaml")
    rule = root.mapping("root")["rules"].sequence("rules")[0]
    before = rule.mapping("rule")["before"]
    assert (before.place.line, before.place.column) == (4, 13)
    assert (rule.at("before").line, rule.at("before").column) == (4, 5)


@pytest.mark.requirement("RUL-01")
@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "`a` stands here twice; it was given on line 1."),
        ("a:\n  - &x 1\n", 2, 5, "`&x` marks a part"),
        ("a: 1\nb: *x\n", 2, 4, "`*x` repeats another part"),
        ("a: !!python/name:os.system x\n", 1, 4, "is a YAML tag"),
        ("a: 1\n---\nb: 2\n", 2, 1, "A second document starts here"),
        ("? [a, b]\n: 1\n", 1, 3, "A name before a colon must be a plain text."),
        ("a: 1\n\tb: 2\n", 2, 1, "This is not YAML"),
        ("a: [1, 2\n", 2, 1, "This is not YAML"),
        ("a: \x07\n", 1, 4, "A character here is not allowed"),
        ("[" * 30 + "]" * 30, 1, 22, "nested more than 20 levels"),
    ],
)
def test_it_refuses_what_is_doubtful_with_its_line_and_column(text: str, line: int, column: int, sentence: str) -> None:
    found_line, found_column, found = fault(text)
    assert sentence in found
    assert (found_line, found_column) == (line, column)


def test_an_empty_file_is_nothing_rather_than_an_error() -> None:
    assert parse("# only a remark\n", "a.yaml").plain() is None
