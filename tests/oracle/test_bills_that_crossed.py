"""Every request an invoice sends, as it crossed, held against QuickBooks' own schema: in the US and in Canada."""

from __future__ import annotations

import re

import pytest

from tests import invoices
from tests.invoices import billed, invoice
from tests.oracle import schema
from tests.services.test_invoices import drained, order, to_canada
from tests.support import Stage

pytestmark = pytest.mark.skipif(not schema.ORACLE.is_file(), reason=schema.WHY_NOT)


def crossed(stage: Stage) -> set[str]:
    """The names of all requests; each message set must be valid."""
    edition = stage.company.edition
    bodies = [one.body for one in stage.sets()]
    assert [problem for body in bodies[-12:] for problem in schema.problems(body, edition)] == []
    return {name for body in bodies for name in re.findall(r"<(Bill\w+Rq|PurchaseOrderQueryRq) ", body)}


def test_what_invoices_send(billing: Stage) -> None:
    billing.approve(order(), *invoices.three())
    drained(billing)
    assert crossed(billing) >= {"BillQueryRq", "PurchaseOrderQueryRq", "BillAddRq"}


def test_what_invoices_send_in_canada(billing: Stage) -> None:
    to_canada(billing)
    billing.approve(invoice(1, billed("1000.00", retained="100.00"), tax="45.00"))
    drained(billing)
    assert crossed(billing) >= {"BillQueryRq", "PurchaseOrderQueryRq", "BillAddRq", "BillModRq"}
