"""A subcontractor's invoice: what it needs, what its rules may know, and the bill it becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from app.items import registry
from app.items.base import BindingView, Content, Sibling, Surroundings
from app.items.ports import Told
from tests import invoices, records
from tests.invoices import billed, invoice, on_change
from tests.items.stand_ins import around, read, staged

INVOICE = registry.kind("subcontractor_invoice")
LINES = [records.line("10000.00"), records.line("250.25", 32, 2)]
RETAINAGE = staged("ItemOtherCharge", "Retainage", "80-R", data={"account": "80-L"})
LIABILITY = staged("Account", "Retainage Payable", "80-L", data={"account_type": "OtherCurrentLiability"})
VENDOR = staged("Vendor", "Delta Concrete", "80-V", data={"tax_code": "", "currency": ""})


def place(*earlier: records.Taken, shown: tuple[Any, ...] = (RETAINAGE, LIABILITY), **more: Any) -> Surroundings:
    """What lies around an invoice on SC-014 after these earlier ones."""
    contents = [read(one) for one in earlier]
    given: dict[str, Any] = {
        "settings": {"zone": "UTC", "retainage_item": "80-R"},
        "host": {"country": "US"},
        "needed": {"commitment": (read(records.commitment(lines=LINES)),)},
        "bound": {"company": (BindingView("80-V", full_name="Delta Concrete"),)},
        "earlier": tuple(Sibling(one["id"], "", "sent", one, {}, False) for one in contents),
        "now": datetime(2026, 4, 12, tzinfo=UTC),
        **more,
    }
    return around(*shown, **given)


def words(taken: records.Taken, where: Surroundings | None = None, **inputs: Any) -> Content:
    return INVOICE.words(read(taken), inputs, where or place())


def document(taken: records.Taken, where: Surroundings | None = None, **inputs: Any) -> Content:
    return INVOICE.document(read(taken), inputs, where or place())


def rule_lines(taken: records.Taken, where: Surroundings | None = None, **inputs: Any) -> list[Content]:
    return INVOICE.lines_within(read(taken), inputs, where or place())


# -- what it is ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACC-06")
def test_it_needs_its_commitment_and_every_change_order_billed_on_it() -> None:
    content = read(invoice(1, billed("1.00"), on_change("2.00", code=32)))
    assert [(need.name, need.kind, need.procore_id) for need in INVOICE.needs(content)] == [
        ("company", "company", "61"),
        ("project", "project", "86"),
        ("commitment", "commitment", "310"),
        ("change_order", "commitment_change_order", "390"),
        ("cost_code", "cost_code", "31"),
        ("cost_code", "cost_code", "32"),
    ]


@pytest.mark.requirement("ACC-06")
def test_it_does_not_wait_for_a_change_order_of_which_it_bills_nothing() -> None:
    """Procore lists the lines of every change order approved by then, billed or not."""
    content = read(invoice(1, billed("1.00"), on_change("0.00", code=32)))
    kinds = [(need.kind, need.procore_id) for need in INVOICE.needs(content)]
    assert kinds == [("company", "61"), ("project", "86"), ("commitment", "310"), ("cost_code", "31")]
    stored = on_change("0.00", code=32, stored="5.00")
    assert ("commitment_change_order", "390") in [
        (need.kind, need.procore_id) for need in INVOICE.needs(read(invoice(1, billed("1.00"), stored)))
    ]


@pytest.mark.requirement("ACC-06")
def test_it_shares_the_lock_of_its_commitment_and_lines_up_by_number() -> None:
    contents = [read(invoice(number, billed("1.00"))) for number in (10, 2, 1)]
    assert {INVOICE.lock(one) for one in contents} == {"purchase_order:310"}
    assert [one["number"] for one in sorted(contents, key=INVOICE.place_in_line)] == [1, 2, 10]


@pytest.mark.parametrize(
    ("items", "counts"),
    [
        ((billed("1.00"),), True),
        ((billed("0.00", done="500.00", kept="50.00", released="50.00"),), True),
        ((billed("0.00", done="500.00"),), False),
        ((), False),
    ],
)
def test_nobody_waits_for_one_that_bills_nothing(items: tuple[Any, ...], counts: bool) -> None:
    assert INVOICE.counts(read(invoice(2, *items, paid="500.00" if items and not counts else "0.00"))) is counts


@pytest.mark.requirement("MAP-08")
def test_it_is_exported_as_a_bill_and_never_imported() -> None:
    assert (INVOICE.direction, INVOICE.quickbooks) == ("export", "Bill")


def test_its_name_its_vendor_and_its_money() -> None:
    content = read(invoice(1, billed("1000.00", retained="100.00")))
    assert (INVOICE.name(content), INVOICE.title(content)) == ("Invoice 1047", "Delta Concrete")
    assert INVOICE.amount(content) == Decimal("900.00")


# -- what its rules may know ---------------------------------------------------------------------------------------


@pytest.mark.requirement("MAP-77")
def test_its_lines_less_retainage_are_compared_with_what_procore_says_is_due() -> None:
    first, second, _ = invoices.three()
    found = words(second, place(first))
    assert (found["billed"], found["net"], found["difference"]) == (
        Decimal("3089.79"),
        Decimal("3089.79"),
        Decimal("0.00"),
    )
    second[1]["summary"]["current_payment_due"] = "3089.80"
    assert words(second, place(first))["difference"] == Decimal("-0.01")


@pytest.mark.requirement("ACC-06")
def test_a_line_says_what_its_order_has_left() -> None:
    (line,) = rule_lines(invoice(1, billed("12000.00")))
    assert (line["order_line"], line["remaining"], line["amount"], line["linked"]) == (
        "Line 1 of SC-014",
        Decimal("10000.00"),
        Decimal("12000.00"),
        False,
    )


@pytest.mark.requirement("ACC-05")
@pytest.mark.parametrize(
    ("shown", "item", "account", "kind"),
    [
        ((RETAINAGE, LIABILITY), "Retainage", "Retainage Payable", "Other Current Liability"),
        (
            (RETAINAGE, staged("Account", "Job Costs", "80-L", data={"account_type": "CostOfGoodsSold"})),
            "Retainage",
            "Job Costs",
            "Cost of Goods Sold",
        ),
        ((), "", "", ""),
    ],
)
def test_the_retainage_item_and_the_account_behind_it_are_named(
    shown: tuple[Any, ...], item: str, account: str, kind: str
) -> None:
    found = words(invoice(1, billed("1000.00", retained="100.00")), place(shown=shown))
    assert (found["retainage_item"], found["retainage_account"], found["retainage_account_type"]) == (
        item,
        account,
        kind,
    )
    assert found["retained"] == Decimal("100.00")


def test_it_asks_for_the_retainage_item_and_then_for_its_account() -> None:
    assert INVOICE.list_ids({}, {"retainage_item": "80-R"}) == {"80-R"}
    assert INVOICE.list_ids({}, {}) == set()
    assert INVOICE.list_ids_behind([RETAINAGE, VENDOR]) == {"80-L"}


@pytest.mark.requirement("MAP-85")
def test_a_cost_code_as_retainage_item_is_noticed() -> None:
    coded = staged("ItemService", "03-100", "80-R", data={"account": "80-L"}, bound_to=3)
    assert words(invoice(1, billed("1.00")), place(shown=(coded, LIABILITY)))["retainage_item_is_cost_code"]


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize(
    ("vendor", "procore", "home"),
    [("", "", ""), ("", "CAD", "CAD"), ("US Dollar", "CAD", "USD"), ("Euro", "", "Euro")],
)
def test_the_currency_is_the_vendors_own(vendor: str, procore: str, home: str) -> None:
    shown = (staged("Vendor", "Delta Concrete", "80-V", data={"tax_code": "", "currency": vendor}),)
    taken = invoice(1, billed("1.00"), currency_configuration={"currency_iso_code": procore})
    assert words(taken, place(shown=shown))["currency"] == home


def test_before_its_commitment_is_known_there_is_little_to_say() -> None:
    found = words(invoice(1, billed("1.00")), place(needed={}))
    assert (found["commitment"], found["project"]) == ("", "")
    assert rule_lines(invoice(1, billed("1.00")), place(needed={}))[0]["order_line"] == ""


# -- the bill ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("MAP-73", "MAP-74", "MAP-76")
def test_the_head_of_the_bill() -> None:
    made = document(invoice(1, billed("1.00")))
    assert (made["number"], made["date"], made["due_date"]) == ("1047", "2026-03-25", "2026-04-24")
    assert document(invoice(1, billed("1.00"), payment_date=None))["due_date"] is None


@pytest.mark.requirement("ACC-07")
def test_an_accounting_date_is_booked_on_and_the_billing_date_kept() -> None:
    made = document(invoice(1, billed("1.00")), accounting_date="2026-04-01", accounting_reason="March is closed")
    assert (made["date"], made["billing_date"], made["accounting_date"], made["accounting_reason"]) == (
        "2026-04-01",
        "2026-03-25",
        "2026-04-01",
        "March is closed",
    )


@pytest.mark.requirement("ACC-01", "ACC-05", "MAP-84")
def test_three_invoices_with_materials_retainage_and_release_to_the_cent() -> None:
    first, second, third = invoices.three()
    made = [document(first), document(second, place(first)), document(third, place(first, second))]
    assert [[(line["amount"], line["quantity"]) for line in one["lines"]] for one in made] == [
        [("3333.00", "0.3333")],
        [("3333.00", "0.3333"), ("100.10", "0.4")],
        [("3334.00", "0.3334"), ("150.15", "0.6")],
    ]
    assert [[line["amount"] for line in one["retainage"]] for one in made] == [["-333.30"], ["-343.31"], ["676.61"]]
    assert [one["amount_due"] for one in made] == ["2999.70", "3089.79", "4160.76"]


@pytest.mark.requirement("ACC-05", "INV-03")
def test_an_invoice_that_only_releases_retainage_has_just_that_line() -> None:
    taken = invoice(2, billed("0.00", done="1000.00", kept="100.00", released="100.00"), paid="900.00")
    made = document(taken, place(invoice(1, billed("1000.00", retained="100.00"))))
    assert made["lines"] == []
    assert [(line["amount"], line["description"]) for line in made["retainage"]] == [("100.00", "Retainage released")]
    assert made["amount_due"] == "100.00"


@pytest.mark.requirement("ACC-05")
def test_a_release_alone_is_something_to_bill() -> None:
    taken = invoice(2, billed("0.00", done="1000.00", kept="100.00", released="100.00"), paid="900.00")
    words = INVOICE.words(read(taken), {}, place(invoice(1, billed("1000.00", retained="100.00"))))
    assert (words["bills_something"], words["retained"]) == (True, Decimal("-100.00"))


@pytest.mark.requirement("MAP-84")
def test_without_retainage_there_is_no_such_line() -> None:
    assert document(invoice(1, billed("1000.00")))["retainage"] == []


@pytest.mark.requirement("ACC-06", "MAP-83")
def test_each_line_names_the_line_of_the_order_it_draws_on() -> None:
    change = read(records.change_order(lines=[records.line("75.00")]))
    commitment = read(records.commitment(lines=LINES))
    where = place(needed={"commitment": (commitment,), "change_order": (change,)})
    made = document(invoice(1, billed("0.25", line=3502, code=32, position=2), on_change("75.00")), where)
    assert [(line["order"], line["order_id"], line["index"], line["order_line"]) for line in made["lines"]] == [
        ("commitment", "310", 2, "Line 2 of SC-014"),
        ("commitment_change_order", "390", 1, "Line 1 of CO 001 of SC-014"),
    ]


@pytest.mark.requirement("ACC-06")
def test_a_line_without_room_goes_without_a_link_and_marks_the_bill_overbilled() -> None:
    made = document(invoice(1, billed("12000.00")), unlinked="the change order comes later")
    assert (made["overbilled"], made["unlinked"]) == (True, "the change order comes later")
    assert [(line["linked"], line["quantity"]) for line in made["lines"]] == [(False, None)]


def test_a_person_may_name_lines_that_go_without_a_link() -> None:
    taken = invoice(1, billed("100.00"), billed("50.00", line=3502, code=32, position=2))
    made = document(taken, unlinked_lines="2", unlinked="billed by hand already")
    assert [line["linked"] for line in made["lines"]] == [True, False]
    assert document(taken)["overbilled"] is False


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize(
    ("in_procore", "vendors", "usual", "code"),
    [("H", "G", "E", "H"), (None, "G", "E", "G"), (None, "", "E", "E"), (None, "", None, None)],
)
def test_in_canada_a_line_has_the_code_of_procore_else_the_vendors_else_of_the_settings(
    in_procore: str | None, vendors: str, usual: str | None, code: str | None
) -> None:
    vendor = staged("Vendor", "Delta Concrete", "80-V", data={"tax_code": vendors, "currency": ""})
    settings = {"zone": "UTC", "retainage_item": "80-R", "default_tax_code": usual}
    where = place(shown=(RETAINAGE, LIABILITY, vendor), settings=settings, host={"country": "CA"})
    made = document(invoice(1, billed("1000.00", retained="100.00", tax_code=in_procore), tax="45.00"), where)
    assert [line["tax_code"] for line in made["lines"] + made["retainage"]] == [code, code]
    assert made["amount_due"] == "945.00"


@pytest.mark.requirement("ACC-22")
def test_in_canada_the_holdback_of_each_code_is_a_line_of_its_own() -> None:
    vendor = staged("Vendor", "Delta Concrete", "80-V", data={"tax_code": "G", "currency": ""})
    where = place(shown=(RETAINAGE, LIABILITY, vendor), host={"country": "CA"})
    items = [
        billed("1000.00", retained="100.00"),
        billed("200.00", line=3502, code=32, position=2, retained="20.00", tax_code="E"),
    ]
    made = document(invoice(1, *items), where)
    assert [(line["tax_code"], line["amount"]) for line in made["retainage"]] == [("G", "-100.00"), ("E", "-20.00")]


def test_in_the_united_states_no_line_has_a_tax_code() -> None:
    assert document(invoice(1, billed("1.00", tax_code="H")))["lines"][0]["tax_code"] is None


@pytest.mark.requirement("MAP-72")
def test_the_approver_sees_the_bill_in_quickbooks_words() -> None:
    first, second, _ = invoices.three()
    assert INVOICE.preview(document(second, place(first))) == [
        ("Vendor", "Delta Concrete"),
        ("Ref. No.", "1048"),
        ("Date", "2026-03-25"),
        ("Billing date in Procore", ""),
        ("Bill Due", "2026-04-24"),
        ("P.O. No.", "SC-014"),
        ("Customer:Job", "Riverside Tower"),
        ("Amount Due", "3,089.79"),
        ("Line 1", "code 31 · Form footings · Qty 0.3333, P.O. Line 1 of SC-014 · 3,333.00"),
        ("Line 2", "code 32 · Form footings · Qty 0.4, P.O. Line 2 of SC-014 · 100.10"),
        ("Retainage held", "Retainage · -343.31"),
    ]


@pytest.mark.requirement("ACC-25")
def test_one_recorded_as_entered_by_hand_is_shown_so() -> None:
    by_hand = {"by_hand": True, "number": "1047-A", "amount": "-100.00"}
    assert INVOICE.preview(by_hand) == [("Ref. No.", "1047-A"), ("Amount Due", "-100.00"), ("Entered", "by hand")]


# -- with Procore --------------------------------------------------------------------------------------------------


class FakeProcore:
    """One project with one requisition."""

    company_id = 5021
    changed: ClassVar[Content] = {}

    def __init__(self) -> None:
        self.patched: list[tuple[str, Content]] = []

    def projects(self) -> list[Content]:
        return [{"id": 86}]

    def cost_codes(self, project_id: int) -> dict[int, Content]:
        return {14031: {"id": 14031, "full_code": "03-100", "name": "Forming", "standard_cost_code_id": 31}}

    def pages(self, path: str, **params: Any) -> list[Content]:
        if path == "/rest/v1.0/requisitions/801/change_order_items":
            return [{"id": 7009, "change_order_package_id": 390}]
        assert (path, params) == ("/rest/v1.1/requisitions", {"project_id": 86, "view": "extended"})
        left_out = {"cost_code", "change_order_package_id"}
        items = [billed("1.00"), on_change("2.00")]
        bare = [{name: value for name, value in item.items() if name not in left_out} for item in items]
        return [invoice(1, *bare)[1]]

    def patch(self, path: str, body: Content) -> None:
        self.patched.append((path, body))


def test_it_is_read_with_its_items_their_codes_and_their_change_orders() -> None:
    """Version 1.1 tells of neither; the older list of change order items names the package."""
    (record,) = INVOICE.fetch(FakeProcore())  # type: ignore[arg-type]
    assert record["items"][0]["cost_code"]["full_code"] == "03-100"
    assert [need.procore_id for need in INVOICE.needs(INVOICE.read(record))] == ["61", "86", "310", "390", "31"]


def test_procore_is_told_under_its_commitment_and_has_no_code_for_it() -> None:
    procore = FakeProcore()
    INVOICE.tell(procore, Told(801, 86, read(invoice(1, billed("1.00"))), "3A1-1", "1047", "{}"))  # type: ignore[arg-type]
    assert procore.patched == [
        (
            "/rest/v1.1/requisitions/801",
            {"project_id": 86, "commitment_id": 310, "requisition": {"origin_id": "3A1-1", "origin_data": "{}"}},
        )
    ]
