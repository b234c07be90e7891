"""Whether the company file is ready: what QuickBooks said of its preferences, and who changes what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ADMINISTRATOR = "the QuickBooks administrator"
NOBODY = "nobody"


@dataclass(frozen=True)
class Check:
    """One preference: whether it fits, in a sentence, and what to do about it."""

    name: str
    label: str
    fits: bool
    sentence: str
    blocks: bool = False  # nothing can be written without it; anything else may be known and lived with
    who: str = ADMINISTRATOR
    how: str = ""


def checks(host: Mapping[str, Any]) -> tuple[Check, ...]:
    """Every check, from what the last session told; nothing before there was one."""
    if "preferences" not in host:
        return ()
    said: Mapping[str, str] = host["preferences"]
    return (_supported(host), _estimates(said), _orders(said), _basis(said), _closing_date(said), _currencies(said))


def _supported(host: Mapping[str, Any]) -> Check:
    fits = bool(host.get("supported"))
    told = f"{host.get('product')} is supported." if fits else str(host.get("sentence"))
    how = "" if fits else "Install a supported QuickBooks, and set this connection up with it."
    return Check("supported", "Year, edition and country", fits, told, True, NOBODY if fits else ADMINISTRATOR, how)


def _switch(said: Mapping[str, str], name: str) -> bool:
    return said.get(name, "").strip().lower() == "true"


def _estimates(said: Mapping[str, str]) -> Check:
    on = _switch(said, "JobsAndEstimatesPreferences/IsUsingEstimates")
    return Check(
        "estimates",
        "Estimates",
        on,
        "Estimates are on." if on else "Estimates are off, so no budget can be written.",
        True,
        how="In QuickBooks, as Admin: Edit › Preferences › Jobs & Estimates › Company Preferences; answer Yes to "
        "“Do you create estimates?”.",
    )


def _orders(said: Mapping[str, str]) -> Check:
    on = _switch(said, "PurchasesAndVendorsPreferences/IsUsingInventory")
    return Check(
        "purchase_orders",
        "Inventory and purchase orders",
        on,
        "Inventory and purchase orders are on."
        if on
        else "Inventory and purchase orders are off, so no commitment can be written.",
        True,
        how="In QuickBooks, as Admin: Edit › Preferences › Items & Inventory › Company Preferences; tick “Inventory "
        "and purchase orders are active”.",
    )


def _basis(said: Mapping[str, str]) -> Check:
    basis = said.get("ReportsPreferences/SummaryReportBasis", "")
    accrual = basis == "Accrual"
    return Check(
        "accrual",
        "Accrual basis",
        accrual,
        "Reports are on the accrual basis."
        if accrual
        else f"Reports are on the {basis.lower() or 'unknown'} basis: job costs would leave unpaid bills out, so they "
        "are shown and not written to Procore.",
        how="In QuickBooks, as Admin: Edit › Preferences › Reports & Graphs › Company Preferences; Summary Reports "
        "Basis: Accrual.",
    )


def _closing_date(said: Mapping[str, str]) -> Check:
    closed = said.get("AccountingPreferences/ClosingDate", "")
    exclude = (
        "Keep estimates and purchase orders out of it: Edit › Preferences › Accounting › Company Preferences › Set "
        "Date/Password; tick “Exclude estimates, sales orders and purchase orders from closing date restrictions”."
    )
    return Check(
        "closing_date",
        "Closing date",
        not closed,
        f"The books are closed through {closed}: no bill or payment is dated on or before that day."
        if closed
        else "The books have no closing date. If one is set later, every session reads it.",
        how=exclude,
    )


def _currencies(said: Mapping[str, str]) -> Check:
    on = _switch(said, "MultiCurrencyPreferences/IsMultiCurrencyOn")
    return Check(
        "multicurrency",
        "Multicurrency",
        not on,
        "Multicurrency is on: vendors and bills in a foreign currency are refused, each in words."
        if on
        else "Multicurrency is off.",
        how="QuickBooks cannot turn it off again. Keep subcontractors in the home currency, or use a company file "
        "without it.",
    )
