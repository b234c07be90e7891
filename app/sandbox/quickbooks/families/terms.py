"""Payment terms: made by a person, named on vendors and bills, asked for by applications."""

from __future__ import annotations

from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import list_query, query_shape, show_with

_TERMS = {"StandardTerms": show_with("Name IsActive StdDueDays StdDiscountDays DiscountPct")}
FAMILY = Family(
    shapes="\n".join([query_shape("StandardTermsQueryRq", owner=""), query_shape("TermsQueryRq", owner="")]),
    handlers={"StandardTermsQueryRq": list_query(_TERMS), "TermsQueryRq": list_query(_TERMS)},
    shows=_TERMS,
)
