"""A small contractor's books for the tests of the company file."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.sandbox.quickbooks import CompanyFile


@dataclass(frozen=True)
class Contractor:
    """A company file and the ids of what is in it."""

    file: CompanyFile
    income: str
    expense: str
    customer: str
    job: str
    vendor: str
    item: str


def furnish(file: CompanyFile) -> Contractor:
    """Put accounts, a customer with a job, a vendor and a service item into a file."""
    income = file.add_account("Construction Income", "Income")
    expense = file.add_account("Subcontractors", "CostOfGoodsSold")
    customer = file.add_customer("School District 9")
    return Contractor(
        file=file,
        income=income,
        expense=expense,
        customer=customer,
        job=file.add_customer("Gymnasium", parent=customer),
        vendor=file.add_vendor("Delta Concrete", VendorAddress={"Addr1": "4 Quarry Way", "City": "Ojai"}),
        item=file.add_service_item("03-300", income=income, expense=expense, description="Cast-in-place"),
    )


@pytest.fixture
def books() -> Contractor:
    """The contractor, in memory."""
    return furnish(CompanyFile(":memory:"))
