"""What every kind of record needs of the company file: identifiers, times, references, iterators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from app.core import clock
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.storage import Record, Storage
from app.sandbox.quickbooks.writing import Body, Value

NO_SUCH_RECORD = "QuickBooks error message: Invalid argument.  The specified record does not exist in the list."
NAME_LISTS = ("Customer", "Vendor", "Employee", "OtherName")
ITEM_TYPES = (
    "ItemService",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemInventory",
    "ItemSubtotal",
    "ItemDiscount",
    "ItemSalesTax",
)
TERMS = ("StandardTerms",)
# Which lists a reference may point into, and what QuickBooks calls them; any other reference is one nobody has.
REFERENCES: dict[str, tuple[tuple[str, ...], str]] = {
    "AccountRef": (("Account",), "Account"),
    "IncomeAccountRef": (("Account",), "Account"),
    "ExpenseAccountRef": (("Account",), "Account"),
    "PrefillAccountRef": (("Account",), "Account"),
    "COGSAccountRef": (("Account",), "Account"),
    "AssetAccountRef": (("Account",), "Account"),
    "OverrideItemAccountRef": (("Account",), "Account"),
    "APAccountRef": (("Account",), "Account"),
    "BankAccountRef": (("Account",), "Account"),
    "CreditCardAccountRef": (("Account",), "Account"),
    "DiscountAccountRef": (("Account",), "Account"),
    "PayeeEntityRef": (NAME_LISTS, "Entity"),
    "TermsRef": (TERMS, "Terms"),
    "CurrencyRef": (("Currency",), "Currency"),
    "CustomerSalesTaxCodeRef": (("SalesTaxCode",), "Sales Tax Code"),
    "ItemSalesTaxRef": (("ItemSalesTax",), "Item"),
    "VendorRef": (("Vendor",), "Vendor"),
    "PrefVendorRef": (("Vendor",), "Vendor"),
    "CustomerRef": (("Customer",), "Customer"),
    "ShipToEntityRef": (NAME_LISTS, "Entity"),
    "ItemRef": (ITEM_TYPES, "Item"),
    "SalesTaxCodeRef": (("SalesTaxCode",), "Sales Tax Code"),
    "PurchaseTaxCodeRef": (("SalesTaxCode",), "Sales Tax Code"),
}


@dataclass(slots=True)
class Iteration:
    """An iterator under way: its criteria and the records still to come."""

    criteria: str
    waiting: list[str]


@dataclass(slots=True)
class Books:
    """An open company file as the handlers of requests see it."""

    storage: Storage
    iterators: dict[str, Iteration] = field(default_factory=dict)

    @property
    def host(self) -> dict[str, Any]:
        """Edition, product and company name."""
        return dict(self.storage.setting("host"))

    @property
    def edition(self) -> str:
        """US or CA."""
        return str(self.host["edition"])

    def preference(self, name: str) -> Any:
        """One preference of the company."""
        return self.storage.setting("preferences").get(name)

    def add(self, record: Record) -> Record:
        """Keep a new record, stamped with this moment."""
        record.created = record.modified = epoch()
        record.edit_sequence = str(record.created)
        self.storage.insert(record)
        return record

    def change(self, record: Record) -> Record:
        """Keep a changed record under a new edit sequence, even within the same second."""
        record.modified = epoch()
        record.edit_sequence = str(max(record.modified, int(record.edit_sequence) + 1))
        self.storage.update(record)
        return record

    def list_id(self) -> str:
        """A new ListID."""
        return f"8{self.storage.next_number('list'):07X}-{epoch()}"

    def txn_id(self) -> str:
        """A new TxnID or TxnLineID; both come from one counter."""
        return f"{self.storage.next_number('transaction'):X}-{epoch()}"

    def find(self, record_id: str, family: str) -> Record:
        """The record a Mod names, unless it is gone or someone has it open."""
        record = self.storage.by_id(record_id)
        if record is None or record.family != family:
            raise StatusError(3120, f'Object "{record_id}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
        if record.opened:
            raise StatusError(
                3175,
                f"There was an error when locking {family} {record_id}.  QuickBooks error message: "
                "The transaction internals could not be locked.  They are in use by another user.",
            )
        return record

    def look_up(self, ref: Value | None, families: Sequence[str]) -> Record | None:
        """The record a reference means; ListID wins over FullName."""
        if not isinstance(ref, dict):
            return None
        if list_id := ref.get("ListID"):
            record = self.storage.by_id(str(list_id))
            return record if record and record.family in families else None
        if full_name := ref.get("FullName"):
            return self.storage.by_full_name(families, str(full_name))
        return None

    def descendants(self, record: Record) -> list[Record]:
        """Everything under a list element, at any depth, in the order it was made."""
        under = f"{record.full_name}:"
        return self.storage.select((record.family,), "substr(full_name, 1, ?) = ?", (len(under), under))

    def resolve(self, body: Body, where: str) -> None:
        """Complete every reference in a body with both ListID and FullName, or refuse it."""
        for tag, value in list(body.items()):
            if isinstance(value, dict) and tag.endswith("Ref") and set(value) <= {"ListID", "FullName"}:
                if not any(value.values()):
                    del body[tag]
                    continue
                body[tag] = reference(self._referred(tag, value, where))
            elif isinstance(value, dict):
                self.resolve(value, where)

    def _referred(self, tag: str, ref: Body, where: str) -> Record:
        families, label = REFERENCES.get(tag, ((), tag.removesuffix("Ref")))
        record = self.look_up(ref, families)
        if record is None:
            named = ref.get("ListID") or ref.get("FullName")
            raise StatusError(
                3140, f'There is an invalid reference to QuickBooks {label} "{named}" in the {where}. {NO_SUCH_RECORD}'
            )
        return record

    def local_time(self, moment: int) -> str:
        """A moment as QuickBooks writes it: with the computer's standard offset, summer or winter."""
        return datetime.fromtimestamp(moment, self._zone()).isoformat()

    def today(self) -> str:
        """The calendar day where the computer stands."""
        return clock.now().astimezone(self._zone()).date().isoformat()

    def moment(self, text: str, *, end_of_day: bool = False) -> int:
        """The second a filter's date means; without an offset the computer's own time."""
        if len(text) == len("2024-05-01"):
            text += "T23:59:59" if end_of_day else "T00:00:00"
        value = datetime.fromisoformat(text)
        return int((value if value.tzinfo else value.replace(tzinfo=self._zone())).timestamp())

    def _zone(self) -> timezone:
        return timezone(timedelta(hours=self.host["utc_offset"]))


def reference(record: Record) -> Body:
    """How another record refers to this one."""
    return {"ListID": record.id, "FullName": str(record.body.get("FullName") or record.body["Name"])}


def list_id(ref: Value | None) -> str:
    """The ListID in a reference; "" when there is none."""
    return str(ref.get("ListID", "")) if isinstance(ref, dict) else ""


def epoch() -> int:
    """This second."""
    return int(clock.now().astimezone(UTC).timestamp())
