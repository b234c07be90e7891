"""What QuickBooks says about itself, its company and the company's preferences."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from app.sandbox.quickbooks.amounts import price
from app.sandbox.quickbooks.books import Books, reference
from app.sandbox.quickbooks.currencies import home_currency
from app.sandbox.quickbooks.estimate_lines import DEFAULT_MARKUP
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.writing import Answer, Body, Value

_SHAPES = """
HostQueryRq IncludeListMetaData=bool? IncludeRetElement=s50*
CompanyQueryRq IncludeRetElement=s50* OwnerID=guid*
PreferencesQueryRq IncludeRetElement=s50*
"""


def host_body(books: Books) -> Body:
    """The product, its country and the qbXML it understands."""
    host = books.host
    return {
        "ProductName": host["product"],
        "MajorVersion": host["major"],
        "MinorVersion": host["minor"],
        "Country": host["edition"],
        "SupportedQBXMLVersion": list(host["versions"]),
        "IsAutomaticLogin": "false",
        "QBFileMode": host["file_mode"],
    }


def company_body(books: Books, extensions: list[Value]) -> Body:
    """The company and whatever private data an application may see of it."""
    name = books.host["company_name"]
    return {
        "IsSampleCompany": "false",
        "CompanyName": name,
        "LegalCompanyName": name,
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "CompanyType": "Construction General Contractor",
        "TaxForm": "OtherOrNone",
        "DataExtRet": extensions,
    }


def extension(owner_id: str, name: str, value: str) -> Body:
    """One piece of private data."""
    return {"OwnerID": owner_id, "DataExtName": name, "DataExtType": "STR255TYPE", "DataExtValue": value}


def preferences_body(books: Books) -> Body:
    """The preferences an application is shown, including whether orders and estimates are on."""
    accounting: Body = {
        "IsUsingAccountNumbers": "false",
        "IsRequiringAccounts": "true",
        "IsUsingClassTracking": "false",
        "IsUsingAuditTrail": "true",
        "IsAssigningJournalEntryNumbers": "true",
    }
    if closing_date := books.preference("ClosingDate"):
        accounting["ClosingDate"] = str(closing_date)
    return {
        "AccountingPreferences": accounting,
        "FinanceChargePreferences": {
            "AnnualInterestRate": "0.00",
            "MinFinanceCharge": "0.00",
            "GracePeriod": "0",
            "IsAssessingForOverdueCharges": "false",
            "CalculateChargesFrom": "DueDate",
            "IsMarkedToBePrinted": "false",
        },
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": _flag(books, "IsUsingEstimates"),
            "IsUsingProgressInvoicing": "true",
            "IsPrintingItemsWithZeroAmounts": "false",
        },
        "MultiCurrencyPreferences": _currencies(books),
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": _flag(books, "IsUsingInventory"),
            "DaysBillsAreDue": str(books.preference("DaysBillsAreDue") or 30),
            "IsAutomaticallyUsingDiscounts": "false",
        },
        "ReportsPreferences": {"AgingReportBasis": "AgeFromDueDate", "SummaryReportBasis": report_basis(books)},
        "SalesAndCustomersPreferences": {
            **_default_markup(books),
            "IsTrackingReimbursedExpensesAsIncome": "false",
            "IsAutoApplyingPayments": "true",
            "PriceLevels": {"IsUsingPriceLevels": "true", "IsRoundingSalesPriceUp": "true"},
        },
        **_sales_tax(books),
        "TimeTrackingPreferences": {"FirstDayOfWeek": "Monday"},
        "CurrentAppAccessRights": {"IsAutomaticLoginAllowed": "false", "IsPersonalDataAccessAllowed": "false"},
    }


def report_basis(books: Books) -> str:
    """Accrual or Cash: how summary reports count what is not paid yet."""
    return str(books.preference("SummaryReportBasis") or "Accrual")


def _default_markup(books: Books) -> Body:
    markup = books.preference(DEFAULT_MARKUP)
    return {"DefaultMarkup": price(Decimal(str(markup)))} if markup else {}


def _currencies(books: Books) -> Body:
    home = home_currency(books)
    shown: Body = {"IsMultiCurrencyOn": "true" if home else "false"}
    return shown | ({"HomeCurrencyRef": reference(home)} if home else {})


def _sales_tax(books: Books) -> Body:
    """The section a company file has once it has a tax item, a taxable code and one that is not."""
    items = books.storage.select(("ItemSalesTax",))
    codes = books.storage.select(("SalesTaxCode",))
    taxable = [code for code in codes if code.body.get("IsTaxable") == "true"]
    others = [code for code in codes if code.body.get("IsTaxable") != "true"]
    if not (items and taxable and others):
        return {}
    return {
        "SalesTaxPreferences": {
            "DefaultItemSalesTaxRef": reference(items[0]),
            "PaySalesTax": "Quarterly",
            "DefaultTaxableSalesTaxCodeRef": reference(taxable[0]),
            "DefaultNonTaxableSalesTaxCodeRef": reference(others[0]),
        }
    }


def _flag(books: Books, name: str) -> str:
    return "true" if books.preference(name) else "false"


def _host(books: Books, request: etree._Element) -> Answer:
    return Answer([("HostRet", host_body(books))])


def _company(books: Books, request: etree._Element) -> Answer:
    registered = books.storage.setting("applications") or {}
    owners = [child.text or "" for child in request.iterfind("OwnerID")]
    extensions: list[Value] = [extension(owner, "FileID", registered[owner]) for owner in owners if owner in registered]
    return Answer([("CompanyRet", company_body(books, extensions))])


def _preferences(books: Books, request: etree._Element) -> Answer:
    return Answer([("PreferencesRet", preferences_body(books))])


FAMILY = Family(
    shapes=_SHAPES,
    handlers={"HostQueryRq": _host, "CompanyQueryRq": _company, "PreferencesQueryRq": _preferences},
)
