"""What a person does in QuickBooks beside transactions: lists, preferences, copies of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.sandbox.quickbooks.books import NAME_LISTS, Books
from app.sandbox.quickbooks.families.customers import add_customer
from app.sandbox.quickbooks.families.items import add_item
from app.sandbox.quickbooks.families.vendors import add_vendor
from app.sandbox.quickbooks.listing import add_element
from app.sandbox.quickbooks.relations import rename
from app.sandbox.quickbooks.removing import DELETABLE, delete_element, delete_transaction
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Body


class People:
    """The hands at the keyboard; every helper that makes something returns its ListID."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._storage = books.storage

    def add_account(self, name: str, account_type: str, *, parent: str | None = None, **fields: str) -> str:
        """An account of the chart; ``parent`` is a ListID."""
        body: Body = {"Name": name, "AccountType": account_type, "Balance": "0.00", "TotalBalance": "0.00", **fields}
        return self._add_element("Account", _under(body, parent), space="account", plural="Accounts")

    def add_customer(self, name: str, *, parent: str | None = None, **fields: Any) -> str:
        """A customer, or a job under the customer whose ListID is ``parent``."""
        with self._storage.transaction():
            return add_customer(self._books, _under({"Name": name, **fields}, parent)).id

    def add_vendor(self, name: str, **fields: Any) -> str:
        """A vendor."""
        with self._storage.transaction():
            return add_vendor(self._books, {"Name": name, **fields}).id

    def add_employee(self, name: str) -> str:
        """An employee."""
        return self._add_element("Employee", {"Name": name}, space="names", plural="Employees")

    def add_other_name(self, name: str) -> str:
        """A name that is neither customer, vendor nor employee."""
        return self._add_element("OtherName", {"Name": name}, space="names", plural="Other Names")

    def add_service_item(
        self, name: str, *, income: str, expense: str = "", parent: str | None = None, description: str = ""
    ) -> str:
        """A service item posting to these accounts (ListIDs); without ``expense`` it is the one-sided sort."""
        details: Body = {"SalesOrPurchase": {"Desc": description, "AccountRef": {"ListID": income}}}
        if expense:
            details = {
                "SalesAndPurchase": {
                    "SalesDesc": description,
                    "IncomeAccountRef": {"ListID": income},
                    "PurchaseDesc": description,
                    "ExpenseAccountRef": {"ListID": expense},
                }
            }
        return self.add_item("ItemService", name, parent=parent, **details)

    def add_item(self, item_type: str, name: str, *, parent: str | None = None, **fields: Any) -> str:
        """An item of any type, such as ItemNonInventory or ItemInventory."""
        with self._storage.transaction():
            return add_item(self._books, item_type, _under({"Name": name, **fields}, parent)).id

    def add_tax_code(self, name: str, *, rate: str | None = None, description: str = "") -> str:
        """A sales tax code of up to three letters; in Canada with the rate in per cent that leads it to a tax item."""
        body: Body = {"Name": name, "IsTaxable": "true" if rate else "false", "Desc": description}
        if rate and self._books.edition != "US":
            item: Body = {
                "ListID": self.add_item("ItemSalesTax", f"{name} tax", TaxRate=rate),
                "FullName": f"{name} tax",
            }
            body |= {"ItemPurchaseTaxRef": item, "ItemSalesTaxRef": item}
        return self._add_element("SalesTaxCode", body, space="tax code", plural="Sales Tax Codes")

    def add_terms(self, name: str, due_days: int) -> str:
        """Payment terms: due so many days after the date of the bill."""
        body: Body = {"Name": name, "StdDueDays": str(due_days)}
        return self._add_element("StandardTerms", body, space="terms", plural="Terms")

    def add_currency(self, name: str, code: str, rate: str = "1") -> str:
        """A currency and what one unit of it is worth in the home currency."""
        body: Body = {"Name": name, "CurrencyCode": code, "IsUserDefinedCurrency": "false", "ExchangeRate": rate}
        return self._add_element("Currency", body, space="currency", plural="Currencies")

    def set_preference(self, name: str, value: bool | str) -> None:
        """Switch a preference of the company file, such as one of these.

        IsUsingInventory (purchase orders), IsUsingEstimates, ClosingDate and ExcludesOrdersFromClosingDate,
        SummaryReportBasis (Accrual or Cash), DefaultMarkup (per cent), DaysBillsAreDue, IsBillableByDefault,
        HomeCurrency (the ListID of a currency: several are in use from now on), and TakesFieldsBesideLinks, by which
        the file follows the more generous reading of what may stand beside a link.
        """
        with self._storage.transaction():
            self._storage.store_setting("preferences", {**self._storage.setting("preferences"), name: value})

    def change_host(self, **changes: Any) -> None:
        """Upgrade or move the company: product, major, minor, edition, versions, company_name, file_mode."""
        with self._storage.transaction():
            self._storage.store_setting("host", {**self._books.host, **changes})

    def register_application(self, owner_id: str, file_id: str) -> None:
        """Mark the file as one an application has met before, under this FileID."""
        with self._storage.transaction():
            applications = self._storage.setting("applications") or {}
            self._storage.store_setting("applications", {**applications, owner_id: file_id})

    def edit(self, record_id: str, **fields: Any) -> None:
        """Change plain fields of any record, which makes its edit sequence a new one."""
        with self._storage.transaction():
            record = self._record(record_id)
            if "Name" in fields:
                raise ValueError("Use rename() for a name.")
            record.body.update(fields)
            if "RefNumber" in fields:
                record.name = record.full_name = fields["RefNumber"]
            record.day = fields.get("TxnDate", record.day)
            self._books.change(record)

    def rename(self, list_id: str, name: str) -> None:
        """Give a list element another name."""
        with self._storage.transaction():
            rename(self._books, self._record(list_id), name)

    def make_inactive(self, list_id: str, *, active: bool = False) -> None:
        """Hide a list element, or bring it back."""
        with self._storage.transaction():
            record = self._record(list_id)
            record.active = active
            self._books.change(record)

    def delete(self, record_id: str) -> None:
        """Delete a transaction, or a list element nothing refers to."""
        with self._storage.transaction():
            record = self._record(record_id)
            if record.family in DELETABLE:
                delete_transaction(self._books, record)
                return
            if self._storage.mentions(record.id):
                raise ValueError(f"{record_id} is in use and cannot be deleted.")
            delete_element(self._books, record)

    def open_by_someone(self, record_id: str, *, opened: bool = True) -> None:
        """A person opens a record's window, which locks it, or closes it again."""
        with self._storage.transaction():
            record = self._record(record_id)
            record.opened = opened
            self._storage.update(record)

    def lose_stored_response(self, set_id: str) -> None:
        """QuickBooks knows a message set but has lost its answer (status 9002)."""
        with self._storage.transaction():
            stored = self._storage.stored_response(set_id)
            if stored is None:
                raise LookupError(set_id)
            self._storage.store_response(set_id, stored[0], None)

    def back_up(self, path: str | Path) -> None:
        """Save a copy of the company file."""
        self._storage.back_up(path)

    def restore(self, path: str | Path) -> None:
        """Go back to a saved copy; everything since is gone."""
        self._storage.restore(path)

    def name_holder(self, name: str) -> dict[str, str] | None:
        """Who holds a name that customers, vendors, employees and other names share."""
        record = self._storage.by_full_name(NAME_LISTS, name)
        return None if record is None else {"type": record.family, "ListID": record.id}

    def _add_element(self, family: str, body: Body, *, space: str, plural: str) -> str:
        with self._storage.transaction():
            tiers = family == "Account"
            return add_element(self._books, family, body, space=space, plural=plural, parents=(family,), tiers=tiers).id

    def _record(self, record_id: str) -> Record:
        record = self._storage.by_id(record_id)
        if record is None:
            raise LookupError(record_id)
        return record


def _under(body: Body, parent: str | None) -> Body:
    return {**body, "ParentRef": {"ListID": parent}} if parent else body
