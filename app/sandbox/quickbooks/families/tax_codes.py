"""Sales tax codes: made by a person; in Canada a code leads to the tax items that hold its rates."""

from __future__ import annotations

from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import list_query, query_shape, show_with

_CODE = {"SalesTaxCode": show_with("Name IsActive IsTaxable Desc ItemPurchaseTaxRef ItemSalesTaxRef")}
FAMILY = Family(
    shapes=query_shape("SalesTaxCodeQueryRq", owner=""),
    handlers={"SalesTaxCodeQueryRq": list_query(_CODE)},
    shows=_CODE,
)
