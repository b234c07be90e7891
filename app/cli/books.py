"""The sandbox contractor's QuickBooks company as its bookkeeper left it: accounts, customers, a few awkward names."""

from __future__ import annotations

from pathlib import Path

from app.sandbox.quickbooks import CompanyFile


def seeded(path: Path | str) -> CompanyFile:
    """The company file, filled the first time it is opened."""
    company = CompanyFile(path, company_name="Halvorsen Builders")
    if not company.records("Account"):
        _fill(company)
    return company


def _fill(company: CompanyFile) -> None:
    company.add_account("Construction Income", "Income")
    company.add_account("Other Job Income", "OtherIncome")
    company.add_account("Job Costs", "CostOfGoodsSold")
    subcontractors = company.add_account("Subcontractors", "CostOfGoodsSold")
    company.add_account("Office Expense", "Expense")
    retainage = company.add_account("Retainage Payable", "OtherCurrentLiability")
    company.add_account("Accounts Payable", "AccountsPayable")
    company.add_account("Operating Bank", "Bank")
    company.add_customer("Lakeside Holdings")  # a Procore company has the same name
    company.add_customer("City of Fairview")
    company.add_vendor("Fairview Water & Power")
    company.add_employee("Dana Whitfield")
    company.add_item("ItemOtherCharge", "Retainage", SalesOrPurchase={"AccountRef": {"ListID": retainage}})
    company.add_service_item("Permit fees", income=subcontractors)  # one-sided: may not be linked
