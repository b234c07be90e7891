"""A code of Procore's QuickBooks Standard Cost Codes list, exported as a QuickBooks service item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from marshmallow import fields

from app.core import text
from app.items import erp, named
from app.items.base import (
    Again,
    Ask,
    Content,
    Done,
    Field,
    Input,
    Loose,
    Refuse,
    Situation,
    Staged,
    Step,
    Surroundings,
)
from app.items.offered import Bar, Features, Offered
from app.items.ports import Many, Place, Procore, Told

INCOME_TYPES = ("Income", "OtherIncome")
EXPENSE_TYPES = ("CostOfGoodsSold", "Expense", "OtherExpense", "OtherCurrentAsset")

#: QuickBooks' own words for its account and item types.
SPOKEN = {
    "Income": "Income",
    "OtherIncome": "Other Income",
    "CostOfGoodsSold": "Cost of Goods Sold",
    "Expense": "Expense",
    "OtherExpense": "Other Expense",
    "OtherCurrentAsset": "Other Current Asset",
    "AccountsPayable": "Accounts Payable",
    "AccountsReceivable": "Accounts Receivable",
    "FixedAsset": "Fixed Asset",
    "OtherAsset": "Other Asset",
    "CreditCard": "Credit Card",
    "OtherCurrentLiability": "Other Current Liability",
    "LongTermLiability": "Long Term Liability",
    "NonPosting": "Non-Posting",
    "ItemNonInventory": "Non-inventory Part",
    "ItemInventory": "Inventory Part",
    "ItemInventoryAssembly": "Inventory Assembly",
    "ItemOtherCharge": "Other Charge",
    "ItemFixedAsset": "Fixed Asset",
    "ItemSalesTax": "Sales Tax Item",
    "ItemSalesTaxGroup": "Sales Tax Group",
    "ItemSubtotal": "Subtotal",
    "ItemDiscount": "Discount",
    "ItemPayment": "Payment",
    "ItemGroup": "Group",
}


GRAMMAR = """
ItemServiceAddRq: ItemServiceAdd!, $Answer
ItemServiceAdd: Name! name(31), IsActive bool, ParentRef ref, IsTaxIncluded bool since 6.0 not US,
    SalesTaxCodeRef ref(3), (SalesOrPurchase | SalesAndPurchase)!
SalesOrPurchase: Desc str(4095), (Price price | PricePercent percent), AccountRef ref(159)
SalesAndPurchase: SalesDesc str(4095), SalesPrice price, IncomeAccountRef ref(159), PurchaseDesc str(4095),
    PurchaseCost price, PurchaseTaxCodeRef ref(3) since 6.0 not US, ExpenseAccountRef ref(159), PrefVendorRef ref(41)

ItemServiceQueryRq iterates: $ListQuery
ItemQueryRq iterates: $ListQuery
"""

LISTS, LIST_NAME = "/rest/v1.0/standard_cost_code_lists", "QuickBooks Standard Cost Codes"


class CostCodeSchema(Loose):
    id = fields.Integer(required=True)
    full_code = fields.String(required=True)
    name = fields.String(required=True)
    standard_cost_code_list_id = fields.Integer(allow_none=True, load_default=None)
    project_id = fields.Integer(allow_none=True, load_default=None)
    custom_segment = fields.String(allow_none=True, load_default=None)


class CostCode(Offered):
    """Procore's code becomes a two-sided service item: purchases post to one account, sales to another."""

    kind, label, plural, quickbooks = "cost_code", "Cost code", "Cost codes", "Item"
    order = 30
    letter = "w"
    source, types = "items", ("ItemService",)
    places = (
        "Procore: Admin, Work Breakdown Structure, list QuickBooks Desktop Standard Cost Codes (also shown as "
        "QuickBooks Standard Cost Codes) · QuickBooks: Lists, Item List"
    )
    watched = "items"
    read_every = timedelta(minutes=30)  # Procore lists cost codes whole or not at all
    held = {"Item Name/Number": "Name", "Item": "Name"}
    erp_events = (
        erp.Event("create_standard_cost_codes"),
        erp.Event("sync_standard_cost_codes", erp.REFRESH, refresh="items"),
        erp.Event("unlink_standard_cost_codes", erp.UNLINK, at="standard_cost_codes"),
        erp.Event("delete_standard_cost_codes", erp.UPKEEP),
        erp.Event("delete_cost_codes", erp.UPKEEP),
        erp.Event("delete_cost_code", erp.UPKEEP),
    )
    grammar = GRAMMAR
    schema = CostCodeSchema
    settings = ("income_account", "expense_account")
    fields = (
        Field("Code", "full_code", "Item Name/Number"),
        Field("Description", "name", "Description on Purchase Transactions"),
        Field("Description", "name", "Description on Sales Transactions"),
    )
    inputs = (
        Input("income_account", "Income account", form="account", account_types=INCOME_TYPES),
        Input("expense_account", "Expense account", form="account", account_types=EXPENSE_TYPES),
        Input(
            "choice",
            "In QuickBooks",
            form="choice",
            choices=(("", "decide by itself"), ("link", "link the existing item"), ("create", "create a new item")),
        ),
        Input("link", "Item to link", form="item"),
        Input("parent", "Subitem of", form="item", help="Empty: the new item stands by itself, as it usually does."),
    )

    def prepare(self, procore: Procore) -> None:
        """The company's list for accounting; a company that has one keeps it, whatever its name."""
        lists = list(procore.pages(LISTS, company_id=procore.company_id))
        if any(row["is_erp_list"] for row in lists):
            return
        company = {"company_id": procore.company_id}
        mine = next((row for row in lists if row["name"] == LIST_NAME), None)
        mine = mine or procore.post(LISTS, {**company, "standard_cost_code_list": {"name": LIST_NAME}})
        procore.patch(f"{LISTS}/{mine['id']}", {**company, "standard_cost_code_list": {"is_erp_list": True}})

    def fetch(self, procore: Procore) -> Iterator[Content]:
        """The codes of the list that belongs to accounting, divisions first; then those of one project only."""
        company = {"company_id": procore.company_id}
        for row in procore.pages(LISTS, **company):
            if row["is_erp_list"]:
                params = {**company, "standard_cost_code_list_id": row["id"], "view": "extended"}
                yield from procore.pages("/rest/v1.0/standard_cost_codes", **params)
        for project in procore.projects():
            for code in procore.cost_codes(project["id"]).values():
                if code["standard_cost_code_id"] is None:
                    yield {**code, "project_id": project["id"]}

    def place(self, procore: Procore, told: Told) -> Place:
        parents = {
            "company_id": procore.company_id,
            "standard_cost_code_list_id": told.content["standard_cost_code_list_id"],
        }
        view = {"view": "extended"}
        many = Many("/rest/v1.0/standard_cost_codes", {**parents, **view}, syncs=True)
        path = f"{many.path}/{told.procore_id}"
        return Place(path, parents, "standard_cost_code", view=view, has_code=False, many=many)

    def tell(self, procore: Procore, told: Told) -> None:
        """Standard cost codes take origins through their sync action alone."""
        row = {"id": told.procore_id, **self.origin(procore, told)}
        parents = self.place(procore, told).parents
        procore.patch("/rest/v1.0/standard_cost_codes/sync", {**parents, "updates": [row]})

    def of_event(self, record: Content, body: Content) -> Content:
        return record

    def typed_in_event(self, record: Content, body: Content) -> Content:
        chosen = record.get("erp_custom_fields") or {}
        accounts = {name: chosen.get(f"{name}_origin_id") for name in ("income_account", "expense_account")}
        return {name: value for name, value in accounts.items() if value}

    def external(self, told: Told) -> list[erp.Mark]:
        """Codes have no code of QuickBooks' that people see."""
        origin = {name: value for name, value in told.origin.items() if name != "origin_code"}
        return [erp.Mark("standard_cost_code", told.procore_id, origin)]

    def why_not_link(self, staged: Staged) -> Bar | None:
        """Only an active service item with an account for what is bought and one for what is sold."""
        if staged.type not in self.types:
            return Bar(refusal="other-item-types")
        if not staged.active:
            return named.inactive(staged)
        if not (account := staged.data.get("one_sided_account")):
            return None
        return Bar(
            f"{staged.full_name} posts to one account only, {account}, so costs and income would meet there.",
            f"In QuickBooks open {staged.full_name}, tick “This service is used in assemblies or is performed by a "
            "subcontractor or partner”, give it an expense and an income account, and press Refresh here.",
        )

    def features(self, content: Content) -> Features:
        return Features(self.name(content), {"code": text.same_name(self.name(content))})

    def features_of(self, staged: Staged) -> Features:
        """A service item is often called by the code and its description: ``03-300 Concrete``."""
        return Features(staged.full_name, {"code": text.same_name(staged.name).split(" ", 1)[0]})

    def unlinks_freely(self, written: Content) -> bool:
        """An item that was there before may stay; one that Tieout made goes first."""
        return not written or bool(written.get("link"))

    def name(self, content: Content) -> str:
        return text.squeeze(content["full_code"])

    def title(self, content: Content) -> str:
        return str(content["name"])

    def keys(self, content: Content, inputs: Content) -> set[str]:
        return {text.same_name(self.name(content))}

    def list_ids(self, inputs: Content, settings: Mapping[str, Any]) -> set[str]:
        chosen = [inputs.get(n) or settings.get(n) for n in ("income_account", "expense_account")]
        return {str(v) for v in [*chosen, inputs.get("link"), inputs.get("parent")] if v}

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        income, expense = (
            self._account("income_account", inputs, around),
            self._account("expense_account", inputs, around),
        )
        link = self._link(content, inputs, around)
        similar = [s for s in self._like(content, around) if s.bound_to is None or s.bound_to != around.item_id]
        other = next((s for s in similar if s.type != "ItemService" and self._same(content, s)), None)
        return {
            "code": self.name(content),
            "description": content["name"],
            **self._account_words("income_account", income),
            **self._account_words("expense_account", expense),
            "choice": inputs.get("choice") or ("link" if link else ""),
            "similar": [] if link else [s.full_name for s in similar if s.type == "ItemService"],
            "other_type": SPOKEN.get(other.type, other.type.removeprefix("Item")) if other else "",
            "link_name": link.full_name if link else "",
            "link_problem": _one_sided(link) if link else "",
            "link_is_parent": bool(link and link.data.get("has_children")),
            "parent_problem": self._parent_problem(inputs, around),
            "project_specific": content["project_id"] is not None,
            "custom_segment": content["custom_segment"] or "",
            "procore_status": "active",
            "not_in_quickbooks": text.not_in_quickbooks(content["full_code"] + content["name"]),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        link = self._link(content, inputs, around)
        parent = None if link else around.by_id(inputs.get("parent"))
        return {
            "name": self.name(content),
            "parent": parent.list_id if parent else None,
            "parent_name": parent.full_name if parent else None,
            "description": content["name"],
            "income_account": _named(self._account("income_account", inputs, around)),
            "expense_account": _named(self._account("expense_account", inputs, around)),
            "link": link.list_id if link else None,
        }

    def begins_with_read(self, document: Content) -> bool:
        return bool(document["link"])

    def next_step(self, now: Situation) -> Step:
        document = now.document
        if not document["link"]:
            same = [
                ("Name", document["name"]),
                ("ParentRef/ListID", document["parent"] or ""),
                ("SalesAndPurchase/SalesDesc", document["description"]),
                ("SalesAndPurchase/PurchaseDesc", document["description"]),
                ("SalesAndPurchase/IncomeAccountRef/ListID", document["income_account"]["list_id"]),
                ("SalesAndPurchase/ExpenseAccountRef/ListID", document["expense_account"]["list_id"]),
            ]
            return named.next_step(now, ret="ItemServiceRet", what="cost code", same=same, context={})
        last = now.last
        if last is None or last.outcome == "unknown":
            return Ask("link", writes=False)
        if last.outcome == "found" and last.records:
            record = last.records[0]
            return Done("ItemService", record.text("ListID"), record.text("EditSequence"), record.text("FullName"))
        if last.outcome == "retry":
            return Again(last.sentence)
        return Refuse(
            f"The QuickBooks item chosen for {document['name']} is no longer there.",
            "Reject the cost code, send it again and choose another item, or create a new one.",
        )

    def preview(self, document: Content) -> list[tuple[str, str]]:
        if document["link"]:
            return [("Item", document["name"]), ("Written", "nothing: the existing service item is linked")]
        return [
            ("Item Name/Number", document["name"]),
            ("Subitem of", document["parent_name"] or ""),
            ("Type", "Service"),
            ("Description on Purchase Transactions", document["description"]),
            ("Description on Sales Transactions", document["description"]),
            ("Expense Account", document["expense_account"]["name"]),
            ("Income Account", document["income_account"]["name"]),
        ]

    def _parent_problem(self, inputs: Content, around: Surroundings) -> str:
        """Why the chosen item cannot stand above a new one; nothing where it can, or none is chosen."""
        if not inputs.get("parent"):
            return ""
        parent = around.by_id(inputs["parent"])
        if parent is None or parent.type != "ItemService":
            return "the item chosen is no service item of QuickBooks"
        return "" if parent.active else f"{parent.full_name} is inactive in QuickBooks"

    def _account(self, which: str, inputs: Content, around: Surroundings) -> Staged | None:
        found = around.by_id(inputs.get(which) or around.settings.get(which))
        return found if found and found.type == "Account" else None

    def _account_words(self, which: str, account: Staged | None) -> Content:
        return {
            which: account.full_name if account else "",
            f"{which}_type": SPOKEN.get(kind := account.data["account_type"], kind) if account else "",
            f"{which}_active": account.active if account else False,
        }

    def _same(self, content: Content, staged: Staged) -> bool:
        return text.same_name(staged.full_name) == text.same_name(self.name(content))

    def _like(self, content: Content, around: Surroundings) -> list[Staged]:
        """Items anywhere in the tree with this full name, leaf name or leading code, inactive too."""
        wanted = text.same_name(self.name(content))

        def like(s: Staged) -> bool:
            leaf = text.same_name(s.name)
            return wanted in {text.same_name(s.full_name), leaf, leaf.split(" ", 1)[0]}

        return [s for s in around.staged if s.type.startswith("Item") and like(s)]

    def _link(self, content: Content, inputs: Content, around: Surroundings) -> Staged | None:
        """The item to link: the one chosen, or the one active service item of the very same name."""
        if inputs.get("choice") == "create":
            return None
        if inputs.get("link"):
            return around.by_id(inputs["link"])
        hits = self._like(content, around)
        service = [s for s in hits if s.type == "ItemService"]
        if len(service) != 1:
            return None
        exact = service[0].active and self._same(content, service[0])
        return service[0] if exact or inputs.get("choice") == "link" else None


def _one_sided(item: Staged) -> str:
    account = item.data.get("one_sided_account")
    return f"one-sided: posts to {account} only" if account else ""


def _named(account: Staged | None) -> Content | None:
    return {"list_id": account.list_id, "name": account.full_name} if account else None
