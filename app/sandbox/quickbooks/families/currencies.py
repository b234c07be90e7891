"""Currencies: made by a person in a company file that has multicurrency on, asked for by applications."""

from __future__ import annotations

from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import list_query, query_shape, show_with

_CURRENCY = {"Currency": show_with("Name IsActive CurrencyCode IsUserDefinedCurrency ExchangeRate AsOfDate")}
FAMILY = Family(
    shapes=query_shape("CurrencyQueryRq", owner=""),
    handlers={"CurrencyQueryRq": list_query(_CURRENCY)},
    shows=_CURRENCY,
)
