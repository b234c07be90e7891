"""One subcontractor's invoice with what it draws on: its lines as the rules see them and as the bill gets them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core import money
from app.items import draw
from app.items.base import Content, Staged, Surroundings
from app.items.draw import Draft


def vendor_of(around: Surroundings) -> Staged | None:
    """The vendor in QuickBooks, as it was last shown."""
    return next((around.by_id(view.quickbooks_id) for view in around.bound.get("company", ())), None)


@dataclass(frozen=True)
class Invoice:
    """One invoice with what it draws on."""

    commitment: Content
    drafts: list[Draft]
    apart: frozenset[int]  # lines a person wants without a link
    taxed: bool  # Canada: each line carries a tax code
    usual_code: str

    @classmethod
    def of(cls, content: Content, inputs: Content, around: Surroundings) -> Invoice:
        """Read it off the record, what the approver filled in, and what lies around."""
        commitment: Content = next(iter(around.needed.get("commitment", ())), {})
        lines = draw.order_lines(commitment, around.needed.get("change_order", ()))
        vendor = vendor_of(around)
        own = vendor.data.get("tax_code") if vendor else ""
        return cls(
            commitment=commitment,
            drafts=draw.drafts(content, around.earlier, lines),
            apart=frozenset(int(one) for one in re.findall(r"\d{1,6}", str(inputs.get("unlinked_lines") or ""))),
            taxed=around.host.get("country") == "CA",
            usual_code=str(own or around.settings.get("default_tax_code") or ""),
        )

    def tax_code(self, draft: Draft) -> str:
        """The code of the line in Procore, else the vendor's, else that of the settings."""
        return (draft.progress.tax_code or self.usual_code) if self.taxed else ""

    def linked(self, number: int, draft: Draft) -> bool:
        """Whether the line goes with a link to its line of the order."""
        return draft.fits and number not in self.apart

    def rule_line(self, number: int, draft: Draft) -> Content:
        """The line as the rules see it."""
        progress = draft.progress
        return {
            "position": number,
            "cost_code": progress.code,
            "description": progress.description,
            "order_line": draft.line.label if draft.line else "",
            "amount": progress.amount,
            "work": progress.work,
            "retained": progress.retained,
            "remaining": draft.remaining,
            "linked": self.linked(number, draft),
            "tax_code": self.tax_code(draft),
        }

    def line(self, number: int, draft: Draft) -> Content:
        """The line as the bill gets it."""
        progress, line = draft.progress, draft.line
        kind, procore_id, line_id = progress.key
        linked = self.linked(number, draft)
        return {
            "position": number,
            "order": kind,
            "order_id": procore_id,
            "line": line_id,
            "index": line.index if line else 0,
            "order_line": line.label if line else "",
            "order_amount": money.plain(line.amount) if line else "0.00",
            "cost_code": progress.cost_code,
            "code": progress.code,
            "description": progress.description or None,
            "linked": linked,
            "quantity": money.quantity(draft.quantity) if linked else None,
            "amount": money.plain(progress.amount),
            "tax_code": self.tax_code(draft) or None,
        }
