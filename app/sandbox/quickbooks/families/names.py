"""The rest of the names list: employees, other names, and the query over all four lists at once."""

from __future__ import annotations

from app.sandbox.quickbooks.families import customers, vendors
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import list_query, query_shape, show_with

_EMPLOYEE = {"Employee": show_with("Name IsActive FirstName LastName Phone")}
_OTHER_NAME = {"OtherName": show_with("Name IsActive CompanyName Phone")}
FAMILY = Family(
    shapes="\n".join(
        [
            query_shape("EmployeeQueryRq"),
            query_shape("OtherNameQueryRq"),
            query_shape("EntityQueryRq", owner=""),
        ]
    ),
    handlers={
        "EmployeeQueryRq": list_query(_EMPLOYEE),
        "OtherNameQueryRq": list_query(_OTHER_NAME),
        "EntityQueryRq": list_query(customers.SHOWS | _EMPLOYEE | _OTHER_NAME | vendors.SHOWS),
    },
    shows=_EMPLOYEE | _OTHER_NAME,
    iterable=frozenset({"EntityQueryRq"}),
)
