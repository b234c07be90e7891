"""Bills: what QuickBooks computes and fills in, what a Mod keeps and drops, and what is refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import ask, bill_add, bill_mod, ids_of, query, status
from tests.sandbox.quickbooks.conftest import Contractor

DATED = "<TxnDate>2026-03-25</TxnDate>"


def item_line(books: Contractor, money: str) -> str:
    customer = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef>{money}{customer}"


def expense_line(books: Contractor, amount: str) -> str:
    account = f"<AccountRef><ListID>{books.expense}</ListID></AccountRef>"
    return f"<ExpenseLineAdd>{account}<Amount>{amount}</Amount></ExpenseLineAdd>"


def bill(books: Contractor, *lines: str, header: str = DATED, expenses: str = "") -> etree._Element:
    answer = ask(books.file, bill_add(books.vendor, *lines, header=header, expenses=expenses))[0]
    assert status(answer) == 0, answer.attrib["statusMessage"]
    return answer[0]


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ("<Amount>1000.00</Amount>", [None, None, "1000.00"]),
        ("<Quantity>3</Quantity><Amount>100.00</Amount>", ["3", "33.33333", "100.00"]),
        ("<Quantity>2</Quantity><Cost>10.25</Cost>", ["2", "10.25", "20.50"]),
        ("", ["1", "0.00", "0.00"]),
    ],
)
def test_quantity_cost_and_amount_complete_each_other(
    money: str, expected: list[str | None], books: Contractor
) -> None:
    line = bill(books, item_line(books, money)).find("ItemLineRet")
    assert line is not None
    assert [line.findtext(tag) for tag in ("Quantity", "Cost", "Amount")] == expected


def test_expenses_and_a_retainage_line_make_the_amount_due(books: Contractor) -> None:
    lines = [item_line(books, f"<Amount>{amount}</Amount>") for amount in ("1000.00", "-100.00")]
    saved = bill(books, *lines, expenses=expense_line(books, "15.00"))
    assert [saved.findtext(tag) for tag in ("AmountDue", "OpenAmount", "IsPaid")] == ["915.00", "915.00", "false"]
    assert saved.findtext("ExpenseLineRet/AccountRef/FullName") == "Subcontractors"


def test_a_bill_may_come_to_nothing_but_not_to_less(books: Contractor) -> None:
    work, retained = (item_line(books, f"<Amount>{amount}</Amount>") for amount in ("100.00", "-100.00"))
    assert bill(books, work, retained).findtext("AmountDue") == "0.00"
    answer = ask(books.file, bill_add(books.vendor, work, retained, retained))[0]
    assert (status(answer), len(books.file.records("Bill"))) == (3180, 1)
    assert "cannot be negative" in answer.attrib["statusMessage"]


def test_a_job_is_not_billable_unless_the_company_file_makes_it_so(books: Contractor) -> None:
    line = item_line(books, "<Amount>1.00</Amount>")
    assert bill(books, line).findtext("ItemLineRet/BillableStatus") == "NotBillable"
    books.file.set_preference("IsBillableByDefault", True)
    assert bill(books, line).findtext("ItemLineRet/BillableStatus") == "Billable"
    own = line + "<BillableStatus>NotBillable</BillableStatus>"
    assert bill(books, own).findtext("ItemLineRet/BillableStatus") == "NotBillable"


def test_the_due_date_follows_the_terms_else_the_company(books: Contractor) -> None:
    books.file.add_terms("Net 10", 10)
    named = "<TermsRef><FullName>Net 10</FullName></TermsRef>"
    headers = [DATED, DATED + named, f"{DATED}<DueDate>2026-12-31</DueDate>"]
    dates = [bill(books, header=header).findtext("DueDate") for header in headers]
    assert dates == ["2026-04-24", "2026-04-04", "2026-12-31"]


def test_the_same_number_may_be_used_twice(books: Contractor) -> None:
    header = "<RefNumber>INV-2026-000000000-7</RefNumber>"
    assert [bill(books, header=header).findtext("RefNumber") for _ in range(2)] == ["INV-2026-000000000-7"] * 2


def test_bills_are_found_by_number_vendor_and_payment(books: Contractor) -> None:
    bill(books, item_line(books, "<Amount>10.00</Amount>"), header="<RefNumber>1047</RefNumber>")
    bill(books, header="<RefNumber>1048</RefNumber>")
    other = books.file.add_vendor("Acme")
    found = ask(
        books.file,
        query("Bill", "<RefNumber>1047</RefNumber><IncludeLineItems>true</IncludeLineItems>"),
        query("Bill", f"<EntityFilter><ListID>{books.vendor}</ListID></EntityFilter>"),
        query("Bill", f"<EntityFilter><ListID>{other}</ListID></EntityFilter>"),
        query("Bill", "<PaidStatus>NotPaidOnly</PaidStatus>"),
        query("Bill", "<PaidStatus>PaidOnly</PaidStatus>"),
    )
    assert [[each.findtext("RefNumber") for each in answer] for answer in found] == [
        ["1047"],
        ["1047", "1048"],
        [],
        ["1047"],
        ["1048"],
    ]
    assert [len(answer.findall(".//ItemLineRet")) for answer in found[:2]] == [1, 0]


def test_a_mod_keeps_changes_adds_and_deletes_lines(books: Contractor) -> None:
    lines = [item_line(books, f"<Amount>{amount}</Amount>") for amount in ("10.00", "20.00", "30.00")]
    saved = bill(books, *lines, expenses=expense_line(books, "5.00"))
    kept = ids_of(saved, "ItemLineRet")
    new = "<TxnLineID>-1</TxnLineID>" + item_line(books, "<Amount>1.00</Amount>")
    changed = ask(books.file, bill_mod(saved, kept[0], kept[2] + "<Amount>33.00</Amount>", new))[0]
    assert [line.findtext("Amount") for line in changed[0].findall("ItemLineRet")] == ["10.00", "33.00", "1.00"]
    assert changed[0].findtext("AmountDue") == "49.00"
    cleared = ask(books.file, bill_mod(changed[0], header="<ClearExpenseLines>true</ClearExpenseLines>"))[0]
    assert cleared[0].findtext("AmountDue") == "44.00"


def test_a_mod_is_held_to_the_same_rules(books: Contractor) -> None:
    saved = bill(books, item_line(books, "<Amount>10.00</Amount>"))
    kept = ids_of(saved, "ItemLineRet")[0]
    negative = ask(books.file, bill_mod(saved, kept + "<Amount>-1.00</Amount>"))[0]
    books.file.edit(saved.findtext("TxnID") or "", Memo="seen")
    stale = ask(books.file, bill_mod(saved, kept))[0]
    books.file.open_by_someone(saved.findtext("TxnID") or "")
    locked = ask(books.file, bill_mod(saved, kept))[0]
    assert [status(answer) for answer in (negative, stale, locked)] == [3180, 3200, 3175]
