"""The three ways a record reaches QuickBooks, on which every fault is tried."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests import records


@dataclass(frozen=True)
class Walk:
    """What is approved, the write that carries it, and at which exchange of a session that write leaves."""

    name: str
    taken: tuple[records.Taken, ...]
    writes: str
    exchange: int


LIST = Walk(
    "lists",
    (records.company("Ironline Steel", 62), records.cost_code("05-120", 33), records.project("Harbor School", 87)),
    "VendorAddRq",
    1,
)
ORDER = Walk("order", (records.commitment(),), "PurchaseOrderAddRq", 2)
CHANGE = Walk("change", (records.commitment(), records.change_order()), "PurchaseOrderModRq", 3)

each_walk = pytest.mark.parametrize("walk", [LIST, ORDER, CHANGE], ids=lambda walk: walk.name)
