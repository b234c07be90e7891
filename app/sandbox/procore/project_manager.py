"""What a project manager does in Procore's own screens, for tests and the demo to play."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.sandbox.procore import commitment_change_orders
from app.sandbox.procore.amounts import cents, written
from app.sandbox.procore.store import Record, Store

_CONTRACTS = ("work_order_contracts", "purchase_order_contracts")
#: Pat, and the first numbers of what is in the newer list alone.
_PAT, _NEWER, _NEWER_LINES = 7_302, 4_600_000_001, 3_600_000_001


class ProjectManager:
    """Pat at the keyboard. Procore's API would refuse some of this; its screens do not."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- commitments -----------------------------------------------------------------------------------------------

    def edit(self, number: str, **changes: Any) -> Record:
        """Change fields of the commitment with this number."""
        resource, record = self._commitment(number)
        return self._store.patch(resource, record["id"], changes)

    def edit_line(self, number: str, position: int, amount: str) -> Record:
        """Give one line of a subcontract another amount."""
        resource, record = self._commitment(number)
        line = record["line_items"][position - 1]
        tax = Decimal(line["total_amount"]) - Decimal(line["amount"])
        line["amount"] = line["extended_amount"] = written(Decimal(amount))
        line["total_amount"] = written(Decimal(amount) + tax)
        return self._store.patch(resource, record["id"], {"line_items": record["line_items"]})

    def duplicate(self, number: str, new: str, **changes: Any) -> Record:
        """Write another commitment like this one, under a number of its own."""
        resource, record = self._commitment(number)
        everyone = [one for name in _CONTRACTS for one in self._store.all(name)]  # both sorts share their ids
        own, used = max(one["id"] for one in everyone) + 1, max(n["id"] for one in everyone for n in one["line_items"])
        lines = [
            {**line, "id": used + place, "holder": {**line["holder"], "id": own}}
            for place, line in enumerate(record["line_items"], 1)
        ]
        copy = {**record, "id": own, "created_at": None, "number": new, "line_items": lines, **changes}
        return self._store.put(resource, copy)

    def void(self, number: str) -> Record:
        """Void a subcontract; purchase orders know no such status and are deleted instead."""
        resource, record = self._commitment(number)
        if resource != "work_order_contracts":
            raise ValueError(f"{number} is a purchase order: delete it")
        return self._store.patch(resource, record["id"], {"status": "Void"})

    def delete(self, number: str) -> Record:
        """Move a commitment to the recycle bin."""
        resource, record = self._commitment(number)
        return self._store.delete(resource, record["id"])

    def _commitment(self, number: str) -> tuple[str, Record]:
        for resource in _CONTRACTS:
            for record in self._store.all(resource):
                if record["number"] == number:
                    return resource, record
        raise KeyError(f"no commitment {number}")

    # -- change orders ---------------------------------------------------------------------------------------------

    def change(
        self, commitment: str, number: str, title: str, *lines: tuple[str, str, str], status: str = "approved"
    ) -> Record:
        """Write a change order of (cost code, description, amount), in the newer list alone: no package is made."""
        _, contract = self._commitment(commitment)
        earlier = self._store.all(commitment_change_orders.RESOURCE)
        order_id = _NEWER + len(earlier)
        first_line = _NEWER_LINES + sum(len(order["line_items"]) for order in earlier)
        record = {
            "id": order_id,
            "contract_id": contract["id"],
            "project_id": contract["project"]["id"],
            "number": number,
            "title": title,
            "description": "",
            "status": status,
            "revision": 0,
            "executed": status == "approved",
            "private": False,
            "legacy_package_id": None,
            "legacy_request_id": None,
            **dict.fromkeys(("due_date", "invoiced_date", "paid_date", "reviewed_at", "deleted_at")),
            "currency_configuration": {"currency_iso_code": "USD"},
            "created_by_id": _PAT,
            "line_items": [
                {**self._change_line(contract, *line), "id": first_line + place, "position": place + 1}
                for place, line in enumerate(lines)
            ],
        }
        return self._store.put(commitment_change_orders.RESOURCE, record)

    def edit_change(self, order_id: int, **changes: Any) -> Record:
        """Change fields of a change order of the newer list."""
        return self._store.patch(commitment_change_orders.RESOURCE, order_id, changes)

    def touch_change(self, order_id: int, *, after: str) -> Record:
        """Save it unchanged, so that it alone is newer than that moment."""
        record = self.edit_change(order_id)
        return record if record["updated_at"] > after else self.touch_change(order_id, after=after)

    def delete_change(self, order_id: int) -> Record:
        """Delete a change order of the newer list."""
        return self._store.delete(commitment_change_orders.RESOURCE, order_id)

    def package(self, order_id: int) -> Record:
        """Put a change order of the newer list in a package, which the older list shows."""
        order = self._store.get(commitment_change_orders.RESOURCE, order_id) or {}
        unlinked = dict.fromkeys(("id", "origin_id", "origin_code", "origin_data", "designated_reviewer"))
        package = {**order, **unlinked, "type": "CommitmentContractChangeOrder", "reviewed_at": order["created_at"]}
        del package["legacy_package_id"], package["legacy_request_id"]
        made = self._store.put("change_order_packages", package)
        self.edit_change(order_id, legacy_package_id=made["id"])
        return made

    def _change_line(self, contract: Record, cost_code: str, description: str, amount: str) -> Record:
        code = self._code(contract["project"]["id"], cost_code)
        worth = written(Decimal(amount))
        return {
            "description": description,
            **dict.fromkeys(("quantity", "unit_cost"), "0.0"),
            **dict.fromkeys(("amount", "extended_amount", "total_amount"), worth),
            **dict.fromkeys(("uom", "tax_code_id", "line_item_type")),
            "extended_type": "manual",
            "cost_code": {name: code[name] for name in ("id", "full_code", "name")},
            "wbs_code": _wbs_code(code),
            "holder": {"id": contract["id"], "holder_type": "ChangeOrder"},
            "markup_line_items": [],
        }

    # -- subcontractor invoices ------------------------------------------------------------------------------------

    def edit_invoice(self, commitment: str, number: int, **changes: Any) -> Record:
        """Change fields of an invoice, its status among them."""
        return self._store.patch("requisitions", self._invoice(commitment, number)["id"], changes)

    def bill(self, commitment: str, number: int, position: int, work: str, **more: str) -> Record:
        """Type what an invoice bills of one line of the commitment; ``more`` names an entry's other fields."""
        invoice = self._invoice(commitment, number)
        line = self._commitment(commitment)[1]["line_items"][position - 1]["id"]
        entries = {entry["line_item_id"]: entry for entry in invoice["entries"]}
        blank = {"quantity": "0", "materials": "0.00", "retainage_percent": "10.0"}
        blank |= {"work_released": "0.00", "materials_released": "0.00"}
        before = entries.get(line, {"line_item_id": line, **blank})
        entries[line] = {**before, "work": cents(Decimal(work)), **more}
        return self._store.patch("requisitions", invoice["id"], {"entries": list(entries.values())})

    def delete_invoice(self, commitment: str, number: int) -> Record:
        """Delete an invoice; later ones of the commitment then follow on what came before it."""
        return self._store.delete("requisitions", self._invoice(commitment, number)["id"])

    def _invoice(self, commitment: str, number: int) -> Record:
        contract = self._commitment(commitment)[1]
        for record in self._store.all("requisitions", contract_id=contract["id"]):
            if record["number"] == number and not record["deleted_at"]:
                return record
        raise KeyError(f"no invoice {number} of {commitment}")

    # -- budgets ---------------------------------------------------------------------------------------------------

    def lock_budget(self, project: str, *, locked: bool = True) -> Record:
        """Lock a project's budget, or open it again and keep its modifications."""
        (budget,) = self._store.all("budgets", project_id=self._project(project))
        return self._store.patch("budgets", budget["id"], {"locked": locked})

    def edit_budget(self, project: str, cost_code: str, amount: str) -> Record:
        """Give a budget line another original amount; a code that has no line yet gets one. Unlock it first."""
        project_id = self._project(project)
        if any(budget["locked"] for budget in self._store.all("budgets", project_id=project_id)):
            raise ValueError(f"the budget of {project} is locked")
        code = self._code(project_id, cost_code)
        for line in self._store.all("budget_line_items", project_id=project_id):
            if line["cost_code_id"] == code["id"]:
                return self._store.patch("budget_line_items", line["id"], {"original_budget_amount": amount})
        blank = dict.fromkeys(("quantity", "unit_cost", "uom"))
        line = {"project_id": project_id, "cost_code_id": code["id"], "original_budget_amount": amount, **blank}
        return self._store.put(
            "budget_line_items", {**line, "calculation_strategy": "manual", "wbs_code": _wbs_code(code)}
        )

    def modify_budget(self, project: str, origin: str, target: str, amount: str, notes: str = "") -> Record:
        """Move money between two budget lines by a modification, as companies did before budget changes."""
        project_id = self._project(project)
        ids = {line["cost_code_id"]: line["id"] for line in self._store.all("budget_line_items", project_id=project_id)}
        sides = {
            "from_budget_line_item_id": ids[self._code(project_id, origin)["id"]],
            "to_budget_line_item_id": ids[self._code(project_id, target)["id"]],
        }
        more = {"transfer_amount": amount, "notes": notes, "origin_id": None, "origin_data": None}
        return self._store.put("budget_modifications", {"project_id": project_id, **sides, **more})

    def change_budget(self, project: str, title: str, *sides: tuple[str, str], status: str = "approved") -> Record:
        """Move money by a budget change: a side for each (cost code, amount), negative where it is taken."""
        project_id = self._project(project)
        earlier = self._store.all("budget_changes", project_id=project_id)
        known = {line["cost_code_id"]: line["wbs_code"] for line in self._store.all("budget_line_items")}
        used = [line["id"] for change in self._store.all("budget_changes") for line in change["adjustment_line_items"]]
        adjustments = [
            {
                "id": max(used, default=0) + place,
                "ref": f"item{place}",
                "adjustment_number": 1,
                "type": "budget_change" if Decimal(amount) < 0 else "change_event",
                "wbs_code": known[self._code(project_id, cost_code)["id"]],
                "description": title,
                "comment": None,
                "calculation_strategy": "manual",
                "quantity": "1",
                "uom": None,
                "unit_cost": amount,
                "amount": amount,
                "change_event_line_item_id": None,
                "change_event_line_item": None,
            }
            for place, (cost_code, amount) in enumerate(sides, start=1)
        ]
        head = {"number": len(earlier) + 1, "status": status, "title": title, "description": f"<p>{title}</p>"}
        change = {"project_id": project_id, **head, "adjustment_line_items": adjustments}
        return self._store.put("budget_changes", change)

    def _project(self, name: str) -> int:
        return next(int(project["id"]) for project in self._store.all("projects") if project["name"] == name)

    def _code(self, project_id: int, full_code: str) -> Record:
        codes = self._store.all("cost_codes", project_id=project_id)
        return next(code for code in codes if code["full_code"] == full_code)


def _wbs_code(code: Record) -> Record:
    """The budget code of a cost code and the one cost type there is."""
    flat, description = f"{code['full_code']}.O", f"{code['name']}.Other"
    return {"id": 100_000_000 + code["id"], "flat_code": flat, "description": description}
