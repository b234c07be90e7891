"""Money keeps its cents: exact in, exact out, and a refusal where that cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import money

CENTS = st.integers(-999_999_999_999_999, 999_999_999_999_999)


def written(cents: int) -> str:
    """A number of cents as a person writes it, put together from whole numbers alone."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


@pytest.mark.requirement("MAP-36", "MAP-47")
@given(CENTS)
def test_every_amount_comes_back_to_the_cent(cents: int) -> None:
    assert money.to_cents(written(cents)) == cents
    assert money.plain(money.from_cents(cents)) == written(cents)


@given(st.lists(CENTS.map(lambda cents: cents // 1000), max_size=40))
def test_a_sum_of_amounts_is_the_sum_of_their_cents(amounts: list[int]) -> None:
    total = sum((money.money(written(cents)) for cents in amounts), Decimal(0))
    assert money.to_cents(total) == sum(amounts)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_it_takes_no_float_however_round(number: float) -> None:
    with pytest.raises(money.NotMoney):
        money.money(number)  # type: ignore[arg-type]


@pytest.mark.parametrize("said", ["0.005", "10.001", "-0.001", "1e-3", Decimal("33.333")])
def test_it_refuses_a_fraction_of_a_cent_instead_of_rounding_it(said: str | Decimal) -> None:
    with pytest.raises(money.NotMoney, match="fraction of a cent"):
        money.money(said)


@pytest.mark.parametrize("said", ["", "ten", "1,000.00", "NaN", "Infinity", "-Infinity", "$5", True, None])
def test_it_refuses_what_is_no_number(said: Any) -> None:
    with pytest.raises(money.NotMoney):
        money.money(said)


@pytest.mark.parametrize("said", ["1e400", "1E30", "-1e30", "1" * 39, "9e999999"])
def test_it_refuses_what_is_too_long_to_be_worked_with(said: str) -> None:
    for read in (money.money, money.number, money.quantity):
        with pytest.raises(money.NotMoney, match="larger than QuickBooks can hold"):
            read(said)


@pytest.mark.parametrize(
    ("said", "comes_out"),
    [
        ("500", "500.00"),
        ("30.7500", "30.75"),
        (" 12.5 ", "12.50"),
        ("1E3", "1000.00"),
        (0, "0.00"),
        ("-0.00", "0.00"),
        ("-0.01", "-0.01"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_an_amount_is_written_with_two_decimals_and_no_more(said: str | int, comes_out: str) -> None:
    assert money.plain(money.money(said)) == comes_out


@pytest.mark.parametrize("said", ["10000000000000.00", "-10000000000000", "1e20"])
def test_it_refuses_more_than_quickbooks_can_hold(said: str) -> None:
    with pytest.raises(money.NotMoney, match="larger than QuickBooks can hold"):
        money.money(said)


def test_people_read_thousands_with_commas() -> None:
    assert money.shown(Decimal("-1250000.5")) == "-1,250,000.50"


@pytest.mark.requirement("ACC-01")
@pytest.mark.parametrize(
    ("said", "comes_out"),
    [
        ("3.0", "3"),
        ("100", "100"),
        ("0.333333333", "0.33333"),
        ("0.000005", "0.00001"),
        ("1200.50", "1200.5"),
        ("0", "0"),
        ("-0.0", "0"),
        ("1e2", "100"),
    ],
)
def test_a_quantity_has_at_most_five_decimals_and_no_exponent(said: str, comes_out: str) -> None:
    assert money.quantity(said) == comes_out
