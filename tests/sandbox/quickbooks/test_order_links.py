"""Bills that receive purchase orders: what comes over, what is left on the order, and what is refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import (
    ask,
    bill_add,
    bill_mod,
    ids_of,
    kept,
    link,
    order_add,
    order_mod,
    query,
    status,
)
from tests.sandbox.quickbooks.conftest import Contractor


def order_line(books: Contractor, money: str) -> str:
    customer = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Desc>Footings</Desc>{money}{customer}"


@pytest.fixture
def order(books: Contractor) -> etree._Element:
    """An order with a title, a lump sum of 12,400.00 and 10 units at 50.00."""
    lump, units = "<Quantity>1</Quantity><Amount>12400.00</Amount>", "<Quantity>10</Quantity><Amount>500.00</Amount>"
    return ask(
        books.file, order_add(books.vendor, "<Desc>Title</Desc>", order_line(books, lump), order_line(books, units))
    )[0][0]


def bill(books: Contractor, *lines: str, header: str = "", whole_orders: str = "") -> etree._Element:
    return ask(books.file, bill_add(books.vendor, *lines, header=header, whole_orders=whole_orders))[0]


def now(books: Contractor, order: etree._Element) -> etree._Element:
    asked = f"<TxnID>{order.findtext('TxnID')}</TxnID><IncludeLineItems>1</IncludeLineItems>"
    return ask(books.file, query("PurchaseOrder", asked + "<IncludeLinkedTxns>1</IncludeLinkedTxns>"))[0][0]


def state(order: etree._Element, position: int) -> list[str | None]:
    line = order.findall("PurchaseOrderLineRet")[position]
    return [line.findtext(tag) for tag in ("ReceivedQuantity", "UnbilledQuantity", "IsBilled")]


def test_a_part_of_a_lump_sum_is_billed_with_its_exact_amount(books: Contractor, order: etree._Element) -> None:
    saved = bill(books, "<Quantity>0.33333</Quantity><Amount>4133.33</Amount>" + link(order, 1))
    line = saved[0].find("ItemLineRet")
    assert line is not None
    assert [line.findtext(tag) for tag in ("ItemRef/ListID", "CustomerRef/ListID", "Amount", "Quantity")] == [
        books.item,
        books.job,
        "4133.33",
        "0.33333",
    ]
    assert state(now(books, order), 1) == ["0.33333", "0.66667", "false"]
    assert saved[0].findtext("AmountDue") == "4133.33"


def test_an_amount_alone_receives_a_quantity_of_one(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Amount>100.00</Amount>" + link(order, 1))
    bill(books, "<Amount>100.00</Amount>" + link(order, 2))
    assert [state(now(books, order), position) for position in (1, 2)] == [["1", "0", "true"], ["1", "9", "false"]]


def test_a_bare_link_receives_what_is_left(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Quantity>4</Quantity>" + link(order, 2))
    saved = bill(books, link(order, 2))
    assert [saved.findtext(f"BillRet/ItemLineRet/{tag}") for tag in ("Quantity", "Amount")] == ["6", "300.00"]


def test_billing_makes_the_edit_sequence_of_the_order_stale(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Quantity>1</Quantity><Amount>50.00</Amount>" + link(order, 2))
    assert status(ask(books.file, order_mod(order, *kept(order)))[0]) == 3200
    assert status(ask(books.file, order_mod(now(books, order), *kept(order)))[0]) == 0
    assert state(now(books, order), 2) == ["1", "9", "false"]


def test_an_order_closes_when_all_its_lines_are_full(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Quantity>1</Quantity><Amount>12400.00</Amount>" + link(order, 1))
    assert now(books, order).findtext("IsFullyReceived") == "false"
    bill(books, "<Quantity>10</Quantity><Amount>500.00</Amount>" + link(order, 2))
    assert now(books, order).findtext("IsFullyReceived") == "true"


def test_an_open_line_may_be_billed_beyond_its_quantity(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Quantity>12</Quantity><Amount>600.00</Amount>" + link(order, 2))
    assert state(now(books, order), 2) == ["12", "0", "true"]


def test_a_full_line_is_not_linked_and_only_a_warning_says_so(books: Contractor, order: etree._Element) -> None:
    full = "<Quantity>10</Quantity><Amount>500.00</Amount>" + link(order, 2)
    bill(books, full)
    own = f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Amount>7.00</Amount>"
    saved = bill(books, own, full)
    assert (status(saved), saved.get("statusSeverity"), len(saved.findall(".//ItemLineRet"))) == (570, "Warn", 1)
    assert status(bill(books, full)) == 3180
    assert state(now(books, order), 2) == ["10", "0", "true"]


def test_a_line_or_order_closed_by_hand_takes_no_bill(books: Contractor, order: etree._Element) -> None:
    lines = kept(order)
    lines[2] += "<IsManuallyClosed>true</IsManuallyClosed>"
    closed = ask(books.file, order_mod(order, *lines))[0][0]
    assert status(bill(books, "<Amount>1.00</Amount>" + link(order, 2))) == 3180
    ask(books.file, order_mod(closed, header="<IsManuallyClosed>true</IsManuallyClosed>"))
    assert status(bill(books, "<Amount>1.00</Amount>" + link(order, 1))) == 3180


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("<ItemRef><FullName>03-300</FullName></ItemRef>", "", 3153),
        ("<Desc>Footings</Desc>", "", 3153),
        ("", "<CustomerRef><FullName>School District 9:Gymnasium</FullName></CustomerRef>", 3153),
        ("<Cost>5.00</Cost>", "", 3153),
    ],
)
def test_nothing_but_quantity_and_amount_stands_beside_a_link(
    before: str, after: str, code: int, books: Contractor, order: etree._Element
) -> None:
    assert status(bill(books, before + after + link(order, 1))) == code


def test_the_other_reading_of_the_documents_takes_everything_but_an_item(
    books: Contractor, order: etree._Element
) -> None:
    books.file.set_preference("TakesFieldsBesideLinks", True)
    saved = bill(books, "<Desc>March</Desc><Amount>5.00</Amount>" + link(order, 1))
    assert saved.findtext("BillRet/ItemLineRet/Desc") == "March"
    item = "<ItemRef><FullName>03-300</FullName></ItemRef>"
    assert status(bill(books, item + link(order, 1))) == 3153


def test_a_link_must_lead_to_an_order_of_this_vendor(books: Contractor, order: etree._Element) -> None:
    nowhere = "<LinkToTxn><TxnID>FF-1</TxnID><TxnLineID>FF-2</TxnLineID></LinkToTxn>"
    no_line = f"<LinkToTxn><TxnID>{order.findtext('TxnID')}</TxnID><TxnLineID>FF-2</TxnLineID></LinkToTxn>"
    other = books.file.add_vendor("Acme")
    codes = [status(bill(books, nowhere)), status(bill(books, no_line))]
    assert [*codes, status(ask(books.file, bill_add(other, link(order, 1)))[0])] == [3120, 3120, 3180]


def test_an_order_somebody_has_open_cannot_be_billed_for_the_moment(books: Contractor, order: etree._Element) -> None:
    books.file.open_by_someone(order.findtext("TxnID") or "")
    answer = bill(books, "<Amount>1.00</Amount>" + link(order, 1))
    assert (status(answer), "failed to acquire the lock" in answer.attrib["statusMessage"]) == (3176, True)


def test_a_whole_order_comes_over_with_what_is_left_of_it(books: Contractor, order: etree._Element) -> None:
    bill(books, "<Quantity>0.5</Quantity><Amount>6200.00</Amount>" + link(order, 1))
    whole = f"<LinkToTxnID>{order.findtext('TxnID')}</LinkToTxnID>"
    saved = bill(books, whole_orders=whole)
    assert [line.findtext("Amount") for line in saved.findall(".//ItemLineRet")] == ["6200.00", "500.00"]
    assert now(books, order).findtext("IsFullyReceived") == "true"
    assert [status(bill(books, whole_orders=whole)), status(bill(books, whole_orders=whole * 2))] == [3180, 3177]
    assert status(bill(books, link(order, 1), whole_orders=whole)) == 3000


def test_a_mod_that_drops_or_changes_a_linked_line_opens_the_order_again(
    books: Contractor, order: etree._Element
) -> None:
    saved = bill(
        books, "<Quantity>4</Quantity>" + link(order, 2), "<Quantity>1</Quantity><Amount>9.00</Amount>" + link(order, 1)
    )[0]
    lines = ids_of(saved, "ItemLineRet")
    changed = ask(books.file, bill_mod(saved, lines[0] + "<Quantity>3</Quantity>"))[0]
    assert [state(now(books, order), position) for position in (1, 2)] == [["0", "1", "false"], ["3", "7", "false"]]
    assert changed.findtext("BillRet/AmountDue") == "150.00"


def test_a_line_dropped_by_a_mod_is_linked_no_more(books: Contractor, order: etree._Element) -> None:
    saved = bill(books, f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Amount>9.00</Amount>", link(order, 1))[0]
    ask(books.file, bill_mod(saved, ids_of(saved, "ItemLineRet")[0]))
    assert now(books, order).find("LinkedTxn") is None


def test_a_full_line_cannot_be_closed_or_opened_by_hand(books: Contractor, order: etree._Element) -> None:
    bill(books, link(order, 2))
    lines = kept(order)
    lines[2] += "<IsManuallyClosed>true</IsManuallyClosed>"
    changed = ask(books.file, order_mod(now(books, order), *lines))[0][0]
    assert changed.findall("PurchaseOrderLineRet")[2].findtext("IsManuallyClosed") == "false"


def test_both_sides_name_each_other_when_asked(books: Contractor, order: etree._Element) -> None:
    saved = bill(
        books, "<Quantity>1</Quantity><Amount>50.00</Amount>" + link(order, 2), header="<RefNumber>7</RefNumber>"
    )
    asked = f"<TxnID>{saved[0].findtext('TxnID')}</TxnID><IncludeLinkedTxns>true</IncludeLinkedTxns>"
    seen = ask(books.file, query("Bill", asked))[0].find("BillRet/LinkedTxn")
    back = now(books, order).find("LinkedTxn")
    assert seen is not None
    assert back is not None
    assert [seen.findtext(tag) for tag in ("TxnID", "TxnType")] == [order.findtext("TxnID"), "PurchaseOrder"]
    assert [back.findtext(tag) for tag in ("TxnID", "TxnType", "RefNumber", "LinkType", "Amount")] == [
        saved[0].findtext("TxnID"),
        "Bill",
        "7",
        "QUANTYPE",
        "-50.00",
    ]
    assert saved.find("BillRet/LinkedTxn") is None
